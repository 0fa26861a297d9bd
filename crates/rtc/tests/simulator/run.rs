use crate::network::{Faults, Network};
use crate::signal::{RATE_HZ, signal};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use troupe_rtc::Doorbell;
use troupe_rtc::audio::{
    AudioSource, AudioSourceConfig, Delivery, EncoderSettings, Incoming, LocalAudio, Outgoing, PcmFrame,
    PlaybackPosition, RemoteAudio, TrafficSnapshot, pace, reader,
};
use troupe_rtc::receive::RtpIn;

/// The phase with faults, and all of it.
pub(crate) const FAULTS_END: Duration = Duration::from_millis(3_500);
pub(crate) const END: Duration = Duration::from_millis(6_500);
/// So that it wraps in the middle.
const FIRST_TIMESTAMP: u32 = u32::MAX - 96_000;
const TICK: Duration = Duration::from_millis(1);

/// What is drawn from the seed beside the network.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) seed: u64,
    pub(crate) faults: Faults,
    /// How much faster the sender's clock runs.
    pub(crate) drift_ppm: f64,
    pub(crate) settings: EncoderSettings,
    /// The sender says nothing in this time.
    pub(crate) pause: Option<(Duration, Duration)>,
    pub(crate) source_rate_hz: u32,
    /// How late the receiver's timers fire at most.
    pub(crate) timer: Duration,
}

/// Everything that was seen.
pub(crate) struct Run {
    pub(crate) options: Options,
    pub(crate) epoch: Instant,
    /// With the time at which each frame was told.
    pub(crate) immediate: Vec<(Duration, PcmFrame)>,
    pub(crate) paced: Vec<(Duration, PcmFrame)>,
    /// The media time of the first packet that came, by the sender's clock.
    pub(crate) first_heard: u32,
    pub(crate) packets_sent: u64,
    pub(crate) packets_lost: u64,
    pub(crate) captured: u64,
    pub(crate) position: PlaybackPosition,
    pub(crate) at_faults_end: TrafficSnapshot,
    pub(crate) at_end: TrafficSnapshot,
}

impl Run {
    /// A number that differs when anything that was heard does.
    pub(crate) fn digest(&self) -> u64 {
        let frames = self.immediate.iter().chain(&self.paced);
        let samples = frames.flat_map(|(_, frame)| &frame.samples);
        samples.fold(0, |sum: u64, sample| {
            sum.wrapping_mul(31)
                .wrapping_add(u64::from(sample.cast_unsigned()))
        })
    }
}

impl Options {
    pub(crate) fn draw(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let pause = random.bool().then(|| {
            let begins = Duration::from_millis(random.u64(500..3_000));
            (begins, begins + Duration::from_millis(random.u64(100..2_000)))
        });
        Self {
            seed,
            faults: Faults::draw(&mut random),
            drift_ppm: random.f64() * 400.0 - 200.0,
            settings: EncoderSettings {
                bitrate_bps: if random.f64() < 0.1 {
                    300_000
                } else {
                    random.u32(16_000..64_000)
                },
                dtx: random.bool(),
                fec: random.f64() < 0.8,
                packet_ms: if random.f64() < 0.3 { 10 } else { 20 },
                ..EncoderSettings::default()
            },
            pause,
            source_rate_hz: if random.f64() < 0.2 { 24_000 } else { 48_000 },
            timer: Duration::from_micros(random.u64(0..8_000)),
        }
    }
}

/// All runs begin on the same beat, so that a seed always gives the same run.
fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(|| pace::at_or_after(Instant::now()))
}

pub(crate) fn run(seed: u64) -> Run {
    run_with(Options::draw(seed))
}

