//! From ICE and DTLS events to the state of the connection. Pure: time is an argument.

use std::time::{Duration, Instant};

use super::PeerState;

/// A connection that does not come up is given up after this.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// A lost connection that does not come back is given up after this.
const LOST_TIMEOUT: Duration = Duration::from_secs(15);

/// The other side closed the transport: time for the signalling to say why.
const CLOSED_TIMEOUT: Duration = Duration::from_secs(1);

/// UDP has this long before TCP and relays are tried as well.
const TCP_AFTER: Duration = Duration::from_millis(800);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IceInput {
    /// The transport was started.
    Started,
    /// ICE starts again, over the DTLS session there is.
    Restarted,
    /// A candidate pair works.
    PairWorks,
    /// No candidate pair works.
    PairLost,
    /// DTLS is done.
    SecureChannel,
    /// The other side closed DTLS or SCTP.
    RemoteClosed,
}

/// The machine.
#[derive(Debug)]
pub(super) struct IceWatch {
    state: PeerState,
    secure: bool,
    restarting: bool,
    give_up_at: Option<Instant>,
    try_tcp_at: Option<Instant>,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IceDue {
    /// Try what is worse than UDP to the other side itself.
    TryAll,
    /// Report this state.
    Report(PeerState),
}

impl IceWatch {
    pub(super) fn new() -> Self {
        Self {
            state: PeerState::New,
            secure: false,
            restarting: false,
            give_up_at: None,
            try_tcp_at: None,
        }
    }

    pub(super) fn connected(&self) -> bool {
        self.state == PeerState::Connected
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.give_up_at.into_iter().chain(self.try_tcp_at).min()
    }

    /// Takes an event; the answer is a state to report.
    pub(super) fn input(&mut self, now: Instant, input: IceInput) -> Option<PeerState> {
        match input {
            IceInput::Started => {
                self.give_up_at = Some(now + CONNECT_TIMEOUT);
                self.try_tcp_at = Some(now + TCP_AFTER);
                self.change(PeerState::Connecting)
            }
            IceInput::Restarted => {
                self.restarting = true;
                self.give_up_at = Some(now + LOST_TIMEOUT);
                self.try_tcp_at = Some(now + TCP_AFTER);
                None
            }
            IceInput::PairWorks if self.secure => self.up(),
            IceInput::SecureChannel => {
                self.secure = true;
                self.up()
            }
            // Until DTLS is done the connection is not up, whatever ICE says.
            IceInput::PairWorks => {
                self.try_tcp_at = None;
                None
            }
            IceInput::PairLost if self.state == PeerState::Connected && !self.restarting => {
                self.give_up_at = Some(now + LOST_TIMEOUT);
                self.try_tcp_at = Some(now + TCP_AFTER);
                self.change(PeerState::Disconnected)
            }
            IceInput::PairLost => None,
            IceInput::RemoteClosed => {
                self.give_up_at = Some(now + CLOSED_TIMEOUT);
                self.change(PeerState::Disconnected)
            }
        }
    }

    /// Takes the time; the answer is what is due.
    pub(super) fn timeout(&mut self, now: Instant) -> Option<IceDue> {
        if self.try_tcp_at.is_some_and(|at| at <= now) {
            self.try_tcp_at = None;
            return Some(IceDue::TryAll);
        }
        if self.give_up_at.is_some_and(|at| at <= now) {
            self.give_up_at = None;
            self.restarting = false;
            return self.change(PeerState::Failed).map(IceDue::Report);
        }
        None
    }

    fn up(&mut self) -> Option<PeerState> {
        self.give_up_at = None;
        self.try_tcp_at = None;
        // After a restart the application waits to hear it again, though nothing was ever lost.
        if std::mem::take(&mut self.restarting) {
            self.state = PeerState::Connected;
            return Some(PeerState::Connected);
        }
        self.change(PeerState::Connected)
    }

    fn change(&mut self, state: PeerState) -> Option<PeerState> {
        (std::mem::replace(&mut self.state, state) != state).then_some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_up_when_ice_and_dtls_are_done() {
        let (now, mut watch) = (Instant::now(), IceWatch::new());
        assert_eq!(watch.input(now, IceInput::Started), Some(PeerState::Connecting));
        assert_eq!(watch.input(now, IceInput::PairWorks), None);
        assert_eq!(
            watch.input(now, IceInput::SecureChannel),
            Some(PeerState::Connected)
        );
        assert_eq!(watch.deadline(), None);
    }

    #[test]
    fn a_restart_reports_connected_again() {
        let (now, mut watch) = (Instant::now(), IceWatch::new());
        watch.input(now, IceInput::Started);
        watch.input(now, IceInput::SecureChannel);
        watch.input(now, IceInput::Restarted);
        assert_eq!(watch.input(now, IceInput::PairLost), None);
        assert_eq!(watch.input(now, IceInput::PairWorks), Some(PeerState::Connected));
        assert_eq!(watch.input(now, IceInput::PairWorks), None);
    }

    #[test]
    fn tries_tcp_and_gives_up_in_the_end() {
        let (now, mut watch) = (Instant::now(), IceWatch::new());
        watch.input(now, IceInput::Started);
        assert_eq!(watch.timeout(now), None);
        assert_eq!(watch.timeout(now + TCP_AFTER), Some(IceDue::TryAll));
        let end = now + CONNECT_TIMEOUT;
        assert_eq!(watch.timeout(end), Some(IceDue::Report(PeerState::Failed)));
        assert_eq!(watch.timeout(end), None);
    }
}
