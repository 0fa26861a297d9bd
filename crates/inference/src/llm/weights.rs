//! Reads tensors of a GGUF file by name.

use candle_core::quantized::QTensor;
use candle_core::quantized::gguf_file::Content;
use candle_core::{Device, Tensor};

use super::error::LlmError;
use super::linear::Rows;

/// A GGUF file whose header is read.
pub(super) struct Weights<'a, R> {
    content: &'a Content,
    reader: &'a mut R,
}

impl<'a, R: std::io::Read + std::io::Seek> Weights<'a, R> {
    /// Tensors of `content`, whose bytes come from `reader`.
    pub(super) fn new(content: &'a Content, reader: &'a mut R) -> Self {
        Self { content, reader }
    }

    /// Whether there is a tensor of this name.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.content.tensor_infos.contains_key(name)
    }

    /// The tensor as it is stored.
    pub(super) fn tensor(&mut self, name: &str) -> Result<QTensor, LlmError> {
        self.content
            .tensor(self.reader, name, &Device::Cpu)
            .map_err(|error| LlmError::format(name, error))
    }

    /// A matrix in 8-bit blocks.
    pub(super) fn rows(&mut self, name: &str) -> Result<Rows, LlmError> {
        let tensor = self.tensor(name)?;
        Rows::new(name, &tensor)
    }

    /// A vector of 32-bit floats.
    pub(super) fn vector(&mut self, name: &str) -> Result<Tensor, LlmError> {
        let vector = self.tensor(name)?.dequantize(&Device::Cpu)?;
        vector.dims1().map_err(|error| LlmError::format(name, error))?;
        Ok(vector)
    }
}
