//! Applying the other side's descriptions.

use std::sync::Arc;

use super::{
    Content, DescriptionKind, IceCredentials, JsepError, MediaChange, Negotiator, OPUS_PAYLOAD_TYPE, Plan,
    RemoteTrack, RemoteTrackAdded, Signalling, Slot, Start, Transceiver, TransceiverId,
    describe::{answer_setup, opus_of},
};
use crate::{
    audio::{EncoderSettings, PACKET_MS, RemoteAudio},
    rtp::HeaderExtensions,
    sdp::{Description, Direction, MediaKind, Section},
};

/// The bit rate for speech when the application names none.
const DEFAULT_BITRATE_BPS: u32 = 32_000;

impl Negotiator {
    /// Applies the other side's description.
    ///
    /// The answer already in force, set again while an offer of ours is open, takes that offer
    /// back: it is how `livekit` gives way to an ICE restart.
    pub fn set_remote(&mut self, kind: DescriptionKind, text: String) -> Result<Plan, JsepError> {
        let description: Description = text.parse()?;
        match kind {
            DescriptionKind::Answer => self.set_remote_answer(description, text),
            DescriptionKind::Offer => self.set_remote_offer(description, text),
        }
    }

    fn set_remote_answer(&mut self, answer: Description, text: String) -> Result<Plan, JsepError> {
        let again = self.remote.as_ref().is_some_and(|(_, current)| *current == text);
        if again && matches!(self.signalling, Signalling::Stable | Signalling::HaveLocalOffer) {
            self.signalling = Signalling::Stable;
            self.pending_local = None;
            self.restart = None;
            return Ok(Plan::default());
        }
        self.require(Signalling::HaveLocalOffer, "set a remote answer")?;
        let mut plan = Plan::default();
        // A lite agent never nominates; otherwise the side that offered does.
        let dtls_active = answer.sections.first().and_then(|s| s.setup.as_deref()) == Some("passive");
        self.transport(&answer, true, dtls_active, &mut plan)?;
        self.signalling = Signalling::Stable;
        self.local = self
            .pending_local
            .take()
            .map(|text| (DescriptionKind::Offer, text));
        self.remote = Some((DescriptionKind::Answer, text));
        for section in &answer.sections {
            let slot = self.slots.iter().find(|slot| slot.mid == section.mid);
            if let Some(Slot {
                content: Content::Transceiver(id),
                ..
            }) = slot
            {
                self.apply_section(*id, section, true, &mut plan);
            }
        }
        Ok(plan)
    }

    fn set_remote_offer(&mut self, offer: Description, text: String) -> Result<Plan, JsepError> {
        if !matches!(self.signalling, Signalling::Stable | Signalling::HaveRemoteOffer) {
            return Err(JsepError::State {
                action: "set a remote offer",
                state: self.signalling,
            });
        }
        self.signalling = Signalling::HaveRemoteOffer;
        let mut plan = Plan::default();
        for section in &offer.sections {
            let id = self.slot_for(section);
            if let Some(id) = id {
                self.apply_section(id, section, false, &mut plan);
            }
        }
        self.remote = Some((DescriptionKind::Offer, text));
        self.remote_offer = Some(offer);
        Ok(plan)
    }

    /// Our answer is set: the transport may come up.
    pub(super) fn finish_answer(&mut self) -> Result<Plan, JsepError> {
        let mut plan = Plan::default();
        if let Some(offer) = self.remote_offer.take() {
            let controlling = offer.ice_lite;
            let dtls_active = answer_setup(&offer) == "active";
            self.transport(&offer, controlling, dtls_active, &mut plan)?;
        }
        Ok(plan)
    }

    /// The transceiver of an offered section, made if it is new; `None` for data.
    fn slot_for(&mut self, section: &Section) -> Option<TransceiverId> {
        if let Some(slot) = self.slots.iter().find(|slot| slot.mid == section.mid) {
            return match slot.content {
                Content::Data => None,
                Content::Transceiver(id) => Some(id),
            };
        }
        let content = if section.kind == MediaKind::Application {
            Content::Data
        } else {
            let id = TransceiverId(self.transceivers.len());
            let mut transceiver = Transceiver::new(section.kind, true, None);
            transceiver.mid = Some(section.mid.clone());
            self.transceivers.push(transceiver);
            Content::Transceiver(id)
        };
        self.slots.push(Slot {
            mid: section.mid.clone(),
            content,
        });
        match content {
            Content::Data => None,
            Content::Transceiver(id) => Some(id),
        }
    }

    fn apply_section(&mut self, id: TransceiverId, section: &Section, is_answer: bool, plan: &mut Plan) {
        let Some(transceiver) = self.transceivers.get_mut(id.0) else {
            return;
        };
        let open = section.port != 0;
        let receives = open && section.direction.sends() && section.msid.is_some();
        let sends = open && is_answer && section.direction.receives() && transceiver.send.is_some();
        transceiver.current = Some(Direction::new(sends, receives));
        apply_receive(transceiver, id, section, receives, plan);
        apply_send(transceiver, section, sends, plan);
    }

