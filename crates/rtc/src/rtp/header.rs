/// The fixed part (RFC 3550, 5.1).
const FIXED_BYTES: usize = 12;
/// The marks of the two kinds of header extension (RFC 8285, 4.2 and 4.3); the second's last four bits are free.
const ONE_BYTE: u16 = 0xbede;
const TWO_BYTE: u16 = 0x1000;
/// The greatest id and the greatest length in the first kind.
const ID_MAX: u8 = 14;
const ONE_BYTE_MAX: usize = 16;
/// Below this level, in dBov, there is nothing to be taken for a voice.
const VOICE_MIN_DB: i8 = -60;

/// What descriptions call the level of the audio (RFC 6464, 4).
pub const LEVEL_EXTENSION: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
/// What they call the name of the section (RFC 9143, 15).
pub const MID_EXTENSION: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";

/// The ids under which a connection's headers say more (RFC 8285), where it was agreed that they do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeaderExtensions {
    /// The level of the audio (RFC 6464).
    pub level: Option<u8>,
    /// The section of the description (RFC 9143, 15).
    pub mid: Option<u8>,
}

impl HeaderExtensions {
    /// Those of a section, by their ids and names; others, and ids that do not fit, are passed over.
    #[must_use]
    pub fn of(list: &[(u8, String)]) -> Self {
        let id_of = |name: &str| {
            let found = list
                .iter()
                .find(|(id, uri)| uri == name && (1..=ID_MAX).contains(id));
            found.map(|(id, _)| *id)
        };
        Self {
            level: id_of(LEVEL_EXTENSION),
            mid: id_of(MID_EXTENSION),
        }
    }
}

/// What the header of a received packet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpHeader {
    /// What the payload is.
    pub payload_type: u8,
    /// The sequence number.
    pub sequence: u16,
    /// The timestamp.
    pub timestamp: u32,
    /// The source.
    pub ssrc: u32,
    /// The payload ends in padding.
    pub is_padded: bool,
    /// Bytes of the whole header.
    pub length: usize,
    /// Where its extension begins, after the four bytes that say what it is.
    extension_at: Option<usize>,
}

impl RtpHeader {
    /// Reads the header of a packet; `None` if it is no packet of audio.
    #[must_use]
    pub fn read(packet: &[u8]) -> Option<Self> {
        let [first, second, s1, s2, t1, t2, t3, t4, c1, c2, c3, c4] = *packet.first_chunk::<FIXED_BYTES>()?;
        if first >> 6 != 2 {
            return None;
        }
        let mut length = FIXED_BYTES + 4 * usize::from(first & 0x0f);
        let mut extension_at = None;
        if first & 0x10 != 0 {
            let [_, _, high, low] = *packet.get(length..)?.first_chunk::<4>()?;
            extension_at = Some(length + 4);
            length += 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        }
        (length <= packet.len()).then_some(Self {
            payload_type: second & 0x7f,
            sequence: u16::from_be_bytes([s1, s2]),
            timestamp: u32::from_be_bytes([t1, t2, t3, t4]),
            ssrc: u32::from_be_bytes([c1, c2, c3, c4]),
            is_padded: first & 0x20 != 0,
            length,
            extension_at,
        })
    }

    /// What the header of this packet says under an id.
    #[must_use]
    pub fn extension<'a>(&self, packet: &'a [u8], id: u8) -> Option<&'a [u8]> {
        let at = self.extension_at?;
        let mark = packet.get(at.checked_sub(4)?..)?.first_chunk::<2>()?;
        let is_short = match u16::from_be_bytes(*mark) {
            ONE_BYTE => true,
            mark if mark & 0xfff0 == TWO_BYTE => false,
            _ => return None,
        };
        let mut rest = packet.get(at..self.length)?;
        while let Some((&first, after)) = rest.split_first() {
            // One byte of padding.
            if first == 0 {
                rest = after;
                continue;
            }
            let (found, length, after) = if is_short {
                (first >> 4, usize::from(first & 0x0f) + 1, after)
            } else {
                let (&length, after) = after.split_first()?;
                (first, length.into(), after)
            };
            // This id says that nothing more is to be read (RFC 8285, 4.2).
            if is_short && found > ID_MAX {
                return None;
            }
            let (value, after) = after.split_at_checked(length)?;
            if found == id {
                return Some(value);
            }
            rest = after;
        }
        None
    }
}

/// The payload without its padding, whose last byte tells how much it is; `None` if that is more than there is.
#[must_use]
pub fn without_padding(payload: &[u8]) -> Option<&[u8]> {
    let padding = usize::from(*payload.last()?).max(1);
    payload.get(..payload.len().checked_sub(padding)?)
}

/// The header of a packet that is sent.
#[derive(Debug, Clone, Copy)]
pub struct Outline<'a> {
    /// What the payload is.
    pub payload_type: u8,
    /// The first packet after a pause.
    pub marker: bool,
    /// The sequence number.
    pub sequence: u16,
    /// The timestamp.
    pub timestamp: u32,
    /// The source.
    pub ssrc: u32,
    /// The id of the level, and the level in dBov from -127 to 0.
    pub level: Option<(u8, i8)>,
    /// The id of the section's name, and the name.
    pub mid: Option<(u8, &'a str)>,
}

