//! Playing a stream, and encrypting and decrypting its packets, allocates nothing once it runs.
#![expect(unsafe_code, reason = "counting allocations needs an allocator of one's own")]
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use troupe_rtc::opus::{Encoded, Encoder, EncoderConfig};
use troupe_rtc::receive::{FRAME_SAMPLES, Receiver, ReceiverConfig, RtpIn};
use troupe_rtc::rtp::{Outline, RtpHeader};
use troupe_rtc::srtp::{MasterKeys, Opener, Profile, Replay, Sealer};

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `System`, see `alloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// One test: allocations are counted for the whole process.
#[test]
fn a_running_stream_allocates_nothing() {
    play();
    for (profile, length) in [(Profile::Aes128Gcm, 56), (Profile::Aes256Gcm, 88)] {
        seal_and_open(profile, length);
    }
}

fn seal_and_open(profile: Profile, length: usize) {
    let [keys, _] = MasterKeys::split(profile, &vec![7; length]).unwrap();
    let (sealer, opener) = (Sealer::new(&keys).unwrap(), Opener::new(&keys).unwrap());
    let (mut packet, mut replay, mut warm) = (Vec::new(), Replay::default(), 0);
    for sequence in 0u16..100 {
        if sequence == 10 {
            warm = ALLOCATIONS.load(Ordering::Relaxed);
        }
        packet.clear();
        let outline = Outline {
            payload_type: 111,
            marker: false,
            sequence,
            timestamp: 960 * u32::from(sequence),
            ssrc: 7,
            level: Some((1, -30)),
            mid: Some((4, "0")),
        };
        let header = outline.write(&mut packet);
        packet.extend([5; 80]);
        sealer.seal_rtp(7, sequence.into(), header, &mut packet).unwrap();
        let read = RtpHeader::read(&packet).unwrap();
        let opened = opener.open_rtp(&mut replay, (7, sequence), read.length, &mut packet);
        assert_eq!(opened, Some(&[5; 80][..]));
    }
    assert_eq!(ALLOCATIONS.load(Ordering::Relaxed) - warm, 0);
}

fn play() {
    let mut encoder = Encoder::new(EncoderConfig::default()).unwrap();
    let tone: Vec<i16> = (0..960).map(|n| (n * 97 % 6_000) as i16).collect();
    let encode = |_| match encoder.encode(&tone).unwrap() {
        Encoded::Packet(packet) => packet.to_vec(),
        Encoded::Silence => Vec::new(),
    };
    let packets: Vec<Vec<u8>> = (0..500).map(encode).collect();
    let mut receiver = Receiver::new(ReceiverConfig::default()).unwrap();
    let mut out = [0; FRAME_SAMPLES];
    let mut now = Instant::now();
    let (mut warm, mut sequence) = (0, 0);
    for (n, payload) in (0u16..).zip(&packets) {
        if n == 250 {
            warm = ALLOCATIONS.load(Ordering::Relaxed);
        }
        // One second in five is silent, as by DTX. (Loss is left out: the codec allocates to conceal.)
        let payload = if n % 250 == 200 { &payload[..1] } else { payload };
        if n % 250 <= 200 {
            receiver.push(
                now,
                RtpIn {
                    sequence,
                    timestamp: u32::from(n) * 960,
                    payload,
                },
            );
            sequence += 1;
        }
        for _ in 0..2 {
            receiver.pull(now, &mut out);
            now += Duration::from_millis(10);
        }
    }
    let after = ALLOCATIONS.load(Ordering::Relaxed);
    assert_eq!(after - warm, 0, "{:?}", receiver.stats());
}
