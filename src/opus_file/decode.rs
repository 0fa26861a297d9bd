use std::io::{Read, Seek};

use troupe_rtc::opus::{Channels, Decoder};

use super::error::OpusFileError;
use super::read::OpusReader;
use super::{PACKET_SAMPLES, PRE_SKIP_SAMPLES};

/// Reads a file's sound.
pub struct PcmReader<R: Read + Seek> {
    packets: OpusReader<R>,
    decoder: Decoder,
    to_skip: usize,
    pcm: [i16; PACKET_SAMPLES],
}

impl<R: Read + Seek> PcmReader<R> {
    /// Reads the headers.
    ///
    /// # Errors
    /// When they are not those of our files.
    pub fn open(input: R) -> Result<Self, OpusFileError> {
        Ok(Self {
            packets: OpusReader::open(input)?,
            decoder: Decoder::new(Channels::Mono)?,
            to_skip: usize::try_from(PRE_SKIP_SAMPLES).unwrap_or(0),
            pcm: [0; PACKET_SAMPLES],
        })
    }

    /// The next packet's sound at [`super::RATE_HZ`], up to 20 ms; `None` at the end.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn next_block(&mut self) -> Result<Option<&[i16]>, OpusFileError> {
        let Some(packet) = self.packets.next_packet()? else {
            return Ok(None);
        };
        let samples = self.decoder.decode(&packet, &mut self.pcm)?;
        let skipped = self.to_skip.min(samples);
        self.to_skip -= skipped;
        Ok(Some(self.pcm.get(skipped..samples).unwrap_or_default()))
    }
}
