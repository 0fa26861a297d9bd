//! Audio as soon as it can be decoded, for whoever recognises speech rather than plays it.

mod line;

use super::buffer::Buffer;
use super::clock::Clock;
use super::config::{FRAME_SAMPLES, SAMPLES_PER_MS};
use super::intake::{Arrived, RtpIn, admit};
use super::sequence::{Order, Sequence};
use super::staging::Played;
use super::stats::ReceiverStats;
use super::voice::Voice;
use crate::opus::{Format, OpusError};
use line::Line;
use std::time::Instant;

/// The longest wait for a packet that is missing or late, in ms.
pub const PATIENCE_MS_MAX: u32 = 200;

/// A travel time this far off the usual one means that the sender's timeline jumped, in samples.
const JUMP_SAMPLES: i64 = 2_000 * SAMPLES_PER_MS;

/// Up to 10 ms of a stream.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// Interleaved samples of the receiver's format, at most 10 ms.
    pub pcm: &'a [i16],
    /// What they look like.
    pub format: Format,
    /// What it is.
    pub kind: Played,
    /// The sender's samples (48 kHz) before its first one, since the stream began; `None` while that is not known.
    pub media_samples: Option<u64>,
    /// When its first sample was recorded, on our clock, the network's least delay left out.
    pub captured_at: Instant,
}

impl Piece<'_> {
    /// Its length in samples of 48 kHz.
    #[must_use]
    pub fn length(&self) -> usize {
        self.pcm.len() / self.format.channels.count() * self.format.rate.ticks()
    }
}

