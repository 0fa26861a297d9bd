//! Rooms as a worker sees them: claimed, played, released.

use super::Rooms;
use super::assignments::Assigned;
use crate::character::Character;
use crate::protocol::{
    CastMember, Change, ChangeKind, Claim, EntriesRequest, HeartbeatRequest, Limits, Note, ReleaseRequest,
    RoomNote,
};
use crate::rooms::error::Error;
use crate::rooms::room::Participant;
use crate::rooms::store::{self, Asking, Claimed, PendingChange};
use crate::rooms::wakeups::Topic;

/// What a worker's question for rooms found.
#[derive(Debug)]
pub struct Found {
    /// Rooms that are the worker's.
    pub claims: Vec<Claim>,
    /// When to look again if there are none, ms.
    pub next_in_ms: Option<i64>,
    /// It must ask anew before it is given anything; see [`store::ClaimsMade`].
    pub is_out_of_touch: bool,
}

impl Rooms {
    /// Takes rooms for a worker.
    ///
    /// # Errors
    /// When the database fails or a token can't be signed.
    pub async fn claim(
        &self,
        worker_id: &str,
        request_id: &str,
        capacity: u32,
        asking: Asking,
    ) -> Result<Found, Error> {
        let made = self
            .store
            .claim_if(worker_id, request_id, capacity, asking)
            .await?;
        for room_id in made.given_up {
            tracing::error!(room_id, "give up a room that no worker could play");
            self.wakeups.wake(&Topic::Room(room_id));
        }
        let mut claims = Vec::with_capacity(made.claimed.len());
        for claimed in made.claimed {
            let assigned = self.assigned(&claimed.room).await?;
            claims.push(self.to_claim(claimed, assigned)?);
        }
        Ok(Found {
            claims,
            next_in_ms: made.next_in_ms,
            is_out_of_touch: made.is_out_of_touch,
        })
    }

