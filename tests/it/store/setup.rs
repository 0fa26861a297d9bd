//! What most cases begin with.

use serde_json::json;
use troupe::character::Character;
use troupe::protocol::{Mode, NewEntry, ReleaseReason, ReleaseRequest, SpeakerType};
use troupe::rooms::Error;
use troupe::rooms::allowance::Allowance;
use troupe::rooms::key::{KeyKind, MadeKey};
use troupe::rooms::room::{NewRoom, Surface};
use troupe::rooms::secret::ServerSecret;
use troupe::rooms::store::Store;

/// Lets a project start whatever it likes.
pub(super) const BOUNDLESS: Allowance = Allowance {
    rooms_max: 0,
    minutes_per_day_max: 0,
};

pub(super) fn secret() -> ServerSecret {
    ServerSecret::from_text("a secret for tests, long enough").unwrap()
}

/// Makes a project and answers its id.
pub(super) async fn project(store: &Store, name: &str) -> String {
    let key = MadeKey::new(KeyKind::Secret, &secret());
    store
        .insert_key(&key, KeyKind::Secret, Some(name), None, None)
        .await
        .unwrap();
    let (record, _) = store.key(&key.id).await.unwrap().unwrap();
    record.project_id.unwrap()
}

pub(super) fn new_room(surface: Surface) -> NewRoom {
    NewRoom {
        surface,
        name: "Town Square".into(),
        mode: Mode::Freeform,
        scene_prompt: None,
        ambience: None,
        record: false,
    }
}

/// Makes a voice room with one character in it and starts it; answers its id.
pub(super) async fn started_room(store: &Store, project: &str) -> String {
    let room = store
        .insert_room(project, new_room(Surface::Voice))
        .await
        .unwrap();
    store.add_participant(project, &room.id, "ada").await.unwrap();
    store.start_room(project, &room.id, BOUNDLESS).await.unwrap();
    room.id
}

pub(super) fn entry(sequence: u64, content: &str) -> NewEntry {
    NewEntry {
        sequence,
        speaker_type: SpeakerType::User,
        character_id: None,
        speaker_identity: Some("somebody".into()),
        speaker_name: None,
        content: content.into(),
        turn: None,
    }
}

pub(super) fn release(worker: &str, epoch: u64, reason: ReleaseReason) -> ReleaseRequest {
    ReleaseRequest {
        worker_id: worker.into(),
        epoch,
        reason,
        detail: None,
        note: None,
    }
}

pub(super) fn character(id: &str) -> Character {
    serde_json::from_value(json!({
        "id": id, "name": "Ada", "persona": "You are Ada.", "language": "en", "talkativeness": 0.5,
    }))
    .unwrap()
}

/// The code that an operation was refused with.
#[track_caller]
pub(super) fn code<T: std::fmt::Debug>(outcome: Result<T, Error>) -> &'static str {
    match outcome.unwrap_err() {
        Error::Conflict { code, .. } => code,
        Error::NotFound(what) => what,
        Error::Invalid { param, .. } => param,
        other => panic!("{other:?}"),
    }
}
