//! Offers and answers (RFC 8829): a pure state machine between the application's transceivers and
//! the owner task. It never waits, knows no clock and draws no random numbers.

mod apply;
mod describe;
mod plan;
mod transceiver;

use crate::{
    net::Policy,
    sdp::{Description, MediaKind, ParseError},
};

pub use plan::{IceCredentials, MediaChange, Plan, RemoteTrackAdded, Start};
pub use transceiver::{RemoteTrack, SendTrack, Transceiver, TransceiverId};

/// The payload type we offer Opus with, the one every WebRTC stack uses.
pub const OPUS_PAYLOAD_TYPE: u8 = 111;

/// Where the offer/answer exchange stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signalling {
    /// No exchange is open.
    Stable,
    /// We offered and wait for an answer.
    HaveLocalOffer,
    /// The other side offered and waits for our answer.
    HaveRemoteOffer,
    /// The connection is closed.
    Closed,
}

/// The type of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescriptionKind {
    /// An offer.
    Offer,
    /// An answer.
    Answer,
}

/// Why a description or a call was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsepError {
    /// The text is no session description.
    #[error("read the session description: {0}")]
    Parse(#[from] ParseError),
    /// The call does not fit the signalling state.
    #[error("cannot {action} in signalling state {state:?}")]
    State {
        /// What was attempted.
        action: &'static str,
        /// The state it was attempted in.
        state: Signalling,
    },
    /// The other side's description lacks something the transport needs.
    #[error("the remote description has no {0}")]
    Missing(&'static str),
}

/// What identifies our side of the transport.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Our ICE credentials.
    pub ice: IceCredentials,
    /// Our DTLS fingerprint with its hash function.
    pub fingerprint: String,
    /// Our host candidates, each from the word `candidate:` on.
    pub candidates: Vec<String>,
    /// Which ways are used; with relays alone our own addresses are not told.
    pub policy: Policy,
    /// The session id of the `o=` line.
    pub session_id: u64,
    /// The canonical name of our sources.
    pub cname: String,
}

/// One section of the session, in the order of the descriptions.
#[derive(Debug, Clone)]
struct Slot {
    mid: String,
    content: Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Data,
    Transceiver(TransceiverId),
}

/// The state machine; see the module.
#[derive(Debug)]
pub struct Negotiator {
    identity: Identity,
    version: u64,
    signalling: Signalling,
    transceivers: Vec<Transceiver>,
    slots: Vec<Slot>,
    wants_data: bool,
    started: bool,
    /// Credentials of an ICE restart that is offered but not yet answered.
    restart: Option<IceCredentials>,
    remote_ice: Option<IceCredentials>,
    local: Option<(DescriptionKind, String)>,
    remote: Option<(DescriptionKind, String)>,
    pending_local: Option<String>,
    /// The offer we are to answer, read.
    remote_offer: Option<Description>,
}

impl Negotiator {
    /// A session with nothing in it.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            version: 1,
            signalling: Signalling::Stable,
            transceivers: Vec::new(),
            slots: Vec::new(),
            wants_data: false,
            started: false,
            restart: None,
            remote_ice: None,
            local: None,
            remote: None,
            pending_local: None,
            remote_offer: None,
        }
    }

    /// Where the exchange stands.
    #[must_use]
    pub fn signalling(&self) -> Signalling {
        self.signalling
    }

    /// The description of ours in force.
    #[must_use]
    pub fn local_description(&self) -> Option<(DescriptionKind, String)> {
        self.local.clone()
    }

    /// The other side's description in force.
    #[must_use]
    pub fn remote_description(&self) -> Option<(DescriptionKind, String)> {
        self.remote.clone()
    }

    /// All transceivers, in the order of their making.
    #[must_use]
    pub fn transceivers(&self) -> &[Transceiver] {
        &self.transceivers
    }

    /// One transceiver.
    #[must_use]
    pub fn transceiver(&self, id: TransceiverId) -> Option<&Transceiver> {
        self.transceivers.get(id.0)
    }

    /// One transceiver, to change.
    pub fn transceiver_mut(&mut self, id: TransceiverId) -> Option<&mut Transceiver> {
        self.transceivers.get_mut(id.0)
    }

    /// Sets which ways later descriptions tell of.
    pub fn set_policy(&mut self, policy: Policy) {
        self.identity.policy = policy;
    }

    /// The next offer shall have a section for data channels.
    pub fn want_data(&mut self) {
        self.wants_data = true;
    }

    /// Adds a transceiver, to appear in the next offer.
    pub fn add_transceiver(
        &mut self,
        kind: MediaKind,
        receives: bool,
        send: Option<SendTrack>,
    ) -> TransceiverId {
        let id = TransceiverId(self.transceivers.len());
        self.transceivers.push(Transceiver::new(kind, receives, send));
        id
    }

    /// Stops sending at once; the next offer says so.
    pub fn remove_track(&mut self, id: TransceiverId) -> Plan {
        let mut plan = Plan::default();
        if let Some(transceiver) = self.transceivers.get_mut(id.0) {
            transceiver.send = None;
            if std::mem::take(&mut transceiver.sending)
                && let Some(mid) = transceiver.mid.clone()
            {
                plan.media.push(MediaChange::StopSend { mid });
            }
        }
        plan
    }

    /// Ends the session: all remote tracks end.
    pub fn close(&mut self) {
        self.signalling = Signalling::Closed;
        for transceiver in &mut self.transceivers {
            transceiver.end_remote();
        }
    }

    fn require(&self, state: Signalling, action: &'static str) -> Result<(), JsepError> {
        if self.signalling == state {
            Ok(())
        } else {
            Err(JsepError::State {
                action,
                state: self.signalling,
            })
        }
    }
}

#[cfg(test)]
mod tests;
