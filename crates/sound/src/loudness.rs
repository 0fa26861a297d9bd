//! One loudness for all voices, by ITU-R BS.1770: weighted as ears weigh it, without the pauses.

use ebur128::{EbuR128, Mode};

use crate::FULL_SCALE;

/// Where voices are brought to, LUFS: what calls and assistants use, with room for the peaks of speech.
pub const TARGET_LUFS: f64 = -20.0;
/// Most that a voice is made louder or quieter, dB; one that is further off is broken, and not to be helped with gain.
const CHANGE_DB_MAX: f64 = 12.0;
/// Parts of a second in which the meter is read.
const READS_PER_S: usize = 10;
/// Sound that the meter needs before it says anything, in reads: its window of 400 ms.
const WINDOW_READS: u32 = 4;
/// What is so much quieter than the voice is a pause, LU: BS.1770's relative gate.
const PAUSE_LU: f64 = 10.0;
/// What is quieter than this is silence, LUFS: BS.1770's absolute gate.
const SILENCE_LUFS: f64 = -70.0;
/// Reads that a voice's loudness is the mean of, once so many are known: 8 s of speech. A voice that takes another's
/// place is learned in this time.
const READS_KNOWN_MAX: f64 = 80.0;
/// Reads after which a voice is known well enough to be changed.
const READS_KNOWN_MIN: f64 = 4.0;
/// Fastest change within a chunk, dB a read: 6 dB/s. Between chunks there is a pause, in which any change is unheard.
const STEP_DB: f64 = 0.6;
/// Highest sample that is let through, as a part of full scale: -0.5 dB.
const PEAK_MAX: f32 = 0.944;

/// Learns how loud a voice is while it speaks, and brings it to [`TARGET_LUFS`]. It adds no delay: the first sounds of a
/// voice that nobody knows are changed little by little, everything after that from its beginning.
pub struct Leveller {
    meter: EbuR128,
    /// Samples between two reads.
    step: usize,
    /// Samples since the last read.
    since: usize,
    /// Reads since the meter began, up to its window.
    reads: u32,
    /// Power of the voice, and of how many reads it is the mean.
    voice: f64,
    known: f64,
    /// The gain now, dB, and as a factor as it was applied last.
    gain_db: f64,
    applied: f32,
}

impl Leveller {
    /// For a voice at `rate_hz`, mono, of which nothing is known; `None` for a rate that no sound has.
    pub fn new(rate_hz: u32) -> Option<Self> {
        Some(Self {
            meter: EbuR128::new(1, rate_hz, Mode::M).ok()?,
            step: rate_hz as usize / READS_PER_S,
            since: 0,
            reads: 0,
            voice: 0.0,
            known: 0.0,
            gain_db: 0.0,
            applied: 1.0,
        })
    }

    /// A chunk begins: what is known by now holds from its first sample.
    pub fn begin(&mut self) {
        self.meter.reset();
        (self.since, self.reads) = (0, 0);
        self.gain_db = self.wanted_db();
        self.applied = factor(self.gain_db);
    }

    /// Changes the next samples of the chunk in place.
    pub fn apply(&mut self, pcm: &mut [i16]) {
        let mut rest = pcm;
        while !rest.is_empty() {
            let (piece, later) = rest.split_at_mut(rest.len().min(self.step - self.since));
            self.hear(piece);
            self.change(piece);
            rest = later;
        }
    }

    fn hear(&mut self, piece: &[i16]) {
        // Only an impossible number of channels can fail.
        let _ = self.meter.add_frames_i16(piece);
        self.since += piece.len();
        if self.since < self.step {
            return;
        }
        self.since = 0;
        self.reads = (self.reads + 1).min(WINDOW_READS);
        if self.reads == WINDOW_READS {
            self.learn(self.meter.loudness_momentary().unwrap_or(SILENCE_LUFS));
        }
        let wanted = self.wanted_db();
        self.gain_db = wanted.clamp(self.gain_db - STEP_DB, self.gain_db + STEP_DB);
    }

    fn learn(&mut self, lufs: f64) {
        let is_pause = self.known > 0.0 && lufs < 10.0 * self.voice.log10() - PAUSE_LU;
        if lufs <= SILENCE_LUFS || is_pause {
            return;
        }
        let power = 10_f64.powf(lufs / 10.0);
        // What was taken for the voice may have been its first breath.
        if self.known > 0.0 && self.voice < power / 10_f64.powf(PAUSE_LU / 10.0) {
            self.known = 0.0;
        }
        self.known = (self.known + 1.0).min(READS_KNOWN_MAX);
        self.voice += (power - self.voice) / self.known;
    }

