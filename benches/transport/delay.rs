//! From the moment a tone begins at its sender to the moment a reader has it: three readers of one track.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use futures::StreamExt;
use livekit::webrtc::audio_stream::{immediate::ImmediateAudioStream, native::NativeAudioStream};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    sync::mpsc,
    time::{interval, sleep},
};

use crate::{
    client::python,
    harness::{STAGE, Server, join, publish, subscribed, token, tone},
};

const TONES: u32 = 30;
/// Onsets that wait to be counted: all there can be. Full: the bench fails.
const ONSETS_MAX: usize = 3 * TONES as usize;
const EVERY: Duration = Duration::from_millis(700);

/// Seconds since 1970, as Python's `time.time()` says them.
fn now_s() -> f64 {
    OffsetDateTime::now_utc().unix_timestamp_nanos() as f64 / 1e9
}

/// Reports when a tone begins, after 200 ms without one.
struct Onset {
    reader: &'static str,
    quiet: u32,
    found: mpsc::Sender<(&'static str, f64)>,
}

impl Onset {
    fn frame(&mut self, samples: &[i16]) {
        if samples.iter().any(|sample| sample.unsigned_abs() > 1_000) {
            if self.quiet >= 20 {
                self.found.try_send((self.reader, now_s())).unwrap();
            }
            self.quiet = 0;
        } else {
            self.quiet += 1;
        }
    }
}

pub(crate) async fn measure(server: &Server) {
    let (found, mut onsets) = mpsc::channel(ONSETS_MAX);
    let onset = |reader| Onset {
        reader,
        quiet: 100,
        found: found.clone(),
    };
    let (speaker, _at_speaker) = join(server, "speaker", true).await;
    let (_listener, mut at_listener) = join(server, "listener", true).await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/transport/listen.py");
    let mut official = Command::new(python().await)
        .args([script, &server.url, &token(STAGE, "official")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(official.stdout.take().unwrap()).lines();
    lines.next_line().await.unwrap();
    // Without a queue the caller is the clock, so that no pacing adds to the delay.
    let (source, _track) = publish(&speaker, 0).await;
    let track = subscribed(&mut at_listener).await;
    let mut immediate = ImmediateAudioStream::new(&track.rtc_track(), 16_000, 1);
    let mut paced = NativeAudioStream::new(track.rtc_track(), 16_000, 1);
    let (mut first, mut second) = (onset("immediate"), onset("paced"));
    let readers = [
        tokio::spawn(async move {
            while let Some(frame) = immediate.next().await {
                first.frame(&frame.samples)
            }
        }),
        tokio::spawn(async move {
            while let Some(frame) = paced.next().await {
                second.frame(&frame.data)
            }
        }),
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                found.try_send(("official", line.parse().unwrap())).unwrap();
            }
        }),
    ];
    sleep(Duration::from_secs(2)).await;
    let (mut beat, mut begun, mut next) = (interval(Duration::from_millis(10)), Vec::new(), Instant::now());
    let mut tens = 0;
    while begun.len() < TONES as usize {
        beat.tick().await;
        // A tone lasts 200 ms; between them low noise keeps the packets coming.
        if Instant::now() >= next && tens % 2 == 0 {
            next = Instant::now() + EVERY;
            begun.push(now_s());
        }
        let speaks = begun.last().is_some_and(|at| now_s() - at < 0.2);
        let mut block = tone(1_000.0, 10);
        if !speaks {
            block.data.to_mut().iter_mut().for_each(|sample| *sample /= 512);
        }
        source.capture_frame(&block).await.unwrap();
        tens += 1;
    }
    sleep(Duration::from_secs(1)).await;
    readers.iter().for_each(tokio::task::JoinHandle::abort);
    let mut all = Vec::new();
    while let Ok(onset) = onsets.try_recv() {
        all.push(onset);
    }
    for reader in ["immediate", "paced", "official"] {
        let mut delays: Vec<f64> = all
            .iter()
            .filter(|(who, _)| *who == reader)
            .filter_map(|(_, at)| Some((at - begun.iter().rfind(|begin| *begin <= at)?) * 1000.0))
            .collect();
        delays.sort_by(f64::total_cmp);
        let at = |share: f64| {
            delays
                .get(((delays.len() as f64 - 1.0) * share) as usize)
                .copied()
                .unwrap_or(f64::NAN)
        };
        println!(
            "onset to reader, {reader}: median {:.1} ms, 90 % {:.1} ms, of {} tones",
            at(0.5),
            at(0.9),
            delays.len()
        );
    }
}
