//! A recording decoded to WAV while it is sent.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_stream::wrappers::ReceiverStream;

use crate::opus_file::{PcmReader, RATE_HZ, samples_of};
use crate::rooms::recording::{ObjectReader, Objects, Recording};

/// Media type of what is sent.
pub(super) const CONTENT_TYPE: &str = "audio/wav";
/// Bytes of the header.
const HEADER_BYTES: u64 = 44;
const SAMPLE_BYTES: u64 = 2;
/// Bytes sent at once.
const BLOCK_BYTES: usize = 64 * 1024;
/// Blocks that wait for a slow client. Full: decoding waits.
const BLOCKS_MAX: usize = 4;

/// Length of the file. Some 12 hours are the most that the format can say.
pub(super) fn length(recording: &Recording) -> u64 {
    HEADER_BYTES + samples_of(recording.packets) * SAMPLE_BYTES
}

/// Decodes on a thread of its own, which ends with the client; `permit` is given back then.
pub(super) fn body(objects: Arc<dyn Objects>, recording: &Recording, permit: OwnedSemaphorePermit) -> Body {
    let (blocks, stream) = mpsc::channel(BLOCKS_MAX);
    let header = header(length(recording));
    let reader = ObjectReader::new(
        objects,
        Handle::current(),
        recording.object(),
        recording.size_bytes,
    );
    tokio::task::spawn_blocking(move || {
        if let Err(error) = decode(reader, header, &blocks) {
            tracing::error!(%error, "decode a recording");
            // The client must not take what it has for the whole.
            let _ = blocks.blocking_send(Err(error));
        }
        drop(permit);
    });
    Body::from_stream(ReceiverStream::new(stream))
}

fn decode(reader: ObjectReader, header: Vec<u8>, blocks: &mpsc::Sender<io::Result<Bytes>>) -> io::Result<()> {
    let mut reader = PcmReader::open(reader).map_err(io::Error::other)?;
    let mut block = header;
    while let Some(pcm) = reader.next_block().map_err(io::Error::other)? {
        block.extend(pcm.iter().flat_map(|sample| sample.to_le_bytes()));
        if block.len() >= BLOCK_BYTES
            && blocks
                .blocking_send(Ok(std::mem::take(&mut block).into()))
                .is_err()
        {
            return Ok(());
        }
    }
    let _ = blocks.blocking_send(Ok(block.into()));
    Ok(())
}

/// The header of a file of so many bytes: mono, 16 bit.
fn header(length: u64) -> Vec<u8> {
    let size = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    let mut header = b"RIFF".to_vec();
    header.extend(size(length - 8));
    header.extend(b"WAVEfmt ");
    header.extend(16_u32.to_le_bytes());
    header.extend(1_u16.to_le_bytes());
    header.extend(1_u16.to_le_bytes());
    header.extend(RATE_HZ.to_le_bytes());
    header.extend((RATE_HZ * 2).to_le_bytes());
    header.extend(2_u16.to_le_bytes());
    header.extend(16_u16.to_le_bytes());
    header.extend(b"data");
    header.extend(size(length - HEADER_BYTES));
    header
}
