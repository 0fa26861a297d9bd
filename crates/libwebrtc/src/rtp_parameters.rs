//! What senders and receivers are set to.

use crate::rtp_transceiver::RtpTransceiverDirection;

/// The priority of a stream; not used.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Priority {
    VeryLow,
    #[default]
    Low,
    Medium,
    High,
}

/// What video gives up first when there is too little bandwidth.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Default)]
pub enum DegradationPreference {
    /// Neither rate nor resolution.
    MaintainFramerateAndResolution,
    /// Resolution.
    MaintainFramerate,
    /// Frame rate.
    MaintainResolution,
    /// A little of both.
    #[default]
    Balanced,
}

/// A header extension in use.
#[derive(Debug, Clone)]
pub struct RtpHeaderExtensionParameters {
    /// Its URI.
    pub uri: String,
    /// Its id in packets.
    pub id: i32,
    /// Whether its value is encrypted.
    pub encrypted: bool,
}

/// What a sender or receiver is set to.
#[derive(Debug, Clone, Default)]
pub struct RtpParameters {
    /// Codecs, the preferred one first.
    pub codecs: Vec<RtpCodecParameters>,
    /// Header extensions.
    pub header_extensions: Vec<RtpHeaderExtensionParameters>,
    /// Encodings; audio has one.
    pub encodings: Vec<RtpEncodingParameters>,
    /// RTCP.
    pub rtcp: RtcpParameters,
    degradation_preference: Option<DegradationPreference>,
}

impl RtpParameters {
    /// Keeps the preference; there is no video for it to act on.
    pub fn set_degradation_preference(&mut self, preference: DegradationPreference) {
        self.degradation_preference = Some(preference);
    }

    /// The preference, if one was set.
    #[must_use]
    pub fn degradation_preference(&self) -> Option<DegradationPreference> {
        self.degradation_preference
    }

    pub(crate) fn opus(cname: String) -> Self {
        let codec = RtpCodecParameters {
            payload_type: troupe_rtc::jsep::OPUS_PAYLOAD_TYPE,
            mime_type: "audio/opus".to_owned(),
            clock_rate: Some(u64::from(troupe_rtc::audio::OPUS_CLOCK_HZ)),
            channels: Some(2),
        };
        Self {
            codecs: vec![codec],
            rtcp: RtcpParameters {
                cname,
                reduced_size: true,
            },
            ..Self::default()
        }
    }
}

/// A codec in use.
#[derive(Debug, Clone, Default)]
pub struct RtpCodecParameters {
    /// Its payload type.
    pub payload_type: u8,
    /// Its MIME type.
    pub mime_type: String,
    /// Its RTP clock in Hz.
    pub clock_rate: Option<u64>,
    /// Its channels.
    pub channels: Option<u16>,
}

/// How RTCP is used.
#[derive(Debug, Clone, Default)]
pub struct RtcpParameters {
    /// The canonical name of the source.
    pub cname: String,
    /// Reduced-size reports (RFC 5506).
    pub reduced_size: bool,
}

/// One encoding of a track.
#[derive(Debug, Clone)]
pub struct RtpEncodingParameters {
    /// Whether it is sent.
    pub active: bool,
    /// Bits a second at most.
    pub max_bitrate: Option<u64>,
    /// Frames a second at most.
    pub max_framerate: Option<f64>,
    /// Its priority.
    pub priority: Priority,
    /// Its name among simulcast layers.
    pub rid: String,
    /// How much smaller than the source.
    pub scale_resolution_down_by: Option<f64>,
    /// Its layers.
    pub scalability_mode: Option<String>,
    /// Whether `ssrc` says something.
    pub has_ssrc: bool,
    /// Its source.
    pub ssrc: u32,
}

impl Default for RtpEncodingParameters {
    fn default() -> Self {
        Self {
            active: true,
            max_bitrate: None,
            max_framerate: None,
            priority: Priority::Low,
            rid: String::new(),
            scale_resolution_down_by: None,
            scalability_mode: None,
            has_ssrc: false,
            ssrc: 0,
        }
    }
}

/// A codec this stack could use.
#[derive(Debug, Clone)]
pub struct RtpCodecCapability {
    /// Its channels.
    pub channels: Option<u16>,
    /// Its RTP clock in Hz.
    pub clock_rate: Option<u64>,
    /// Its MIME type.
    pub mime_type: String,
    /// Its format parameters.
    pub sdp_fmtp_line: Option<String>,
}

/// A header extension this stack could use.
#[derive(Debug, Clone)]
pub struct RtpHeaderExtensionCapability {
    /// Its URI.
    pub uri: String,
    /// The direction it is used in.
    pub direction: RtpTransceiverDirection,
}

/// What this stack could use.
#[derive(Debug, Clone)]
pub struct RtpCapabilities {
    /// Codecs.
    pub codecs: Vec<RtpCodecCapability>,
    /// Header extensions.
    pub header_extensions: Vec<RtpHeaderExtensionCapability>,
}
