//! The system's streams, whatever their rate, channels and kind of sample are, to and from rings of mono samples.
//!
//! The callbacks touch rings and counters alone: they never wait, and take no lock. A full ring drops what is new, an
//! empty one plays silence; both are counted.

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, I24, SampleFormat, SizedSample, StreamConfig, SupportedStreamConfig, U24};
use ringbuf::traits::{Consumer, Producer, Split};
use ringbuf::{HeapCons, HeapProd, HeapRb};

use super::health::Health;

/// Sound that a ring holds, shares of a second: 500 ms, far more than a device asks for at once.
const RING_SHARE: usize = 2;

/// An open stream, and our end of it.
pub(super) struct Open<R> {
    pub(super) stream: cpal::Stream,
    pub(super) ring: R,
    pub(super) rate_hz: u32,
    /// Samples of one channel that the device moves at once, as far as it says.
    pub(super) period: usize,
    pub(super) health: Health,
}

/// Calls `$open::<T>` with the type of the samples.
macro_rules! by_format {
    ($format:expr, $open:ident($($argument:expr),*)) => {
        match $format {
            SampleFormat::I8 => $open::<i8>($($argument),*),
            SampleFormat::I16 => $open::<i16>($($argument),*),
            SampleFormat::I24 => $open::<I24>($($argument),*),
            SampleFormat::I32 => $open::<i32>($($argument),*),
            SampleFormat::I64 => $open::<i64>($($argument),*),
            SampleFormat::U8 => $open::<u8>($($argument),*),
            SampleFormat::U16 => $open::<u16>($($argument),*),
            SampleFormat::U24 => $open::<U24>($($argument),*),
            SampleFormat::U32 => $open::<u32>($($argument),*),
            SampleFormat::U64 => $open::<u64>($($argument),*),
            SampleFormat::F32 => $open::<f32>($($argument),*),
            SampleFormat::F64 => $open::<f64>($($argument),*),
            other => Err(format!("its samples are {other}, which nobody here knows")),
        }
    };
}

/// Opens the microphone; what it takes up is in the ring.
pub(super) fn microphone(device: &cpal::Device) -> Result<Open<HeapCons<i16>>, String> {
    let supported = device
        .default_input_config()
        .map_err(|error| format!("ask what it can do: {error}"))?;
    let health = Health::default();
    let (producer, ring) = HeapRb::new(ring_len(&supported)).split();
    let stream = by_format!(
        supported.sample_format(),
        listen(device, &supported, producer, health.clone())
    )?;
    Ok(open(stream, ring, &supported, health))
}

/// Opens the loudspeaker; it plays what is put in the ring.
pub(super) fn loudspeaker(device: &cpal::Device) -> Result<Open<HeapProd<i16>>, String> {
    let supported = device
        .default_output_config()
        .map_err(|error| format!("ask what it can do: {error}"))?;
    let health = Health::default();
    let (ring, consumer) = HeapRb::new(ring_len(&supported)).split();
    let stream = by_format!(
        supported.sample_format(),
        speak(device, &supported, consumer, health.clone())
    )?;
    Ok(open(stream, ring, &supported, health))
}

fn ring_len(supported: &SupportedStreamConfig) -> usize {
    (supported.sample_rate() as usize / RING_SHARE).max(1)
}

fn open<R>(stream: cpal::Stream, ring: R, supported: &SupportedStreamConfig, health: Health) -> Open<R> {
    let period = stream.buffer_size().unwrap_or_default() as usize;
    Open {
        stream,
        ring,
        rate_hz: supported.sample_rate(),
        period,
        health,
    }
}

fn listen<T>(
    device: &cpal::Device,
    supported: &SupportedStreamConfig,
    mut ring: HeapProd<i16>,
    health: Health,
) -> Result<cpal::Stream, String>
where
    T: SizedSample,
    i16: FromSample<T>,
{
    let config: StreamConfig = supported.config();
    let channels = usize::from(config.channels.max(1));
    let ear = health.clone();
    let taken_up = move |data: &[T], info: &cpal::InputCallbackInfo| {
        let frames = data.chunks_exact(channels);
        let count = frames.len();
        let mono = frames.map(|frame| {
            let sum: i32 = frame
                .iter()
                .map(|sample| i32::from(i16::from_sample_(*sample)))
                .sum();
            i16::try_from(sum / i32::try_from(channels).unwrap_or(1)).unwrap_or(0)
        });
        // Full: the pump stands still, and what is new is lost.
        let moved = ring.push_iter(mono);
        let times = info.timestamp();
        ear.moved(count - moved, times.callback.duration_since(times.capture));
    };
    device
        .build_input_stream(config, taken_up, move |error| health.failed(&error), None)
        .map_err(|error| error.to_string())
}

fn speak<T>(
    device: &cpal::Device,
    supported: &SupportedStreamConfig,
    mut ring: HeapCons<i16>,
    health: Health,
) -> Result<cpal::Stream, String>
where
    T: SizedSample + FromSample<i16>,
{
    let config: StreamConfig = supported.config();
    let channels = usize::from(config.channels.max(1));
    let mouth = health.clone();
    let played = move |data: &mut [T], info: &cpal::OutputCallbackInfo| {
        let mut missed = 0;
        for frame in data.chunks_mut(channels) {
            let sample = ring.try_pop();
            missed += usize::from(sample.is_none());
            frame.fill(T::from_sample_(sample.unwrap_or(0)));
        }
        let times = info.timestamp();
        mouth.moved(missed, times.playback.duration_since(times.callback));
    };
    device
        .build_output_stream(config, played, move |error| health.failed(&error), None)
        .map_err(|error| error.to_string())
}
