//! Peer connections.

mod callbacks;
mod state;

use std::{
    fmt::{self, Debug},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use troupe_rtc::{
    jsep::{DescriptionKind, SendTrack, Signalling, TransceiverId},
    net::IceConfig,
    peer::Peer,
    sdp::MediaKind,
};

use crate::{
    MediaType, RtcError,
    audio_track::Side,
    data_channel::{DataChannel, DataChannelInit},
    ice_candidate::IceCandidate,
    media_stream_track::MediaStreamTrack,
    peer_connection_factory::RtcConfiguration,
    rtp_receiver::RtpReceiver,
    rtp_sender::{BITRATE_BPS_MAX, BITRATE_BPS_MIN, RtpSender},
    rtp_transceiver::{RtpTransceiver, RtpTransceiverDirection, RtpTransceiverInit},
    session_description::{SdpType, SessionDescription},
    stats::{IceTransportState, RtcStats},
};

pub use callbacks::{
    IceCandidateError, OnConnectionChange, OnDataChannel, OnIceCandidate, OnIceCandidateError,
    OnIceConnectionChange, OnIceGatheringChange, OnNegotiationNeeded, OnSignalingChange, OnTrack, TrackEvent,
};
pub use state::{IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState};

use callbacks::Callbacks;

/// What an offer is for. Sections to receive in are made as transceivers, not by these flags.
#[derive(Debug, Clone, Default)]
pub struct OfferOptions {
    /// Restart ICE.
    pub ice_restart: bool,
    /// Not used.
    pub offer_to_receive_audio: bool,
    /// Not used.
    pub offer_to_receive_video: bool,
}

/// What an answer is for: nothing to say.
#[derive(Debug, Clone, Default)]
pub struct AnswerOptions {}

/// Bounds for a bandwidth estimator. There is none: voice takes what it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BitrateSettings {
    /// Bits a second at least.
    pub min_bitrate_bps: Option<u64>,
    /// Bits a second to start with.
    pub start_bitrate_bps: Option<u64>,
    /// Bits a second at most.
    pub max_bitrate_bps: Option<u64>,
}

/// What the handles of one connection share.
pub(crate) struct Session {
    pub(crate) peer: Arc<Peer>,
    callbacks: Arc<Callbacks>,
    restart_ice: AtomicBool,
}

impl Session {
    /// Statistics of all transceivers, or of one.
    pub(crate) fn stats(&self, only: Option<TransceiverId>) -> Vec<RtcStats> {
        let vitals = self.peer.vitals();
        self.peer.with_negotiator(|negotiator| {
            let mut all = Vec::new();
            for (index, transceiver) in negotiator.transceivers().iter().enumerate() {
                if transceiver.kind != MediaKind::Audio || only.is_some_and(|id| id.0 != index) {
                    continue;
                }
                let mid = transceiver.mid.as_deref().unwrap_or_default();
                if let Some((send, local)) = transceiver
                    .send
                    .as_ref()
                    .and_then(|send| send.audio.as_ref().map(|local| (send, local)))
                {
                    let report = vitals.reports.iter().find(|report| report.mid == mid);
                    all.extend(RtcStats::outbound(mid, send.ssrc, local, report));
                }
                if let Some(remote) = &transceiver.remote {
                    all.push(RtcStats::inbound(
                        mid,
                        &remote.track_id,
                        remote.audio.traffic.snapshot(),
                    ));
                }
            }
            all
        })
    }
}

/// A connection.
#[derive(Clone)]
pub struct PeerConnection {
    session: Arc<Session>,
}

impl PeerConnection {
    pub(crate) fn new(config: IceConfig) -> Result<Self, RtcError> {
        let callbacks = Arc::new(Callbacks::default());
        let events = Arc::clone(&callbacks);
        let peer = Peer::new(config, Box::new(move |event| events.event(event)))?;
        Ok(Self {
            session: Arc::new(Session {
                peer,
                callbacks,
                restart_ice: AtomicBool::new(false),
            }),
        })
    }

    fn peer(&self) -> &Peer {
        &self.session.peer
    }

    fn transceiver(&self, id: TransceiverId) -> RtpTransceiver {
        RtpTransceiver {
            session: Arc::clone(&self.session),
            id,
        }
    }

    /// Sets servers and ways from now on; for those in use it counts from the next ICE restart on.
    pub fn set_configuration(&self, config: RtcConfiguration) -> Result<(), RtcError> {
        self.peer().configure(config.ice()?);
        Ok(())
    }

