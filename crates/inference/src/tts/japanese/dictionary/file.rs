//! Reads the dictionary's files: gzipped tables of little-endian numbers, nothing of which is believed.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;

use crate::error::InferenceError;
use crate::models::JAPANESE_NAME;

/// More than any file unpacks to, bytes; the largest one has 42 MB.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// An error that names the file.
pub(super) fn broken(name: &str, detail: impl std::fmt::Display) -> InferenceError {
    InferenceError::load(JAPANESE_NAME, format!("{name}: {detail}"))
}

/// The file `NAME.gz`, unpacked.
pub(super) fn unpack(folder: &Path, name: &str) -> Result<Vec<u8>, InferenceError> {
    let path = folder.join(format!("{name}.gz"));
    let failed = |error: std::io::Error| broken(&path.display().to_string(), error);
    let file = BufReader::new(File::open(&path).map_err(failed)?);
    let mut bytes = Vec::new();
    GzDecoder::new(file)
        .take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(broken(name, format!("it unpacks to more than {BYTES_MAX} bytes")));
    }
    Ok(bytes)
}

/// Takes numbers from the front of a table; `None` where it ends.
pub(super) struct Numbers<'a> {
    left: &'a [u8],
}

impl<'a> Numbers<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.left.split_first_chunk::<N>()?;
        self.left = rest;
        Some(*first)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    pub(super) fn i16(&mut self) -> Option<i16> {
        self.take().map(i16::from_le_bytes)
    }

    /// An offset or a count.
    pub(super) fn size(&mut self) -> Option<usize> {
        self.take().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    /// Bytes up to the next 0, which is passed over.
    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        let end = self.left.iter().position(|byte| *byte == 0)?;
        let (text, rest) = self.left.split_at(end);
        self.left = rest.get(1..)?;
        Some(text)
    }

    /// All that is left.
    pub(super) fn all_i32(self) -> Vec<i32> {
        let (numbers, _) = self.left.as_chunks::<4>();
        numbers.iter().map(|number| i32::from_le_bytes(*number)).collect()
    }

    /// All that is left.
    pub(super) fn all_i16(self) -> Vec<i16> {
        let (numbers, _) = self.left.as_chunks::<2>();
        numbers.iter().map(|number| i16::from_le_bytes(*number)).collect()
    }
}
