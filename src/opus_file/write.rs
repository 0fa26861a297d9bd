use std::io::{self, Write};

use ogg::{PacketWriteEndInfo, PacketWriter};

use super::{PACKET_SAMPLES, head};

/// Packets of one page: a second, so that players find their place.
const PAGE_PACKETS: u64 = 50;

/// Writes one file, packet by packet.
pub struct OpusWriter<W: Write> {
    pages: PacketWriter<'static, W>,
    serial: u32,
    packets: u64,
    /// Held back until it is known whether it is the last.
    held: Option<Vec<u8>>,
}

impl<W: Write> OpusWriter<W> {
    /// Begins a file; `serial` names its stream.
    ///
    /// # Errors
    /// When `output` takes nothing.
    pub fn new(output: W, serial: u32) -> io::Result<Self> {
        let mut pages = PacketWriter::new(output);
        for header in [head::identification(), head::comments()] {
            pages.write_packet(header, serial, PacketWriteEndInfo::EndPage, 0)?;
        }
        Ok(Self {
            pages,
            serial,
            packets: 0,
            held: None,
        })
    }

    /// Packets so far.
    pub fn packets(&self) -> u64 {
        self.packets + u64::from(self.held.is_some())
    }

    /// What was written so far; whole pages only.
    pub fn output_mut(&mut self) -> &mut W {
        self.pages.inner_mut()
    }

    /// Adds a packet of 20 ms.
    ///
    /// # Errors
    /// When the output takes nothing.
    pub fn push(&mut self, packet: &[u8]) -> io::Result<()> {
        if let Some(before) = self.held.replace(packet.to_vec()) {
            let is_full = (self.packets + 1).is_multiple_of(PAGE_PACKETS);
            self.write(
                before,
                if is_full {
                    PacketWriteEndInfo::EndPage
                } else {
                    PacketWriteEndInfo::NormalPacket
                },
            )?;
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the output takes nothing.
    pub fn finish(mut self) -> io::Result<W> {
        // A stream must not end on its headers.
        let last = self.held.take().unwrap_or_else(|| super::SILENCE.to_vec());
        self.write(last, PacketWriteEndInfo::EndStream)?;
        let mut output = self.pages.into_inner();
        output.flush()?;
        Ok(output)
    }

    fn write(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo) -> io::Result<()> {
        self.packets += 1;
        let granule = self.packets * PACKET_SAMPLES as u64;
        self.pages.write_packet(packet, self.serial, end, granule)
    }
}
