//! Hears one person: PCM in, edges and turns out.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ringbuf::HeapCons;
use ringbuf::traits::{Consumer, Observer};
use troupe_inference::vad::{FRAME_SAMPLES, RATE_HZ, SileroModel, SileroStream};
use troupe_sound::{Treated, Treatment};
use webrtc_vad::{SampleRate, Vad, VadMode};

use super::detector::{Detector, Edge};
use super::turn_audio::{PREROLL, TurnAudio};
use super::{Heard, Shared};

/// Samples of one look of the cheap gate: 10 ms.
const GATE_SAMPLES: usize = RATE_HZ as usize / 100;
/// Frames for which the model goes on after the gate last opened, so that it hears words end.
const GATE_HOLD_FRAMES: u32 = 10;
/// Sound kept after the last voice for transcription, samples: final consonants are quiet.
const TAIL_SAMPLES: u64 = 2_400;
/// A track that sends nothing for this long is silent: a sender in DTX, muted or gone.
const STARVED_AFTER: Duration = Duration::from_millis(80);

/// The processing behind one [`super::Ear`]; lives on the ears' thread.
pub(super) struct Listener {
    ring: HeapCons<i16>,
    shared: Arc<Shared>,
    treated: Treated,
    gate: Vad,
    gate_hold: u32,
    stream: SileroStream,
    detector: Detector,
    turn: TurnAudio,
    voiced: bool,
    forgotten: u64,
    /// Up to where sound was passed on.
    passed_on: u64,
    last_sound: Instant,
    /// Samples that have arrived and are not treated.
    arrived: Vec<i16>,
    /// Samples that wait for a whole frame.
    pcm: Vec<i16>,
}

impl Listener {
    pub(super) fn new(ring: HeapCons<i16>, shared: Arc<Shared>, treatment: Treatment, now: Instant) -> Self {
        Self {
            ring,
            shared,
            treated: treatment.stream(),
            // The gate only has to be right about silence, so it is set to let through whatever may be speech.
            gate: Vad::new_with_rate_and_mode(SampleRate::Rate16kHz, VadMode::LowBitrate),
            gate_hold: 0,
            stream: SileroStream::new(),
            detector: Detector::default(),
            turn: TurnAudio::default(),
            voiced: false,
            forgotten: 0,
            passed_on: 0,
            last_sound: now,
            arrived: Vec::with_capacity(4 * FRAME_SAMPLES),
            pcm: Vec::with_capacity(4 * FRAME_SAMPLES),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Acquire)
    }

    /// Works off what has arrived; `heard` is told of every edge.
    pub(super) fn run(&mut self, now: Instant, model: &SileroModel, mut heard: impl FnMut(Heard)) {
        let forget = self.shared.forget_before.load(Ordering::Acquire);
        if forget > self.forgotten {
            self.forgotten = forget;
            self.turn.forget(forget, self.voiced);
        }
        if !self.ring.is_empty() {
            self.last_sound = now;
            self.arrived.extend(self.ring.pop_iter());
        }
        // Only while a voice is on does silence have to be counted.
        let starved = now.saturating_duration_since(self.last_sound);
        if starved >= STARVED_AFTER && (self.detector.is_attentive() || self.gate_hold > 0) {
            self.last_sound = now;
            let samples =
                usize::try_from(starved.as_millis()).unwrap_or(0).min(500) * RATE_HZ as usize / 1000;
            self.arrived.resize(self.arrived.len() + samples, 0);
        }
        self.treated.push(&self.arrived, &mut self.pcm);
        self.arrived.clear();
        let mut used = 0;
        while self.pcm.len() - used >= FRAME_SAMPLES {
            let mut frame = [0; FRAME_SAMPLES];
            frame.copy_from_slice(&self.pcm[used..used + FRAME_SAMPLES]);
            used += FRAME_SAMPLES;
            self.frame(&frame, model, &mut heard);
        }
        self.pcm.drain(..used);
        if self.shared.probe.swap(false, Ordering::AcqRel) {
            let end = self.detector.frames() * FRAME_SAMPLES as u64;
            let pcm = self.turn.copy(end).into();
            heard(Heard::Probed { pcm, end });
        }
    }

    fn frame(&mut self, frame: &[i16; FRAME_SAMPLES], model: &SileroModel, heard: &mut impl FnMut(Heard)) {
        self.turn.push(frame);
        let probability = self.probability(frame, model);
        let edge = self.detector.push(probability);
        if self.shared.passes_on.load(Ordering::Acquire) {
            self.pass_on(matches!(edge, Some(Edge::Started { .. })), heard);
        }
        match edge {
            Some(Edge::Started { first }) => {
                self.voiced = true;
                self.turn.open();
                heard(Heard::Started { ago: self.ago(first) });
            }
            Some(Edge::Paused { end }) => {
                self.voiced = false;
                let end_sample = end * FRAME_SAMPLES as u64 + TAIL_SAMPLES;
                let pcm: Arc<[i16]> = self.turn.copy(end_sample).into();
                heard(Heard::Paused {
                    ago: self.ago(end),
                    pcm,
                    end: end_sample,
                });
            }
            None => {}
        }
    }

    /// Passes on what came since the last time, while there is a voice.
    fn pass_on(&mut self, starts: bool, heard: &mut impl FnMut(Heard)) {
        let end = self.detector.frames() * FRAME_SAMPLES as u64;
        if starts {
            // Of a silence before it no more than belongs to the voice.
            self.passed_on = self.passed_on.max(end.saturating_sub(PREROLL as u64));
        }
        if starts || self.voiced {
            let pcm = self.turn.between(self.passed_on, end).into();
            self.passed_on = end;
            heard(Heard::Sound { pcm });
        }
    }

    fn probability(&mut self, frame: &[i16; FRAME_SAMPLES], model: &SileroModel) -> f32 {
        let is_open = frame
            .chunks_exact(GATE_SAMPLES)
            .any(|look| self.gate.is_voice_segment(look).unwrap_or(true));
        if is_open {
            if self.gate_hold == 0 {
                self.stream.reset();
            }
            self.gate_hold = GATE_HOLD_FRAMES;
        } else if self.detector.is_attentive() {
            self.gate_hold = self.gate_hold.max(1);
        } else {
            self.gate_hold = self.gate_hold.saturating_sub(1);
        }
        if self.gate_hold == 0 {
            return 0.0;
        }
        let mut samples = [0.0; FRAME_SAMPLES];
        for (out, sample) in samples.iter_mut().zip(frame) {
            *out = f32::from(*sample) / 32_768.0;
        }
        // A model that fails hears nothing; the error is the same for every frame and was seen at start.
        self.stream.probability(model, &samples).unwrap_or(0.0)
    }

    /// Time since the beginning of this frame was said.
    fn ago(&self, frame: u64) -> Duration {
        let frames = self.detector.frames().saturating_sub(frame);
        let samples = frames * FRAME_SAMPLES as u64 + self.treated.delay_samples();
        Duration::from_micros(samples * 1_000_000 / u64::from(RATE_HZ))
    }
}
