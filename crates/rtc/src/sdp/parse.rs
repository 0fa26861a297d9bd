use std::str::FromStr;

use super::{Description, Direction, MediaKind, Payload, Section};

/// Why a text is no session description.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} (line {line:?})")]
pub struct ParseError {
    /// The line at fault.
    pub line: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

fn fail(line: &str, problem: &'static str) -> ParseError {
    ParseError {
        line: line.to_owned(),
        problem,
    }
}

/// Sections a description may have; a server is not to make us allocate without end.
const SECTIONS_MAX: usize = 1024;

impl FromStr for Description {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut description = Self::default();
        // Attributes before the first section count for all of them.
        let mut session = empty_section(MediaKind::Application);
        if !text.starts_with("v=0") {
            return Err(fail(
                text.lines().next().unwrap_or_default(),
                "a description starts with v=0",
            ));
        }
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            if let Some(media) = line.strip_prefix("m=") {
                if description.sections.len() >= SECTIONS_MAX {
                    return Err(fail(line, "too many media sections"));
                }
                description.sections.push(media_line(line, media, &session)?);
            } else if let Some(attribute) = line.strip_prefix("a=") {
                if attribute == "ice-lite" {
                    description.ice_lite = true;
                }
                let section = description.sections.last_mut().unwrap_or(&mut session);
                apply_attribute(section, attribute);
            }
        }
        Ok(description)
    }
}

fn empty_section(kind: MediaKind) -> Section {
    Section {
        kind,
        port: 0,
        mid: String::new(),
        direction: Direction::SendRecv,
        msid: None,
        ssrcs: Vec::new(),
        ice_ufrag: None,
        ice_pwd: None,
        fingerprint: None,
        setup: None,
        candidates: Vec::new(),
        payloads: Vec::new(),
        extensions: Vec::new(),
        ptime_ms: None,
        max_ptime_ms: None,
    }
}

fn media_line(line: &str, media: &str, session: &Section) -> Result<Section, ParseError> {
    let mut words = media.split_whitespace();
    let kind = match words.next() {
        Some("audio") => MediaKind::Audio,
        Some("video") => MediaKind::Video,
        Some("application") => MediaKind::Application,
        _ => return Err(fail(line, "unknown media type")),
    };
    let port = words
        .next()
        .and_then(|port| port.parse().ok())
        .ok_or_else(|| fail(line, "no port"))?;
    let _protocol = words.next().ok_or_else(|| fail(line, "no protocol"))?;
    let payloads = words
        .filter_map(|pt| pt.parse().ok())
        .map(|payload_type| Payload {
            payload_type,
            encoding: String::new(),
            parameters: String::new(),
            nack: false,
        })
        .collect();
    Ok(Section {
        kind,
        port,
        payloads,
        mid: String::new(),
        ..session.clone()
    })
}

fn apply_attribute(section: &mut Section, attribute: &str) {
    let (key, value) = attribute.split_once(':').unwrap_or((attribute, ""));
    match key {
        "sendrecv" => section.direction = Direction::SendRecv,
        "sendonly" => section.direction = Direction::SendOnly,
        "recvonly" => section.direction = Direction::RecvOnly,
        "inactive" => section.direction = Direction::Inactive,
        "mid" => section.mid = value.to_owned(),
        "ice-ufrag" => section.ice_ufrag = Some(value.to_owned()),
        "ice-pwd" => section.ice_pwd = Some(value.to_owned()),
        "fingerprint" => section.fingerprint = Some(value.to_owned()),
        "ptime" => section.ptime_ms = value.trim().parse().ok(),
        "maxptime" => section.max_ptime_ms = value.trim().parse().ok(),
        "setup" => section.setup = Some(value.to_owned()),
        "candidate" => section.candidates.push(attribute.to_owned()),
        "msid" if section.msid.is_none() => section.msid = stream_and_track(value),
        "ssrc" => source_line(section, value),
        "rtpmap" => {
            if let Some((payload, encoding)) = payload_of(section, value) {
                payload.encoding = encoding.to_owned();
            }
        }
        "fmtp" => {
            if let Some((payload, parameters)) = payload_of(section, value) {
                payload.parameters = parameters.to_owned();
            }
        }
        "rtcp-fb" => {
            if let Some((payload_type, "nack")) = value.trim_end().split_once(' ') {
                let means = |payload: &&mut Payload| {
                    payload_type == "*" || payload_type.parse() == Ok(payload.payload_type)
                };
                section
                    .payloads
                    .iter_mut()
                    .filter(means)
                    .for_each(|payload| payload.nack = true);
            }
        }
        "extmap" => {
            if let Some((id, uri)) = value.split_once(' ')
                && let Ok(id) = id.split('/').next().unwrap_or_default().parse()
            {
                let uri = uri.split_whitespace().next().unwrap_or_default().to_owned();
                section.extensions.push((id, uri));
            }
        }
        _ => {}
    }
}

fn stream_and_track(value: &str) -> Option<(String, String)> {
    let mut words = value.split_whitespace();
    let stream = words.next()?;
    Some((stream.to_owned(), words.next().unwrap_or_default().to_owned()))
}

fn source_line(section: &mut Section, value: &str) {
    let (ssrc, rest) = value.split_once(' ').unwrap_or((value, ""));
    let Ok(ssrc) = ssrc.parse() else { return };
    if !section.ssrcs.contains(&ssrc) {
        section.ssrcs.push(ssrc);
    }
    if section.msid.is_none()
        && let Some(msid) = rest.strip_prefix("msid:")
    {
        section.msid = stream_and_track(msid);
    }
}

fn payload_of<'a, 'b>(section: &'a mut Section, value: &'b str) -> Option<(&'a mut Payload, &'b str)> {
    let (payload_type, rest) = value.split_once(' ')?;
    let payload_type: u8 = payload_type.parse().ok()?;
    let payload = section
        .payloads
        .iter_mut()
        .find(|p| p.payload_type == payload_type)?;
    Some((payload, rest))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const ANSWER: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 AA:BB\r\n\
        a=group:BUNDLE 0 1\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n\
        a=setup:active\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=candidate:1 1 udp 1 127.0.0.1 7882 typ host\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\na=rtpmap:111 opus/48000/2\r\n\
        a=fmtp:111 minptime=10;usedtx=1\r\na=rtcp-fb:111 nack\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n\
        a=msid:PA_x|TR_y TR_y\r\na=ssrc:77 cname:z\r\na=sendonly\r\n";

    #[test]
    fn reads_sections_and_inherits_session_attributes() {
        let description: Description = ANSWER.parse().unwrap();
        let [data, audio] = &description.sections[..] else {
            panic!("two sections")
        };
        assert_eq!(data.kind, MediaKind::Application);
        assert_eq!(data.candidates.len(), 1);
        assert_eq!(audio.fingerprint.as_deref(), Some("sha-256 AA:BB"));
        assert_eq!(audio.msid, Some(("PA_x|TR_y".into(), "TR_y".into())));
        assert_eq!(
            (audio.ssrcs.as_slice(), audio.direction),
            (&[77][..], Direction::SendOnly)
        );
        assert_eq!(
            audio.extensions,
            [(4, "urn:ietf:params:rtp-hdrext:sdes:mid".into())]
        );
        assert!(audio.payloads[0].nack);
        assert!(audio.payloads[0].has_flag("usedtx") && !audio.payloads[0].has_flag("stereo"));
    }

    #[test]
    fn refuses_what_is_no_description() {
        assert!("hello".parse::<Description>().is_err());
        assert!("v=0\r\nm=tape 9 X 1\r\n".parse::<Description>().is_err());
    }
}