    /// Takes any settings: there is no bandwidth estimator.
    pub fn set_bitrate(&self, _settings: BitrateSettings) -> Result<(), RtcError> {
        Ok(())
    }

    /// Writes an offer.
    pub async fn create_offer(&self, options: OfferOptions) -> Result<SessionDescription, RtcError> {
        let restart = self.session.restart_ice.swap(false, Ordering::Relaxed) || options.ice_restart;
        let sdp = self.peer().create_offer(restart)?;
        Ok(SessionDescription {
            sdp_type: SdpType::Offer,
            sdp,
        })
    }

    /// Writes the answer to the offer that was set.
    pub async fn create_answer(&self, _options: AnswerOptions) -> Result<SessionDescription, RtcError> {
        let sdp = self.peer().with_negotiator(|n| n.create_answer())?;
        Ok(SessionDescription {
            sdp_type: SdpType::Answer,
            sdp,
        })
    }

    /// Applies a description of our own.
    pub async fn set_local_description(&self, desc: SessionDescription) -> Result<(), RtcError> {
        self.peer().set_local(kind(&desc)?, desc.sdp)?;
        self.session.callbacks.signalling(self.signaling_state());
        Ok(())
    }

    /// Applies a description of the other side.
    pub async fn set_remote_description(&self, desc: SessionDescription) -> Result<(), RtcError> {
        let added = self.peer().set_remote(kind(&desc)?, desc.sdp)?;
        self.session.callbacks.signalling(self.signaling_state());
        for track in added {
            let transceiver = self.transceiver(track.transceiver);
            let receiver = transceiver.receiver();
            let (Some(track), streams) = (receiver.track(), receiver.streams()) else {
                continue;
            };
            self.session.callbacks.track(TrackEvent {
                receiver,
                streams,
                track,
                transceiver,
            });
        }
        Ok(())
    }

    /// Adds a candidate of the other side; an empty one says that there are no more.
    pub async fn add_ice_candidate(&self, candidate: IceCandidate) -> Result<(), RtcError> {
        let candidate = candidate.candidate();
        if !candidate.is_empty() {
            self.peer().add_candidate(candidate);
        }
        Ok(())
    }

    /// Makes a data channel.
    pub fn create_data_channel(&self, label: &str, init: DataChannelInit) -> Result<DataChannel, RtcError> {
        self.require_open()?;
        Ok(DataChannel {
            channel: self.peer().create_channel(init.options(label)),
        })
    }

    /// Sends a track.
    pub fn add_track<T: AsRef<str>>(
        &self,
        track: MediaStreamTrack,
        streams_ids: &[T],
    ) -> Result<RtpSender, RtcError> {
        let init = RtpTransceiverInit {
            direction: RtpTransceiverDirection::SendRecv,
            stream_ids: streams_ids.iter().map(|id| id.as_ref().to_owned()).collect(),
            send_encodings: Vec::new(),
        };
        Ok(self.add_transceiver(track, init)?.sender())
    }

    /// Stops sending a track.
    pub fn remove_track(&self, sender: RtpSender) -> Result<(), RtcError> {
        self.require_open()?;
        self.peer().remove_track(sender.id);
        Ok(())
    }

    /// Statistics of all streams and of the transport; those of the transport are up to a second old.
    pub async fn get_stats(&self) -> Result<Vec<RtcStats>, RtcError> {
        let mut all = self.session.stats(None);
        let state = match self.ice_connection_state() {
            IceConnectionState::New => IceTransportState::New,
            IceConnectionState::Checking => IceTransportState::Checking,
            IceConnectionState::Connected | IceConnectionState::Max => IceTransportState::Connected,
            IceConnectionState::Completed => IceTransportState::Completed,
            IceConnectionState::Failed => IceTransportState::Failed,
            IceConnectionState::Disconnected => IceTransportState::Disconnected,
            IceConnectionState::Closed => IceTransportState::Closed,
        };
        all.extend(RtcStats::transport(&self.peer().vitals(), state));
        Ok(all)
    }

