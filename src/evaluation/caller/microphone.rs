//! A microphone that never pauses: one frame of 10 ms every 10 ms, faint noise between the utterances.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use livekit::webrtc::audio_frame::AudioFrame;
use livekit::webrtc::audio_source::native::NativeAudioSource;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::{Clock, RATE_HZ};

const FRAME: Duration = Duration::from_millis(10);
const FRAME_SAMPLES: usize = RATE_HZ as usize / 100;
/// A standstill that is not caught up with: a burst would be heard as no microphone sounds.
const STALLED: Duration = Duration::from_millis(200);
/// Level of the noise, dB of full scale.
const NOISE_DB: f64 = -70.0;
/// Utterances that wait for the microphone. Full: whoever speaks waits.
pub(super) const WAITING_MAX: usize = 4;

/// When an utterance began and ended, s.
pub(super) type Spoken = (f64, f64);

/// Something to say, and who wants to know when it was said.
pub(super) struct Saying {
    pub(super) pcm: Vec<i16>,
    pub(super) said: oneshot::Sender<Spoken>,
}

/// Feeds the track until the queue closes.
pub(super) async fn feed(
    source: NativeAudioSource,
    mut queue: mpsc::Receiver<Saying>,
    clock: Clock,
    seed: u64,
    late_us: Arc<AtomicU64>,
) {
    let mut noise = Noise(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut due = Instant::now();
    let mut saying: Option<(Saying, usize, f64)> = None;
    loop {
        tokio::time::sleep_until(due).await;
        let late = due.elapsed();
        late_us.fetch_max(late.as_micros().try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
        if late > STALLED {
            due = Instant::now();
        }
        due += FRAME;
        if saying.is_none() {
            match queue.try_recv() {
                Ok(next) => saying = Some((next, 0, clock.now_s())),
                Err(mpsc::error::TryRecvError::Empty) => {}
                Err(mpsc::error::TryRecvError::Disconnected) => return,
            }
        }
        let mut pcm: [i16; FRAME_SAMPLES] = std::array::from_fn(|_| noise.sample());
        let mut is_last = false;
        if let Some((saying, from, _)) = &mut saying {
            let rest = saying.pcm.get(*from..).unwrap_or_default();
            for (sample, said) in pcm.iter_mut().zip(rest) {
                *sample = *said;
            }
            *from += FRAME_SAMPLES;
            is_last = *from >= saying.pcm.len();
        }
        let frame = AudioFrame {
            data: Cow::Borrowed(&pcm[..]),
            sample_rate: RATE_HZ,
            num_channels: 1,
            samples_per_channel: FRAME_SAMPLES as u32,
        };
        if let Err(error) = source.capture_frame(&frame).await {
            tracing::debug!(%error, "send audio");
        }
        if let Some((done, _, began_s)) = saying.take_if(|_| is_last) {
            // Whoever asked may have given up.
            let _ = done.said.send((began_s, clock.now_s()));
        }
    }
}

/// Faint noise, the same for the same seed; a track of digital silence would be sent as nothing at all.
struct Noise(u64);

impl Noise {
    fn sample(&mut self) -> i16 {
        // The sum of four even draws is close to a bell curve; its deviation is that of one draw times two.
        let sum: f64 = (0..4).map(|_| self.draw()).sum();
        let deviation = 32_768.0 * 10_f64.powf(NOISE_DB / 20.0);
        (sum * deviation * 3_f64.sqrt() / 2.0) as i16
    }

    /// Even between -1 and 1.
    fn draw(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_is_as_faint_as_it_says() {
        let mut noise = Noise(1);
        let squares: f64 = (0..48_000).map(|_| f64::from(noise.sample()).powi(2)).sum();
        let db = 10.0 * (squares / 48_000.0 / 32_768.0_f64.powi(2)).log10();
        assert!((db - NOISE_DB).abs() < 1.0, "{db}");
    }
}
