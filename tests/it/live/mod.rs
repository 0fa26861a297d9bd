//! Live room management.
//!
//! - `reference`: every request of its reference, as it stands there, and the shape of every answer
//! - `names`: hostile names, and projects that can't see each other
//! - `refusals`: ranges, bodies, and a LiveKit that fails
//! - `token`: the way into a room
//! - `surfaces`: rooms that other surfaces made

mod names;
mod reference;
mod refusals;
mod surfaces;
mod token;

use livekit_protocol::ParticipantInfo;
use serde_json::{Value, json};

use crate::support::World;

/// Makes a live room, which is answered.
async fn made(world: &World, name: &str) -> Value {
    world
        .post("/live/v1/rooms", json!({ "name": name }))
        .await
        .with(201)
}

/// Somebody in a room, active, with a name.
fn person(identity: &str) -> ParticipantInfo {
    ParticipantInfo {
        identity: identity.into(),
        name: "Ada Lovelace".into(),
        state: 2,
        joined_at: 1_718_800_050,
        tracks: vec![Default::default(), Default::default()],
        ..ParticipantInfo::default()
    }
}

/// The only LiveKit room whose name ends so.
fn in_livekit(world: &World, name: &str) -> String {
    let ending = format!("__{name}");
    let mut rooms = world.livekit.rooms().into_iter();
    rooms.find(|room| room.ends_with(&ending)).unwrap()
}
