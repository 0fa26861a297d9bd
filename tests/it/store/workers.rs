//! Workers, their leases, and what they are told.

use troupe::protocol::{HeartbeatRequest, ReleaseReason};
use troupe::rooms::lease::LEASE_MS;
use troupe::rooms::store::PendingChange;

use super::setup::{code, entry, project, release, started_room};

fn beat(worker: &str) -> HeartbeatRequest {
    HeartbeatRequest {
        worker_id: worker.into(),
        rooms: Vec::new(),
        draining: false,
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

    async fn a_room_whose_holders_all_lapse_is_given_up_and_its_last_holder_told(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        for epoch in 1..=8 {
            let made = store.claim(&format!("w{epoch}"), "r", 1).await.unwrap();
            assert_eq!(made.claimed[0].epoch, epoch);
            database.alter("UPDATE workers SET lease_until = 0", &[]).await;
        }
        let made = store.claim("w9", "r", 1).await.unwrap();
        assert_eq!((made.claimed.len(), &made.given_up[..]), (0, &[room.clone()][..]));
        let (_, told) = store.changes("w8", 0).await.unwrap();
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
