//! The handle of a connection and the task behind it.

mod channel;
mod command;
mod data;
mod doubling;
mod engine;
mod ice;
mod media;
mod pairs;
mod paths;
mod proven;
mod receiver;
mod sender;
mod setup;
mod spares;
mod tap;
mod vitals;
mod wakes;
mod wire;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::{
    jsep::{DescriptionKind, JsepError, Negotiator, Plan, RemoteTrackAdded},
    net::{IceConfig, Links, host_addresses},
};

pub use channel::{ChannelOptions, ChannelState, DataChannel, SendError};
pub use command::{Event, EventHandler, PeerState};
pub use vitals::{Path, PathKind, Report, VitalsSnapshot};

use command::{COMMANDS_MAX, Command, Commands, Signal};
use engine::Engine;
use vitals::Vitals;

/// Why a peer could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// There is no tokio runtime here to run the owner task.
    #[error("a peer connection has to be made within a tokio runtime")]
    NoRuntime,
    /// No certificate could be made.
    #[error("make a DTLS certificate")]
    Certificate,
    /// No socket could be opened.
    #[error("open a UDP socket")]
    Socket(#[source] io::Error),
}

/// A connection. Dropping the last handle closes it.
#[derive(Debug)]
pub struct Peer {
    negotiator: Mutex<Negotiator>,
    commands: mpsc::Sender<Command>,
    signal: Arc<Signal>,
    state: Arc<AtomicU8>,
    vitals: Arc<Vitals>,
}

impl Peer {
    /// Opens the sockets and starts the owner task. `events` is called on that task and must not
    /// block.
    pub fn new(config: IceConfig, events: EventHandler) -> Result<Arc<Self>, PeerError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| PeerError::NoRuntime)?;
        let links = Links::open(&host_addresses());
        if links.udp_addresses().next().is_none() {
            return Err(PeerError::Socket(io::ErrorKind::AddrNotAvailable.into()));
        }
        let certificate = setup::Certificate::generate().ok_or(PeerError::Certificate)?;
        let identity = setup::identity(&certificate, &links, config.policy);
        let state = Arc::new(AtomicU8::new(PeerState::New as u8));
        let (commands, receiver) = mpsc::channel(COMMANDS_MAX);
        let signal = Arc::new(Signal::default());
        let sender = Commands {
            queue: commands.downgrade(),
            signal: Arc::clone(&signal),
        };
        let vitals = Arc::new(Vitals::default());
        let shared = (Arc::clone(&state), Arc::clone(&vitals));
        let mut engine = Engine::new(links, certificate, receiver, sender, events, shared);
        engine.configure(config);
        runtime.spawn(engine.run());
        let negotiator = Mutex::new(Negotiator::new(identity));
        Ok(Arc::new(Self {
            negotiator,
            commands,
            signal,
            state,
            vitals,
        }))
    }

    /// Runs `f` on the session's state machine.
    pub fn with_negotiator<T>(&self, f: impl FnOnce(&mut Negotiator) -> T) -> T {
        f(&mut self.negotiator.lock())
    }

    /// The state last reported.
    #[must_use]
    pub fn state(&self) -> PeerState {
        PeerState::from_u8(self.state.load(Ordering::Acquire))
    }

    /// The way packets take and what the other side reports, at most a second old.
    #[must_use]
    pub fn vitals(&self) -> VitalsSnapshot {
        self.vitals.snapshot()
    }

    /// Writes an offer, with fresh ICE credentials if ICE is to restart.
    pub fn create_offer(&self, restart_ice: bool) -> Result<String, JsepError> {
        let restart = restart_ice.then(setup::ice_credentials);
        self.negotiator.lock().create_offer(restart)
    }

    /// Applies a description of our own.
    pub fn set_local(&self, kind: DescriptionKind, text: String) -> Result<(), JsepError> {
        let mut negotiator = self.negotiator.lock();
        let plan = negotiator.set_local(kind, text)?;
        self.execute(plan);
        Ok(())
    }

    /// Applies the other side's description; the answer lists the tracks that came with it.
    pub fn set_remote(
        &self,
        kind: DescriptionKind,
        text: String,
    ) -> Result<Vec<RemoteTrackAdded>, JsepError> {
        let mut negotiator = self.negotiator.lock();
        let plan = negotiator.set_remote(kind, text)?;
        Ok(self.execute(plan))
    }

    /// Stops sending on a transceiver.
    pub fn remove_track(&self, id: crate::jsep::TransceiverId) {
        let mut negotiator = self.negotiator.lock();
        let plan = negotiator.remove_track(id);
        self.execute(plan);
    }

    /// Gives the task what a description changed. Called with the negotiator held, so that plans
    /// keep their order; sending never waits.
    fn execute(&self, mut plan: Plan) -> Vec<RemoteTrackAdded> {
        let tracks = std::mem::take(&mut plan.tracks);
        self.command(Command::Apply(Box::new(plan)));
        tracks
    }

    fn command(&self, command: Command) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.commands.try_send(command) {
            // The task hangs, and with a command lost the two halves would disagree for good.
            tracing::error!("close a connection that takes no more commands");
            self.signal.close();
        }
        self.signal.wake.ring();
    }

    /// Adds a candidate of the other side, from the word `candidate:` on.
    pub fn add_candidate(&self, candidate: String) {
        self.command(Command::AddCandidate(candidate));
    }

    /// Sets the servers and ways to use from now on. What works already goes on; another policy counts from
    /// the next ICE restart on.
    pub fn configure(&self, config: IceConfig) {
        self.negotiator.lock().set_policy(config.policy);
        self.command(Command::Configure(Box::new(config)));
    }

    /// Makes a data channel. The next offer has a section for it.
    #[must_use]
    pub fn create_channel(&self, options: ChannelOptions) -> DataChannel {
        self.negotiator.lock().want_data();
        let channel = DataChannel::new(
            options,
            Commands {
                queue: self.commands.downgrade(),
                signal: Arc::clone(&self.signal),
            },
        );
        self.command(Command::OpenChannel(channel.clone()));
        channel
    }

    /// Closes the connection; all remote tracks and channels end.
    pub fn close(&self) {
        self.negotiator.lock().close();
        self.state.store(PeerState::Closed as u8, Ordering::Release);
        self.signal.close();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.close();
    }
}
