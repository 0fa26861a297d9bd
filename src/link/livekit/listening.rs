//! Watches a connection, and the people while it listens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use livekit::DisconnectReason;
use livekit::participant::ParticipantKind;
use livekit::prelude::{RemoteParticipant, RemoteTrack, RemoteTrackPublication, Room, RoomEvent, TrackKind};
use tokio::sync::mpsc;

use super::typed::{self, Typing};
use super::{AGENT_PREFIX, Seen, Track};

/// A character is seen a moment before it listens: what is typed to it in this time is kept until it does. One that
/// begins to listen later takes the place of another, which heard it.
const EARLY: Duration = Duration::from_secs(2);
/// Messages that are kept so. Full: the newest is dropped with a warning.
const EARLY_MAX: usize = 16;

pub(super) async fn run(
    room: Arc<Room>,
    mut events: mpsc::UnboundedReceiver<RoomEvent>,
    mut listen: mpsc::Receiver<()>,
    seen: impl Fn(Seen) + Send + Sync + 'static,
) {
    let seen = Arc::new(seen);
    let (mut listens, typing) = (false, Typing::new());
    let (began, mut early) = (Instant::now(), Vec::new());
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            asked = listen.recv(), if !listens => {
                listens = true;
                if asked.is_some() {
                    for participant in room.remote_participants().values() {
                        arrive(participant, &*seen);
                    }
                    if began.elapsed() < EARLY {
                        early.drain(..).for_each(|event| people(event, &seen, &typing));
                    }
                }
                early = Vec::new();
                continue;
            }
        };
        let Some(event) = event else { return };
        match event {
            RoomEvent::Disconnected { reason } => {
                let room_is_over = matches!(
                    reason,
                    DisconnectReason::RoomDeleted | DisconnectReason::RoomClosed
                );
                seen(Seen::Lost {
                    reason: format!("{reason:?}"),
                    room_is_over,
                });
                return;
            }
            event if listens => people(event, &seen, &typing),
            RoomEvent::TextStreamOpened { .. } if began.elapsed() < EARLY => {
                if early.len() < EARLY_MAX {
                    early.push(event);
                } else {
                    tracing::warn!("keep what was typed before a character listens: too many messages");
                }
            }
            _ => {}
        }
    }
}

fn people<F: Fn(Seen) + Send + Sync + 'static>(event: RoomEvent, seen: &Arc<F>, typing: &Typing) {
    match event {
        RoomEvent::ParticipantConnected(participant) => arrive(&participant, &**seen),
        RoomEvent::ParticipantDisconnected(participant) if is_person(&participant) => {
            seen(Seen::PersonLeft {
                identity: participant.identity().to_string(),
            });
        }
        RoomEvent::TrackPublished {
            publication,
            participant,
        } if is_person(&participant) => subscribe(&publication),
        RoomEvent::TrackSubscribed {
            track: RemoteTrack::Audio(track),
            publication,
            participant,
        } if is_person(&participant) => {
            let (identity, sid) = (participant.identity().to_string(), publication.sid().to_string());
            let track = Track::LiveKit(track);
            seen(Seen::Track { identity, sid, track });
        }
        RoomEvent::TrackUnsubscribed {
            track: RemoteTrack::Audio(_),
            publication,
            participant,
        } => {
            let (identity, sid) = (participant.identity().to_string(), publication.sid().to_string());
            seen(Seen::TrackGone { identity, sid });
        }
        RoomEvent::TextStreamOpened {
            reader,
            topic,
            participant_identity,
        } if topic == typed::TOPIC => {
            let identity = participant_identity.to_string();
            let (Some(reader), false) = (reader.take(), identity.starts_with(AGENT_PREFIX)) else {
                return;
            };
            typing.take(reader, identity, seen);
        }
        _ => {}
    }
}

fn arrive(participant: &RemoteParticipant, seen: &impl Fn(Seen)) {
    if !is_person(participant) {
        return;
    }
    let identity = participant.identity().to_string();
    let name = Some(participant.name())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| identity.clone());
    seen(Seen::PersonJoined { identity, name });
    for publication in participant.track_publications().values() {
        subscribe(publication);
    }
}

fn subscribe(publication: &RemoteTrackPublication) {
    if publication.kind() == TrackKind::Audio {
        publication.set_subscribed(true);
    }
}

fn is_person(participant: &RemoteParticipant) -> bool {
    participant.kind() != ParticipantKind::Agent && !participant.identity().as_str().starts_with(AGENT_PREFIX)
}
