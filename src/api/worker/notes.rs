//! What a worker has under way: its shape for the document, and its bounds.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, Schema};

use super::super::openapi::schema::{self, Body};
use crate::protocol::Note;

/// Most turns that a note keeps; the core lets no more wait.
const OWED_MAX: usize = 16;
/// Longest turn or speech in a note, characters.
const CONTENT_CHARS_MAX: usize = 5_000;

/// A note with its room.
pub(super) fn of_room() -> Body {
    Body::new("What is under way in one room.")
        .needs("roomId", "The room.", schema::string())
        .needs("epoch", "The claim's epoch.", schema::count())
        .needs("note", "What is under way.", note())
}

/// A note. What is too much of it, or of a later version, is left out: it must not cost the heartbeat.
pub(super) fn note() -> Body {
    let owed = Body::new("A person's turn that was not answered to the end.")
        .needs("identity", "LiveKit identity of the person.", schema::string())
        .needs("content", "Their words.", schema::string())
        .needs("entered", "Whether it stands in the timeline.", schema::boolean())
        .may(
            "characterId",
            "Who was about to answer.",
            schema::nullable_string(),
        )
        .open();
    let saying = Body::new("What a character has begun to say.")
        .needs("characterId", "Who speaks.", schema::string())
        .needs(
            "content",
            "The words up to the sentence that is being heard.",
            schema::string(),
        )
        .open()
        .or_null();
    Body::new("What is under way in a room.")
        .may(
            "owed",
            "Turns that want an answer, oldest first.",
            ArrayBuilder::new().items(RefOr::T(Schema::from(owed))),
        )
        .may("saying", "What a character has begun to say.", saying)
        .open()
}

/// Keeps a note small. Its text comes from models and people: what is too much of it must not cost the heartbeat.
pub(super) fn bound(note: &mut Note) {
    let clip = |text: &mut String| {
        *text = text
            .chars()
            .filter(|c| !c.is_control() || *c == '\n')
            .take(CONTENT_CHARS_MAX)
            .collect();
    };
    note.owed.truncate(OWED_MAX);
    for owed in &mut note.owed {
        clip(&mut owed.identity);
        clip(&mut owed.content);
        owed.character_id.iter_mut().for_each(clip);
    }
    if let Some(saying) = &mut note.saying {
        clip(&mut saying.character_id);
        clip(&mut saying.content);
    }
}
