//! A weight matrix in 8-bit blocks, laid out for the fastest kernel of this processor.

use std::borrow::Cow;

use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor};
use candle_core::{D, Device, Module, Tensor};

use super::error::LlmError;

/// Elements of one `Q8_0` block.
pub(super) const BLOCK_ELEMENTS: usize = 32;
/// Bytes of one `Q8_0` block: a 16-bit scale and 32 signed bytes.
const BLOCK_BYTES: usize = 34;
/// Rows of activations are cut into stretches of this many elements by the VNNI kernels.
const VNNI_STRETCH_ELEMENTS: usize = 256;

/// Rows of a matrix as `Q8_0` bytes.
pub(super) struct Rows {
    bytes: Vec<u8>,
    rows: usize,
    columns: usize,
}

impl Rows {
    /// Takes the rows of a matrix `(rows, columns)`, requantising what is not `Q8_0` yet.
    pub(super) fn new(name: &str, tensor: &QTensor) -> Result<Self, LlmError> {
        let (rows, columns) = tensor.shape().dims2()?;
        if columns == 0 || columns % BLOCK_ELEMENTS != 0 {
            return Err(LlmError::format(
                name,
                format!("its {columns} columns aren't a multiple of {BLOCK_ELEMENTS}"),
            ));
        }
        let bytes = if tensor.dtype() == GgmlDType::Q8_0 {
            tensor.data()?.into_owned()
        } else {
            QTensor::quantize(&tensor.dequantize(&Device::Cpu)?, GgmlDType::Q8_0)?
                .data()?
                .into_owned()
        };
        Ok(Self { bytes, rows, columns })
    }

    /// Puts matrices of one width below each other, so that one product does the work of several.
    pub(super) fn stack(name: &str, parts: Vec<Self>) -> Result<Self, LlmError> {
        let mut parts = parts.into_iter();
        let mut all = parts
            .next()
            .ok_or_else(|| LlmError::format(name, "it has no parts"))?;
        for part in parts {
            if part.columns != all.columns {
                return Err(LlmError::format(name, "its parts differ in width"));
            }
            all.bytes.extend_from_slice(&part.bytes);
            all.rows += part.rows;
        }
        Ok(all)
    }
}

/// `x · Wᵀ + b` for activations of shape `(tokens, columns)`.
pub(super) struct Linear {
    weight: QMatMul,
    bias: Option<Tensor>,
    columns: usize,
    padding: usize,
}

impl Linear {
    /// Builds the layer. `bias` has one element a row.
    pub(super) fn new(rows: Rows, bias: Option<Tensor>) -> Result<Self, LlmError> {
        let padding = padding(rows.columns);
        let Rows { bytes, rows, columns } = rows;
        let bytes = pad(bytes, columns, padding);
        let storage = QStorage::from_data(Cow::Owned(bytes), &Device::Cpu, GgmlDType::Q8_0)?;
        let weight = QMatMul::from_qtensor(QTensor::new(storage, (rows, columns + padding))?)?;
        Ok(Self {
            weight,
            bias,
            columns,
            padding,
        })
    }

    /// Multiplies activations `(tokens, columns)` to `(tokens, rows)`.
    pub(super) fn forward(&self, activations: &Tensor) -> candle_core::Result<Tensor> {
        let product = if self.padding == 0 {
            self.weight.forward(activations)?
        } else {
            self.weight
                .forward(&activations.pad_with_zeros(D::Minus1, 0, self.padding)?)?
        };
        match &self.bias {
            Some(bias) => product.broadcast_add(bias),
            None => Ok(product),
        }
    }

    /// Uses the matrix as an embedding: rows `(tokens, columns)` for `tokens`.
    pub(super) fn embed(&self, tokens: &[u32]) -> candle_core::Result<Tensor> {
        let tokens = Tensor::new(tokens, &Device::Cpu)?;
        self.weight
            .embedding(&tokens)?
            .narrow(D::Minus1, 0, self.columns)?
            .contiguous()
    }
}

/// Columns of zeros to add. The VNNI kernels only take widths that are multiples of 256, and
/// Qwen2's 896 is not one; 14 % more weights there run twice as fast.
fn padding(columns: usize) -> usize {
    if has_vnni() {
        columns.next_multiple_of(VNNI_STRETCH_ELEMENTS) - columns
    } else {
        0
    }
}

#[cfg(target_arch = "x86_64")]
fn has_vnni() -> bool {
    (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni"))
        || (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("avxvnni"))
}

#[cfg(not(target_arch = "x86_64"))]
fn has_vnni() -> bool {
    false
}

fn pad(bytes: Vec<u8>, columns: usize, padding: usize) -> Vec<u8> {
    if padding == 0 {
        return bytes;
    }
    let row_bytes = columns / BLOCK_ELEMENTS * BLOCK_BYTES;
    let padding_bytes = padding / BLOCK_ELEMENTS * BLOCK_BYTES;
    let rows = bytes.len() / row_bytes.max(1);
    let mut padded = Vec::with_capacity(bytes.len() + rows * padding_bytes);
    for row in bytes.chunks(row_bytes) {
        padded.extend_from_slice(row);
        padded.resize(padded.len() + padding_bytes, 0);
    }
    padded
}
