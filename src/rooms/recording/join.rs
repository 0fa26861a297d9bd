//! Makes a planned file: packets are copied, nothing is decoded.

use std::io;

use bytes::Bytes;

use super::objects::Objects;
use super::plan::{Plan, Step};
use super::segment::{SEGMENT_BYTES_MAX, SEGMENT_PACKETS_MAX, SegmentRow};
use crate::opus_file::{OpusWriter, SILENCE, packets_of};
use crate::protocol::RecordingFault;

/// Bytes that are collected before the store gets them.
const BLOCK_BYTES: usize = 256 * 1024;

/// A file that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// Packets of 20 ms.
    pub packets: u64,
    /// Its size.
    pub size_bytes: u64,
    /// Why it is not whole.
    pub fault: Option<RecordingFault>,
}

/// Joins the pieces of `plan` to the object `name`. A piece that is gone or damaged becomes silence.
///
/// # Errors
/// When the store does not answer or takes nothing; nothing is left then, and it may be tried again.
pub async fn join(objects: &dyn Objects, room_id: &str, plan: &Plan, name: &str) -> io::Result<Joined> {
    let mut draft = objects.create(name).await?;
    let mut file = OpusWriter::new(Vec::new(), 1)?;
    let mut size_bytes = 0;
    let mut fault = plan.fault;
    for step in &plan.steps {
        match step {
            Step::Silence(packets) => push_silence(&mut file, *packets)?,
            Step::Segment { segment, skip } => {
                let read = read(objects, room_id, segment).await?;
                if read.is_none() {
                    fault.get_or_insert(RecordingFault::SegmentsMissing);
                }
                let mut expected = segment.packets.saturating_sub(*skip);
                let skip = usize::try_from(*skip).unwrap_or(usize::MAX);
                for packet in read.iter().flatten().skip(skip) {
                    file.push(packet)?;
                    expected = expected.saturating_sub(1);
                }
                push_silence(&mut file, expected)?;
            }
        }
        if file.output_mut().len() >= BLOCK_BYTES {
            let block = std::mem::take(file.output_mut());
            size_bytes += block.len() as u64;
            draft.write(block.into()).await?;
        }
    }
    let packets = file.packets();
    let rest: Bytes = file.finish()?.into();
    size_bytes += rest.len() as u64;
    draft.write(rest).await?;
    draft.keep().await?;
    Ok(Joined {
        packets,
        size_bytes,
        fault,
    })
}

fn push_silence(file: &mut OpusWriter<Vec<u8>>, packets: u64) -> io::Result<()> {
    for _ in 0..packets {
        file.push(&SILENCE)?;
    }
    Ok(())
}

/// The segment's packets; `None` when it is gone or can't be read.
async fn read(
    objects: &dyn Objects,
    room_id: &str,
    segment: &SegmentRow,
) -> io::Result<Option<Vec<Vec<u8>>>> {
    match objects.read(&segment.object(room_id), 0, SEGMENT_BYTES_MAX).await {
        Ok(file) => match packets_of(&file, SEGMENT_PACKETS_MAX) {
            Ok(packets) => Ok(Some(packets)),
            Err(error) => {
                tracing::error!(room_id, %error, "read a recorded segment");
                Ok(None)
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            tracing::error!(room_id, "read a recorded segment: it is gone");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