/// Takes pieces.
pub type Listener<'a> = &'a mut dyn FnMut(Piece<'_>);

/// Tells one stream as soon as it can be decoded, for whoever recognises speech rather than plays it.
///
/// Pure, like the paced [`Receiver`](super::Receiver), and without its delay:
///
/// - [`ImmediateReceiver::push`] each packet with the instant it arrived; what it completes is told at once.
/// - [`ImmediateReceiver::poll`] at [`ImmediateReceiver::deadline`]: a lost packet is given up, or a silent
///   sender's silence is told, so that the listener's time goes on.
///
/// Two times come with every piece. [`Piece::media_samples`] counts the sender's samples: it is exact, it
/// strictly grows, and nothing is told twice. Audio made up while nothing had arrived has none, because it
/// may yet turn out that the packet was late: then the packet is told all the same, only later than it
/// should be. [`Piece::captured_at`] places the piece on our clock as if the network had no delay but its
/// least; it never falls.
///
/// Invariant: nothing waits here longer than [`PATIENCE_MS_MAX`], and no more than
/// [`BUFFER_CAPACITY_PACKETS`](super::BUFFER_CAPACITY_PACKETS) packets do.
#[derive(Debug)]
pub struct ImmediateReceiver {
    clock: Clock,
    sequence: Sequence,
    buffer: Buffer,
    voice: Voice,
    line: Option<Line>,
    stats: ReceiverStats,
    scratch: Box<[i16]>,
    format: Format,
}

impl ImmediateReceiver {
    /// A receiver that tells nothing until the first packet, and then audio of this format.
    pub fn new(format: impl Into<Format>) -> Result<Self, OpusError> {
        let format = format.into();
        let length = FRAME_SAMPLES / format.rate.ticks() * format.channels.count();
        Ok(Self {
            clock: Clock::default(),
            sequence: Sequence::default(),
            buffer: Buffer::new(),
            voice: Voice::new(format)?,
            line: None,
            stats: ReceiverStats::default(),
            scratch: vec![0; length].into_boxed_slice(),
            format,
        })
    }

    /// Takes a packet that arrived `now`, and tells all that it completes.
    pub fn push(&mut self, now: Instant, packet: RtpIn<'_>, listener: Listener<'_>) {
        let Self {
            clock,
            sequence,
            stats,
            ..
        } = self;
        let Some(arrived) = admit(packet, now, clock, sequence, stats) else {
            return;
        };
        let Arrived {
            order,
            number,
            time,
            travel,
            shape,
        } = arrived;
        self.follow(order, number, time, travel);
        if self.line.as_ref().is_some_and(|line| number <= line.last) {
            self.stats.late += 1;
            return;
        }
        self.stats.discarded += self.buffer.insert(number, time, shape, packet.payload);
        self.advance(now, listener);
    }

    /// Gives up what did not come in time, and tells the silence of a sender that sends nothing.
    pub fn poll(&mut self, now: Instant, listener: Listener<'_>) {
        self.advance(now, listener);
        let samples = self.clock.samples(now);
        while let Some(line) = &mut self.line
            && self.buffer.is_empty()
            && line.owes(samples)
        {
            let kind = if self.voice.is_faded() {
                Played::Silence
            } else {
                self.stats.expanded_samples += FRAME_SAMPLES as u64;
                Played::Expanded
            };
            self.voice.make_up(kind, FRAME_SAMPLES);
            let at = line.fill(FRAME_SAMPLES as i64);
            let at = self.clock.instant(at).unwrap_or(now);
            tell(
                &mut self.voice,
                &mut self.scratch,
                self.format,
                None,
                |_| at,
                listener,
            );
        }
    }

    /// When [`ImmediateReceiver::poll`] has something to do, if no packet comes before.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let line = self.line.as_ref()?;
        let at = match self.buffer.first() {
            Some(first) => line.gives_up_at(first),
            None => line.owes_at(),
        };
        self.clock.instant(at)
    }

    /// What happened so far. Delays are 0: there are none.
    #[must_use]
    pub fn stats(&self) -> ReceiverStats {
        self.stats
    }

    /// Keeps the timeline in step with the packets.
    fn follow(&mut self, order: Order, number: i64, time: i64, travel: i64) {
        let Some(line) = &mut self.line else {
            self.stats.resyncs += 1;
            self.line = Some(Line::new(number, time, travel));
            return;
        };
        let jumped = order == Order::Newer && (travel - line.delay.base()).abs() > JUMP_SAMPLES;
        if !jumped && order != Order::Restart {
            line.delay.observe(travel);
            return;
        }
        self.stats.resyncs += 1;
        self.stats.discarded += self.buffer.clear();
        line.restart(number, time, travel);
        // A decoder that cannot be reset goes on from the old stream: a click at worst.
        self.voice.reset().unwrap_or_default();
    }

    /// Tells every packet whose turn has come.
    fn advance(&mut self, now: Instant, listener: Listener<'_>) {
        let samples = self.clock.samples(now);
        let Self {
            clock,
            buffer,
            voice,
            line: Some(line),
            stats,
            scratch,
            format,
            ..
        } = self
        else {
            return;
        };
        while let Some(first) = buffer.first() {
            if first.number > line.last + 1 && line.gives_up_at(first) > samples {
                return;
            }
            let mut told = |voice: &mut Voice, line: &mut Line, from: i64| {
                let media = line.media(from);
                let at = |offset: i64| clock.instant(line.capture(from + offset)).unwrap_or(now);
                tell(voice, scratch, *format, Some(media), at, listener);
            };
            line.bridge(first, voice, stats, &mut told);
            line.take(samples, first, voice, stats, &mut told);
            buffer.drop_first();
        }
    }
}

/// Hands over all that is staged, in pieces.
fn tell(
    voice: &mut Voice,
    scratch: &mut [i16],
    format: Format,
    mut media: Option<u64>,
    mut captured_at: impl FnMut(i64) -> Instant,
    listener: Listener<'_>,
) {
    let (channels, ticks) = (format.channels.count(), format.rate.ticks());
    let mut offset = 0;
    loop {
        let samples = voice.staging().len().min(FRAME_SAMPLES / ticks);
        let Some(pcm) = scratch
            .get_mut(..samples * channels)
            .filter(|pcm| !pcm.is_empty())
        else {
            return;
        };
        let kind = voice.staging().take(samples, pcm);
        listener(Piece {
            pcm,
            format,
            kind,
            media_samples: media,
            captured_at: captured_at(offset),
        });
        let length = samples * ticks;
        offset += length as i64;
        media = media.map(|media| media + length as u64);
    }
}
