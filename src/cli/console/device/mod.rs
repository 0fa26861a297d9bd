//! Microphone and loudspeaker of this machine.
//!
//! ```text
//! microphone ─▶ callback ─▶ ring ─▶ resampler to 48 kHz ─▶ pump ─▶ resampler ─▶ ring ─▶ callback ─▶ loudspeaker
//! ```
//!
//! A device keeps its own time; the pump gives it as much as it has played.

mod health;
mod streams;

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use cpal::traits::{HostTrait, StreamTrait};
use ringbuf::traits::{Consumer, Observer, Producer};
use ringbuf::{HeapCons, HeapProd};

use self::health::Health;
use self::streams::Open;
use super::pump::Device;
use crate::dsp::Resampler;
use crate::evaluation::caller::RATE_HZ;

/// Sound that waits for the loudspeaker, shares of a second: 50 ms, a late wake-up of the pump.
const LEAD_SHARE: usize = 20;
/// Most blocks of one tick, so that a device that stood still is not given a second at once.
const BLOCKS_MAX: usize = 6;
/// A stream that moves nothing for so long is dead, whatever the system says, s.
const DEAD_S: f64 = 3.0;

/// One direction: the ring's end that is ours, and the way between the device's rate and ours.
struct Way<R> {
    name: &'static str,
    ring: R,
    rate_hz: usize,
    period: usize,
    resampler: Resampler,
    health: Health,
    /// Callbacks at the last look, and since when there were no more of them, s.
    seen: (u64, f64),
}

/// The open devices. Nobody takes what the microphone hears until the first look at it, so that look throws it away.
/// They close when this is dropped.
struct Sound {
    ways: Ways,
    raw: Vec<i16>,
    is_running: bool,
    /// Held open: the thread that owns the streams ends with it.
    _open: SyncSender<()>,
}

/// Our ends of both directions.
struct Ways {
    microphone: Option<Way<HeapCons<i16>>>,
    loudspeaker: Way<HeapProd<i16>>,
}

/// What the thread of the streams gives out.
type Opened = Result<Ways, String>;

/// Opens the default devices, the microphone only if it is wanted.
pub(super) fn open(with_microphone: bool) -> Result<Box<dyn Device>, String> {
    let (tell, opened) = sync_channel::<Opened>(1);
    let (held, until_closed) = sync_channel::<()>(0);
    // Streams of some systems must not leave their thread.
    std::thread::Builder::new()
        .name("sound".into())
        .spawn(move || run(with_microphone, &tell, &until_closed))
        .map_err(|error| format!("open the sound devices: {error}"))?;
    let ways = opened
        .recv()
        .map_err(|_| "open the sound devices: the thread failed".to_owned())??;
    Ok(Box::new(Sound {
        ways,
        raw: Vec::new(),
        is_running: false,
        _open: held,
    }))
}

fn run(with_microphone: bool, tell: &SyncSender<Opened>, until_closed: &Receiver<()>) {
    match opened(with_microphone) {
        Ok((_streams, ways)) => {
            // Whoever asked is gone at worst, and then the channel below is closed as well.
            let _ = tell.send(Ok(ways));
            let _ = until_closed.recv();
        }
        Err(error) => {
            let _ = tell.send(Err(error));
        }
    }
}

/// Running streams, and our ends of them.
fn opened(with_microphone: bool) -> Result<(Vec<cpal::Stream>, Ways), String> {
    let host = cpal::default_host();
    let output = host
        .default_output_device()
        .ok_or("there is no loudspeaker: connect one, or use --text or --wav FILE")?;
    let speaking = streams::loudspeaker(&output).map_err(|fault| unusable("loudspeaker", &fault))?;
    let (stream, loudspeaker) = way("loudspeaker", speaking, |rate| (RATE_HZ, rate))?;
    let mut streams = vec![stream];
    let mut ways = Ways {
        microphone: None,
        loudspeaker,
    };
    if with_microphone {
        let input = host
            .default_input_device()
            .ok_or("there is no microphone: connect one, or use --text or --wav FILE")?;
        let listening = streams::microphone(&input).map_err(|fault| unusable("microphone", &fault))?;
        let (stream, microphone) = way("microphone", listening, |rate| (rate, RATE_HZ))?;
        streams.push(stream);
        ways.microphone = Some(microphone);
    }
    for stream in &streams {
        stream
            .play()
            .map_err(|error| format!("start the sound devices: {error}"))?;
    }
    Ok((streams, ways))
}

