//! Seeded random operations, done to a store and to the model beside it. A seed that fails is printed, with what
//! was done up to there; `TROUPE_TEST_SEEDS` says how many are tried.

use std::collections::HashMap;

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use troupe::protocol::{HeartbeatRequest, Held};
use troupe::rooms::list::After;
use troupe::rooms::room::{EndReason, Room};
use troupe::rooms::store::{Claimed, PendingChange, Started};
use troupe::rooms::{Error, Timestamp};

use super::database::{Kind, TestDatabase};
use super::model::{Model, Operation, PROJECTS, Place, refused};
use super::setup::{BOUNDLESS, entry, new_room, project, release};

const SEEDS: u64 = 8;
const OPERATIONS: usize = 400;
/// A moment that does not come while tests run.
const NEVER: &str = "9999999999999";
/// More than there is.
const ALL: u32 = 1_000;

#[tokio::test]
async fn sqlite_does_what_the_model_does() {
    compare(Kind::Sqlite).await;
}

#[tokio::test]
async fn postgres_does_what_the_model_does() {
    compare(Kind::Postgres).await;
}

async fn compare(kind: Kind) {
    let seeds = std::env::var("TROUPE_TEST_SEEDS").map_or(SEEDS, |seeds| seeds.parse().unwrap());
    for seed in 0..seeds {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut model = Model::default();
        let mut real = Real::new(kind).await;
        let mut done = Vec::new();
        for _ in 0..OPERATIONS {
            let operation = Operation::draw(&mut rng, &model);
            done.push(format!("{operation:?}"));
            let expected = model.perform(&operation);
            let actual = real.perform(&operation).await.unwrap_or_else(code);
            assert_eq!(actual, expected, "seed {seed} on {kind:?}:\n{}", done.join("\n"));
            real.stop_the_clock(&operation, &model).await;
        }
    }
}

fn code(error: Error) -> Value {
    match error {
        Error::Conflict { code, .. } => refused(code),
        Error::NotFound(what) => refused(&format!("no {what}")),
        other => panic!("{other:?}"),
    }
}

/// A store, and what the model's numbers are in it.
struct Real {
    database: TestDatabase,
    projects: Vec<String>,
    rooms: Vec<String>,
    cursors: HashMap<usize, i64>,
    /// Ids of entries that were read, by room.
    entries: HashMap<usize, Vec<String>>,
}

impl Real {
    async fn new(kind: Kind) -> Self {
        let database = TestDatabase::new(kind).await;
        let mut projects = Vec::new();
        for number in 0..PROJECTS {
            projects.push(project(&database.store, &number.to_string()).await);
        }
        Self {
            database,
            projects,
            rooms: Vec::new(),
            cursors: HashMap::new(),
            entries: HashMap::new(),
        }
    }

