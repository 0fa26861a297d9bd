//! The timeline.

use troupe::protocol::{SpeakerType, Turn, TurnCue, TurnEnd, TurnStages};
use troupe::rooms::list::After;

use super::setup::{code, entry, project, started_room};

on_both! {
    async fn an_entry_is_kept_as_it_came(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        store.claim("w", "r", 1).await.unwrap();
        let text = "Grüße, 世界! \u{1f600}\n\t'; DROP TABLE entries; -- ?1 $1";
        let mut spoken = entry(1, text);
        spoken.speaker_type = SpeakerType::Agent;
        spoken.character_id = Some("ada".into());
        spoken.speaker_name = Some("Ada".into());
        let turn = Turn {
            trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
            stages: TurnStages {
                cue: TurnCue::Answer,
                end: TurnEnd::Cut,
                began_at_ms: 4_000,
                transcript_ms: Some(310),
                end_of_turn_ms: Some(420),
                asked_ms: None,
                first_token_ms: None,
                voiced_ms: None,
                first_sound_ms: Some(700),
                ended_ms: Some(2_000),
            },
        };
        spoken.turn = Some(turn.clone());
        store.append_entries(&room, "w", 1, &[spoken, entry(2, "")]).await.unwrap();
        let entries = store.entries(&room, After::Nothing, None, "after").await.unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].content, text);
        assert_eq!(entries[0].speaker_type, SpeakerType::Agent);
        assert_eq!(entries[0].character_id.as_deref(), Some("ada"));
        assert_eq!(entries[0].speaker_name.as_deref(), Some("Ada"));
        assert_eq!(entries[0].trace_id, Some(turn.trace_id));
        assert_eq!(entries[0].stages, Some(turn.stages));
        assert_eq!((&entries[1].trace_id, &entries[1].stages), (&None, &None));
        assert_eq!(entries[1].speaker_type, SpeakerType::User);
        assert_eq!(entries[1].speaker_identity.as_deref(), Some("somebody"));
        assert!(entries[0].created_at <= entries[1].created_at && entries[0].seq < entries[1].seq);
    }

    async fn a_batch_with_a_gap_is_refused_whole(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        store.claim("w", "r", 1).await.unwrap();
        let batch = [entry(1, "a"), entry(3, "c")];
        assert_eq!(code(store.append_entries(&room, "w", 1, &batch).await), "sequence_gap");
        assert!(store.entries(&room, After::Nothing, None, "after").await.unwrap().is_empty());
        assert_eq!(store.append_entries(&room, "w", 1, &[entry(1, "a")]).await.unwrap(), 1);
        let repeated = [entry(1, "another"), entry(2, "b")];
        assert_eq!(store.append_entries(&room, "w", 1, &repeated).await.unwrap(), 2);
        let entries = store.entries(&room, After::Nothing, None, "after").await.unwrap();
        assert_eq!((entries[0].content.as_str(), entries[1].content.as_str()), ("a", "b"));
    }

    async fn a_page_begins_after_an_entry_of_the_room(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let (room, other) = (started_room(store, &one).await, started_room(store, &one).await);
        store.claim("w", "r", 2).await.unwrap();
        store.append_entries(&room, "w", 1, &[entry(1, "a"), entry(2, "b")]).await.unwrap();
        let entries = store.entries(&room, After::Nothing, Some(1), "after").await.unwrap();
        let first = entries[0].id.as_str();
        let rest = store.entries(&room, After::Item(first), None, "after").await.unwrap();
        assert_eq!(rest[0].content, "b");
        assert_eq!(code(store.entries(&other, After::Item(first), None, "Last-Event-ID").await), "Last-Event-ID");
    }
}
