//! Recordings: what workers hand in, and what becomes of it.

use bytes::Bytes;
use troupe::rooms::list::After;
use troupe::protocol::{RecordedTrack, RecordingRequest, ReleaseReason, TrackKind};
use troupe::rooms::Timestamp;
use troupe::rooms::recording::{NewSegment, Recording, SegmentStored};
use troupe::rooms::room::{EndReason, Surface};
use troupe::rooms::store::Store;

use super::setup::{BOUNDLESS, code, new_room, project, release};

/// A room that is recorded, claimed by `w` under epoch 1.
async fn recorded_room(store: &Store, project: &str) -> String {
    let mut new = new_room(Surface::Voice);
    new.record = true;
    let room = store.insert_room(project, new).await.unwrap();
    assert!(room.record);
    store.add_participant(project, &room.id, "ada").await.unwrap();
    store.start_room(project, &room.id, BOUNDLESS).await.unwrap();
    let claims = store.claim("w", &room.id, 1).await.unwrap();
    assert!(claims.claimed[0].room.record);
    room.id
}

fn told(epoch: u64, segments: Option<u32>) -> RecordingRequest {
    let track = RecordedTrack {
        track: 1,
        kind: TrackKind::Participant,
        identity: "guest".into(),
        name: Some("Grüße, 世界".into()),
        character_id: None,
        segments,
        fault: None,
    };
    RecordingRequest {
        worker_id: "w".into(),
        epoch,
        tracks: vec![track],
        finished: segments.is_some(),
    }
}

fn segment(room: &str, epoch: u64, sequence: u32, content: u8) -> NewSegment {
    NewSegment {
        room_id: room.into(),
        epoch,
        track: 1,
        sequence,
        start_ms: u64::from(sequence) * 10_000,
        packets: 500,
        blake3: [content; 32],
        file: Bytes::new(),
    }
}

fn recording(room: &str, id: &str, kind: TrackKind) -> Recording {
    Recording {
        id: id.into(),
        room_id: room.into(),
        kind,
        identity: None,
        name: None,
        character_id: None,
        reason: None,
        packets: 750,
        size_bytes: 30_000,
        started_at: Timestamp(5),
        created_at: Timestamp(0),
        seq: 0,
    }
}

