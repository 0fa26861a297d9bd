//! `POST /worker/v1/rooms/{roomId}/entries`: the timeline grows.

use axum::Json;
use axum::extract::State;

use super::super::auth::Worker;
use super::super::body::Wire;
use super::super::error::ApiError;
use super::super::openapi::refusals::{BadBody, Conflicting, NoSuch, Refused};
use super::super::openapi::schema::{self, Body, described};
use super::super::path::Path;
use super::super::state::Api;
use super::{TAG, check_id, notes, worker_body};
use crate::protocol::{EntriesRequest, EntriesResponse, NewEntry, Turn, TurnCue, TurnEnd};
use crate::traces::TraceName;

/// Most entries of one batch.
const BATCH_MAX: usize = 100;
/// Longest entry, characters.
const CONTENT_CHARS_MAX: usize = 20_000;
/// Longest id or name in an entry, characters: LiveKit's, not ours.
const LABEL_CHARS_MAX: usize = 1_000;
/// Longest time within a room, ms: a century, which every reader of JSON still takes exactly.
const MS_MAX: u64 = 100 * 366 * 24 * 3_600_000;

described!(
    /// See [`EntriesRequest`].
    EntriesBody,
    worker_body("What was heard, in order.")
        .needs("epoch", "The claim's epoch.", schema::count())
        .needs(
            "entries",
            "In rising sequence.",
            schema::list(entry(), BATCH_MAX).min_items(Some(1)),
        )
        .may(
            "late",
            "They were said under a claim that is over: they are marked, and stand behind what came meanwhile.",
            schema::boolean(),
        )
        .may("note", "What is under way behind them.", notes::note().or_null())
);

fn entry() -> Body {
    let label = || schema::nullable_string().max_length(Some(LABEL_CHARS_MAX));
    Body::new("One line of the timeline.")
        .needs(
            "sequence",
            "Counts up from 1 within an epoch; a repeated one is not stored again.",
            schema::from_to(1, i64::MAX.unsigned_abs()),
        )
        .needs(
            "speakerType",
            "Person or character.",
            schema::choice(["user", "agent"]),
        )
        .may("characterId", "The character, when one spoke.", label())
        .may("speakerIdentity", "LiveKit identity of the speaker.", label())
        .may("speakerName", "Name of the speaker.", label())
        .needs(
            "content",
            "What was heard; control characters are left out.",
            schema::string().max_length(Some(CONTENT_CHARS_MAX)),
        )
        .may(
            "turn",
            "How it came about, when a character spoke.",
            turn().or_null(),
        )
}

fn turn() -> Body {
    let ms = || schema::nullable_from_to(0, MS_MAX);
    let stages = Body::new("When the stages of a turn were reached, ms since its begin.")
        .needs("cue", "Why the character spoke.", schema::choice(TurnCue::WORDS))
        .needs("end", "How its speech ended.", schema::choice(TurnEnd::WORDS))
        .needs(
            "beganAtMs",
            "When the turn began, ms since the room's start.",
            schema::from_to(0, MS_MAX),
        )
        .may("transcriptMs", "The words of the person were there.", ms())
        .may("endOfTurnMs", "The person's turn was taken to be over.", ms())
        .may("askedMs", "The language model was asked.", ms())
        .may("firstTokenMs", "It gave its first words.", ms())
        .may("voicedMs", "The voice had its first sound ready.", ms())
        .may("firstSoundMs", "The first sound was heard.", ms())
        .may("endedMs", "The speech ended.", ms());
    Body::new("The trace of a character's turn, and its stages.")
        .needs(
            "traceId",
            "32 lower-case hexadecimal digits, the latter half not all zero.",
            schema::string().pattern(Some("^[0-9a-f]{16}(?!0{16})[0-9a-f]{16}$")),
        )
        .needs("stages", "When they were reached.", stages)
}

