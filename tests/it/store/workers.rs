//! Workers, their leases, and what they are told.

use troupe::protocol::{HeartbeatRequest, Held, ReleaseReason};
use troupe::rooms::lease::LEASE_MS;
use troupe::rooms::list::After;
use troupe::rooms::store::{Asking, PendingChange, RoomNote};

use super::setup::{code, entry, project, release, started_room};

fn beat(worker: &str) -> HeartbeatRequest {
    HeartbeatRequest {
        worker_id: worker.into(),
        rooms: Vec::new(),
        draining: false,
        beat: None,
        notes: Vec::new(),
    }
}

on_both! {
    async fn a_lapsed_holder_is_fenced_off(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        assert_eq!(store.claim("w1", "r", 1).await.unwrap().claimed[0].epoch, 1);
        let waits = store.claim("w2", "r", 1).await.unwrap();
        assert!(waits.claimed.is_empty() && (0..=LEASE_MS).contains(&waits.next_in_ms.unwrap()));
        database.alter("UPDATE workers SET lease_until = 0 WHERE id = $1", &["w1"]).await;
        assert_eq!(store.claim("w2", "r", 1).await.unwrap().claimed[0].epoch, 2);
        assert_eq!(code(store.append_entries(&room, "w1", 1, &[entry(1, "late")]).await), "stale_epoch");
        assert_eq!(code(store.append_entries(&room, "w1", 2, &[entry(1, "late")]).await), "stale_epoch");
        assert_eq!(code(store.release(&room, &release("w1", 1, ReleaseReason::Ended)).await), "stale_epoch");
        store.append_entries(&room, "w2", 2, &[entry(1, "mine")]).await.unwrap();
    }

    async fn a_lapsed_worker_that_waits_is_given_nothing_until_it_asks_anew(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        started_room(store, &one).await;
        assert_eq!(store.claim("w1", "r1", 1).await.unwrap().claimed.len(), 1);
        started_room(store, &one).await;
        database.alter("UPDATE workers SET lease_until = 0", &[]).await;
        let waits = store.claim_if("w1", "r2", 2, Asking::Still).await.unwrap();
        assert!(waits.is_out_of_touch && waits.claimed.is_empty());
        // One that holds nothing has nothing to lapse.
        let other = store.claim_if("w2", "r1", 1, Asking::Still).await.unwrap();
        assert!(!other.is_out_of_touch && other.claimed.len() == 1);
        let asks = store.claim_if("w1", "r2", 2, Asking::Now).await.unwrap();
        assert!(!asks.is_out_of_touch && asks.claimed.len() == 1);
    }

    async fn a_room_whose_holders_all_lapse_is_given_up_and_its_last_holder_told(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        for epoch in 1..=3 {
            let made = store.claim(&format!("w{epoch}"), "r", 1).await.unwrap();
            assert_eq!(made.claimed[0].epoch, epoch);
            database.alter("UPDATE workers SET lease_until = 0", &[]).await;
        }
        let made = store.claim("w9", "r", 1).await.unwrap();
        assert_eq!((made.claimed.len(), &made.given_up[..]), (0, &[room.clone()][..]));
        let (_, told) = store.changes("w3", 0).await.unwrap();
        assert!(matches!(&told[..], [PendingChange::RoomEnded { room_id }] if *room_id == room), "{told:?}");
        assert!(store.room(&one, &room).await.unwrap().ended_at.is_some());
    }

    async fn only_silent_workers_without_rooms_are_forgotten(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        store.claim("holder", "r", 1).await.unwrap();
        store.heartbeat(&beat("idle")).await.unwrap();
        let later = store.now().await.unwrap().plus_ms(2 * LEASE_MS);
        store.forget_workers(later).await.unwrap();
        // Its lease counts still, so nobody else gets the room.
        assert!(store.claim("other", "r", 1).await.unwrap().claimed.is_empty());
        store.release(&room, &release("holder", 1, ReleaseReason::Empty)).await.unwrap();
        store.forget_workers(later).await.unwrap();
        database.alter("INSERT INTO workers (id, lease_until) VALUES ($1, 0)", &["holder"]).await;
        database.alter("INSERT INTO workers (id, lease_until) VALUES ($1, 0)", &["idle"]).await;
    }

    async fn what_was_said_under_a_claim_that_is_over_comes_late_and_once(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        store.claim("w1", "r", 1).await.unwrap();
        store.append_entries(&room, "w1", 1, &[entry(1, "first")]).await.unwrap();
        database.alter("UPDATE workers SET lease_until = 0 WHERE id = $1", &["w1"]).await;
        store.claim("w2", "r", 1).await.unwrap();
        store.append_entries(&room, "w2", 2, &[entry(1, "meanwhile")]).await.unwrap();
        let left = [entry(1, "first"), entry(2, "late")];
        assert_eq!(code(store.append_entries(&room, "w1", 1, &left).await), "stale_epoch");
        for _ in 0..2 {
            assert_eq!(store.append_late(&room, "w1", 1, &left).await.unwrap(), 2);
        }
        assert_eq!(code(store.append_late(&room, "w1", 1, &[entry(4, "a gap")]).await), "sequence_gap");
        assert_eq!(code(store.append_late(&room, "w2", 1, &[entry(3, "not its own")]).await), "stale_epoch");
        assert_eq!(code(store.append_late(&room, "w1", 3, &[entry(1, "to come")]).await), "stale_epoch");
        // What its holder hands in is not late, however it is called.
        assert_eq!(store.append_late(&room, "w2", 2, &[entry(2, "mine")]).await.unwrap(), 2);
        let entries = store.entries(&room, After::Nothing, None, "after").await.unwrap();
        let told: Vec<(&str, bool)> = entries.iter().map(|entry| (entry.content.as_str(), entry.late)).collect();
        assert_eq!(told, [("first", false), ("meanwhile", false), ("late", true), ("mine", false)]);
        store.release(&room, &release("w2", 2, ReleaseReason::Empty)).await.unwrap();
        assert_eq!(code(store.append_late(&room, "w1", 1, &[entry(3, "too late")]).await), "stale_epoch");
    }

    async fn a_note_is_kept_for_the_next_holder_and_fenced(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        let note = |epoch, note: Option<&str>| [RoomNote {
            room_id: room.clone(),
            epoch,
            note: note.map(Into::into),
        }];
        let first = store.claim("w1", "r", 1).await.unwrap();
        assert_eq!(first.claimed[0].note, None);
        store.note_down("w1", &note(1, Some("under way"))).await.unwrap();
        store.note_down("w2", &note(1, Some("another worker's"))).await.unwrap();
        store.note_down("w1", &note(2, Some("of another epoch"))).await.unwrap();
        store.release(&room, &release("w1", 1, ReleaseReason::Draining)).await.unwrap();
        let next = store.claim("w2", "r", 1).await.unwrap();
        assert_eq!(next.claimed[0].note.as_deref(), Some("under way"));
        store.note_down("w1", &note(1, Some("too late"))).await.unwrap();
        store.note_down("w2", &note(2, None)).await.unwrap();
        store.release(&room, &release("w2", 2, ReleaseReason::Draining)).await.unwrap();
        assert_eq!(store.claim("w3", "r", 1).await.unwrap().claimed[0].note, None);
    }

    async fn a_heartbeat_that_was_overtaken_opens_nothing(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        store.claim("w1", "r", 1).await.unwrap();
        let number = |number, rooms: Vec<Held>| HeartbeatRequest {
            beat: Some(number),
            rooms,
            ..beat("w1")
        };
        let held = vec![Held { room_id: room.clone(), epoch: 1 }];
        store.heartbeat(&number(2, held)).await.unwrap();
        database.alter("UPDATE rooms SET claimed_at = 0", &[]).await;
        let old = store.heartbeat(&number(1, Vec::new())).await.unwrap();
        assert!(!old.reopened && store.claim("w2", "r", 1).await.unwrap().claimed.is_empty());
        assert!(store.heartbeat(&number(3, Vec::new())).await.unwrap().reopened);
        assert_eq!(store.claim("w2", "r", 1).await.unwrap().claimed.len(), 1);
    }

    async fn a_draining_workers_heartbeat_opens_what_it_never_heard_of(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        started_room(store, &one).await;
        store.claim("w1", "r", 1).await.unwrap();
        let draining = HeartbeatRequest { draining: true, ..beat("w1") };
        assert!(store.heartbeat(&draining).await.unwrap().reopened);
        assert_eq!(store.claim("w2", "r", 1).await.unwrap().claimed.len(), 1);
    }

    async fn changes_come_in_pages_and_are_forgotten_by_age(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        store.claim("w", "r", 1).await.unwrap();
        for _ in 0..120 {
            store.add_participant(&one, &room, "bob").await.unwrap();
            store.remove_participant(&one, &room, "bob").await.unwrap();
        }
        let (cursor, first) = store.changes("w", 0).await.unwrap();
        let (end, rest) = store.changes("w", cursor).await.unwrap();
        assert_eq!((first.len(), rest.len()), (200, 40));
        let (same, none) = store.changes("w", end).await.unwrap();
        assert!(same == end && none.is_empty());
        store.forget_changes(store.now().await.unwrap().plus_ms(1_000)).await.unwrap();
        assert!(store.changes("w", 0).await.unwrap().1.is_empty());
    }
}
