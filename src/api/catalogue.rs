//! Every code that an error may carry: what it means and what to do about it.
//!
//! The document's `ErrorAnswer` lists these codes, `docs/api.md` and `/docs` show the table, and tests refuse a
//! code that is not here. A new code is a line in [`ERRORS`].

use serde::Serialize;

/// One code.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Known {
    /// HTTP status it comes with.
    pub status: u16,
    /// As it stands in `error.code`.
    pub code: &'static str,
    /// What happened, and what to do about it.
    pub meaning: &'static str,
}

const fn known(status: u16, code: &'static str, meaning: &'static str) -> Known {
    Known {
        status,
        code,
        meaning,
    }
}

/// All codes, by status.
pub const ERRORS: &[Known] = &[
    known(
        400,
        "invalid_json",
        "The body is not JSON. Look at the line and column that the message names.",
    ),
    known(
        401,
        "unauthorized",
        "No key, or an unknown, revoked or expired one. Send `Authorization: Bearer <key>`.",
    ),
    known(
        403,
        "invalid_link",
        "The link is not one of ours, or was changed. Ask for the recordings again.",
    ),
    known(
        403,
        "link_expired",
        "The link has expired. Ask for the recordings again.",
    ),
    known(
        403,
        "minutes_used_up",
        "The project's rooms have played all their minutes of today (UTC). Start again tomorrow, or raise the bound.",
    ),
    known(
        403,
        "not_a_member",
        "Only members of the room may do this. Join it first.",
    ),
    known(
        403,
        "pass_refused",
        "The link to the pages was used, has expired, or is not one of ours. `troupe login` makes another.",
    ),
    known(
        403,
        "read_only",
        "The character comes with the deployment. Make one of your own.",
    ),
    known(
        403,
        "role_required",
        "Only the room's owner, or its owner and admins, may do this; the message says who.",
    ),
    known(
        403,
        "wrong_key_kind",
        "This path takes keys of another kind; the message names it.",
    ),
    known(
        404,
        "not_found",
        "There is no such object or path, or the object is another project's.",
    ),
    known(
        405,
        "method_not_allowed",
        "The path has no such method. The `Allow` header lists those it has.",
    ),
    known(
        409,
        "character_missing",
        "The premade role-play's character was deleted. Prepare another role-play.",
    ),
    known(
        409,
        "idempotency_key_reused",
        "The `Idempotency-Key` was used with another body. Use a new key.",
    ),
    known(
        409,
        "interview_expired",
        "Nobody began the interview in time. Make another one.",
    ),
    known(
        409,
        "interview_finished",
        "The interview is over. Make another one.",
    ),
    known(
        409,
        "interview_not_started",
        "The respondent has not joined yet, so there is nothing to end.",
    ),
    known(
        409,
        "no_characters",
        "There is no character that could interview. Make one.",
    ),
    known(
        409,
        "no_participants",
        "A room needs a character before it starts. Add one.",
    ),
    known(
        409,
        "owner_must_hand_over",
        "The room needs an owner. Give that role to another member first.",
    ),
    known(
        409,
        "report_not_ready",
        "The report is written after the end of the talk. Ask again in some seconds.",
    ),
    known(409, "room_active", "The room goes on. End it first."),
    known(409, "room_ended", "The room is over. Make another one."),
    known(
        409,
        "room_full",
        "The room holds as many characters or members as it may. Remove one first.",
    ),
    known(
        409,
        "segment_differs",
        "A worker stored another segment in this place. Count on.",
    ),
    known(
        409,
        "sequence_gap",
        "A worker left out an entry. Send the missing ones first.",
    ),
    known(
        409,
        "stale_epoch",
        "The worker no longer holds the room. Leave it and post nothing.",
    ),
    known(
        409,
        "too_many_webhooks",
        "The project has as many webhooks as it may. Delete one first.",
    ),
    known(
        409,
        "unknown_track",
        "A worker did not tell of this track. Tell of it first.",
    ),
    known(
        413,
        "body_too_large",
        "The body is larger than the message says. Send less at once.",
    ),
    known(
        415,
        "unsupported_media_type",
        "Send the body as the media type that the message names, nearly always `application/json`.",
    ),
    known(
        416,
        "range_not_satisfiable",
        "The file has no such bytes. `Content-Range` says how many it has.",
    ),
    known(
        422,
        "invalid_request",
        "On the live surface: the body is not JSON, or a name in the path can't be used.",
    ),
    known(
        422,
        "validation_error",
        "A field or parameter can't be used. `param` names it, the message says what it must be.",
    ),
    known(
        429,
        "rate_limited",
        "The key or its project asks too often. Wait for `Retry-After` seconds.",
    ),
    known(
        429,
        "too_many_rooms",
        "As many rooms of the project play as may. End one, or wait.",
    ),
    known(
        502,
        "livekit_error",
        "LiveKit did not answer, or refused. Try again; then look at the server's logs.",
    ),
    known(
        503,
        "busy",
        "The server does too much of this at the moment. Try again after `Retry-After` seconds.",
    ),
    known(
        503,
        "deadline_exceeded",
        "The request took too long. Try again after `Retry-After` seconds.",
    ),
    known(
        503,
        "failed",
        "The server failed at this request. Try again; then look at the server's logs.",
    ),
    known(
        503,
        "overloaded",
        "The server has its hands full. Try again after `Retry-After` seconds.",
    ),
    known(
        503,
        "recordings_unavailable",
        "The store of recordings did not answer. Try again after `Retry-After` seconds.",
    ),
    known(
        503,
        "room_busy",
        "Too many messages of the room wait for their replies. Send the message again after `Retry-After` seconds.",
    ),
    known(
        503,
        "store_unavailable",
        "The database did not answer. Try again after `Retry-After` seconds.",
    ),
    known(
        503,
        "too_many_conversions",
        "Too many recordings are being converted. Try again later, or take the Opus file.",
    ),
    known(
        503,
        "too_many_replies",
        "The server writes as many replies as it may. Send the message again after `Retry-After` seconds.",
    ),
    known(
        503,
        "too_many_streams",
        "Too many event streams are open. Try again later, or read the transcript.",
    ),
    known(
        503,
        "video_recording_unavailable",
        "No LiveKit Egress is configured, or none takes the room. Send `recordVideo` as false.",
    ),
];
