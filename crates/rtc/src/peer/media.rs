//! What the owner task sends and receives.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{
    Report,
    receiver::Receiver,
    sender::{Numbers, Sender},
    wire::Outlet,
};
use crate::Doorbell;
use crate::audio::pace;
use crate::jsep::MediaChange;
use crate::rtp::{
    Block, Feedback, REPORT_BLOCKS_MAX, RtpHeader, WallClock, read_feedback, write_asked, write_description,
    write_goodbye, write_report,
};
use crate::srtp::Opener;

/// How long after the first packet there is a report: the other side shall soon know that we hear it.
const REPORT_FIRST: Duration = Duration::from_millis(500);
/// How long after the one before, as voice has it by default (RFC 3550, 6.2).
const REPORT_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct MediaTable {
    // Boxed: these are some 20 KB each.
    senders: Vec<Box<Sender>>,
    receivers: Vec<Box<Receiver>>,
    numbers: Numbers,
    /// Where the sources' packets go: the place of their receiver.
    routes: Vec<(u32, usize)>,
    /// Under which id headers name their section.
    mid_extension: Option<u8>,
    /// What we report as while nothing is sent.
    ssrc: u32,
    cname: String,
    clock: WallClock,
    report_at: Option<Instant>,
    /// The connection's, if it is known.
    pub(super) round_trip: Option<Duration>,
}

impl Default for MediaTable {
    fn default() -> Self {
        Self {
            senders: Vec::new(),
            receivers: Vec::new(),
            numbers: Numbers::default(),
            routes: Vec::new(),
            mid_extension: None,
            ssrc: rand::random(),
            cname: String::new(),
            clock: WallClock::set_now(),
            report_at: None,
            round_trip: None,
        }
    }
}

impl MediaTable {
    /// The name we report under.
    pub(super) fn set_cname(&mut self, cname: &str) {
        cname.clone_into(&mut self.cname);
    }

    pub(super) fn change(&mut self, change: MediaChange, wake: &Arc<Doorbell>) {
        match change {
            MediaChange::Receive {
                mid,
                ssrcs,
                payload_type,
                extensions,
                nack,
                remote,
            } => {
                let known = self.receivers.iter().position(|r| r.mid == mid);
                let same = known.filter(|at| {
                    self.receivers
                        .get(*at)
                        .is_some_and(|receiver| Arc::ptr_eq(receiver.incoming.remote(), &remote))
                });
                let at = same.unwrap_or_else(|| {
                    self.receivers.retain(|receiver| receiver.mid != mid);
                    self.receivers.push(Box::new(Receiver::new(mid, remote)));
                    self.receivers.len() - 1
                });
                if let Some(receiver) = self.receivers.get_mut(at) {
                    receiver.payload_type = payload_type;
                    receiver.asks = nack;
                    receiver.announce(&ssrcs);
                }
                self.mid_extension = extensions.mid.or(self.mid_extension);
                self.route();
            }
            MediaChange::StopReceive { mid } => {
                self.receivers.retain(|receiver| receiver.mid != mid);
                self.route();
            }
            MediaChange::Send {
                mid,
                ssrc,
                extensions,
                track,
                settings,
            } => {
                self.stop_sending(&mid);
                let what = (track, settings);
                let sender = Sender::new(mid, ssrc, extensions, what, wake, &self.numbers);
                self.senders.push(Box::new(sender));
            }
            MediaChange::StopSend { mid } => self.stop_sending(&mid),
        }
    }

    fn stop_sending(&mut self, mid: &str) {
        if let Some(at) = self.senders.iter().position(|sender| sender.mid == mid) {
            self.numbers.keep(&self.senders.remove(at));
        }
    }

    fn route(&mut self) {
        self.routes.clear();
        for (at, receiver) in self.receivers.iter().enumerate() {
            self.routes.extend(receiver.ssrcs().map(|ssrc| (ssrc, at)));
        }
    }

