use std::io::{Cursor, Read, Seek};

use ogg::PacketReader;
use troupe_rtc::opus::PacketShape;

use super::error::OpusFileError;
use super::{PACKET_SAMPLES, head};

/// Reads one file, packet by packet.
pub struct OpusReader<R: Read + Seek> {
    packets: PacketReader<R>,
    serial: u32,
    is_over: bool,
}

impl<R: Read + Seek> OpusReader<R> {
    /// Reads the headers.
    ///
    /// # Errors
    /// When they are not those of our files.
    pub fn open(input: R) -> Result<Self, OpusFileError> {
        let mut packets = PacketReader::new(input);
        let first = packets.read_packet_expected()?;
        head::check_identification(&first.data)?;
        let second = packets.read_packet_expected()?;
        head::check_comments(&second.data)?;
        Ok(Self {
            packets,
            serial: first.stream_serial(),
            is_over: false,
        })
    }

    /// The next packet; `None` after the last.
    ///
    /// # Errors
    /// When the file is damaged, cut off, or holds a packet of another length.
    pub fn next_packet(&mut self) -> Result<Option<Vec<u8>>, OpusFileError> {
        if self.is_over {
            return Ok(None);
        }
        let packet = self.packets.read_packet_expected()?;
        if packet.stream_serial() != self.serial {
            return Err(OpusFileError::Unlike("it holds another stream"));
        }
        if PacketShape::read(&packet.data).is_none_or(|shape| shape.samples != PACKET_SAMPLES) {
            return Err(OpusFileError::Unlike("a packet has another length"));
        }
        self.is_over = packet.last_in_stream();
        Ok(Some(packet.data))
    }
}

/// All packets of a file that is in memory, at most `most`.
///
/// # Errors
/// As [`OpusReader`], or when there are more.
pub fn packets_of(file: &[u8], most: usize) -> Result<Vec<Vec<u8>>, OpusFileError> {
    let mut reader = OpusReader::open(Cursor::new(file))?;
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_packet()? {
        if packets.len() == most {
            return Err(OpusFileError::Unlike("it is too long"));
        }
        packets.push(packet);
    }
    Ok(packets)
}