    /// Extends a worker's lease. Answers the rooms that it named and does not hold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn heartbeat(&self, request: &HeartbeatRequest) -> Result<Vec<String>, Error> {
        let beaten = self.store.heartbeat(request).await?;
        self.note_down(&request.worker_id, &request.notes).await?;
        if beaten.reopened {
            self.wakeups.wake(&Topic::Claims);
        }
        Ok(beaten.lost)
    }

    /// A worker's changes after `cursor`, and the next cursor.
    ///
    /// # Errors
    /// When the database fails or a token can't be signed.
    pub async fn changes(&self, worker_id: &str, cursor: u64) -> Result<(u64, Vec<Change>), Error> {
        let cursor = i64::try_from(cursor).unwrap_or(i64::MAX);
        let (next, pending) = self.store.changes(worker_id, cursor).await?;
        let mut changes = Vec::with_capacity(pending.len());
        for change in pending {
            changes.extend(self.to_change(change)?);
        }
        Ok((u64::try_from(next).unwrap_or(0), changes))
    }

    /// Stores entries of a held room. Answers the highest sequence stored.
    ///
    /// # Errors
    /// When the epoch is stale, a sequence is missing, or the database fails.
    pub async fn append(&self, room_id: &str, request: &EntriesRequest) -> Result<u64, Error> {
        let EntriesRequest {
            worker_id,
            epoch,
            entries,
            ..
        } = request;
        let acknowledged = if request.late {
            self.store
                .append_late(room_id, worker_id, *epoch, entries)
                .await?
        } else {
            self.store
                .append_entries(room_id, worker_id, *epoch, entries)
                .await?
        };
        self.note_down_one(room_id, worker_id, *epoch, request.note.as_ref())
            .await?;
        self.wakeups.wake(&Topic::Room(room_id.to_owned()));
        Ok(acknowledged)
    }

    /// Takes a room from its holder.
    ///
    /// # Errors
    /// When the epoch is stale or the database fails.
    pub async fn release(&self, room_id: &str, request: &ReleaseRequest) -> Result<(), Error> {
        tracing::info!(
            room_id,
            worker_id = request.worker_id,
            epoch = request.epoch,
            reason = ?request.reason,
            "release a room"
        );
        // Before the room is open: whoever claims it has to find what is left undone.
        self.note_down_one(room_id, &request.worker_id, request.epoch, request.note.as_ref())
            .await?;
        if self.store.release(room_id, request).await? {
            self.wakeups.wake(&Topic::Room(room_id.to_owned()));
            // The worker need not wait for LiveKit; what fails here is swept up later.
            self.wakeups.wake(&Topic::Sweep);
            self.wakeups.wake(&Topic::Recordings);
        } else {
            self.wakeups.wake(&Topic::Claims);
        }
        Ok(())
    }

    async fn note_down_one(
        &self,
        room_id: &str,
        worker_id: &str,
        epoch: u64,
        note: Option<&Note>,
    ) -> Result<(), Error> {
        let Some(note) = note else { return Ok(()) };
        let note = RoomNote {
            room_id: room_id.to_owned(),
            epoch,
            note: note.clone(),
        };
        self.note_down(worker_id, &[note]).await
    }

    /// Keeps what a worker has under way, for whoever takes over from it.
    async fn note_down(&self, worker_id: &str, notes: &[RoomNote]) -> Result<(), Error> {
        if notes.is_empty() {
            return Ok(());
        }
        let notes: Vec<store::RoomNote> = notes
            .iter()
            .map(|note| store::RoomNote {
                room_id: note.room_id.clone(),
                epoch: note.epoch,
                note: (note.note != Note::default())
                    .then(|| serde_json::to_string(&note.note).ok())
                    .flatten(),
            })
            .collect();
        self.store.note_down(worker_id, &notes).await
    }

    fn to_claim(&self, claimed: Claimed, assigned: Option<Assigned>) -> Result<Claim, Error> {
        let Claimed {
            room,
            epoch,
            characters,
            timeline,
            age_ms,
            note,
        } = claimed;
        let mut cast = Vec::with_capacity(room.participants.len());
        for (participant, known) in room.participants.into_iter().zip(characters) {
            let member = self.cast_member(&room.livekit_room, participant, known)?;
            cast.extend(member.map(|member| dressed(member, assigned.as_ref())));
        }
        let most_s = assigned
            .as_ref()
            .map_or(self.bounds.max_duration_s, |assigned| assigned.max_duration_s);
        let age_ms = u64::try_from(age_ms).unwrap_or(0);
        Ok(Claim {
            room_id: room.id,
            epoch,
            name: room.name,
            mode: room.mode,
            scene_prompt: room.scene_prompt,
            ambience: room
                .ambience
                .or(assigned.as_ref().and_then(|assigned| assigned.ambience)),
            livekit_url: self.livekit_url.clone(),
            livekit_room: room.livekit_room,
            cast,
            timeline: timeline.into_iter().map(Into::into).collect(),
            limits: Limits {
                // What is left of it: a takeover does not make the room longer.
                max_duration_s: most_s.saturating_sub(age_ms / 1000).max(1),
                empty_timeout_s: self.bounds.empty_timeout_s,
            },
            record: room.record,
            age_ms,
            assignment: assigned.map(|assigned| assigned.assignment),
            // A note of a later version that can't be read costs the room nothing else.
            note: note.and_then(|note| serde_json::from_str(&note).ok()),
        })
    }

    fn to_change(&self, change: PendingChange) -> Result<Option<Change>, Error> {
        Ok(match change {
            PendingChange::Added {
                room_id,
                livekit_room,
                participant,
                character,
            } => self
                .cast_member(&livekit_room, participant, character.map(|boxed| *boxed))?
                .map(|member| Change {
                    room_id,
                    kind: ChangeKind::ParticipantAdded {
                        member: Box::new(member),
                    },
                }),
            PendingChange::Removed {
                room_id,
                character_id,
            } => Some(Change {
                room_id,
                kind: ChangeKind::ParticipantRemoved { character_id },
            }),
            PendingChange::RoomEnded { room_id } => Some(Change {
                room_id,
                kind: ChangeKind::RoomEnded,
            }),
        })
    }

    fn cast_member(
        &self,
        livekit_room: &str,
        participant: Participant,
        known: Option<Character>,
    ) -> Result<Option<CastMember>, Error> {
        let id = &participant.character_id;
        let Some(character) = known.or_else(|| self.built_ins.get(id)) else {
            // A built-in of an earlier start of the server whose file is gone.
            tracing::warn!(
                character_id = id,
                room_id = participant.room_id,
                "leave out an unknown character"
            );
            return Ok(None);
        };
        let token = self
            .tokens
            .agent(livekit_room, &participant.livekit_identity, &character.name)?;
        Ok(Some(CastMember {
            participant_id: participant.id,
            conversation_id: participant.conversation_id,
            identity: participant.livekit_identity,
            token,
            character,
        }))
    }
}

/// The member as its room's task wants it.
fn dressed(member: CastMember, assigned: Option<&Assigned>) -> CastMember {
    match assigned {
        Some(assigned) => CastMember {
            character: assigned.dress(member.character),
            ..member
        },
        None => member,
    }
}
