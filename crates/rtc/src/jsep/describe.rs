//! Writing our descriptions.

use super::{
    Content, DescriptionKind, IceCredentials, JsepError, Negotiator, OPUS_PAYLOAD_TYPE, Signalling, Slot,
};
use crate::{
    net::Policy,
    rtp::{LEVEL_EXTENSION, MID_EXTENSION},
    sdp::{
        AudioLines, Description, Direction, MediaKind, Section, SectionLines, SessionLines, VideoLines,
        write_session,
    },
};

/// Audio level (RFC 6464) and section id (RFC 9143): all a voice peer needs.
const EXTENSIONS: [(u8, &str); 2] = [(1, LEVEL_EXTENSION), (4, MID_EXTENSION)];

impl Negotiator {
    /// Writes an offer. `restart` brings the credentials of an ICE restart.
    pub fn create_offer(&mut self, restart: Option<IceCredentials>) -> Result<String, JsepError> {
        if self.signalling == Signalling::Closed {
            return Err(JsepError::State {
                action: "create an offer",
                state: self.signalling,
            });
        }
        self.restart = restart;
        self.assign_slots();
        let sections: Vec<SectionLines> = self
            .slots
            .iter()
            .filter_map(|slot| self.offer_section(slot))
            .collect();
        Ok(self.write("actpass", &sections))
    }

    /// Writes the answer to the offer that was set.
    pub fn create_answer(&mut self) -> Result<String, JsepError> {
        self.require(Signalling::HaveRemoteOffer, "create an answer")?;
        let Some(offer) = self.remote_offer.take() else {
            return Err(JsepError::State {
                action: "create an answer",
                state: self.signalling,
            });
        };
        let sections: Vec<SectionLines> = offer.sections.iter().map(answer_section).collect();
        let text = self.write(answer_setup(&offer), &sections);
        self.remote_offer = Some(offer);
        Ok(text)
    }

    /// Every transceiver without a section gets one; a section once given stays.
    fn assign_slots(&mut self) {
        if self.wants_data && !self.slots.iter().any(|slot| slot.content == Content::Data) {
            let mid = self.slots.len().to_string();
            self.slots.push(Slot {
                mid,
                content: Content::Data,
            });
        }
        for (index, transceiver) in self.transceivers.iter_mut().enumerate() {
            if transceiver.mid.is_none() {
                let mid = self.slots.len().to_string();
                transceiver.mid = Some(mid.clone());
                self.slots.push(Slot {
                    mid,
                    content: Content::Transceiver(super::TransceiverId(index)),
                });
            }
        }
    }

    fn offer_section(&self, slot: &Slot) -> Option<SectionLines> {
        let mid = slot.mid.clone();
        let Content::Transceiver(id) = slot.content else {
            return Some(SectionLines::Data { mid });
        };
        let transceiver = self.transceiver(id)?;
        let direction = transceiver.direction();
        Some(match transceiver.kind {
            MediaKind::Application => SectionLines::Data { mid },
            MediaKind::Video => SectionLines::Video(VideoLines {
                mid,
                direction,
                payloads: offered_video(),
            }),
            MediaKind::Audio => SectionLines::Audio(AudioLines {
                mid,
                direction,
                opus: OPUS_PAYLOAD_TYPE,
                extensions: EXTENSIONS.map(|(id, uri)| (id, uri.to_owned())).to_vec(),
                sends: transceiver.send.as_ref().map(|send| {
                    (
                        send.stream_id.clone(),
                        send.track_id.clone(),
                        send.ssrc,
                        self.identity.cname.clone(),
                    )
                }),
            }),
        })
    }

    fn write(&mut self, setup: &str, sections: &[SectionLines]) -> String {
        self.version += 1;
        let ice = self.restart.as_ref().unwrap_or(&self.identity.ice);
        let session = SessionLines {
            session_id: self.identity.session_id,
            version: self.version,
            ice_ufrag: &ice.ufrag,
            ice_pwd: &ice.password,
            fingerprint: &self.identity.fingerprint,
            setup,
            candidates: match self.identity.policy {
                Policy::All => &self.identity.candidates,
                Policy::RelayOnly => &[],
            },
        };
        write_session(&session, sections)
    }

    /// Makes one of our descriptions the current one; an answer brings its offer into force.
    pub fn set_local(&mut self, kind: DescriptionKind, text: String) -> Result<super::Plan, JsepError> {
        // The application may have edited the text; it has to be readable still.
        let _: Description = text.parse()?;
        match kind {
            DescriptionKind::Offer => {
                if self.signalling == Signalling::HaveRemoteOffer || self.signalling == Signalling::Closed {
                    return Err(JsepError::State {
                        action: "set a local offer",
                        state: self.signalling,
                    });
                }
                self.signalling = Signalling::HaveLocalOffer;
                self.pending_local = Some(text);
                Ok(super::Plan::default())
            }
            DescriptionKind::Answer => {
                self.require(Signalling::HaveRemoteOffer, "set a local answer")?;
                self.signalling = Signalling::Stable;
                self.local = Some((kind, text));
                self.finish_answer()
            }
        }
    }
}

/// The DTLS role we take in an answer: active, unless the other side insists on it.
pub(super) fn answer_setup(offer: &Description) -> &'static str {
    match offer.sections.first().and_then(|s| s.setup.as_deref()) {
        Some("active") => "passive",
        _ => "active",
    }
}

/// The payload type of Opus in a section, if it has any.
pub(super) fn opus_of(section: &Section) -> Option<&crate::sdp::Payload> {
    section
        .payloads
        .iter()
        .find(|p| p.encoding.to_ascii_lowercase().starts_with("opus/48000"))
}

fn answer_section(section: &Section) -> SectionLines {
    let mid = section.mid.clone();
    let direction = Direction::new(false, section.direction.sends());
    match section.kind {
        MediaKind::Application => SectionLines::Data { mid },
        MediaKind::Audio => SectionLines::Audio(AudioLines {
            mid,
            direction,
            opus: opus_of(section).map_or(OPUS_PAYLOAD_TYPE, |p| p.payload_type),
            extensions: known_extensions(section),
            sends: None,
        }),
        MediaKind::Video => {
            let payloads = section.payloads.iter().filter(|p| is_known_video(&p.encoding));
            let payloads = payloads
                .map(|p| (p.payload_type, p.encoding.clone(), p.parameters.clone()))
                .collect();
            SectionLines::Video(VideoLines {
                mid,
                direction,
                payloads,
            })
        }
    }
}

/// The extensions of a section that we know, under the ids its writer gave them.
fn known_extensions(section: &Section) -> Vec<(u8, String)> {
    section
        .extensions
        .iter()
        .filter(|(_, uri)| EXTENSIONS.iter().any(|(_, known)| known == uri))
        .cloned()
        .collect()
}

fn is_known_video(encoding: &str) -> bool {
    let encoding = encoding.to_ascii_uppercase();
    encoding.starts_with("VP8/90000") || encoding.starts_with("H264/90000")
}

fn offered_video() -> Vec<(u8, String, String)> {
    let h264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
    vec![
        (96, "VP8/90000".to_owned(), String::new()),
        (125, "H264/90000".to_owned(), h264.to_owned()),
    ]
}
