use crate::pair::pair;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;

/// Datagrams that look like STUN, DTLS, RTP, RTCP and nothing, from one who is not the other side.
async fn flood(address: std::net::SocketAddr, stop: Arc<AtomicBool>, sent: Arc<AtomicU64>) {
    let socket = UdpSocket::bind((address.ip(), 0)).await.unwrap();
    let mut random = fastrand::Rng::with_seed(1);
    let start = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        // Ten thousand a second.
        let due = start.elapsed().as_micros() as u64 / 100;
        while sent.load(Ordering::Relaxed) < due {
            let mut packet = [0; 200];
            packet.fill_with(|| random.u8(..));
            packet[0] = [0x00, 0x16, 0x90, 0x81, 0x40, 0xff][random.usize(..6)];
            // A full socket drops it, as the network would.
            socket.send_to(&packet, address).await.ok();
            sent.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_packets_of_rubbish_a_second_stop_nobody() {
    let (attacked, other) = (pair().await, pair().await);
    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let attack = tokio::spawn(flood(
        attacked.address_of_b(),
        Arc::clone(&stop),
        Arc::clone(&sent),
    ));
    let before_kb = resident_kb();
    // Two seconds of speech on both, under attack: the other one does not notice, the attacked one goes on.
    let listen = async {
        let mut loud = 0;
        while loud < 150 {
            other.hear().await;
            loud += 1;
        }
    };
    tokio::join!(other.speak(200), attacked.speak(200), listen, attacked.hear());
    stop.store(true, Ordering::Relaxed);
    attack.await.unwrap();
    assert!(sent.load(Ordering::Relaxed) > 5_000, "{sent:?}");
    let grown_kb = resident_kb().saturating_sub(before_kb);
    assert!(grown_kb < 16 * 1024, "{grown_kb} kB for {sent:?} packets");
}
