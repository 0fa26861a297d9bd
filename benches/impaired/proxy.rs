//! A bad network on loopback: packets between clients and a server go through here.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    net::UdpSocket,
    sync::mpsc,
    time::{Instant, sleep_until},
};

use crate::network::Faults;

/// Packets under way in one direction. Full: lost, as in any queue.
const UNDER_WAY_MAX: usize = 4096;
/// Samples of a packet of 20 ms, by which places in a stream are counted.
const PACKET_TICKS: u32 = 960;
const PACKET_MAX_BYTES: usize = 2048;

/// Where it listens: an address that servers tell clients instead of their own.
pub(crate) const ADDRESS: &str = "127.0.0.2";

/// What a client's packets meet, once the network is bad.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    pub(crate) faults: Faults,
    pub(crate) seed: u64,
    /// The way to the server is the bad one, else the way from it.
    pub(crate) up: bool,
}

#[derive(Debug, Default)]
struct Rules {
    /// For clients that come from now on.
    next: Option<Way>,
    bad: bool,
    carried: usize,
}

pub(crate) struct Proxy {
    rules: Arc<Mutex<Rules>>,
}

impl Proxy {
    pub(crate) async fn start(port: u16) -> Self {
        let front = Arc::new(UdpSocket::bind((ADDRESS, port)).await.unwrap());
        let rules = Arc::new(Mutex::new(Rules::default()));
        tokio::spawn(serve(front, port, Arc::clone(&rules)));
        Self { rules }
    }

    /// Clients that come from now on meet this.
    pub(crate) fn next(&self, way: Option<Way>) {
        self.rules.lock().unwrap().next = way;
    }

    /// The network becomes bad, or good again.
    pub(crate) fn set_bad(&self, bad: bool) {
        self.rules.lock().unwrap().bad = bad;
    }

    /// Packets of sound that came while the network was bad, by those who met it.
    pub(crate) fn carried(&self) -> usize {
        self.rules.lock().unwrap().carried
    }
}

async fn serve(front: Arc<UdpSocket>, port: u16, rules: Arc<Mutex<Rules>>) {
    let mut clients: HashMap<SocketAddr, Line> = HashMap::new();
    let mut buffer = [0; PACKET_MAX_BYTES];
    loop {
        let Ok((length, from)) = front.recv_from(&mut buffer).await else {
            continue;
        };
        let line = match clients.get_mut(&from) {
            Some(line) => line,
            None => {
                let way = rules.lock().unwrap().next;
                let back = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
                back.connect(("127.0.0.1", port)).await.unwrap();
                let down = Line::start(way.filter(|way| !way.up), Arc::clone(&front), Some(from));
                tokio::spawn(answer(Arc::clone(&back), down, Arc::clone(&rules)));
                let up = Line::start(way.filter(|way| way.up), back, None);
                clients.entry(from).or_insert(up)
            }
        };
        carry(line, buffer.get(..length).unwrap(), &rules);
    }
}

fn carry(line: &mut Line, packet: &[u8], rules: &Mutex<Rules>) {
    let bad = {
        let mut rules = rules.lock().unwrap();
        rules.carried += usize::from(rules.bad && line.way.is_some() && is_sound(packet));
        rules.bad
    };
    line.carry(packet, bad);
}

async fn answer(back: Arc<UdpSocket>, mut down: Line, rules: Arc<Mutex<Rules>>) {
    let mut buffer = [0; PACKET_MAX_BYTES];
    loop {
        if let Ok(length) = back.recv(&mut buffer).await {
            carry(&mut down, buffer.get(..length).unwrap(), &rules);
        }
    }
}

/// One direction of one client.
struct Line {
    way: Option<Way>,
    queue: mpsc::Sender<(Instant, Vec<u8>)>,
    last: Instant,
    /// By stream: the timestamp of the first packet of the bad time.
    first: HashMap<u32, u32>,
    /// By stream and place: how often it came.
    times: HashMap<(u32, u32), u64>,
    others: u64,
}

impl Line {
    fn start(way: Option<Way>, socket: Arc<UdpSocket>, to: Option<SocketAddr>) -> Self {
        let (queue, mut packets) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY_MAX);
        tokio::spawn(async move {
            while let Some((at, packet)) = packets.recv().await {
                sleep_until(at).await;
                // A client that is gone does not hear it.
                let _ = match to {
                    Some(to) => socket.send_to(&packet, to).await,
                    None => socket.send(&packet).await,
                };
            }
        });
        Self {
            way,
            queue,
            last: Instant::now(),
            first: HashMap::new(),
            times: HashMap::new(),
            others: 0,
        }
    }

    /// Sends a packet on its way. Nothing overtakes.
    fn carry(&mut self, packet: &[u8], bad: bool) {
        let delay = match self.way.filter(|_| bad) {
            Some(way) => self.fate(way, packet),
            None => Faults::new(0.0, 0).without_loss(),
        };
        if let Some(delay) = delay {
            self.last = self.last.max(Instant::now() + delay);
            let _ = self.queue.try_send((self.last, packet.to_vec()));
        }
    }

    /// What becomes of it. Only audio and its reports (RTP, RTCP) are lost.
    fn fate(&mut self, way: Way, packet: &[u8]) -> Option<Duration> {
        if !is_media(packet) {
            return way.faults.without_loss();
        }
        let word = |at: usize| Some(u32::from_be_bytes(*packet.get(at..)?.first_chunk()?));
        let (place, time) = if is_sound(packet) {
            let (timestamp, stream) = word(4).zip(word(8))?;
            let first = *self.first.entry(stream).or_insert(timestamp);
            let place = timestamp.wrapping_sub(first) / PACKET_TICKS;
            let time = self.times.entry((stream, place)).or_default();
            *time += 1;
            (u64::from(place), *time)
        } else {
            self.others += 1;
            (self.others, 0)
        };
        way.faults.fate(way.seed, place, time)
    }
}

/// RTP or RTCP (RFC 7983).
fn is_media(packet: &[u8]) -> bool {
    packet.first().is_some_and(|byte| byte >> 6 == 2)
}

/// RTP, by the types that RTCP leaves to it (RFC 5761 section 4).
fn is_sound(packet: &[u8]) -> bool {
    is_media(packet)
        && packet
            .get(1)
            .is_some_and(|kind| !(64..=95).contains(&(kind & 0x7f)))
}
