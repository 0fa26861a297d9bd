//! Reads the model's numbers from its ONNX file. They have the names that the exporter gave them.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use rten_onnx::onnx::{DataType, ModelProto, TensorProto};
use rten_tensor::{AsView, NdTensor};

use super::linear::Linear;
use super::norm::Norm;
use super::product::Product;
use super::scale::Scale;

/// Tensors by name.
pub(super) struct Weights(HashMap<String, TensorProto>);

impl Weights {
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        let named = |detail: &dyn std::fmt::Display| format!("{}: {detail}", file.display());
        let opened = File::open(file).map_err(|error| named(&error))?;
        let model = ModelProto::parse_file(opened).map_err(|error| named(&error))?;
        let graph = model.graph.ok_or_else(|| named(&"there is no graph in it"))?;
        let tensors = graph.initializer.into_iter();
        let tensors = tensors.filter_map(|tensor| Some((tensor.name.clone()?, tensor)));
        Ok(Self(tensors.collect()))
    }

    /// The `count` numbers of a tensor.
    pub(super) fn floats(&self, name: &str, count: usize) -> Result<Vec<f32>, String> {
        let tensor = self.tensor(name, DataType::FLOAT)?;
        let numbers = match &tensor.raw_data {
            Some(raw) => words(&raw.borrow()).map(f32::from_le_bytes).collect(),
            None => tensor.float_data.clone(),
        };
        counted(name, numbers, count)
    }

    /// A layer normalisation of `count` columns.
    pub(super) fn norm(&self, name: &str, count: usize) -> Result<Norm, String> {
        Ok(Norm {
            weight: self.floats(&format!("{name}.weight"), count)?,
            bias: self.floats(&format!("{name}.bias"), count)?,
        })
    }

    /// How numbers are kept in bytes at a place of the network.
    pub(super) fn scale(&self, place: &str) -> Result<Scale, String> {
        let name = format!("{place}_zero_point");
        let zero = self.tensor(&name, DataType::UINT8)?.int32_data.first();
        let zero = zero.and_then(|zero| u8::try_from(*zero).ok());
        let zero = zero.ok_or_else(|| format!("tensor {name} holds no byte"))?;
        let [step] = self.floats(&format!("{place}_scale"), 1)?[..] else {
            return Err(format!("tensor {place}_scale holds no number"));
        };
        if step.is_normal() && step > 0.0 {
            return Ok(Scale { step, zero });
        }
        Err(format!("tensor {place}_scale holds {step}"))
    }

    /// The weights `name`, made ready for multiplication with bytes of `input`; bytes of `output` hold what they
    /// give. `order` tells which of the tensor's elements belongs in row and column.
    pub(super) fn linear(
        &self,
        product: &Product,
        name: &str,
        [rows, columns]: [usize; 2],
        [input, output]: [Scale; 2],
        order: impl Fn(usize, usize) -> usize,
    ) -> Result<Linear, String> {
        let whole = format!("{name}_quantized");
        let tensor = self.tensor(&whole, DataType::INT8)?;
        let raw = tensor.raw_data.as_ref().map(|raw| raw.borrow());
        let weights: Vec<i8> = match raw {
            Some(raw) => raw.iter().map(|byte| byte.cast_signed()).collect(),
            None => tensor.int32_data.iter().map(|weight| *weight as i8).collect(),
        };
        let weights = counted(&whole, weights, rows * columns)?;
        let matrix = NdTensor::from_fn([rows, columns], |[row, column]| weights[order(row, column)]);
        let steps = self.floats(&format!("{name}_scale"), columns)?;
        Ok(Linear {
            weights: product.pack(matrix.view()),
            input,
            steps: steps.iter().map(|step| step * input.step).collect(),
            output,
            before: vec![0.0; columns],
            after: vec![0.0; columns],
        })
    }

    /// A bias that is kept as 32-bit integers.
    pub(super) fn bias(&self, name: &str, count: usize) -> Result<Vec<f32>, String> {
        let whole = format!("{name}_quantized");
        let tensor = self.tensor(&whole, DataType::INT32)?;
        let units: Vec<i32> = match &tensor.raw_data {
            Some(raw) => words(&raw.borrow()).map(i32::from_le_bytes).collect(),
            None => tensor.int32_data.clone(),
        };
        let units = counted(&whole, units, count)?;
        let steps = self.floats(&format!("{whole}_scale"), count)?;
        let numbers = units.iter().zip(steps).map(|(unit, step)| *unit as f32 * step);
        Ok(numbers.collect())
    }

    fn tensor(&self, name: &str, kind: DataType) -> Result<&TensorProto, String> {
        let tensor = self.0.get(name);
        let tensor = tensor.ok_or_else(|| format!("tensor {name} is missing: this is another model"))?;
        if tensor.data_type == Some(kind) {
            return Ok(tensor);
        }
        Err(format!(
            "tensor {name} is not of type {}",
            kind.name().unwrap_or("?")
        ))
    }
}

fn words(raw: &[u8]) -> impl Iterator<Item = [u8; 4]> {
    raw.as_chunks().0.iter().copied()
}

fn counted<T>(name: &str, numbers: Vec<T>, count: usize) -> Result<Vec<T>, String> {
    if numbers.len() == count {
        return Ok(numbers);
    }
    Err(format!(
        "tensor {name} has {} elements instead of {count}",
        numbers.len()
    ))
}
