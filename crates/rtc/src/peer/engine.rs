//! The owner task.

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    net::SocketAddr,
    ops::RangeInclusive,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use str0m::{
    Event as RtcEvent, IceConnectionState, Input, Output, Reason, Rtc,
    net::{Protocol, Receive},
    stats::PeerStats,
};
use tokio::{
    sync::mpsc::{self, error::TryRecvError},
    time::Sleep,
};

use super::{
    DataChannel, Event, EventHandler, PeerState,
    command::{Command, Commands},
    data::Channels,
    ice::{IceDue, IceInput, IceWatch},
    media::MediaTable,
    paths::Paths,
    proven::Proven,
    setup::{self, Certificate},
    spares::{Spares, SparesDue},
    tap::{self, Tap},
    vitals::Vitals,
    wakes::{Source, Wakes},
    wire::{Way, Wire},
};
use crate::{
    jsep::{Plan, Start},
    net::{Arrival, Carrier, LinkEvent, Links},
    rtp::is_report,
};

/// The largest packet that can come.
const PACKET_MAX_BYTES: usize = 65_536;

thread_local! {
    /// Where packets are received: one for all connections of a thread, since none is kept there.
    static PACKET: RefCell<[u8; PACKET_MAX_BYTES]> = const { RefCell::new([0; PACKET_MAX_BYTES]) };
}

/// The first bytes of packets that are STUN, and of those that are audio or reports (RFC 7983, 7).
const STUN: RangeInclusive<u8> = 0..=3;
const AUDIO: RangeInclusive<u8> = 128..=191;

/// How a successful answer to a check begins (RFC 8489, 5).
const CHECK_ANSWERED: [u8; 2] = [1, 1];

/// Due timeouts served in one go, so that a fault in them cannot hold the task.
const TIMEOUTS_MAX: usize = 64;

/// A sleep with nothing due: any far time will do.
const FAR: Duration = Duration::from_secs(3600);

/// Why the task is awake. What has to be looked at differs, and most of what a connection is made of has left the
/// processor's cache when its next packet comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Woken {
    /// Somebody put something somewhere, or a server answered.
    Told,
    /// A packet was taken.
    Packet,
    /// Something is due.
    Due,
}

pub(super) struct Engine {
    pub(super) links: Links,
    certificate: Certificate,
    commands: mpsc::Receiver<Command>,
    /// For the channels that the other side opens.
    sender: Commands,
    pub(super) events: EventHandler,
    state: Arc<AtomicU8>,
    vitals: Arc<Vitals>,
    pub(super) rtc: Option<Box<Rtc>>,
    rtc_timeout: Option<Instant>,
    /// It was given something, and was not asked yet what it made of it.
    is_rtc_due: bool,
    /// The way of audio past it.
    pub(super) wire: Wire,
    ice: IceWatch,
    channels: Channels,
    media: MediaTable,
    /// When something is to be sent or delivered.
    media_due: Option<Instant>,
    pub(super) paths: Paths,
    pub(super) spares: Spares,
    proven: Proven,
    closing: bool,
}

impl Engine {
    pub(super) fn new(
        links: Links,
        certificate: Certificate,
        commands: mpsc::Receiver<Command>,
        sender: Commands,
        events: EventHandler,
        (state, vitals): (Arc<AtomicU8>, Arc<Vitals>),
    ) -> Self {
        Self {
            links,
            certificate,
            commands,
            sender,
            events,
            state,
            vitals,
            rtc: None,
            rtc_timeout: None,
            is_rtc_due: false,
            wire: Wire::default(),
            ice: IceWatch::new(),
            channels: Channels::default(),
            media: MediaTable::default(),
            media_due: None,
            paths: Paths::default(),
            spares: Spares::new(Instant::now()),
            proven: Proven::default(),
            closing: false,
        }
    }

