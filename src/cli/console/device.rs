//! Microphone and loudspeaker of this machine.
//!
//! ```text
//! microphone ─▶ callback ─▶ ring ─▶ resampler to 48 kHz ─▶ pump ─▶ resampler ─▶ ring ─▶ callback ─▶ loudspeaker
//! ```
//!
//! The callbacks touch rings alone: they never wait, and take no lock. A full ring drops what is new, an empty one
//! plays silence. A device keeps its own time; the pump gives it as much as it has played.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample, StreamConfig, SupportedStreamConfig};
use ringbuf::traits::{Consumer, Observer, Producer, Split};
use ringbuf::{HeapCons, HeapProd, HeapRb};

use super::pump::Device;
use crate::dsp::Resampler;
use crate::evaluation::caller::RATE_HZ;

/// Sound that a ring holds, shares of a second: 500 ms, far more than a device asks for at once.
const RING_SHARE: usize = 2;
/// Sound that waits for the loudspeaker, shares of a second: 50 ms, a late wake-up and a period of the device.
const LEAD_SHARE: usize = 20;
/// Most blocks of one tick, so that a device that stood still is not given a second at once.
const BLOCKS_MAX: usize = 6;

/// One direction: the ring's end that is ours, and the way between the device's rate and ours.
struct Way<R> {
    ring: R,
    rate_hz: usize,
    resampler: Resampler,
}

/// The open devices; they close when this is dropped.
struct Sound {
    microphone: Option<Way<HeapCons<i16>>>,
    loudspeaker: Way<HeapProd<i16>>,
    raw: Vec<i16>,
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
        microphone: ways.microphone,
        loudspeaker: ways.loudspeaker,
        raw: Vec::new(),
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
    let output = host.default_output_device().ok_or("there is no loudspeaker")?;
    let (speaking, loudspeaker) = loudspeaker(&output)?;
    let mut streams = vec![speaking];
    let mut ways = Ways {
        microphone: None,
        loudspeaker,
    };
    if with_microphone {
        let input = host.default_input_device().ok_or("there is no microphone")?;
        let (listening, microphone) = microphone(&input)?;
        streams.push(listening);
        ways.microphone = Some(microphone);
    }
    for stream in &streams {
        stream
            .play()
            .map_err(|error| format!("start the sound devices: {error}"))?;
    }
    Ok((streams, ways))
}

fn way<R>(ring: R, rate_hz: u32, from_hz: u32, to_hz: u32) -> Result<Way<R>, String> {
    let resampler = Resampler::new(from_hz, to_hz)
        .map_err(|error| format!("the device's rate of {rate_hz} Hz can't be used: {error}"))?;
    Ok(Way {
        ring,
        rate_hz: rate_hz as usize,
        resampler,
    })
}

fn microphone(device: &cpal::Device) -> Result<(cpal::Stream, Way<HeapCons<i16>>), String> {
    let supported = device
        .default_input_config()
        .map_err(|error| format!("ask the microphone what it can do: {error}"))?;
    let rate = supported.sample_rate();
    let (producer, consumer) = HeapRb::new(rate as usize / RING_SHARE).split();
    let stream = match supported.sample_format() {
        SampleFormat::I16 => listen::<i16>(device, &supported, producer),
        SampleFormat::I32 => listen::<i32>(device, &supported, producer),
        SampleFormat::U8 => listen::<u8>(device, &supported, producer),
        SampleFormat::U16 => listen::<u16>(device, &supported, producer),
        SampleFormat::F32 => listen::<f32>(device, &supported, producer),
        other => Err(format!(
            "the microphone's samples are {other}, which nobody here reads"
        )),
    }?;
    Ok((stream, way(consumer, rate, rate, RATE_HZ)?))
}

fn listen<T>(
    device: &cpal::Device,
    supported: &SupportedStreamConfig,
    mut ring: HeapProd<i16>,
) -> Result<cpal::Stream, String>
where
    T: SizedSample,
    i16: FromSample<T>,
{
    let config: StreamConfig = supported.config();
    let channels = usize::from(config.channels.max(1));
    let taken_up = move |data: &[T], _: &cpal::InputCallbackInfo| {
        for frame in data.chunks_exact(channels) {
            let sum: i32 = frame
                .iter()
                .map(|sample| i32::from(i16::from_sample_(*sample)))
                .sum();
            let mono = sum / i32::try_from(channels).unwrap_or(1);
            // Full: the pump stands still, and what is new is lost.
            let _ = ring.try_push(i16::try_from(mono).unwrap_or(0));
        }
    };
    device
        .build_input_stream(
            config,
            taken_up,
            |error| tracing::warn!(%error, "take up sound"),
            None,
        )
        .map_err(|error| format!("open the microphone: {error}"))
}

fn loudspeaker(device: &cpal::Device) -> Result<(cpal::Stream, Way<HeapProd<i16>>), String> {
    let supported = device
        .default_output_config()
        .map_err(|error| format!("ask the loudspeaker what it can do: {error}"))?;
    let rate = supported.sample_rate();
    let (producer, consumer) = HeapRb::new(rate as usize / RING_SHARE).split();
    let stream = match supported.sample_format() {
        SampleFormat::I16 => speak::<i16>(device, &supported, consumer),
        SampleFormat::I32 => speak::<i32>(device, &supported, consumer),
        SampleFormat::U8 => speak::<u8>(device, &supported, consumer),
        SampleFormat::U16 => speak::<u16>(device, &supported, consumer),
        SampleFormat::F32 => speak::<f32>(device, &supported, consumer),
        other => Err(format!(
            "the loudspeaker's samples are {other}, which nobody here writes"
        )),
    }?;
    Ok((stream, way(producer, rate, RATE_HZ, rate)?))
}

fn speak<T>(
    device: &cpal::Device,
    supported: &SupportedStreamConfig,
    mut ring: HeapCons<i16>,
) -> Result<cpal::Stream, String>
where
    T: SizedSample + FromSample<i16>,
{
    let config: StreamConfig = supported.config();
    let channels = usize::from(config.channels.max(1));
    let played = move |data: &mut [T], _: &cpal::OutputCallbackInfo| {
        for frame in data.chunks_mut(channels) {
            let sample = ring.try_pop().unwrap_or(0);
            frame.fill(T::from_sample_(sample));
        }
    };
    device
        .build_output_stream(config, played, |error| tracing::warn!(%error, "play sound"), None)
        .map_err(|error| format!("open the loudspeaker: {error}"))
}

impl Device for Sound {
    fn captured(&mut self, pcm: &mut Vec<i16>) {
        let Some(microphone) = &mut self.microphone else {
            return;
        };
        self.raw.resize(microphone.ring.occupied_len(), 0);
        let count = microphone.ring.pop_slice(&mut self.raw);
        if let Some(taken_up) = self.raw.get(..count) {
            microphone.resampler.push(taken_up, pcm);
        }
    }

    fn wanted(&self) -> usize {
        let rate = self.loudspeaker.rate_hz;
        let missing = (rate / LEAD_SHARE).saturating_sub(self.loudspeaker.ring.occupied_len());
        missing.div_ceil((rate / 100).max(1)).min(BLOCKS_MAX)
    }

    fn play(&mut self, pcm: &[i16]) {
        self.raw.clear();
        self.loudspeaker.resampler.push(pcm, &mut self.raw);
        // Full only when a device took nothing for half a second: what is new is not played.
        self.loudspeaker.ring.push_slice(&self.raw);
    }
}
