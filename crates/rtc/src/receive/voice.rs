use super::config::FRAME_SAMPLES;
use super::staging::{Played, Staging};
use crate::opus::{Decoder, Format, OpusError, PacketShape};

/// Made-up audio ends after this many frames (100 ms): later it is noise that no one said.
const CONCEALED_FRAMES_MAX: u16 = 10;
/// Below this peak (-44 dBFS) a frame counts as a pause.
pub(crate) const QUIET_PEAK: u16 = 200;

/// Turns packets, and their absence, into PCM.
///
/// Lengths are told to it in ticks of the RTP clock (48 kHz); what is staged are samples of the format's rate. A
/// length that is no whole number of samples becomes the shorter one.
#[derive(Debug)]
pub(crate) struct Voice {
    decoder: Decoder,
    staging: Staging,
    /// Ticks of the RTP clock in a sample.
    ticks: usize,
    /// Frames made up in a row.
    made_up: u16,
    /// What was heard last was a pause, so nothing needs to be made up.
    quiet: bool,
}

impl Voice {
    pub(crate) fn new(format: Format) -> Result<Self, OpusError> {
        let decoder = Decoder::new(format)?;
        Ok(Self {
            decoder,
            staging: Staging::new(format.channels.count()),
            ticks: format.rate.ticks(),
            made_up: 0,
            quiet: true,
        })
    }

    pub(crate) fn staging(&mut self) -> &mut Staging {
        &mut self.staging
    }

    pub(crate) fn staged(&self) -> i64 {
        self.staging.len() as i64
    }

    /// Nothing is heard, and nothing will be until a packet comes.
    pub(crate) fn is_silent(&self) -> bool {
        self.is_faded() && self.staging.is_silent()
    }

    /// Nothing more will be made up.
    pub(crate) fn is_faded(&self) -> bool {
        self.quiet || self.made_up >= CONCEALED_FRAMES_MAX
    }

    /// Forgets the stream.
    pub(crate) fn reset(&mut self) -> Result<(), OpusError> {
        self.quiet = true;
        self.made_up = 0;
        self.decoder.reset()
    }

    /// Adds a packet's audio without its first `skip` ticks; false if it cannot be decoded.
    pub(crate) fn decode(&mut self, payload: &[u8], shape: PacketShape, skip: usize) -> bool {
        if shape.is_dtx {
            self.quiet = true;
            self.silence(shape.samples.saturating_sub(skip));
            return true;
        }
        let decoder = &mut self.decoder;
        let before = self.staging.len();
        self.staging.append(shape.samples / self.ticks, |pcm| {
            Some((Played::Speech, decoder.decode(payload, pcm).ok()?))
        });
        let added = self.staging.len() - before;
        if added == 0 {
            return false;
        }
        self.staging.trim(added, skip.div_ceil(self.ticks));
        self.made_up = 0;
        self.quiet = self.staging.tail_peak(FRAME_SAMPLES / self.ticks) < QUIET_PEAK;
        true
    }

    /// Adds the last `length` ticks of the frame lost before `payload`, from its redundant copy.
    pub(crate) fn recover(&mut self, payload: &[u8], shape: PacketShape, length: usize) -> bool {
        let decoder = &mut self.decoder;
        let frame = shape.frame_samples / self.ticks;
        let before = self.staging.len();
        self.staging.append(frame, |pcm| {
            Some((Played::Recovered, decoder.decode_fec(payload, pcm).ok()?))
        });
        let added = self.staging.len() - before;
        self.staging
            .trim(added, added.saturating_sub(length / self.ticks));
        self.made_up = 0;
        self.quiet = false;
        added > 0
    }

    /// Adds up to a frame (`length` ticks) of made-up audio, at first as it was, then fading; at last silence.
    pub(crate) fn make_up(&mut self, kind: Played, length: usize) {
        let samples = length / self.ticks;
        if self.is_faded() {
            let kind = if kind == Played::Expanded {
                Played::Silence
            } else {
                kind
            };
            self.staging.append(samples, |_| Some((kind, samples)));
            return;
        }
        let decoder = &mut self.decoder;
        let steps = f32::from(CONCEALED_FRAMES_MAX);
        let gain = 1.0 - f32::from(self.made_up) / steps;
        self.staging.append(FRAME_SAMPLES / self.ticks, |pcm| {
            // A decoder that cannot conceal leaves zeros: as good.
            decoder.conceal(pcm).unwrap_or_default();
            let slope = 1.0 / steps / pcm.len() as f32;
            for (index, sample) in pcm.iter_mut().enumerate() {
                *sample = (f32::from(*sample) * (gain - index as f32 * slope)) as i16;
            }
            Some((kind, samples))
        });
        self.made_up += 1;
    }

    /// Adds `length` ticks of silence.
    pub(crate) fn silence(&mut self, length: usize) {
        let samples = length / self.ticks;
        self.staging.append(samples, |_| Some((Played::Silence, samples)));
    }
}