impl Outline<'_> {
    /// Writes the header to the end of `packet`, which is empty so far, and tells its length.
    pub fn write(&self, packet: &mut Vec<u8>) -> usize {
        let marker = if self.marker { 0x80 } else { 0 };
        packet.extend([0x80, marker | self.payload_type]);
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(self.timestamp.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        let level = self.level.map(|(id, db)| {
            let voice = if db > VOICE_MIN_DB { 0x80 } else { 0 };
            (id, voice | db.unsigned_abs().min(127))
        });
        let mid = self
            .mid
            .filter(|(_, name)| (1..=ONE_BYTE_MAX).contains(&name.len()));
        if level.is_some() || mid.is_some() {
            self.write_extensions(level, mid, packet);
        }
        packet.len()
    }

    fn write_extensions(&self, level: Option<(u8, u8)>, mid: Option<(u8, &str)>, packet: &mut Vec<u8>) {
        packet.extend(ONE_BYTE.to_be_bytes());
        packet.extend([0, 0]);
        let from = packet.len();
        if let Some((id, value)) = level {
            packet.extend([id << 4, value]);
        }
        if let Some((id, name)) = mid {
            packet.push(id << 4 | (name.len() - 1) as u8);
            packet.extend(name.bytes());
        }
        // In words of 32 bits.
        let words = (packet.len() - from).div_ceil(4);
        packet.resize(from + 4 * words, 0);
        if let Some(length) = packet.get_mut(from - 1) {
            *length = words as u8;
        }
        if let Some(first) = packet.first_mut() {
            *first |= 0x10;
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const OUTLINE: Outline<'_> = Outline {
        payload_type: 111,
        marker: true,
        sequence: 65_535,
        timestamp: 0x0102_0304,
        ssrc: 0xfedc_ba98,
        level: Some((1, -30)),
        mid: Some((4, "12")),
    };

    #[test]
    fn what_is_written_is_read() {
        let mut packet = Vec::new();
        let length = OUTLINE.write(&mut packet);
        packet.extend(*b"opus");
        let header = RtpHeader::read(&packet).unwrap();
        assert_eq!((header.length, header.payload_type), (length, 111));
        assert_eq!((header.sequence, header.timestamp), (65_535, 0x0102_0304));
        assert_eq!((header.ssrc, header.is_padded), (0xfedc_ba98, false));
        assert_eq!(header.extension(&packet, 4), Some(&b"12"[..]));
        assert_eq!(header.extension(&packet, 1), Some(&[0x80 | 30][..]));
        assert_eq!(header.extension(&packet, 5), None);
        let mut plain = Vec::new();
        let bare = Outline {
            level: None,
            mid: None,
            ..OUTLINE
        };
        assert_eq!(bare.write(&mut plain), FIXED_BYTES);
        assert_eq!(RtpHeader::read(&plain).unwrap().extension(&plain, 4), None);
    }

    #[test]
    fn other_writers_headers_are_read() {
        // Two sources that contribute, padding between extensions, and the kind with two bytes.
        let sources = [0; 8];
        let fixed = [0xb2, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        let long = [
            &fixed[..],
            &sources,
            &[0x10, 0x05, 0, 2, 0, 4, 2, b'a', b'b', 0, 9, 0],
        ]
        .concat();
        let header = RtpHeader::read(&long).unwrap();
        assert_eq!((header.length, header.is_padded), (long.len(), true));
        assert_eq!(header.extension(&long, 4), Some(&b"ab"[..]));
        assert_eq!(header.extension(&long, 9), Some(&[][..]));
        let stopped = [&fixed[..], &sources, &[0xbe, 0xde, 0, 1, 0xf0, 0, 0x40, b'a']].concat();
        assert_eq!(RtpHeader::read(&stopped).unwrap().extension(&stopped, 4), None);
        let unknown = [&fixed[..], &sources, &[1, 2, 0, 1, 0x40, b'a', 0, 0]].concat();
        assert_eq!(RtpHeader::read(&unknown).unwrap().extension(&unknown, 4), None);
    }

    #[test]
    fn what_is_cut_short_is_no_packet() {
        let mut packet = Vec::new();
        let length = OUTLINE.write(&mut packet);
        for cut in 0..length {
            assert_eq!(RtpHeader::read(&packet[..cut]), None, "{cut}");
        }
        assert_eq!(RtpHeader::read(&[0x40; 40]), None, "another version");
    }

    #[test]
    fn padding_is_taken_off() {
        assert_eq!(without_padding(&[1, 2, 0, 2]), Some(&[1, 2][..]));
        assert_eq!(without_padding(&[0, 2]), Some(&[][..]));
        assert_eq!(without_padding(&[1, 3]), None);
        assert_eq!(without_padding(&[]), None);
    }

    #[test]
    fn known_extensions_are_found_by_name() {
        let list = [
            (3, "urn:ietf:params:rtp-hdrext:sdes:mid".to_owned()),
            (15, "urn:ietf:params:rtp-hdrext:ssrc-audio-level".to_owned()),
        ];
        let expected = HeaderExtensions {
            level: None,
            mid: Some(3),
        };
        assert_eq!(HeaderExtensions::of(&list), expected);
    }
}