    async fn perform(&mut self, operation: &Operation) -> Result<Value, Error> {
        let store = self.database.store.clone();
        Ok(match operation {
            Operation::Insert { project, surface } => {
                let room = store
                    .insert_room(&self.projects[*project], new_room(*surface))
                    .await?;
                self.rooms.push(room.id);
                Value::Null
            }
            Operation::Add { at, character } => {
                let (project, room) = self.place(*at);
                let added = store
                    .add_participant(project, room, &character.to_string())
                    .await?;
                json!({"new": added.new, "worker": number(added.worker_id)})
            }
            Operation::Remove { at, character } => {
                let (project, room) = self.place(*at);
                let removed = store
                    .remove_participant(project, room, &character.to_string())
                    .await?;
                json!({"worker": number(removed.worker_id), "open": removed.livekit_room.is_some()})
            }
            Operation::Start { at } => {
                let (project, room) = self.place(*at);
                let checked = store.check_start(project, room).await.map(|(state, _)| state);
                let started = store.start_room(project, room, BOUNDLESS).await;
                assert_eq!(checked.ok(), started.as_ref().ok().copied());
                match started? {
                    Started::Now => json!("now"),
                    Started::Already => json!("already"),
                }
            }
            Operation::End { at } => {
                let (project, room) = self.place(*at);
                let ended = store.end_room(project, room, EndReason::Requested).await?;
                json!({
                    "worker": number(ended.worker_id),
                    "open": ended.livekit_open,
                    "cast": cast(&ended.room),
                })
            }
            Operation::Read { at } => {
                let (project, room) = self.place(*at);
                self.shown(&store.room(project, room).await?)
            }
            Operation::List { project, page } => self.list(&self.projects[*project], *page).await?,
            Operation::OpenLiveKit { at } => {
                let (project, room) = self.place(*at);
                self.shown(&store.open_livekit(project, room).await?)
            }
            Operation::CloseLiveKit { room } => {
                store.close_livekit(&self.rooms[*room]).await?;
                Value::Null
            }
            Operation::ToClose => {
                let rooms = store.rooms_to_close(ALL).await?;
                let mut rooms: Vec<usize> = rooms.iter().map(|(id, _)| self.at(id)).collect();
                rooms.sort_unstable();
                json!(rooms)
            }
            Operation::Overdue { started } => {
                let before = Timestamp(i64::try_from(*started).unwrap());
                let rooms = store.rooms_started_before(before, ALL).await?;
                rooms.iter().map(|(_, id)| self.at(id)).collect()
            }
            Operation::Entries { room, after, limit } => self.entries(*room, *after, *limit).await?,
            Operation::Append { held, first, count } => {
                let entries: Vec<_> = (*first..first + count)
                    .map(|sequence| entry(sequence, &format!("{}.{sequence}", held.epoch)))
                    .collect();
                let worker = held.worker.to_string();
                json!(
                    store
                        .append_entries(&self.rooms[held.room], &worker, held.epoch, &entries)
                        .await?
                )
            }
            Operation::Claim {
                worker,
                request,
                capacity,
            } => {
                // A claim passes over rooms that are being changed.
                self.database.settle().await;
                let made = store
                    .claim(&worker.to_string(), &request.to_string(), *capacity)
                    .await?;
                let mut given_up: Vec<usize> = made.given_up.iter().map(|id| self.at(id)).collect();
                given_up.sort_unstable();
                let claimed: Vec<Value> = made.claimed.iter().map(|room| self.claimed(room)).collect();
                json!({"claimed": claimed, "givenUp": given_up, "next": made.next_in_ms.is_some()})
            }
            Operation::Release { held, reason } => {
                let request = release(&held.worker.to_string(), held.epoch, *reason);
                json!(store.release(&self.rooms[held.room], &request).await?)
            }
            Operation::Heartbeat {
                worker,
                named,
                draining,
            } => {
                let rooms = named.iter().map(|(room, epoch)| Held {
                    room_id: self.rooms[*room].clone(),
                    epoch: *epoch,
                });
                let request = HeartbeatRequest {
                    worker_id: worker.to_string(),
                    rooms: rooms.collect(),
                    draining: *draining,
                    beat: None,
                    notes: Vec::new(),
                };
                let beaten = store.heartbeat(&request).await?;
                let lost: Vec<usize> = beaten.lost.iter().map(|id| self.at(id)).collect();
                json!({"lost": lost, "reopened": beaten.reopened})
            }
            Operation::Changes { worker, again } => {
                let cursor = self.cursors.entry(*worker).or_default();
                let from = if *again { 0 } else { *cursor };
                let (next, changes) = store.changes(&worker.to_string(), from).await?;
                *cursor = next;
                changes.iter().map(|change| self.change(change)).collect()
            }
            Operation::Lapse { worker } => {
                let worker = worker.to_string();
                let lapse = "UPDATE workers SET lease_until = 0 WHERE id = $1";
                self.database.alter(lapse, &[&worker]).await;
                Value::Null
            }
            Operation::Age { room } => {
                let age = "UPDATE rooms SET claimed_at = 0 WHERE id = $1";
                self.database.alter(age, &[&self.rooms[*room]]).await;
                Value::Null
            }
            Operation::Thaw => {
                self.database
                    .alter("UPDATE rooms SET claimable_at = 0", &[])
                    .await;
                Value::Null
            }
        })
    }