    fn wanted_db(&self) -> f64 {
        if self.known < READS_KNOWN_MIN {
            return self.gain_db;
        }
        (TARGET_LUFS - 10.0 * self.voice.log10()).clamp(-CHANGE_DB_MAX, CHANGE_DB_MAX)
    }

    fn change(&mut self, piece: &mut [i16]) {
        // In tenths of a read, so that one loud sound does not hold its neighbours down.
        for part in piece.chunks_mut((self.step / 10).max(1)) {
            let peak = part.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
            let safe = (PEAK_MAX * FULL_SCALE / f32::from(peak.max(1))).max(f32::MIN_POSITIVE);
            let from = self.applied.min(safe);
            let to = factor(self.gain_db).min(safe);
            let steps = part.len() as f32;
            for (at, sample) in part.iter_mut().enumerate() {
                let gain = from + (to - from) * (at as f32 / steps);
                *sample = (f32::from(*sample) * gain).round() as i16;
            }
            self.applied = to;
        }
    }
}

fn factor(gain_db: f64) -> f32 {
    10_f64.powf(gain_db / 20.0) as f32
}

/// Loudness of a whole piece of mono sound, LUFS, by BS.1770's gates; `None` for silence and for what is shorter than
/// its window of 400 ms.
pub fn loudness(pcm: &[i16], rate_hz: u32) -> Option<f64> {
    let mut meter = EbuR128::new(1, rate_hz, Mode::I).ok()?;
    meter.add_frames_i16(pcm).ok()?;
    meter.loudness_global().ok().filter(|lufs| lufs.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 48_000;

    /// Syllables with pauses between, at a peak.
    fn voice(seconds: f32, peak: f32) -> Vec<i16> {
        (0..(seconds * RATE_HZ as f32) as usize)
            .map(|n| {
                let at = n as f32 / RATE_HZ as f32;
                let syllable = (at * 4.0).fract() < 0.7;
                let sound = (at * 200.0 * std::f32::consts::TAU).sin() + 0.4 * (at * 1_900.0).sin();
                (sound / 1.4 * if syllable { peak } else { 0.0 } * 32_767.0) as i16
            })
            .collect()
    }

    fn speak(leveller: &mut Leveller, pcm: &[i16]) -> Vec<i16> {
        leveller.begin();
        let mut out = pcm.to_vec();
        for piece in out.chunks_mut(1_777) {
            leveller.apply(piece);
        }
        out
    }

    #[test]
    fn voices_meet_from_their_second_chunk_on() -> Result<(), &'static str> {
        for peak in [0.07, 0.1, 0.3, 0.6] {
            let mut leveller = Leveller::new(RATE_HZ).ok_or("a meter")?;
            speak(&mut leveller, &voice(2.0, peak));
            let second = speak(&mut leveller, &voice(2.0, peak));
            let lufs = loudness(&second, RATE_HZ).ok_or("sound")?;
            assert!((lufs - TARGET_LUFS).abs() < 1.0, "{peak}: {lufs}");
        }
        Ok(())
    }

    #[test]
    fn nothing_clips_and_no_sample_is_lost() -> Result<(), &'static str> {
        let mut leveller = Leveller::new(RATE_HZ).ok_or("a meter")?;
        speak(&mut leveller, &voice(3.0, 0.05));
        let shout = voice(1.0, 0.99);
        let out = speak(&mut leveller, &shout);
        assert_eq!(out.len(), shout.len());
        assert!(out.iter().all(|sample| sample.unsigned_abs() <= 30_950));
        Ok(())
    }

    #[test]
    fn silence_and_a_short_word_teach_nothing() -> Result<(), &'static str> {
        let mut leveller = Leveller::new(RATE_HZ).ok_or("a meter")?;
        let word = voice(0.3, 0.1);
        assert_eq!(speak(&mut leveller, &word), word);
        assert_eq!(speak(&mut leveller, &vec![0; 96_000]), vec![0; 96_000]);
        assert_eq!(speak(&mut leveller, &word), word);
        assert_eq!(loudness(&[], RATE_HZ), None);
        Ok(())
    }

    #[test]
    fn a_gain_never_jumps_within_a_chunk() -> Result<(), &'static str> {
        let mut leveller = Leveller::new(RATE_HZ).ok_or("a meter")?;
        let steady: Vec<i16> = (0..96_000)
            .map(|n| if n % 48 < 24 { 800 } else { -800 })
            .collect();
        let out = speak(&mut leveller, &steady);
        let levels: Vec<u16> = out.iter().map(|sample| sample.unsigned_abs()).collect();
        let jump = levels.windows(2).map(|pair| pair[0].abs_diff(pair[1])).max();
        assert!(jump.is_some_and(|jump| jump <= 12), "{jump:?}");
        assert!(levels.last() > levels.first());
        Ok(())
    }
}