    fn transport(
        &mut self,
        remote: &Description,
        controlling: bool,
        dtls_active: bool,
        plan: &mut Plan,
    ) -> Result<(), JsepError> {
        let section = remote.sections.first().ok_or(JsepError::Missing("section"))?;
        let ufrag = section
            .ice_ufrag
            .clone()
            .ok_or(JsepError::Missing("a=ice-ufrag"))?;
        let password = section.ice_pwd.clone().ok_or(JsepError::Missing("a=ice-pwd"))?;
        let remote_ice = IceCredentials { ufrag, password };
        plan.candidates = remote
            .sections
            .iter()
            .flat_map(|s| s.candidates.iter().cloned())
            .collect();
        if !self.started {
            let fingerprint = section
                .fingerprint
                .clone()
                .ok_or(JsepError::Missing("a=fingerprint"))?;
            if let Some(restart) = self.restart.take() {
                self.identity.ice = restart;
            }
            plan.start = Some(Start {
                local_ice: self.identity.ice.clone(),
                remote_ice: remote_ice.clone(),
                fingerprint,
                ice_controlling: controlling || remote.ice_lite,
                dtls_active,
                cname: self.identity.cname.clone(),
            });
            self.started = true;
        } else if self.remote_ice.as_ref() != Some(&remote_ice) || self.restart.is_some() {
            if let Some(restart) = self.restart.take() {
                self.identity.ice = restart;
            }
            plan.restart = Some((self.identity.ice.clone(), remote_ice.clone()));
        }
        self.remote_ice = Some(remote_ice);
        Ok(())
    }
}

fn apply_receive(
    transceiver: &mut Transceiver,
    id: TransceiverId,
    section: &Section,
    receives: bool,
    plan: &mut Plan,
) {
    let audio = transceiver.kind == MediaKind::Audio;
    let Some((stream_id, track_id)) = section.msid.clone().filter(|_| receives) else {
        if transceiver.remote.is_some() {
            transceiver.end_remote();
            if audio {
                plan.media.push(MediaChange::StopReceive {
                    mid: section.mid.clone(),
                });
            }
        }
        return;
    };
    let same = transceiver
        .remote
        .as_ref()
        .is_some_and(|r| r.stream_id == stream_id && r.track_id == track_id);
    if !same {
        // The section changed hands: who still listens to the old track must not hear the new one.
        transceiver.end_remote();
        let audio = Arc::new(RemoteAudio::default());
        transceiver.remote = Some(RemoteTrack {
            stream_id,
            track_id,
            audio,
        });
        plan.tracks.push(RemoteTrackAdded { transceiver: id });
    }
    if audio && let Some(remote) = &transceiver.remote {
        let opus = opus_of(section);
        plan.media.push(MediaChange::Receive {
            mid: section.mid.clone(),
            ssrcs: section.ssrcs.clone(),
            payload_type: opus.map_or(OPUS_PAYLOAD_TYPE, |payload| payload.payload_type),
            extensions: HeaderExtensions::of(&section.extensions),
            nack: opus.is_some_and(|payload| payload.nack),
            remote: Arc::clone(&remote.audio),
        });
    }
}

/// The packet length the other side asks for: 10 ms if that is all it takes or prefers, or the usual one.
fn packet_ms(section: &Section) -> u32 {
    let asked = section.ptime_ms.into_iter().chain(section.max_ptime_ms).min();
    if asked.is_some_and(|ms| ms < PACKET_MS) {
        10
    } else {
        PACKET_MS
    }
}

fn apply_send(transceiver: &mut Transceiver, section: &Section, sends: bool, plan: &mut Plan) {
    let mid = section.mid.clone();
    let send = transceiver.send.as_ref().filter(|_| sends);
    match send.and_then(|send| send.audio.clone().map(|track| (send, track))) {
        Some((send, track)) if !transceiver.sending => {
            let opus = opus_of(section);
            let settings = EncoderSettings {
                payload_type: opus.map_or(OPUS_PAYLOAD_TYPE, |p| p.payload_type),
                bitrate_bps: send.bitrate_bps.unwrap_or(DEFAULT_BITRATE_BPS),
                dtx: opus.is_some_and(|p| p.has_flag("usedtx")),
                fec: opus.is_some_and(|p| p.has_flag("useinbandfec")),
                packet_ms: packet_ms(section),
            };
            plan.media.push(MediaChange::Send {
                mid,
                ssrc: send.ssrc,
                extensions: HeaderExtensions::of(&section.extensions),
                track,
                settings,
            });
            transceiver.sending = true;
        }
        Some(_) => {}
        None if transceiver.sending => {
            transceiver.sending = false;
            plan.media.push(MediaChange::StopSend { mid });
        }
        None => {}
    }
}
