//! Piper's network, in whichever runtime is at hand. Both give the same sound; ONNX Runtime needs about half
//! the time, rten needs no library.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ort::session::Session;
use ort::value::Tensor as OrtTensor;
use rten::{Model, NodeId, ValueOrView};
use rten_tensor::{AsView, Tensor};

use super::piper::NAME;
use crate::error::InferenceError;
use crate::onnxruntime;
use crate::threads::on_two_threads;

pub(super) enum Network {
    Rten(Box<Rten>),
    /// A session runs one text at a time.
    OnnxRuntime(Mutex<Session>),
}

pub(super) struct Rten {
    model: Model,
    symbols: NodeId,
    lengths: NodeId,
    scales: NodeId,
    sound: NodeId,
}

impl Network {
    /// Loads the network, in ONNX Runtime where its library is given.
    pub(super) fn load(file: &Path, ort_library: Option<&Path>) -> Result<Self, InferenceError> {
        match ort_library {
            Some(library) => Ok(Self::OnnxRuntime(Mutex::new(onnxruntime::session(
                NAME, library, file,
            )?))),
            None => Ok(Self::Rten(Box::new(Rten::load(file)?))),
        }
    }

    /// Samples within about ±1.0. `scales` are the noise of the sound, the length, and the noise of the rhythm.
    pub(super) fn run(&self, symbols: &[i32], scales: [f32; 3]) -> Result<Vec<f32>, InferenceError> {
        match self {
            Self::Rten(network) => network.run(symbols, scales),
            Self::OnnxRuntime(session) => {
                let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
                run_session(&mut session, symbols, scales).map_err(|error| InferenceError::run(NAME, error))
            }
        }
    }
}

impl Rten {
    fn load(file: &Path) -> Result<Self, InferenceError> {
        let failed = |error: &dyn std::fmt::Display| InferenceError::load(NAME, error);
        let model = Model::load_file(file).map_err(|error| failed(&error))?;
        let node = |name: &str| model.node_id(name).map_err(|error| failed(&error));
        Ok(Self {
            symbols: node("input")?,
            lengths: node("input_lengths")?,
            scales: node("scales")?,
            sound: node("output")?,
            model,
        })
    }

    fn run(&self, symbols: &[i32], scales: [f32; 3]) -> Result<Vec<f32>, InferenceError> {
        let failed = |error: &dyn std::fmt::Display| InferenceError::run(NAME, error);
        let len = i32::try_from(symbols.len()).map_err(|error| failed(&error))?;
        let inputs = vec![
            (
                self.symbols,
                ValueOrView::from(Tensor::from_data(&[1, symbols.len()], symbols.to_vec())),
            ),
            (
                self.lengths,
                ValueOrView::from(Tensor::from_data(&[1], vec![len])),
            ),
            (
                self.scales,
                ValueOrView::from(Tensor::from_data(&[3], scales.to_vec())),
            ),
        ];
        let [sound] = self
            .model
            .run_n(inputs, [self.sound], Some(on_two_threads()))
            .map_err(|error| failed(&error))?;
        let sound: Tensor<f32> = sound.try_into().map_err(|error| failed(&error))?;
        Ok(sound.to_vec())
    }
}

fn run_session(session: &mut Session, symbols: &[i32], scales: [f32; 3]) -> ort::Result<Vec<f32>> {
    let symbols: Vec<i64> = symbols.iter().copied().map(i64::from).collect();
    let len = symbols.len();
    let outputs = session.run(ort::inputs![
        "input" => OrtTensor::from_array(([1, len], symbols))?,
        "input_lengths" => OrtTensor::from_array(([1_usize], vec![len as i64]))?,
        "scales" => OrtTensor::from_array(([3_usize], scales.to_vec()))?,
    ])?;
    let sound = outputs
        .get("output")
        .ok_or_else(|| ort::Error::new("the voice has no output"))?;
    let (_, samples) = sound.try_extract_tensor::<f32>()?;
    Ok(samples.to_vec())
}