fn unusable(name: &str, fault: &str) -> String {
    format!(
        "the {name} can't be used: {fault}. Is one connected and the system's default, and may this program use it? \
         --text and --wav FILE need none",
        fault = fault.trim_end_matches('.'),
    )
}

/// The stream, and its way; `rates` are those that sound comes in and goes out with, Hz.
fn way<R>(
    name: &'static str,
    open: Open<R>,
    rates: impl Fn(u32) -> (u32, u32),
) -> Result<(cpal::Stream, Way<R>), String> {
    let (from_hz, to_hz) = rates(open.rate_hz);
    let resampler = Resampler::new(from_hz, to_hz)
        .map_err(|error| unusable(name, &format!("its rate of {} Hz: {error}", open.rate_hz)))?;
    let way = Way {
        name,
        ring: open.ring,
        rate_hz: open.rate_hz as usize,
        period: open.period,
        resampler,
        health: open.health,
        seen: (0, 0.0),
    };
    Ok((open.stream, way))
}

impl<R> Way<R> {
    /// Why it is over, if it is.
    fn fault(&mut self, now_s: f64) -> Option<String> {
        let calls = self.health.calls();
        if calls != self.seen.0 || self.seen.1 == 0.0 {
            self.seen = (calls, now_s);
        }
        let why = match self.health.fault() {
            Some(fault) => fault,
            None if now_s - self.seen.1 > DEAD_S => {
                self.health.hint().unwrap_or("it moves no sound any more")
            }
            None => return None,
        };
        Some(format!(
            "the {} is gone: {}. Connect it again, or make another one the system's default, and start anew",
            self.name,
            why.trim_end_matches('.'),
        ))
    }

    /// How often sound was lost, if it was.
    fn losses(&self) -> Option<String> {
        let (gaps, samples) = self.health.gaps();
        let ms = samples * 1000 / self.rate_hz.max(1) as u64;
        let times = if gaps == 1 { "time" } else { "times" };
        (gaps > 0).then(|| format!("the {} had gaps {gaps} {times}, {ms} ms in all", self.name))
    }
}

impl Sound {
    /// What was heard while the models were loaded is old, and what was lost of it is nothing to tell.
    fn begin(&mut self) {
        if let Some(microphone) = &mut self.ways.microphone {
            microphone.ring.clear();
            microphone.health.count();
        }
    }
}

impl Device for Sound {
    fn captured(&mut self, pcm: &mut Vec<i16>) {
        if !self.is_running {
            self.is_running = true;
            self.begin();
        }
        let Some(microphone) = &mut self.ways.microphone else {
            return;
        };
        self.raw.resize(microphone.ring.occupied_len(), 0);
        let count = microphone.ring.pop_slice(&mut self.raw);
        if let Some(taken_up) = self.raw.get(..count) {
            microphone.resampler.push(taken_up, pcm);
        }
    }

    fn wanted(&self) -> usize {
        let loudspeaker = &self.ways.loudspeaker;
        let rate = loudspeaker.rate_hz;
        // What it takes at once must be there when it is taken, and then the lead as well.
        let lead = rate / LEAD_SHARE + loudspeaker.period;
        let missing = lead.saturating_sub(loudspeaker.ring.occupied_len());
        missing.div_ceil((rate / 100).max(1)).min(BLOCKS_MAX)
    }

    fn play(&mut self, pcm: &[i16]) {
        let loudspeaker = &mut self.ways.loudspeaker;
        self.raw.clear();
        loudspeaker.resampler.push(pcm, &mut self.raw);
        // Full only when a device took nothing for half a second: what is new is not played.
        loudspeaker.ring.push_slice(&self.raw);
        loudspeaker.health.count();
    }

    fn delay_s(&self) -> f64 {
        let loudspeaker = &self.ways.loudspeaker;
        let waiting_s = loudspeaker.ring.occupied_len() as f64 / loudspeaker.rate_hz.max(1) as f64;
        let microphone_s = self
            .ways
            .microphone
            .as_ref()
            .map_or(0.0, |way| way.health.delay_s());
        waiting_s + loudspeaker.health.delay_s() + microphone_s
    }

    fn fault(&mut self, now_s: f64) -> Option<String> {
        let microphone = self.ways.microphone.as_mut();
        microphone
            .and_then(|way| way.fault(now_s))
            .or_else(|| self.ways.loudspeaker.fault(now_s))
    }

    fn losses(&self) -> Vec<String> {
        let microphone = self.ways.microphone.as_ref().and_then(Way::losses);
        microphone
            .into_iter()
            .chain(self.ways.loudspeaker.losses())
            .collect()
    }
}
