use parking_lot::Mutex;
use troupe_rtc::peer::Event;

use super::{IceConnectionState, IceGatheringState, PeerConnection, PeerConnectionState, SignalingState};
use crate::{
    data_channel::DataChannel, ice_candidate::IceCandidate, media_stream::MediaStream,
    media_stream_track::MediaStreamTrack, rtp_receiver::RtpReceiver, rtp_transceiver::RtpTransceiver,
};

/// A candidate that could not be gathered; never reported.
#[derive(Debug, Clone)]
pub struct IceCandidateError {
    /// Our address.
    pub address: String,
    /// Our port.
    pub port: i32,
    /// The server's URL.
    pub url: String,
    /// The STUN error code.
    pub error_code: i32,
    /// The STUN reason.
    pub error_text: String,
}

/// A remote track came.
#[derive(Debug, Clone)]
pub struct TrackEvent {
    /// Its receiver.
    pub receiver: RtpReceiver,
    /// Its streams.
    pub streams: Vec<MediaStream>,
    /// The track.
    pub track: MediaStreamTrack,
    /// Its transceiver.
    pub transceiver: RtpTransceiver,
}

/// Is told the state of the connection.
pub type OnConnectionChange = Box<dyn FnMut(PeerConnectionState) + Send + Sync>;
/// Is given channels that the other side opened.
pub type OnDataChannel = Box<dyn FnMut(DataChannel) + Send + Sync>;
/// Is given candidates of ours that the descriptions did not have.
pub type OnIceCandidate = Box<dyn FnMut(IceCandidate) + Send + Sync>;
/// Would be told of candidates that could not be gathered.
pub type OnIceCandidateError = Box<dyn FnMut(IceCandidateError) + Send + Sync>;
/// Is told the state of ICE.
pub type OnIceConnectionChange = Box<dyn FnMut(IceConnectionState) + Send + Sync>;
/// Would be told the state of gathering, which is complete from the start.
pub type OnIceGatheringChange = Box<dyn FnMut(IceGatheringState) + Send + Sync>;
/// Would be told that an offer is due; the application knows when it changed something.
pub type OnNegotiationNeeded = Box<dyn FnMut(u32) + Send + Sync>;
/// Is told the state of the exchange of descriptions.
pub type OnSignalingChange = Box<dyn FnMut(SignalingState) + Send + Sync>;
/// Is given remote tracks.
pub type OnTrack = Box<dyn FnMut(TrackEvent) + Send + Sync>;

/// A callback that may replace itself while it runs: it is taken out for the call.
struct Slot<F>(Mutex<Option<F>>);

impl<F> Default for Slot<F> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<F> Slot<F> {
    fn set(&self, callback: Option<F>) {
        *self.0.lock() = callback;
    }

    fn call(&self, call: impl FnOnce(&mut F)) {
        let taken = self.0.lock().take();
        if let Some(mut callback) = taken {
            call(&mut callback);
            self.0.lock().get_or_insert(callback);
        }
    }
}

#[derive(Default)]
pub(super) struct Callbacks {
    connection: Slot<OnConnectionChange>,
    data_channel: Slot<OnDataChannel>,
    ice_candidate: Slot<OnIceCandidate>,
    ice_connection: Slot<OnIceConnectionChange>,
    signalling: Slot<OnSignalingChange>,
    track: Slot<OnTrack>,
}

impl Callbacks {
    /// Passes on what the owner task reports.
    pub(super) fn event(&self, event: Event) {
        match event {
            Event::State(state) => {
                let state = PeerConnectionState::from(state);
                self.connection.call(|callback| callback(state));
                self.ice_connection.call(|callback| callback(state.into()));
            }
            Event::Candidate(candidate) => {
                // One bundle: any section's id will do, and the first is always there.
                if let Ok(candidate) = IceCandidate::parse("0", 0, &candidate) {
                    self.ice_candidate.call(|callback| callback(candidate));
                }
            }
            Event::Channel(channel) => self
                .data_channel
                .call(|callback| callback(DataChannel { channel })),
        }
    }

    pub(super) fn signalling(&self, state: SignalingState) {
        self.signalling.call(|callback| callback(state));
    }

    pub(super) fn track(&self, event: TrackEvent) {
        self.track.call(|callback| callback(event));
    }
}

impl PeerConnection {
    /// Sets or removes what is told the state of the connection.
    pub fn on_connection_state_change(&self, f: Option<OnConnectionChange>) {
        self.session.callbacks.connection.set(f);
    }

    /// Sets or removes what is given channels.
    pub fn on_data_channel(&self, f: Option<OnDataChannel>) {
        self.session.callbacks.data_channel.set(f);
    }

    /// Sets or removes what is given candidates.
    pub fn on_ice_candidate(&self, f: Option<OnIceCandidate>) {
        self.session.callbacks.ice_candidate.set(f);
    }

    /// Never called.
    pub fn on_ice_candidate_error(&self, _f: Option<OnIceCandidateError>) {}

    /// Sets or removes what is told the state of ICE.
    pub fn on_ice_connection_state_change(&self, f: Option<OnIceConnectionChange>) {
        self.session.callbacks.ice_connection.set(f);
    }

    /// Never called.
    pub fn on_ice_gathering_state_change(&self, _f: Option<OnIceGatheringChange>) {}

    /// Never called.
    pub fn on_negotiation_needed(&self, _f: Option<OnNegotiationNeeded>) {}

    /// Sets or removes what is told the state of the exchange.
    pub fn on_signaling_state_change(&self, f: Option<OnSignalingChange>) {
        self.session.callbacks.signalling.set(f);
    }

    /// Sets or removes what is given remote tracks.
    pub fn on_track(&self, f: Option<OnTrack>) {
        self.session.callbacks.track.set(f);
    }
}