    /// Puts times that an operation wrote out of reach of the test's own duration.
    async fn stop_the_clock(&self, operation: &Operation, model: &Model) {
        match operation {
            Operation::Claim { .. } | Operation::Heartbeat { .. } => {
                let leases = "UPDATE workers SET lease_until = CAST($1 AS BIGINT) WHERE lease_until > 0";
                self.database.alter(leases, &[NEVER]).await;
                let claims = "UPDATE rooms SET claimed_at = CAST($1 AS BIGINT) WHERE claimed_at > 0";
                self.database.alter(claims, &[NEVER]).await;
            }
            Operation::Release { held, .. } if model.rooms[held.room].frozen => {
                let pause = "UPDATE rooms SET claimable_at = CAST($1 AS BIGINT) WHERE id = $2";
                self.database.alter(pause, &[NEVER, &self.rooms[held.room]]).await;
            }
            Operation::Start { at } => {
                if let Some(started) = model.rooms[at.room].started {
                    let order = "UPDATE rooms SET started_at = CAST($1 AS BIGINT) WHERE id = $2";
                    let values = [started.to_string(), self.rooms[at.room].clone()];
                    self.database.alter(order, &[&values[0], &values[1]]).await;
                }
            }
            Operation::Remove { at, .. } => {
                // Not in the millisecond in which the room ends.
                let left =
                    "UPDATE participants SET left_at = 1 WHERE room_id = $1 AND left_at IS NOT NULL AND
                    (SELECT ended_at FROM rooms WHERE id = $1) IS NULL";
                self.database.alter(left, &[&self.rooms[at.room]]).await;
            }
            _ => {}
        }
    }

    fn place(&self, at: Place) -> (&str, &str) {
        (&self.projects[at.project], &self.rooms[at.room])
    }

    fn at(&self, id: &str) -> usize {
        self.rooms.iter().position(|room| room == id).unwrap()
    }

    fn shown(&self, room: &Room) -> Value {
        json!({
            "room": self.at(&room.id),
            "surface": room.surface.as_str(),
            "started": room.started_at.is_some(),
            "ended": room.ended_at.is_some(),
            "cast": cast(room),
        })
    }

    async fn list(&self, project: &str, page: Option<u32>) -> Result<Value, Error> {
        let mut all: Vec<Room> = Vec::new();
        loop {
            let after = all.last().map(|room| room.id.clone());
            let rooms = self
                .database
                .store
                .active_rooms(project, after.as_deref().into(), page)
                .await?;
            let last = rooms.is_empty() || page.is_none();
            all.extend(rooms);
            if last {
                return Ok(all.iter().map(|room| self.shown(room)).collect());
            }
        }
    }

    async fn entries(&mut self, at: usize, after: Option<usize>, limit: Option<u32>) -> Result<Value, Error> {
        let store = &self.database.store;
        let room = &self.rooms[at];
        let all = store.entries(room, After::Nothing, None, "after").await?;
        let ids: Vec<String> = all.into_iter().map(|entry| entry.id).collect();
        let before = self.entries.insert(at, ids.clone()).unwrap_or_default();
        assert_eq!(before, ids[..before.len()], "what was read stays");
        let after = after.map(|after| ids[after].as_str());
        let entries = store.entries(room, after.into(), limit, "after").await?;
        Ok(entries.into_iter().map(|entry| entry.content).collect())
    }

    fn claimed(&self, claimed: &Claimed) -> Value {
        let timeline: Vec<&str> = claimed
            .timeline
            .iter()
            .map(|entry| entry.content.as_str())
            .collect();
        json!({
            "room": self.at(&claimed.room.id),
            "epoch": claimed.epoch,
            "cast": cast(&claimed.room),
            "timeline": timeline,
        })
    }

    fn change(&self, change: &PendingChange) -> Value {
        let (kind, room, character) = match change {
            PendingChange::Added {
                room_id, participant, ..
            } => ("added", room_id, Some(&participant.character_id)),
            PendingChange::Removed {
                room_id,
                character_id,
            } => ("removed", room_id, Some(character_id)),
            PendingChange::RoomEnded { room_id } => ("ended", room_id, None),
        };
        json!({"kind": kind, "room": self.at(room), "character": number(character.cloned())})
    }
}

fn cast(room: &Room) -> Vec<usize> {
    let characters = room.participants.iter();
    characters
        .map(|participant| participant.character_id.parse().unwrap())
        .collect()
}

fn number(text: Option<String>) -> Option<usize> {
    text.map(|text| text.parse().unwrap())
}