    /// Runs until the connection is closed or nobody holds it any more.
    pub(super) async fn run(mut self) {
        let sleep = tokio::time::sleep(FAR);
        tokio::pin!(sleep);
        let mut wakes = poll_fn(|context| Poll::Ready(Wakes::of(context.waker()))).await;
        let (mut armed, mut woken) = (None, Woken::Told);
        while !self.closing && !self.sender.signal.is_closed() {
            let deadline = self.drain(Instant::now(), woken);
            if armed != Some(deadline) {
                sleep.as_mut().reset(deadline.into());
                armed = Some(deadline);
                // One that has gone off knows nobody to wake any more.
                wakes.raise(Source::Timer);
            }
            if self.links.take_stirred() {
                wakes.raise(Source::Links);
            }
            woken = poll_fn(|context| {
                if !wakes.are_of(context.waker()) {
                    wakes = Wakes::of(context.waker());
                }
                self.poll_woken(sleep.as_mut(), &mut wakes)
            })
            .await;
            if woken == Woken::Due {
                armed = None;
            }
        }
        self.close();
    }

    /// Waits for whatever comes first. Each pass through here takes one command or one packet, and all that is due is
    /// served between them, so that none of them can keep the others waiting.
    fn poll_woken(&mut self, sleep: Pin<&mut Sleep>, wakes: &mut Wakes) -> Poll<Woken> {
        if let Some(waker) = wakes.take(Source::Bell)
            && self
                .sender
                .signal
                .wake
                .poll_answer(&mut Context::from_waker(waker))
                .is_ready()
        {
            wakes.raise(Source::Bell);
            match self.commands.try_recv() {
                Ok(command) => {
                    self.command(command);
                    // More may wait.
                    self.sender.signal.wake.ring();
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => self.closing = true,
            }
            return Poll::Ready(Woken::Told);
        }
        if let Some(waker) = wakes.take(Source::Links)
            && let Poll::Ready(event) = self.poll_links(&mut Context::from_waker(waker))
        {
            wakes.raise(Source::Links);
            let Some(event) = event else {
                return Poll::Ready(Woken::Packet);
            };
            self.gathered(event);
            return Poll::Ready(Woken::Told);
        }
        if let Some(waker) = wakes.take(Source::Timer) {
            ready!(sleep.poll(&mut Context::from_waker(waker)));
            return Poll::Ready(Woken::Due);
        }
        Poll::Pending
    }

    /// Waits for something on any socket. A packet is taken at once; what else happened is handed back.
    fn poll_links(&mut self, context: &mut Context<'_>) -> Poll<Option<LinkEvent>> {
        PACKET.with_borrow_mut(|buffer| {
            self.links.poll(context, buffer).map(|event| match event {
                LinkEvent::Packet(arrival) => {
                    if let Some(packet) = buffer.get_mut(..arrival.length) {
                        self.receive(arrival, packet);
                    }
                    None
                }
                event => Some(event),
            })
        })
    }

    fn receive(&mut self, arrival: Arrival, packet: &mut [u8]) {
        let Some(kind) = packet.first().copied() else {
            return;
        };
        if AUDIO.contains(&kind) {
            self.receive_audio(arrival.source, packet);
            return;
        }
        let Some(rtc) = &mut self.rtc else { return };
        let proto = match arrival.carrier {
            Carrier::Udp => Protocol::Udp,
            Carrier::Tcp => Protocol::Tcp,
        };
        let Ok(input) = Receive::new(proto, arrival.source, arrival.destination, packet) else {
            return;
        };
        let now = Instant::now();
        let input = Input::Receive(now, input);
        let is_accepted = rtc.accepts(&input);
        if is_accepted && STUN.contains(&kind) {
            self.proven.add(arrival.source);
            self.wire.ask_way();
            if packet.starts_with(&CHECK_ANSWERED) {
                self.spares.on_answer(now, arrival.destination, arrival.source);
            }
        }
        // Stray packets, of an older session for instance, are not ours to answer.
        if !is_accepted && !self.proven.has(arrival.source) {
            return;
        }
        self.is_rtc_due = true;
        if let Err(error) = rtc.handle_input(input) {
            tracing::debug!(%error, "take a packet");
        }
    }

    fn receive_audio(&mut self, source: SocketAddr, packet: &mut [u8]) {
        if !self.proven.has(source) {
            return;
        }
        self.wire.received_bytes += packet.len() as u64;
        let now = Instant::now();
        let is_connected = self.ice.connected();
        let (Some(opener), outlet) = self.wire.ends(&mut self.links) else {
            return;
        };
        let outlet = outlet.filter(|_| is_connected);
        if !is_report(packet) {
            self.media.on_packet(now, packet, opener, outlet);
        } else if let Some(compound) = opener.open_rtcp(packet) {
            self.media
                .on_reports(now, compound, outlet, |report| self.vitals.on_report(report));
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Apply(plan) => self.apply(*plan),
            Command::AddCandidate(text) => self.add_candidate(&text),
            Command::Configure(config) => self.configure(*config),
            Command::OpenChannel(channel) => self.channels.add(channel, self.rtc.as_deref_mut()),
            Command::CloseChannel(channel) => self.channels.close(&channel, self.rtc.as_deref_mut()),
        }
    }

    fn apply(&mut self, plan: Plan) {
        self.tell_gathered();
        if let Some(start) = plan.start {
            self.start(&start);
        }
        if let Some((local, remote)) = plan.restart {
            self.restart(&local, &remote);
        }
        for candidate in plan.candidates {
            self.add_candidate(&candidate);
        }
        for change in plan.media {
            self.media.change(change, &self.sender.signal.wake);
        }
    }

    fn start(&mut self, start: &Start) {
        let tap = Arc::new(Tap::default());
        match setup::build(&self.certificate, &tap, &self.own_candidates(), start) {
            Some(mut rtc) => {
                self.channels.start(&mut rtc);
                self.wire = Wire::new(tap, start.dtls_active);
                self.media.set_cname(&start.cname);
                self.rtc = Some(Box::new(rtc));
                self.pair_again();
                self.ice_input(IceInput::Started);
            }
            None => self.report(PeerState::Failed),
        }
    }

    /// Does everything that is due and tells when something is due again.
    fn drain(&mut self, now: Instant, woken: Woken) -> Instant {
        while let Some(due) = self.ice.timeout(now) {
            match due {
                IceDue::TryAll => self.open_all(now),
                IceDue::Report(state) => self.report(state),
            }
        }
        match self.spares.timeout(now) {
            Some(SparesDue::GiveUp(way)) => self.give_up_spares(way),
            Some(SparesDue::TakeUp(way)) => self.take_up_spares(way),
            None => {}
        }
        let is_told = woken == Woken::Told;
        if is_told || self.media_due.is_some_and(|at| at <= now) {
            self.poll_media(now);
        }
        let is_rtc_due = self.is_rtc_due || self.rtc_timeout.is_some_and(|at| at <= now);
        if (is_told || is_rtc_due)
            && let Some(mut rtc) = self.rtc.take()
        {
            self.is_rtc_due = false;
            let has_messages = is_told || self.channels.is_busy();
            if has_messages {
                // What it sends it dates by the last time it was told.
                serve(&mut rtc, now);
                self.channels.flush(&mut rtc);
            }
            self.drain_rtc(now, &mut rtc);
            if has_messages {
                self.channels.settle(&mut rtc);
            }
            self.rtc = Some(rtc);
        }
        self.media_due = self.media.deadline();
        let deadlines = [
            self.ice.deadline(),
            self.spares.deadline(),
            self.media_due,
            self.rtc_timeout,
        ];
        deadlines
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(now + FAR)
            .min(now + FAR)
    }

    fn poll_media(&mut self, now: Instant) {
        let is_connected = self.ice.connected();
        let (_, outlet) = self.wire.ends(&mut self.links);
        self.media.poll(now, outlet.filter(|_| is_connected));
    }

    fn drain_rtc(&mut self, now: Instant, rtc: &mut Rtc) {
        let mut timeouts = 0;
        loop {
            match rtc.poll_output() {
                Ok(Output::Transmit(packet)) => {
                    let carrier = if packet.proto == Protocol::Udp {
                        Carrier::Udp
                    } else {
                        Carrier::Tcp
                    };
                    let (source, destination) = (packet.source, packet.destination);
                    if tap::is_way(&packet.contents) {
                        self.on_way(Way {
                            carrier,
                            source,
                            destination,
                        });
                    } else {
                        self.links.send(carrier, source, destination, &packet.contents);
                    }
                }
                Ok(Output::Event(event)) => self.rtc_event(event, rtc),
                Ok(Output::Timeout(at)) if at <= now && timeouts < TIMEOUTS_MAX => {
                    timeouts += 1;
                    if rtc.last_timeout_reason() == Reason::Ice {
                        self.wire.ask_way();
                    }
                    serve(rtc, now);
                }
                Ok(Output::Timeout(at)) => {
                    self.rtc_timeout = Some(at);
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "the transport failed");
                    self.rtc_timeout = None;
                    self.ice_input(IceInput::RemoteClosed);
                    return;
                }
            }
        }
    }

