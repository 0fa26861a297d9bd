//! Rewrites a GGUF once, so that it loads fast and runs on the fast kernels.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use candle_core::quantized::gguf_file::{self, Content, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};

use super::error::LlmError;
use super::linear::BLOCK_ELEMENTS;

/// The GGUF number for "mostly `Q8_0`" in `general.file_type`.
const FILE_TYPE_Q8_0: u32 = 7;
const EMBEDDING: &str = "token_embd.weight";
const OUTPUT: &str = "output.weight";
/// Two matrices are one when they differ by less than this share of their size; 5-bit rounding
/// alone makes about 0.04.
const SAME_MATRIX_MAX: f32 = 0.1;
/// Rows compared to tell that; all of them would take gigabytes.
const ROWS_COMPARED: usize = 1000;

/// Writes the GGUF file `source` to `target` with all matrices as `Q8_0` and all vectors as 32-bit
/// floats; metadata and tokenizer stay. An output matrix that repeats the embedding is left out.
/// `target` appears whole or not at all. `progress` is told tensors done and tensors in all.
///
/// Holds the result in memory until it is written, about 1.1 bytes a weight, and the largest matrix as floats.
pub fn requantise(
    source: &Path,
    target: &Path,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(), LlmError> {
    let mut reader = BufReader::new(File::open(source).map_err(|error| file_error(source, error))?);
    let content = Content::read(&mut reader).map_err(|error| LlmError::format("header", error))?;
    let mut names: Vec<&String> = content.tensor_infos.keys().collect();
    names.sort();
    let total = names.len();
    let mut tensors: Vec<(&str, QTensor)> = Vec::with_capacity(total);
    for (done, name) in names.into_iter().enumerate() {
        progress(done, total);
        let tensor = content
            .tensor(&mut reader, name, &Device::Cpu)
            .map_err(|error| LlmError::format(name.as_str(), error))?;
        tensors.push((name, convert(tensor)?));
    }
    share_embedding(&mut tensors)?;

    let mut metadata: Vec<(&str, &Value)> = content
        .metadata
        .iter()
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    let file_type = Value::U32(FILE_TYPE_Q8_0);
    metadata.retain(|(key, _)| *key != "general.file_type");
    metadata.push(("general.file_type", &file_type));
    metadata.sort_by_key(|(key, _)| *key);
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(name, tensor)| (*name, tensor)).collect();
    write_whole(target, &metadata, &tensors)?;
    progress(total, total);
    Ok(())
}

fn convert(tensor: QTensor) -> Result<QTensor, LlmError> {
    let dims = tensor.shape().dims();
    let is_matrix = dims.len() > 1 && dims.last().is_some_and(|columns| columns % BLOCK_ELEMENTS == 0);
    let wanted = if is_matrix {
        GgmlDType::Q8_0
    } else {
        GgmlDType::F32
    };
    if tensor.dtype() == wanted {
        return Ok(tensor);
    }
    Ok(QTensor::quantize(&tensor.dequantize(&Device::Cpu)?, wanted)?)
}

/// Where the output matrix is the embedding in better precision, keeps it under the embedding's
/// name only: a reader then uses one for both.
fn share_embedding(tensors: &mut Vec<(&str, QTensor)>) -> Result<(), LlmError> {
    let find = |wanted: &str| tensors.iter().position(|(name, _)| *name == wanted);
    let (Some(embedding), Some(output)) = (find(EMBEDDING), find(OUTPUT)) else {
        return Ok(());
    };
    let (Some((_, first)), Some((_, second))) = (tensors.get(embedding), tensors.get(output)) else {
        return Ok(());
    };
    if first.shape() != second.shape() {
        return Ok(());
    }
    let rows = first.shape().dims().first().copied().unwrap_or(0);
    let sample: Vec<u32> = (0u32..)
        .step_by((rows / ROWS_COMPARED).max(1))
        .take_while(|row| (*row as usize) < rows)
        .collect();
    let sample = Tensor::new(sample, &Device::Cpu)?;
    let (first, second) = (first.embedding(&sample)?, second.embedding(&sample)?);
    let size = second.sqr()?.mean_all()?.to_scalar::<f32>()?;
    let difference = (first - second)?.sqr()?.mean_all()?.to_scalar::<f32>()?;
    if difference < SAME_MATRIX_MAX * SAME_MATRIX_MAX * size {
        let (_, shared) = tensors.remove(output);
        tensors.retain(|(name, _)| *name != EMBEDDING);
        tensors.push((EMBEDDING, shared));
    }
    Ok(())
}

/// Writes beside `target` and renames, so that no reader ever meets half a file.
fn write_whole(
    target: &Path,
    metadata: &[(&str, &Value)],
    tensors: &[(&str, &QTensor)],
) -> Result<(), LlmError> {
    let partial = partial_path(target);
    let written = write_file(&partial, metadata, tensors)
        .and_then(|()| std::fs::rename(&partial, target).map_err(|error| file_error(target, error)));
    if written.is_err() {
        // The first error is the one to report; a left-over partial file is overwritten next time.
        let _ = std::fs::remove_file(&partial);
    }
    written
}

fn write_file(
    path: &Path,
    metadata: &[(&str, &Value)],
    tensors: &[(&str, &QTensor)],
) -> Result<(), LlmError> {
    let failed = |error| file_error(path, error);
    let mut writer = BufWriter::new(File::create(path).map_err(failed)?);
    gguf_file::write(&mut writer, metadata, tensors)
        .map_err(|error| file_error(path, std::io::Error::other(error.to_string())))?;
    writer.flush().map_err(failed)?;
    writer.get_ref().sync_all().map_err(failed)
}

fn partial_path(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    target.with_file_name(name)
}

fn file_error(path: &Path, source: std::io::Error) -> LlmError {
    LlmError::File {
        path: path.to_path_buf(),
        source,
    }
}
