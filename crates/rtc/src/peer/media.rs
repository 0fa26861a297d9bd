//! What the owner task sends and receives.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Instant,
};

use rand::RngExt;
use str0m::{
    Rtc,
    media::{MediaKind, Mid},
    rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc, StreamTx},
};

use super::{
    asking::Asking,
    doubling::Doubling,
    reports::{Feedback, read_feedback},
};
use crate::{
    Doorbell,
    audio::{Copies, EncoderSettings, Header, Incoming, LocalAudio, Outgoing, RemoteAudio},
    jsep::MediaChange,
    receive::RtpIn,
};

#[derive(Debug, Default)]
pub(super) struct MediaTable {
    // Boxed: a map has room for four from the first one on, and these are some 20 KB each.
    senders: HashMap<Mid, Box<Sender>>,
    receivers: HashMap<Mid, Box<Receiver>>,
    by_ssrc: HashMap<Ssrc, Mid>,
    declared: HashSet<Mid>,
}

#[derive(Debug)]
struct Sender {
    ssrc: Ssrc,
    sequence: u64,
    outgoing: Outgoing,
    copies: Copies,
    /// The other side knows the stream by its number, and headers do not name the section any more.
    is_known: bool,
    doubling: Doubling,
}

#[derive(Debug)]
struct Receiver {
    ssrcs: Vec<Ssrc>,
    /// Lost packets may be asked for again.
    nack: bool,
    asking: Asking,
    /// The source that is heard, and whether its lost packets are asked for now.
    source: Option<(Ssrc, bool)>,
    incoming: Incoming,
}

impl MediaTable {
    pub(super) fn change(&mut self, change: MediaChange, wake: &Arc<Doorbell>, mut rtc: Option<&mut Rtc>) {
        match change {
            MediaChange::Receive {
                mid,
                ssrcs,
                nack,
                remote,
            } => {
                let mid = Mid::from(mid.as_str());
                let ssrcs = ssrcs.into_iter().map(Ssrc::from).collect();
                self.receive(mid, ssrcs, nack, remote, rtc.as_deref_mut());
                if let Some(rtc) = rtc {
                    self.declare(mid, rtc);
                }
            }
            MediaChange::StopReceive { mid } => self.stop_receive(Mid::from(mid.as_str()), rtc),
            MediaChange::Send {
                mid,
                ssrc,
                track,
                settings,
            } => {
                let mid = Mid::from(mid.as_str());
                self.send(mid, ssrc.into(), track, settings, wake);
                if let Some(rtc) = rtc {
                    self.declare(mid, rtc);
                }
            }
            MediaChange::StopSend { mid } => {
                let sender = self.senders.remove(&Mid::from(mid.as_str()));
                if let (Some(sender), Some(rtc)) = (sender, rtc) {
                    rtc.direct_api().remove_stream_tx(sender.ssrc);
                }
            }
        }
    }

    fn receive(
        &mut self,
        mid: Mid,
        ssrcs: Vec<Ssrc>,
        nack: bool,
        remote: Arc<RemoteAudio>,
        rtc: Option<&mut Rtc>,
    ) {
        if let Some(receiver) = self.receivers.get_mut(&mid)
            && Arc::ptr_eq(receiver.incoming.remote(), &remote)
        {
            receiver.ssrcs = ssrcs;
            receiver.nack = nack;
            return;
        }
        self.stop_receive(mid, rtc);
        self.receivers.insert(
            mid,
            Box::new(Receiver {
                ssrcs,
                nack,
                asking: Asking::default(),
                source: None,
                incoming: Incoming::new(remote, Instant::now()),
            }),
        );
    }

    fn stop_receive(&mut self, mid: Mid, rtc: Option<&mut Rtc>) {
        let Some(_receiver) = self.receivers.remove(&mid) else {
            return;
        };
        let gone: Vec<Ssrc> = self
            .by_ssrc
            .iter()
            .filter(|(_, m)| **m == mid)
            .map(|(ssrc, _)| *ssrc)
            .collect();
        for ssrc in &gone {
            self.by_ssrc.remove(ssrc);
        }
        if let Some(rtc) = rtc {
            for ssrc in gone {
                rtc.direct_api().remove_stream_rx(ssrc);
            }
        }
    }

