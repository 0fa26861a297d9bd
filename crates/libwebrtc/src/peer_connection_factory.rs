//! Making peer connections and tracks.

mod devices;

use std::sync::Arc;

use troupe_rtc::net::{IceConfig, Policy, Server};

use crate::{
    MediaType, RtcError,
    peer_connection::PeerConnection,
    rtp_parameters::{RtpCapabilities, RtpCodecCapability, RtpHeaderExtensionCapability},
    rtp_transceiver::RtpTransceiverDirection,
};

/// A STUN or TURN server.
#[derive(Debug, Clone)]
pub struct IceServer {
    /// Its URLs.
    pub urls: Vec<String>,
    /// The user.
    pub username: String,
    /// The password.
    pub password: String,
}

/// How long candidates are looked for.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ContinualGatheringPolicy {
    GatherOnce,
    GatherContinually,
}

/// Which candidates may be used. Host candidates are told with `NoHost` as well.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum IceTransportsType {
    Relay,
    NoHost,
    All,
}

/// How a connection is made.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RtcConfiguration {
    /// STUN and TURN servers.
    pub ice_servers: Vec<IceServer>,
    /// How long candidates are looked for; not used: addresses are looked up again with every ICE restart.
    pub continual_gathering_policy: ContinualGatheringPolicy,
    /// Which candidates may be used.
    pub ice_transport_type: IceTransportsType,
    /// SCTP set up within the descriptions; not used.
    pub enable_sctp_snap: bool,
    /// Certificates (DER) to trust for TURN over TLS beside the system's. Not in the official crate.
    pub turn_roots: Vec<Arc<[u8]>>,
}

impl RtcConfiguration {
    /// The same for the engine; a server that cannot be used is named.
    pub(crate) fn ice(&self) -> Result<IceConfig, RtcError> {
        let mut servers = Vec::new();
        for server in &self.ice_servers {
            for text in &server.urls {
                let url = text
                    .parse()
                    .map_err(|error| RtcError::state(format!("use the ICE server {text}: {error}")))?;
                servers.push(Server {
                    url,
                    username: server.username.clone(),
                    password: server.password.clone(),
                });
            }
        }
        Ok(IceConfig {
            servers,
            policy: match self.ice_transport_type {
                IceTransportsType::Relay => Policy::RelayOnly,
                IceTransportsType::All | IceTransportsType::NoHost => Policy::All,
            },
            extra_roots: self.turn_roots.clone(),
        })
    }
}

impl Default for RtcConfiguration {
    fn default() -> Self {
        Self {
            ice_servers: Vec::new(),
            continual_gathering_policy: ContinualGatheringPolicy::GatherContinually,
            ice_transport_type: IceTransportsType::All,
            enable_sctp_snap: false,
            turn_roots: Vec::new(),
        }
    }
}

/// Makes connections. It has no state: every connection stands for itself.
#[derive(Clone, Default, Debug)]
pub struct PeerConnectionFactory {}

impl PeerConnectionFactory {
    /// The same as any other: the option is for video.
    #[must_use]
    pub fn with_zero_playout_delay() -> Self {
        Self::default()
    }

    /// The same as any other: the options are for video and for a faster handshake.
    #[must_use]
    pub fn with_options(_zero_playout_delay: bool, _enable_warp: bool) -> Self {
        Self::default()
    }

    /// Makes a connection. Has to be called within a tokio runtime.
    pub fn create_peer_connection(&self, config: RtcConfiguration) -> Result<PeerConnection, RtcError> {
        PeerConnection::new(config.ice()?)
    }

    /// What can be sent.
    #[must_use]
    pub fn get_rtp_sender_capabilities(&self, media_type: MediaType) -> RtpCapabilities {
        capabilities(media_type)
    }

    /// What can be received.
    #[must_use]
    pub fn get_rtp_receiver_capabilities(&self, media_type: MediaType) -> RtpCapabilities {
        capabilities(media_type)
    }
}

fn capabilities(media_type: MediaType) -> RtpCapabilities {
    if media_type != MediaType::Audio {
        return RtpCapabilities {
            codecs: Vec::new(),
            header_extensions: Vec::new(),
        };
    }
    let opus = RtpCodecCapability {
        channels: Some(2),
        clock_rate: Some(u64::from(troupe_rtc::audio::OPUS_CLOCK_HZ)),
        mime_type: "audio/opus".to_owned(),
        sdp_fmtp_line: Some("minptime=10;useinbandfec=1".to_owned()),
    };
    let level = RtpHeaderExtensionCapability {
        uri: "urn:ietf:params:rtp-hdrext:ssrc-audio-level".to_owned(),
        direction: RtpTransceiverDirection::SendRecv,
    };
    RtpCapabilities {
        codecs: vec![opus],
        header_extensions: vec![level],
    }
}

/// What only native code has.
pub mod native {
    pub use super::devices::PeerConnectionFactoryExt;
}
