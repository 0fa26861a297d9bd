//! An object as something that blocking code can read.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use bytes::{Buf, Bytes};
use tokio::runtime::Handle;

use super::objects::Objects;

/// Bytes asked for at once.
const BLOCK_BYTES: usize = 256 * 1024;

/// Reads an object from a thread that may block; never from a task.
pub struct ObjectReader {
    objects: Arc<dyn Objects>,
    runtime: Handle,
    name: String,
    size: u64,
    position: u64,
    block: Bytes,
}

impl ObjectReader {
    /// A reader of the object `name` of `size` bytes, which asks for them on `runtime`.
    pub fn new(objects: Arc<dyn Objects>, runtime: Handle, name: String, size: u64) -> Self {
        Self {
            objects,
            runtime,
            name,
            size,
            position: 0,
            block: Bytes::new(),
        }
    }
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.block.is_empty() {
            let next = self.objects.read(&self.name, self.position, BLOCK_BYTES);
            self.block = self.runtime.block_on(next)?;
        }
        let count = self.block.len().min(buffer.len());
        self.block.copy_to_slice(&mut buffer[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for ObjectReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        self.block = Bytes::new();
        Ok(self.position)
    }
}