    fn send(
        &mut self,
        mid: Mid,
        ssrc: Ssrc,
        track: LocalAudio,
        settings: EncoderSettings,
        wake: &Arc<Doorbell>,
    ) {
        let mut rng = rand::rng();
        let sender = Sender {
            ssrc,
            // Below 2^15, so that the far end cannot miss the first roll-over (RFC 3711, 3.3.1).
            sequence: rng.random_range(0..1 << 15),
            outgoing: Outgoing::new(track, settings, Arc::clone(wake), rng.random()),
            copies: Copies::default(),
            is_known: false,
            doubling: Doubling::default(),
        };
        self.senders.insert(mid, Box::new(sender));
    }

    /// The transport exists: declares what was agreed before it.
    pub(super) fn start(&mut self, rtc: &mut Rtc) {
        let mids: HashSet<Mid> = self
            .senders
            .keys()
            .chain(self.receivers.keys())
            .copied()
            .collect();
        for mid in mids {
            self.declare(mid, rtc);
        }
    }

    fn declare(&mut self, mid: Mid, rtc: &mut Rtc) {
        let mut api = rtc.direct_api();
        if self.declared.insert(mid) {
            api.declare_media(mid, MediaKind::Audio);
        }
        if let Some(sender) = self.senders.get(&mid) {
            api.declare_stream_tx(sender.ssrc, None, mid, None);
        }
        if let Some(receiver) = self.receivers.get(&mid) {
            for &ssrc in &receiver.ssrcs {
                api.expect_stream_rx(ssrc, None, mid, None).suppress_nack(true);
                self.by_ssrc.insert(ssrc, mid);
            }
        }
    }

    /// The soonest time at which something is to be sent or delivered.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let sends = self.senders.values().filter_map(|s| s.outgoing.deadline());
        let receives = self.receivers.values().filter_map(|r| r.incoming.deadline());
        sends.chain(receives).min()
    }

    /// Sends and delivers what is due. While not `connected` packets are dropped, in real time.
    /// True when `str0m` got something.
    pub(super) fn poll(&mut self, now: Instant, connected: bool, rtc: Option<&mut Rtc>) -> bool {
        let mut wrote = false;
        let mut rtc = rtc.filter(|_| connected);
        for Sender {
            ssrc,
            sequence,
            outgoing,
            copies,
            is_known,
            doubling,
        } in self.senders.values_mut().map(Box::as_mut)
        {
            let payload_type = outgoing.payload_type();
            outgoing.poll(now, |packet| {
                let mut api = rtc.as_mut().map(|rtc| rtc.direct_api());
                let Some(stream) = api.as_mut().and_then(|api| api.stream_tx(ssrc)) else {
                    return;
                };
                let header = Header {
                    number: *sequence,
                    timestamp: packet.timestamp,
                    marker: packet.marker,
                    level_db: packet.level_db,
                };
                *sequence += 1;
                let before = copies.last(now).filter(|_| doubling.is_on(now)).cloned();
                if *is_known {
                    copies.keep(header, &packet.payload, now);
                }
                write(stream, payload_type, header, packet.payload, now);
                if let Some(before) = before {
                    write(
                        stream,
                        payload_type,
                        before.header,
                        before.payload,
                        before.sent_at,
                    );
                }
                wrote = true;
            });
        }
        for receiver in self.receivers.values_mut() {
            receiver.incoming.poll(now);
            receiver.ask(now, rtc.as_deref_mut());
        }
        wrote
    }

    /// The other side reports so much of a section's packets as lost.
    pub(super) fn set_loss(&mut self, now: Instant, mid: Mid, percent: u8) {
        if let Some(sender) = self.senders.get_mut(&mid) {
            sender.doubling.on_loss(percent, now);
            sender.outgoing.set_loss(percent);
        }
    }

    /// The other side reports: sends again what it asks for.
    pub(super) fn on_reports(&mut self, now: Instant, reports: &[u8], rtc: &mut Rtc) {
        read_feedback(reports, |feedback| {
            let (Feedback::Received { ssrc } | Feedback::Asked { ssrc, .. }) = feedback;
            let ssrc = Ssrc::from(ssrc);
            let Some(sender) = self.senders.values_mut().find(|sender| sender.ssrc == ssrc) else {
                return;
            };
            match feedback {
                Feedback::Received { .. } => sender.is_known = true,
                Feedback::Asked { sequence, .. } => sender.send_again(now, sequence, rtc),
            }
        });
    }

    pub(super) fn on_packet(&mut self, now: Instant, packet: &RtpPacket, rtc: &mut Rtc) {
        let ssrc = packet.header.ssrc;
        let mid = match self.by_ssrc.get(&ssrc) {
            Some(mid) => *mid,
            None => {
                let mut api = rtc.direct_api();
                let Some(stream) = api.stream_rx(&ssrc) else {
                    return;
                };
                let mid = stream.mid();
                stream.suppress_nack(true);
                self.by_ssrc.insert(ssrc, mid);
                mid
            }
        };
        if let Some(receiver) = self.receivers.get_mut(&mid) {
            let header = &packet.header;
            let (sequence, timestamp) = (header.sequence_number, header.timestamp);
            receiver.heard(ssrc, sequence, now);
            receiver.ask(now, Some(rtc));
            receiver.incoming.push(
                now,
                RtpIn {
                    sequence,
                    timestamp,
                    payload: &packet.payload,
                },
            );
        }
    }

    pub(super) fn clear(&mut self) {
        self.senders.clear();
        for (_, receiver) in self.receivers.drain() {
            receiver.incoming.remote().end();
        }
    }
}

