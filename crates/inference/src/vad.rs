//! Voice activity: how likely a frame of sound holds speech.
//!
//! The model is Silero VAD 6.2 for 16 kHz, which is small enough to be part of the binary. Its weights are
//! shared; what it remembers of a stream is 288 numbers, kept by a [`SileroStream`].

use rten::{Model, NodeId, Value, ValueOrView};
use rten_tensor::{AsView, NdTensorView, Tensor};

use crate::error::InferenceError;
use crate::threads::on_one_thread;

/// Sample rate of the sound, Hz, mono.
pub const RATE_HZ: u32 = 16_000;
/// Samples in a frame: 32 ms.
pub const FRAME_SAMPLES: usize = 512;

/// Samples of the previous frame that the model sees again before the next.
const CONTEXT_SAMPLES: usize = 64;
/// Numbers of the recurrent state: two vectors (hidden, cell) of 128.
const STATE_LEN: usize = 2 * 128;

const NAME: &str = "silero-vad";
const WEIGHTS: &[u8] = include_bytes!("../assets/silero_vad_16k_op15.onnx");

/// The weights, for any number of streams and threads.
pub struct SileroModel {
    model: Model,
    input: NodeId,
    state: NodeId,
    rate: NodeId,
    probability: NodeId,
    next_state: NodeId,
    rate_hz: Value,
}

impl SileroModel {
    /// Reads the embedded model; takes some milliseconds.
    pub fn load() -> Result<Self, InferenceError> {
        let failed = |error: &dyn std::fmt::Display| InferenceError::load(NAME, error);
        let model = Model::load_static_slice(WEIGHTS).map_err(|e| failed(&e))?;
        let node = |name: &str| model.node_id(name).map_err(|e| failed(&e));
        Ok(Self {
            input: node("input")?,
            state: node("state")?,
            rate: node("sr")?,
            probability: node("output")?,
            next_state: node("stateN")?,
            rate_hz: Value::from(RATE_HZ.cast_signed()),
            model,
        })
    }
}

/// What the model remembers of one stream of sound.
#[derive(Debug, Clone)]
pub struct SileroStream {
    /// Shape 2×1×128.
    state: Tensor<f32>,
    /// The end of the previous frame, then the frame.
    window: [f32; CONTEXT_SAMPLES + FRAME_SAMPLES],
}

impl Default for SileroStream {
    fn default() -> Self {
        Self::new()
    }
}

impl SileroStream {
    /// A stream that starts in silence.
    pub fn new() -> Self {
        Self {
            state: Tensor::from_data(&[2, 1, STATE_LEN / 2], vec![0.0; STATE_LEN]),
            window: [0.0; CONTEXT_SAMPLES + FRAME_SAMPLES],
        }
    }

    /// Forgets what was heard, as after a pause of the stream.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    /// Takes the next frame (samples within ±1.0) and answers how likely it holds speech, 0.0–1.0.
    ///
    /// After an error the stream is as before, and the frame is lost to it.
    pub fn probability(
        &mut self,
        model: &SileroModel,
        frame: &[f32; FRAME_SAMPLES],
    ) -> Result<f32, InferenceError> {
        let failed = |error: &dyn std::fmt::Display| InferenceError::run(NAME, error);
        self.window.copy_within(FRAME_SAMPLES.., 0);
        if let Some(newest) = self.window.get_mut(CONTEXT_SAMPLES..) {
            newest.copy_from_slice(frame);
        }
        let window = NdTensorView::from_data([1, self.window.len()], self.window.as_slice());
        let inputs = vec![
            (model.input, ValueOrView::from(window)),
            (model.state, ValueOrView::from(self.state.view())),
            (model.rate, ValueOrView::from(&model.rate_hz)),
        ];
        let outputs = [model.probability, model.next_state];
        let [probability, state] = model
            .model
            .run_n(inputs, outputs, Some(on_one_thread()))
            .map_err(|e| failed(&e))?;
        let probability: Tensor<f32> = probability.try_into().map_err(|e| failed(&e))?;
        self.state = state.try_into().map_err(|e| failed(&e))?;
        probability
            .iter()
            .next()
            .copied()
            .ok_or_else(|| failed(&"the model answered no probability"))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn frames_of(sample: impl Fn(usize) -> f32) -> impl Iterator<Item = [f32; FRAME_SAMPLES]> {
        (0..40).map(move |index| std::array::from_fn(|at| sample(index * FRAME_SAMPLES + at)))
    }

    #[test]
    fn silence_is_not_speech() {
        let model = SileroModel::load().unwrap();
        let mut stream = SileroStream::new();
        for frame in frames_of(|_| 0.0) {
            assert!(stream.probability(&model, &frame).unwrap() < 0.1);
        }
    }

    #[test]
    fn a_pure_tone_is_not_speech() {
        let model = SileroModel::load().unwrap();
        let mut stream = SileroStream::new();
        let tone = |at: usize| 0.3 * (at as f32 * 440.0 * std::f32::consts::TAU / RATE_HZ as f32).sin();
        let last = frames_of(tone)
            .map(|frame| stream.probability(&model, &frame).unwrap())
            .last();
        assert!(last.unwrap() < 0.5);
    }

    #[test]
    fn streams_share_nothing_but_weights() {
        let model = SileroModel::load().unwrap();
        let noise = |at: usize| ((at * 7919 % 1000) as f32 / 1000.0 - 0.5) * 0.2;
        let (mut alone, mut beside, mut other) =
            (SileroStream::new(), SileroStream::new(), SileroStream::new());
        for frame in frames_of(noise) {
            let expected = alone.probability(&model, &frame).unwrap();
            other.probability(&model, &[0.1; FRAME_SAMPLES]).unwrap();
            assert_eq!(beside.probability(&model, &frame).unwrap(), expected);
        }
        beside.reset();
        let first: [f32; FRAME_SAMPLES] = std::array::from_fn(noise);
        assert_eq!(
            beside.probability(&model, &first).unwrap(),
            SileroStream::new().probability(&model, &first).unwrap()
        );
    }
}