pub(crate) fn run_with(options: Options) -> Run {
    let epoch = epoch();
    let source = AudioSource::new(AudioSourceConfig {
        sample_rate_hz: options.source_rate_hz,
        channels: 1,
        queue_ms: 1_000,
    });
    let track = LocalAudio::new("t".into(), source.clone());
    let wake = Arc::new(Doorbell::default());
    let mut outgoing = Outgoing::new(track, options.settings, wake, FIRST_TIMESTAMP);
    let remote = Arc::new(RemoteAudio::default());
    let readers = [Delivery::Immediate, Delivery::Paced].map(|how| {
        let (sink, reader) = reader(how, 48_000, 1, 0);
        remote.add_sink(sink);
        reader
    });
    let mut incoming = Incoming::new(Arc::clone(&remote), epoch);
    let mut network = Network::new(options.seed ^ 0x5eed, options.faults.clone());
    let mut random = fastrand::Rng::with_seed(options.seed ^ 0x71e5);
    let (mut sequence, mut captured, mut packets_sent, mut block) = (random.u16(..), 0, 0, 0);
    let mut on_the_way: Vec<(Duration, u64, u16, u32, Vec<u8>)> = Vec::new();
    let (mut immediate, mut paced) = (Vec::new(), Vec::new());
    let (mut at_faults_end, mut now) = (TrafficSnapshot::default(), Duration::ZERO);
    let mut first_heard = None;
    let mut poll_at = Duration::ZERO;
    while now < END {
        if now == FAULTS_END {
            network.faults = Faults::none();
            at_faults_end = remote.traffic.snapshot();
        }
        // The sender lives by a clock of its own.
        let sender = now.mul_f64(1.0 + options.drift_ppm / 1e6);
        while Duration::from_millis(10 * block) <= sender {
            captured += speak(&options, &source, block);
            block += 1;
        }
        outgoing.poll(epoch + sender, |packet| {
            packets_sent += 1;
            for arrival in network.carry(now, packet.payload.len()) {
                on_the_way.push((
                    arrival,
                    packets_sent,
                    sequence,
                    packet.timestamp,
                    packet.payload.to_vec(),
                ));
            }
            sequence = sequence.wrapping_add(1);
        });
        on_the_way.sort_by_key(|(arrival, number, ..)| (*arrival, *number));
        while on_the_way.first().is_some_and(|(arrival, ..)| *arrival <= now) {
            let (arrival, _, sequence, timestamp, payload) = on_the_way.remove(0);
            let payload = payload.as_slice();
            first_heard.get_or_insert(timestamp.wrapping_sub(FIRST_TIMESTAMP));
            incoming.push(
                epoch + arrival,
                RtpIn {
                    sequence,
                    timestamp,
                    payload,
                },
            );
        }
        let due = incoming.deadline().is_some_and(|at| at <= epoch + now);
        if due && now >= poll_at {
            incoming.poll(epoch + now);
            poll_at = now + options.timer.mul_f64(random.f64());
        }
        for (reader, heard) in readers.iter().zip([&mut immediate, &mut paced]) {
            while let Poll::Ready(Some(frame)) = reader.poll_frame(&mut Context::from_waker(Waker::noop())) {
                heard.push((now, frame));
            }
        }
        now += TICK;
    }
    let packets_lost = network.lost;
    let (position, at_end) = (source.position(), remote.traffic.snapshot());
    Run {
        options,
        epoch,
        immediate,
        paced,
        first_heard: first_heard.unwrap_or(0),
        packets_sent,
        packets_lost,
        captured,
        position,
        at_faults_end,
        at_end,
    }
}

/// Captures a block of 10 ms, unless the sender pauses; gives the samples.
fn speak(options: &Options, source: &AudioSource, block: u64) -> u64 {
    let at = Duration::from_millis(10 * block);
    if options.pause.is_some_and(|(from, to)| (from..to).contains(&at)) {
        return 0;
    }
    let begin = block as usize * RATE_HZ / 100;
    let step = RATE_HZ / options.source_rate_hz as usize;
    let pcm = signal()[begin..begin + RATE_HZ / 100].iter().step_by(step);
    let pcm: Vec<i16> = pcm.copied().collect();
    source.push(&pcm).unwrap();
    pcm.len() as u64
}