on_both! {
    async fn what_is_handed_in_is_kept_once_under_its_epoch(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = recorded_room(store, &one).await;
        let first = segment(&room, 1, 1, 7);
        assert_eq!(code(store.insert_segment("w", &first).await), "unknown_track");
        store.tell_recording(&room, &told(1, None)).await.unwrap();
        assert_eq!(store.check_segment("w", &first).await.unwrap(), None);
        assert_eq!(store.insert_segment("w", &first).await.unwrap(), SegmentStored::New);
        assert_eq!(store.insert_segment("w", &first).await.unwrap(), SegmentStored::Already);
        assert_eq!(store.check_segment("w", &first).await.unwrap(), Some(SegmentStored::Already));
        assert_eq!(code(store.insert_segment("w", &segment(&room, 1, 1, 8)).await), "segment_differs");
        store.insert_segment("w", &segment(&room, 1, 2, 9)).await.unwrap();
        store.tell_recording(&room, &told(1, Some(2))).await.unwrap();
        let takes = store.takes(&room).await.unwrap();
        assert_eq!((takes.len(), takes[0].epoch, takes[0].finished), (1, 1, true));
        let track = &takes[0].tracks[0];
        assert_eq!(track.told, told(1, Some(2)).tracks[0]);
        let places: Vec<_> = track.segments.iter().map(|row| (row.sequence, row.start_ms, row.packets)).collect();
        assert_eq!(places, [(1, 10_000, 500), (2, 20_000, 500)]);
    }

    async fn nobody_but_the_holder_hands_in(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = recorded_room(store, &one).await;
        store.tell_recording(&room, &told(1, None)).await.unwrap();
        let other = segment(&room, 1, 1, 7);
        assert_eq!(code(store.insert_segment("another", &other).await), "stale_epoch");
        assert_eq!(code(store.insert_segment("w", &segment(&room, 2, 1, 7)).await), "stale_epoch");
        store.release(&room, &release("w", 1, ReleaseReason::Draining)).await.unwrap();
        assert_eq!(code(store.check_segment("w", &other).await), "stale_epoch");
        assert_eq!(code(store.tell_recording(&room, &told(1, None)).await), "stale_epoch");
        assert_eq!(code(store.check_segment("w", &segment("room_none", 1, 1, 7)).await), "room");
    }

    async fn a_room_waits_to_be_joined_until_its_holder_is_gone(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = recorded_room(store, &one).await;
        let ids = async |given_up| {
            let rooms = store.rooms_to_join(given_up, 10).await.unwrap();
            rooms.into_iter().map(|room| room.id).collect::<Vec<_>>()
        };
        let never = Timestamp(0);
        assert!(ids(never).await.is_empty(), "it goes on");
        store.end_room(&one, &room, EndReason::Requested).await.unwrap();
        assert!(ids(never).await.is_empty(), "its holder is there");
        let later = store.now().await.unwrap().plus_ms(1_000);
        assert_eq!(ids(later).await, [room.as_str()], "its holder is waited for no longer");
        store.release(&room, &release("w", 1, ReleaseReason::Ended)).await.unwrap();
        assert_eq!(ids(never).await, [room.as_str()]);
        assert!(store.insert_recordings(&room, &[]).await.unwrap());
        assert!(ids(never).await.is_empty());
    }

    async fn recordings_are_listed_in_their_order_and_forgotten(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = recorded_room(store, &one).await;
        store.tell_recording(&room, &told(1, None)).await.unwrap();
        store.insert_segment("w", &segment(&room, 1, 1, 7)).await.unwrap();
        assert!(store.rooms_with_spent_takes(10).await.unwrap().is_empty());
        let mut made = [recording(&room, "rec_b", TrackKind::Mix), recording(&room, "rec_a", TrackKind::Participant)];
        made[1].identity = Some("guest".into());
        made[1].reason = Some("worker_lost".into());
        assert!(store.insert_recordings(&room, &made).await.unwrap());
        let late = [recording(&room, "rec_c", TrackKind::Mix)];
        assert!(!store.insert_recordings(&room, &late).await.unwrap(), "another was faster");
        let mut listed = store.recordings(&room, After::Nothing, None).await.unwrap();
        for (listed, made) in listed.iter_mut().zip(&made) {
            assert!(listed.created_at > Timestamp(0));
            assert!(listed.seq > 0);
            listed.created_at = made.created_at;
            listed.seq = made.seq;
            assert_eq!(listed, made);
        }
        assert_eq!(listed.len(), 2);
        let rest = store.recordings(&room, After::Item("rec_b"), Some(5)).await.unwrap();
        assert_eq!((rest.len(), rest[0].id.as_str()), (1, "rec_a"));
        assert_eq!(code(store.recordings("room_none", After::Item("rec_b"), None).await), "after");
        assert_eq!(store.recording("rec_a").await.unwrap().identity.as_deref(), Some("guest"));
        assert_eq!(code(store.recording("rec_c").await), "recording");

        assert_eq!(store.rooms_with_spent_takes(10).await.unwrap(), [room.as_str()]);
        store.forget_takes(&room).await.unwrap();
        assert!(store.takes(&room).await.unwrap().is_empty());
        assert!(store.rooms_with_spent_takes(10).await.unwrap().is_empty());
        // Ten days and a moment later.
        let later = store.now().await.unwrap().plus_ms(10 * 24 * 3600 * 1000 + 1_000);
        let too_long = async |days| store.rooms_recorded_too_long(later, days, 10).await.unwrap();
        assert!(too_long(None).await.is_empty(), "without a word they are kept");
        assert!(too_long(Some(11)).await.is_empty());
        assert_eq!(too_long(Some(10)).await, [room.as_str()]);
        store.keep_recordings(&one, Some(11)).await.unwrap();
        assert!(too_long(Some(10)).await.is_empty(), "the project's own word counts");
        store.keep_recordings(&one, Some(10)).await.unwrap();
        assert_eq!(too_long(None).await, [room.as_str()]);
        store.keep_recordings(&one, None).await.unwrap();
        assert!(too_long(None).await.is_empty());
        store.forget_recordings(&room).await.unwrap();
        assert!(store.recordings(&room, After::Nothing, None).await.unwrap().is_empty());
    }
}