    fn rtc_event(&mut self, event: RtcEvent, rtc: &mut Rtc) {
        match event {
            RtcEvent::Connected => {
                self.wire.on_connected();
                self.ice_input(IceInput::SecureChannel);
            }
            RtcEvent::IceConnectionStateChange(state) => match state {
                IceConnectionState::Connected | IceConnectionState::Completed => {
                    self.ice_input(IceInput::PairWorks)
                }
                IceConnectionState::Disconnected => self.ice_input(IceInput::PairLost),
                IceConnectionState::New | IceConnectionState::Checking => {}
            },
            RtcEvent::ChannelOpen(id, label) => {
                let sender = self.sender.clone();
                let make = |options| DataChannel::new(options, sender);
                if let Some(channel) = self.channels.on_open(id, label, rtc, make) {
                    (self.events)(Event::Channel(channel));
                }
            }
            RtcEvent::ChannelData(data) => self.channels.on_data(data.id, &data.data, data.binary),
            RtcEvent::ChannelClose(id) => self.channels.on_close(id),
            RtcEvent::PeerStats(stats) => self.on_stats(&stats),
            RtcEvent::Closed => self.ice_input(IceInput::RemoteClosed),
            _ => {}
        }
    }

    fn on_stats(&mut self, stats: &PeerStats) {
        let pair = stats.selected_candidate_pair.as_ref();
        self.media.round_trip = pair.and_then(|pair| pair.current_round_trip_time);
        // It counts each question for the way as a byte.
        let sent = self.wire.sent_bytes.saturating_sub(self.wire.asked);
        let beside = (sent, self.wire.received_bytes);
        self.vitals
            .on_peer(stats, beside, |address| self.paths.kind_of(address));
    }

    pub(super) fn ice_input(&mut self, input: IceInput) {
        if let Some(state) = self.ice.input(Instant::now(), input) {
            self.report(state);
        }
    }

    fn report(&mut self, state: PeerState) {
        // A close by the application is final.
        let closed = PeerState::Closed as u8;
        let stored = self
            .state
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |current| {
                (current != closed).then_some(state as u8)
            });
        if stored.is_ok() {
            (self.events)(Event::State(state));
        }
    }

    fn close(&mut self) {
        let is_connected = self.ice.connected();
        let (_, outlet) = self.wire.ends(&mut self.links);
        self.media.say_goodbye(outlet.filter(|_| is_connected));
        self.media.clear();
        self.channels.close_all();
        if let Some(mut rtc) = self.rtc.take()
            && rtc.close().is_ok()
        {
            self.drain_rtc(Instant::now(), &mut rtc);
        }
        self.links.close(Instant::now());
        (self.events)(Event::State(PeerState::Closed));
    }
}

/// Tells `str0m` what time it is.
fn serve(rtc: &mut Rtc, now: Instant) {
    if let Err(error) = rtc.handle_input(Input::Timeout(now)) {
        tracing::debug!(%error, "serve a timeout");
    }
}