/// Append to the timeline of a held room.
#[utoipa::path(
    post,
    path = "/worker/v1/rooms/{roomId}/entries",
    operation_id = "appendEntries",
    tag = TAG,
    security(("worker_key" = [])),
    params(("roomId" = String, Path, description = "The room.")),
    request_body = EntriesBody,
    responses(
        (status = 200, description = "How far it is stored.", body = EntriesResponse),
        Refused,
        NoSuch,
        BadBody,
        Conflicting,
    )
)]
pub(super) async fn append(
    State(api): State<Api>,
    _: Worker,
    Path(room_id): Path<String>,
    Wire(mut request): Wire<EntriesRequest>,
) -> Result<Json<EntriesResponse>, ApiError> {
    check_id("workerId", &request.worker_id)?;
    if !(1..=BATCH_MAX).contains(&request.entries.len()) {
        return Err(ApiError::invalid(
            "entries",
            format!("must have 1 to {BATCH_MAX} items"),
        ));
    }
    let mut before = 0;
    for (at, entry) in request.entries.iter_mut().enumerate() {
        if entry.sequence <= before || i64::try_from(entry.sequence).is_err() {
            return Err(ApiError::invalid(
                format!("entries.{at}.sequence"),
                "must rise from entry to entry, from 1",
            ));
        }
        before = entry.sequence;
        check_length(at, "content", &entry.content, CONTENT_CHARS_MAX)?;
        for (field, label) in [
            ("characterId", &entry.character_id),
            ("speakerIdentity", &entry.speaker_identity),
            ("speakerName", &entry.speaker_name),
        ] {
            check_length(at, field, label.as_deref().unwrap_or_default(), LABEL_CHARS_MAX)?;
        }
        if let Some(turn) = &entry.turn {
            check_turn(at, turn)?;
        }
        clean(entry);
    }
    request.note.iter_mut().for_each(notes::bound);
    let acknowledged = api.rooms.append(&room_id, &request).await?;
    Ok(Json(EntriesResponse { acknowledged }))
}

fn check_length(at: usize, field: &str, text: &str, chars_max: usize) -> Result<(), ApiError> {
    if text.chars().count() > chars_max {
        return Err(ApiError::invalid(
            format!("entries.{at}.{field}"),
            format!("must have at most {chars_max} characters"),
        ));
    }
    Ok(())
}

fn check_turn(at: usize, turn: &Turn) -> Result<(), ApiError> {
    if TraceName::parse(&turn.trace_id).is_none() {
        return Err(ApiError::invalid(
            format!("entries.{at}.turn.traceId"),
            "must be 32 lower-case hexadecimal digits, the latter 16 not all zero",
        ));
    }
    let stages = &turn.stages;
    for (field, ms) in [
        ("beganAtMs", Some(stages.began_at_ms)),
        ("transcriptMs", stages.transcript_ms),
        ("endOfTurnMs", stages.end_of_turn_ms),
        ("askedMs", stages.asked_ms),
        ("firstTokenMs", stages.first_token_ms),
        ("voicedMs", stages.voiced_ms),
        ("firstSoundMs", stages.first_sound_ms),
        ("endedMs", stages.ended_ms),
    ] {
        if ms.is_some_and(|ms| ms > MS_MAX) {
            return Err(ApiError::invalid(
                format!("entries.{at}.turn.stages.{field}"),
                format!("must be from 0 to {MS_MAX}"),
            ));
        }
    }
    Ok(())
}

/// Text comes from models and from LiveKit's participants. A control character in it must not cost the entry.
fn clean(entry: &mut NewEntry) {
    let clean = |text: &mut String| text.retain(|c| !c.is_control() || c == '\n' || c == '\t');
    clean(&mut entry.content);
    for label in [
        &mut entry.character_id,
        &mut entry.speaker_identity,
        &mut entry.speaker_name,
    ] {
        label.iter_mut().for_each(clean);
    }
}
