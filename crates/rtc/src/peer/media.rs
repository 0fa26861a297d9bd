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
    rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc},
};
use tokio::sync::Notify;

use crate::{
    audio::{EncoderSettings, Incoming, LocalAudio, Outgoing, RemoteAudio},
    jsep::MediaChange,
    receive::RtpIn,
};

#[derive(Debug, Default)]
pub(super) struct MediaTable {
    senders: HashMap<Mid, Sender>,
    receivers: HashMap<Mid, Receiver>,
    by_ssrc: HashMap<Ssrc, Mid>,
    declared: HashSet<Mid>,
}

#[derive(Debug)]
struct Sender {
    ssrc: Ssrc,
    sequence: u64,
    outgoing: Outgoing,
}

#[derive(Debug)]
struct Receiver {
    ssrcs: Vec<Ssrc>,
    /// Lost packets are asked for again.
    nack: bool,
    incoming: Incoming,
}

impl MediaTable {
    pub(super) fn change(&mut self, change: MediaChange, wake: &Arc<Notify>, mut rtc: Option<&mut Rtc>) {
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
            Receiver {
                ssrcs,
                nack,
                incoming: Incoming::new(remote, Instant::now()),
            },
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
        wake: &Arc<Notify>,
    ) {
        let mut rng = rand::rng();
        match Outgoing::new(track, settings, Arc::clone(wake), rng.random()) {
            // Below 2^15, so that the far end cannot miss the first roll-over (RFC 3711, 3.3.1).
            Ok(outgoing) => {
                let sequence = rng.random_range(0..1 << 15);
                self.senders.insert(
                    mid,
                    Sender {
                        ssrc,
                        sequence,
                        outgoing,
                    },
                );
            }
            Err(error) => tracing::warn!(%error, "make an Opus encoder"),
        }
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
                api.expect_stream_rx(ssrc, None, mid, None)
                    .suppress_nack(!receiver.nack);
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
        } in self.senders.values_mut()
        {
            let payload_type = outgoing.payload_type();
            outgoing.poll(now, |packet| {
                let mut api = rtc.as_mut().map(|rtc| rtc.direct_api());
                let Some(stream) = api.as_mut().and_then(|api| api.stream_tx(ssrc)) else {
                    return;
                };
                let extensions = ExtensionValues {
                    audio_level: Some(packet.level_db),
                    voice_activity: Some(packet.level_db > -60),
                    ..ExtensionValues::default()
                };
                let (number, time) = (*sequence, packet.timestamp);
                *sequence += 1;
                let write = RtpWrite::new(payload_type.into(), number.into(), time, now, packet.payload);
                stream.write_rtp(write.marker(packet.marker).ext_vals(extensions));
                wrote = true;
            });
        }
        for receiver in self.receivers.values_mut() {
            receiver.incoming.poll(now);
        }
        wrote
    }

    /// The other side reports so much of a section's packets as lost.
    pub(super) fn set_loss(&mut self, mid: Mid, percent: u8) {
        if let Some(sender) = self.senders.get_mut(&mid) {
            sender.outgoing.set_loss(percent);
        }
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
                // It was not announced, and is taken for one that cannot be asked for again.
                if let Some(receiver) = self.receivers.get(&mid) {
                    stream.suppress_nack(!receiver.nack);
                }
                self.by_ssrc.insert(ssrc, mid);
                mid
            }
        };
        if let Some(receiver) = self.receivers.get_mut(&mid) {
            let header = &packet.header;
            let (sequence, timestamp) = (header.sequence_number, header.timestamp);
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
