use std::fmt::Write;

use super::Direction;

/// What all sections of our description share.
#[derive(Debug, Clone)]
pub struct SessionLines<'a> {
    /// The session id of the `o=` line.
    pub session_id: u64,
    /// Goes up by one with every description.
    pub version: u64,
    /// The ICE user name fragment.
    pub ice_ufrag: &'a str,
    /// The ICE password.
    pub ice_pwd: &'a str,
    /// The DTLS fingerprint with its hash function, such as `sha-256 AA:BB`.
    pub fingerprint: &'a str,
    /// `actpass` in an offer, `active` or `passive` in an answer.
    pub setup: &'a str,
    /// Our candidates, each from the word `candidate:` on; they go into the first section.
    pub candidates: &'a [String],
}

/// One section of our description.
#[derive(Debug, Clone)]
pub enum SectionLines {
    /// The data channels.
    Data {
        /// `a=mid`.
        mid: String,
    },
    /// Audio by Opus.
    Audio(AudioLines),
    /// Video, received and dropped.
    Video(VideoLines),
}

/// An audio section.
#[derive(Debug, Clone)]
pub struct AudioLines {
    /// `a=mid`.
    pub mid: String,
    /// Who sends.
    pub direction: Direction,
    /// The payload type of Opus.
    pub opus: u8,
    /// The header extensions as (id, URI).
    pub extensions: Vec<(u8, String)>,
    /// (stream, track, SSRC, CNAME) of what we send.
    pub sends: Option<(String, String, u32, String)>,
}

/// A video section.
#[derive(Debug, Clone)]
pub struct VideoLines {
    /// `a=mid`.
    pub mid: String,
    /// Who sends.
    pub direction: Direction,
    /// (payload type, encoding, format parameters) in order of preference; empty rejects the section.
    pub payloads: Vec<(u8, String, String)>,
}

impl SectionLines {
    fn mid(&self) -> &str {
        match self {
            Self::Data { mid } => mid,
            Self::Audio(audio) => &audio.mid,
            Self::Video(video) => &video.mid,
        }
    }
}

/// Writes a description with all sections in one bundle.
#[must_use]
pub fn write_session(session: &SessionLines<'_>, sections: &[SectionLines]) -> String {
    let mut out = Lines(String::with_capacity(1024));
    out.line("v=0");
    out.line(format_args!(
        "o=- {} {} IN IP4 127.0.0.1",
        session.session_id, session.version
    ));
    out.line("s=-");
    out.line("t=0 0");
    let mids: Vec<&str> = sections.iter().map(SectionLines::mid).collect();
    out.line(format_args!("a=group:BUNDLE {}", mids.join(" ")));
    out.line("a=extmap-allow-mixed");
    out.line("a=msid-semantic: WMS *");
    for (index, section) in sections.iter().enumerate() {
        let candidates = if index == 0 { session.candidates } else { &[] };
        match section {
            SectionLines::Data { mid } => {
                out.line("m=application 9 UDP/DTLS/SCTP webrtc-datachannel");
                out.transport(session, mid, candidates);
                out.line("a=sctp-port:5000");
                out.line("a=max-message-size:262144");
            }
            SectionLines::Audio(audio) => out.audio(session, audio, candidates),
            SectionLines::Video(video) => out.video(session, video, candidates),
        }
    }
    out.0
}

struct Lines(String);

impl Lines {
    fn line(&mut self, text: impl std::fmt::Display) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{text}\r\n");
    }

    fn transport(&mut self, session: &SessionLines<'_>, mid: &str, candidates: &[String]) {
        self.line("c=IN IP4 0.0.0.0");
        for candidate in candidates {
            self.line(format_args!("a={candidate}"));
        }
        self.line(format_args!("a=ice-ufrag:{}", session.ice_ufrag));
        self.line(format_args!("a=ice-pwd:{}", session.ice_pwd));
        self.line("a=ice-options:trickle");
        self.line(format_args!("a=fingerprint:{}", session.fingerprint));
        self.line(format_args!("a=setup:{}", session.setup));
        self.line(format_args!("a=mid:{mid}"));
    }

    fn audio(&mut self, session: &SessionLines<'_>, audio: &AudioLines, candidates: &[String]) {
        let pt = audio.opus;
        self.line(format_args!("m=audio 9 UDP/TLS/RTP/SAVPF {pt}"));
        self.transport(session, &audio.mid, candidates);
        for (id, uri) in &audio.extensions {
            self.line(format_args!("a=extmap:{id} {uri}"));
        }
        self.line(format_args!("a={}", audio.direction.as_str()));
        if let Some((stream, track, ..)) = &audio.sends {
            self.line(format_args!("a=msid:{stream} {track}"));
        }
        self.line("a=rtcp-mux");
        self.line("a=rtcp-rsize");
        self.line(format_args!("a=rtpmap:{pt} opus/48000/2"));
        self.line(format_args!("a=fmtp:{pt} minptime=10;useinbandfec=1"));
        self.line(format_args!("a=rtcp-fb:{pt} nack"));
        if let Some((stream, track, ssrc, cname)) = &audio.sends {
            self.line(format_args!("a=ssrc:{ssrc} cname:{cname}"));
            self.line(format_args!("a=ssrc:{ssrc} msid:{stream} {track}"));
        }
    }

    fn video(&mut self, session: &SessionLines<'_>, video: &VideoLines, candidates: &[String]) {
        let port = if video.payloads.is_empty() { 0 } else { 9 };
        let list: Vec<String> = video.payloads.iter().map(|(pt, ..)| pt.to_string()).collect();
        let list = if list.is_empty() {
            "96".to_owned()
        } else {
            list.join(" ")
        };
        self.line(format_args!("m=video {port} UDP/TLS/RTP/SAVPF {list}"));
        self.transport(session, &video.mid, candidates);
        self.line(format_args!("a={}", video.direction.as_str()));
        self.line("a=rtcp-mux");
        self.line("a=rtcp-rsize");
        for (pt, encoding, parameters) in &video.payloads {
            self.line(format_args!("a=rtpmap:{pt} {encoding}"));
            if !parameters.is_empty() {
                self.line(format_args!("a=fmtp:{pt} {parameters}"));
            }
        }
    }
}