    /// Sends a track in a section of its own. Video is refused.
    pub fn add_transceiver(
        &self,
        track: MediaStreamTrack,
        init: RtpTransceiverInit,
    ) -> Result<RtpTransceiver, RtcError> {
        self.require_open()?;
        let MediaStreamTrack::Audio(track) = track else {
            return Err(RtcError::unsupported("publishing video"));
        };
        let Side::Local(local) = track.side else {
            return Err(RtcError::state("a remote track cannot be sent"));
        };
        let bitrate = init
            .send_encodings
            .first()
            .and_then(|encoding| encoding.max_bitrate);
        let send = SendTrack {
            stream_id: init
                .stream_ids
                .into_iter()
                .next()
                .unwrap_or_else(|| "-".to_owned()),
            track_id: local.id.clone(),
            ssrc: rand::random_range(1..u32::MAX),
            audio: Some(local),
            bitrate_bps: bitrate.map(|bps| {
                u32::try_from(bps)
                    .unwrap_or(u32::MAX)
                    .clamp(BITRATE_BPS_MIN, BITRATE_BPS_MAX)
            }),
        };
        let receives = init.direction.receives();
        let id = self
            .peer()
            .with_negotiator(|n| n.add_transceiver(MediaKind::Audio, receives, Some(send)));
        Ok(self.transceiver(id))
    }

    /// Makes a section to receive in.
    pub fn add_transceiver_for_media(
        &self,
        media_type: MediaType,
        init: RtpTransceiverInit,
    ) -> Result<RtpTransceiver, RtcError> {
        self.require_open()?;
        let kind = match media_type {
            MediaType::Audio => MediaKind::Audio,
            MediaType::Video => MediaKind::Video,
            _ => return Err(RtcError::unsupported("a transceiver without audio or video")),
        };
        let receives = init.direction.receives();
        Ok(self.transceiver(
            self.peer()
                .with_negotiator(|n| n.add_transceiver(kind, receives, None)),
        ))
    }

    /// Closes the connection.
    pub fn close(&self) {
        self.peer().close();
    }

    /// The next offer restarts ICE.
    pub fn restart_ice(&self) {
        self.session.restart_ice.store(true, Ordering::Relaxed);
    }

    /// The state of the whole connection.
    #[must_use]
    pub fn connection_state(&self) -> PeerConnectionState {
        self.peer().state().into()
    }

    /// The state of ICE, told by that of the connection.
    #[must_use]
    pub fn ice_connection_state(&self) -> IceConnectionState {
        self.connection_state().into()
    }

    /// Complete: candidates are known from the start.
    #[must_use]
    pub fn ice_gathering_state(&self) -> IceGatheringState {
        IceGatheringState::Complete
    }

    /// Where the exchange of descriptions stands.
    #[must_use]
    pub fn signaling_state(&self) -> SignalingState {
        self.peer().with_negotiator(|n| n.signalling()).into()
    }

    /// Our description in force.
    #[must_use]
    pub fn current_local_description(&self) -> Option<SessionDescription> {
        self.peer()
            .with_negotiator(|n| n.local_description())
            .map(description)
    }

    /// The other side's description in force.
    #[must_use]
    pub fn current_remote_description(&self) -> Option<SessionDescription> {
        self.peer()
            .with_negotiator(|n| n.remote_description())
            .map(description)
    }

    /// All senders; none when closed.
    #[must_use]
    pub fn senders(&self) -> Vec<RtpSender> {
        self.transceivers().iter().map(RtpTransceiver::sender).collect()
    }

    /// All receivers; none when closed.
    #[must_use]
    pub fn receivers(&self) -> Vec<RtpReceiver> {
        self.transceivers().iter().map(RtpTransceiver::receiver).collect()
    }

    /// All transceivers; none when closed.
    #[must_use]
    pub fn transceivers(&self) -> Vec<RtpTransceiver> {
        let count = self.peer().with_negotiator(|n| match n.signalling() {
            Signalling::Closed => 0,
            _ => n.transceivers().len(),
        });
        (0..count)
            .map(|index| self.transceiver(TransceiverId(index)))
            .collect()
    }

    fn require_open(&self) -> Result<(), RtcError> {
        match self.signaling_state() {
            SignalingState::Closed => Err(RtcError::state("the peer connection is closed")),
            _ => Ok(()),
        }
    }
}

impl Debug for PeerConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerConnection")
            .field("state", &self.connection_state())
            .field("signaling_state", &self.signaling_state())
            .finish_non_exhaustive()
    }
}

fn kind(description: &SessionDescription) -> Result<DescriptionKind, RtcError> {
    match description.sdp_type {
        SdpType::Offer => Ok(DescriptionKind::Offer),
        SdpType::Answer => Ok(DescriptionKind::Answer),
        SdpType::PrAnswer => Err(RtcError::unsupported("a provisional answer")),
        SdpType::Rollback => Err(RtcError::unsupported("a rollback")),
    }
}

fn description((kind, sdp): (DescriptionKind, String)) -> SessionDescription {
    let sdp_type = match kind {
        DescriptionKind::Offer => SdpType::Offer,
        DescriptionKind::Answer => SdpType::Answer,
    };
    SessionDescription { sdp_type, sdp }
}