impl Receiver {
    fn heard(&mut self, ssrc: Ssrc, sequence: u16, now: Instant) {
        if self.source.is_none_or(|(source, _)| source != ssrc) {
            self.source = Some((ssrc, false));
            self.asking = Asking::default();
        }
        self.asking.on_packet(sequence, now);
    }

    /// Begins or ends the asking.
    fn ask(&mut self, now: Instant, rtc: Option<&mut Rtc>) {
        let Some((ssrc, asks)) = &mut self.source else {
            return;
        };
        let shall = self.nack && self.asking.is_on(now);
        if *asks != shall
            && let Some(rtc) = rtc
            && let Some(stream) = rtc.direct_api().stream_rx(ssrc)
        {
            stream.suppress_nack(!shall);
            *asks = shall;
        }
    }
}

impl Sender {
    /// Sends a packet again as it was: same number, same header, so that encrypting them anew gives the same bytes.
    /// With another header it would be a second message under one nonce, which AES-GCM (RFC 7714) does not bear; that is
    /// why nothing is kept while headers still name the section.
    fn send_again(&mut self, now: Instant, sequence: u16, rtc: &mut Rtc) {
        self.doubling.on_asked(sequence, now);
        let mut api = rtc.direct_api();
        if let Some(stream) = api.stream_tx(&self.ssrc)
            && let Some(copy) = self.copies.again(sequence, now)
        {
            write(
                stream,
                self.outgoing.payload_type(),
                copy.header,
                copy.payload.clone(),
                copy.sent_at,
            );
        }
    }
}

fn write(stream: &mut StreamTx, payload_type: u8, header: Header, payload: Vec<u8>, sent_at: Instant) {
    let extensions = ExtensionValues {
        audio_level: Some(header.level_db),
        voice_activity: Some(header.level_db > -60),
        ..ExtensionValues::default()
    };
    let (number, timestamp) = (header.number.into(), header.timestamp);
    let write = RtpWrite::new(payload_type.into(), number, timestamp, sent_at, payload);
    stream.write_rtp(write.marker(header.marker).ext_vals(extensions));
}