    /// The soonest time at which something is to be sent or delivered.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let sends = self.senders.iter().filter_map(|sender| sender.deadline());
        let receives = self.receivers.iter().filter_map(|receiver| receiver.deadline());
        sends.chain(receives).chain(self.report_at).min()
    }

    /// Sends and delivers what is due. Without an outlet packets are dropped, in real time.
    pub(super) fn poll(&mut self, now: Instant, mut outlet: Option<Outlet<'_>>) {
        for sender in &mut self.senders {
            sender.poll(now, outlet.as_mut());
        }
        for at in 0..self.receivers.len() {
            if let Some(receiver) = self.receivers.get_mut(at) {
                receiver.incoming.poll(now);
            }
            self.ask(at, now, outlet.as_mut());
        }
        if self.report_at.is_some_and(|at| at <= now) {
            self.report(now, outlet);
        } else if !self.senders.is_empty() {
            self.report_soon(now);
        }
    }

    fn report_soon(&mut self, now: Instant) {
        self.report_at
            .get_or_insert_with(|| pace::at_or_after(now + REPORT_FIRST));
    }

    /// Takes a packet of audio that came from the other side.
    pub(super) fn on_packet(
        &mut self,
        now: Instant,
        packet: &mut [u8],
        opener: &Opener,
        outlet: Option<Outlet<'_>>,
    ) {
        let Some(header) = RtpHeader::read(packet) else {
            return;
        };
        let route = self.routes.iter().find(|(ssrc, _)| *ssrc == header.ssrc);
        let at = match route {
            Some(&(_, at)) => {
                if let Some(receiver) = self.receivers.get_mut(at) {
                    receiver.take(now, &header, packet, opener);
                }
                at
            }
            None => {
                let Some(at) = self.named(&header, packet) else {
                    return;
                };
                let receiver = self.receivers.get_mut(at);
                if receiver.is_none_or(|receiver| !receiver.meet(now, &header, packet, opener)) {
                    return;
                }
                self.route();
                at
            }
        };
        self.report_soon(now);
        self.ask(at, now, outlet);
    }

    /// The receiver of the section that a header names.
    fn named(&self, header: &RtpHeader, packet: &[u8]) -> Option<usize> {
        let name = header.extension(packet, self.mid_extension?)?;
        self.receivers
            .iter()
            .position(|receiver| receiver.mid.as_bytes() == name)
    }

    /// Asks for packets that are missing, if any are and it is time.
    fn ask<'a>(&mut self, at: usize, now: Instant, outlet: Option<impl std::borrow::BorrowMut<Outlet<'a>>>) {
        let Some(receiver) = self.receivers.get_mut(at) else {
            return;
        };
        if receiver.deadline().is_none_or(|at| at > now) {
            return;
        }
        let mut sequences = Vec::new();
        if let Some(source) = receiver.ask(now, self.round_trip, &mut sequences)
            && let Some(mut outlet) = outlet
        {
            let ssrc = self.ssrc;
            outlet.borrow_mut().reports(|packet| {
                // Feedback does not come first, nor without a name (RFC 4585, 3.1).
                write_report(packet, ssrc, None, &[]);
                write_description(packet, ssrc, &self.cname);
                write_asked(packet, ssrc, source, &sequences);
            });
        }
    }

    /// Reports what is sent and received.
    fn report(&mut self, now: Instant, outlet: Option<Outlet<'_>>) {
        // Where nothing can be sent yet, it is told soon after something can.
        self.report_at = None;
        let Some(mut outlet) = outlet else { return };
        self.report_at = Some(pace::at_or_after(now + REPORT_EVERY));
        let blocks: Vec<Block> = self
            .receivers
            .iter_mut()
            .filter_map(|receiver| receiver.report(now))
            .collect();
        let mut blocks = blocks.chunks(REPORT_BLOCKS_MAX);
        let since = now.checked_sub(2 * REPORT_EVERY).unwrap_or(now);
        for sender in &self.senders {
            if let Some(sent) = sender.sent(since, now, &self.clock) {
                outlet.reports(|packet| {
                    write_report(packet, sender.ssrc, Some(sent), blocks.next().unwrap_or_default());
                    write_description(packet, sender.ssrc, &self.cname);
                });
            }
        }
        for blocks in blocks {
            outlet.reports(|packet| {
                write_report(packet, self.ssrc, None, blocks);
                write_description(packet, self.ssrc, &self.cname);
            });
        }
    }

    /// The other side reports, `compound` being decrypted: what is told of our streams is handed on.
    pub(super) fn on_reports(
        &mut self,
        now: Instant,
        compound: &[u8],
        mut outlet: Option<Outlet<'_>>,
        mut tell: impl FnMut(Report),
    ) {
        read_feedback(compound, |feedback| match feedback {
            Feedback::Received(block) => {
                if let Some(sender) = self.senders.iter_mut().find(|s| s.ssrc == block.ssrc) {
                    tell(sender.on_block(&block, &self.clock, now));
                }
            }
            Feedback::Asked { ssrc, packets } => {
                if let Some(sender) = self.senders.iter_mut().find(|s| s.ssrc == ssrc) {
                    sender.on_asked(packets, now, outlet.as_mut());
                }
            }
            Feedback::Sent { ssrc, time } => {
                let route = self.routes.iter().find(|(known, _)| *known == ssrc);
                if let Some(receiver) = route.and_then(|(_, at)| self.receivers.get_mut(*at)) {
                    receiver.on_sender(ssrc, time, now);
                }
            }
        });
    }

    /// Says that what is sent ends.
    pub(super) fn say_goodbye(&self, outlet: Option<Outlet<'_>>) {
        let Some(mut outlet) = outlet.filter(|_| !self.senders.is_empty()) else {
            return;
        };
        outlet.reports(|packet| {
            write_report(packet, self.ssrc, None, &[]);
            write_description(packet, self.ssrc, &self.cname);
            for sender in &self.senders {
                write_goodbye(packet, sender.ssrc);
            }
        });
    }

    pub(super) fn clear(&mut self) {
        self.senders.clear();
        self.routes.clear();
        for receiver in self.receivers.drain(..) {
            receiver.incoming.remote().end();
        }
    }
}
