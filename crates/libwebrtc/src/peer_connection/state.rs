use troupe_rtc::{jsep::Signalling, peer::PeerState};

/// The state of the whole connection.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the WebRTC standard")]
pub enum PeerConnectionState {
    New,
    Connecting,
    Connected,
    Disconnected,
    Failed,
    Closed,
}

impl From<PeerState> for PeerConnectionState {
    fn from(state: PeerState) -> Self {
        match state {
            PeerState::New => Self::New,
            PeerState::Connecting => Self::Connecting,
            PeerState::Connected => Self::Connected,
            PeerState::Disconnected => Self::Disconnected,
            PeerState::Failed => Self::Failed,
            PeerState::Closed => Self::Closed,
        }
    }
}

/// The state of ICE.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the WebRTC standard")]
pub enum IceConnectionState {
    New,
    Checking,
    Connected,
    Completed,
    Failed,
    Disconnected,
    Closed,
    Max,
}

impl From<PeerConnectionState> for IceConnectionState {
    fn from(state: PeerConnectionState) -> Self {
        match state {
            PeerConnectionState::New => Self::New,
            PeerConnectionState::Connecting => Self::Checking,
            PeerConnectionState::Connected => Self::Connected,
            PeerConnectionState::Disconnected => Self::Disconnected,
            PeerConnectionState::Failed => Self::Failed,
            PeerConnectionState::Closed => Self::Closed,
        }
    }
}

/// Whether candidates are still being looked for.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the WebRTC standard")]
pub enum IceGatheringState {
    New,
    Gathering,
    Complete,
}

/// Where the exchange of descriptions stands.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the WebRTC standard")]
pub enum SignalingState {
    Stable,
    HaveLocalOffer,
    HaveLocalPrAnswer,
    HaveRemoteOffer,
    HaveRemotePrAnswer,
    Closed,
}

impl From<Signalling> for SignalingState {
    fn from(state: Signalling) -> Self {
        match state {
            Signalling::Stable => Self::Stable,
            Signalling::HaveLocalOffer => Self::HaveLocalOffer,
            Signalling::HaveRemoteOffer => Self::HaveRemoteOffer,
            Signalling::Closed => Self::Closed,
        }
    }
}
