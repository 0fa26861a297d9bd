//! What many callers at once may not break.

use std::collections::HashSet;

use futures::future::join_all;
use troupe::rooms::list::After;
use troupe::rooms::room::{CAST_MAX, EndReason, Surface};
use troupe::rooms::store::Started;

use super::setup::{BOUNDLESS, entry, new_room, project, started_room};

on_both! {
    async fn fifty_calls_make_one_user(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let calls = (0..50).map(|_| store.find_or_create_user(&one, "new", Some("Kim"), Some("Integration")));
        let users: HashSet<String> = join_all(calls).await.into_iter().map(|user| user.unwrap().id).collect();
        assert_eq!(users.len(), 1);
    }

    async fn two_hundred_starts_are_one_and_lead_to_one_claim(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = store.insert_room(&one, new_room(Surface::Voice)).await.unwrap();
        store.add_participant(&one, &room.id, "ada").await.unwrap();
        let starts = join_all((0..200).map(|_| store.start_room(&one, &room.id, BOUNDLESS))).await;
        let begun = starts.into_iter().filter(|started| matches!(started, Ok(Started::Now)));
        assert_eq!(begun.count(), 1);
        let workers: Vec<String> = (0..40).map(|number| format!("w{number}")).collect();
        let claims = join_all(workers.iter().map(|worker| store.claim(worker, "r", 5))).await;
        assert_eq!(claims.into_iter().map(|made| made.unwrap().claimed.len()).sum::<usize>(), 1);
    }

    async fn workers_share_rooms_without_overlap(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        for _ in 0..30 {
            started_room(store, &one).await;
        }
        let workers: Vec<String> = (0..10).map(|number| format!("w{number}")).collect();
        let claims = join_all(workers.iter().map(|worker| store.claim(worker, "r", 6))).await;
        let mut rooms: Vec<String> = Vec::new();
        for made in claims {
            let claimed = made.unwrap().claimed;
            assert!(claimed.len() <= 6);
            rooms.extend(claimed.into_iter().map(|claimed| claimed.room.id));
        }
        let distinct: HashSet<&String> = rooms.iter().collect();
        assert_eq!(distinct.len(), rooms.len());
        // Who came while others held a lock may have gone away empty; a second round takes what is left.
        let again = join_all(workers.iter().map(|worker| store.claim(worker, "r2", 6))).await;
        let more: usize = again.into_iter().map(|made| made.unwrap().claimed.len()).sum();
        assert_eq!(rooms.len() + more, 30);
    }

    async fn a_repeated_claim_at_once_takes_no_more(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        for _ in 0..20 {
            started_room(store, &one).await;
        }
        let claims = join_all((0..8).map(|_| store.claim("w", "same", 3))).await;
        let rooms: Vec<Vec<String>> = claims
            .into_iter()
            .map(|made| made.unwrap().claimed.into_iter().map(|claimed| claimed.room.id).collect())
            .collect();
        assert!(rooms.iter().all(|taken| taken.len() == 3 && *taken == rooms[0]), "{rooms:?}");
    }

    async fn batches_at_once_are_stored_once_and_in_order(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = started_room(store, &one).await;
        store.claim("w", "r", 1).await.unwrap();
        let batch: Vec<_> = (1..=30).map(|sequence| entry(sequence, &sequence.to_string())).collect();
        let appends = (0..16).map(|part| store.append_entries(&room, "w", 1, &batch[..=part * 29 / 15]));
        for stored in join_all(appends).await {
            stored.unwrap();
        }
        let entries = store.entries(&room, After::Nothing, None, "after").await.unwrap();
        let spoken: Vec<String> = entries.into_iter().map(|entry| entry.content).collect();
        let expected: Vec<String> = (1..=30).map(|sequence| sequence.to_string()).collect();
        assert_eq!(spoken, expected);
    }

    async fn a_room_is_never_overfull(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = store.insert_room(&one, new_room(Surface::Voice)).await.unwrap();
        let characters: Vec<String> = (0..CAST_MAX + 10).map(|number| number.to_string()).collect();
        let adds = characters.iter().map(|character| store.add_participant(&one, &room.id, character));
        let refused = join_all(adds).await.into_iter().filter(Result::is_err).count();
        assert_eq!(refused, 10);
    }

    async fn changes_of_many_rooms_are_all_seen(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let mut rooms = Vec::new();
        for _ in 0..12 {
            rooms.push(started_room(store, &one).await);
        }
        assert_eq!(store.claim("w", "r", 12).await.unwrap().claimed.len(), 12);
        let write = join_all(rooms.iter().map(async |room| {
            for character in ["b", "c", "d", "e"] {
                store.add_participant(&one, room, character).await.unwrap();
            }
            store.end_room(&one, room, EndReason::Requested).await.unwrap();
        }));
        let read = async {
            let (mut cursor, mut seen) = (0, 0);
            while seen < 12 * 5 {
                let (next, changes) = store.changes("w", cursor).await.unwrap();
                cursor = next;
                seen += changes.len();
                tokio::task::yield_now().await;
            }
            seen
        };
        let (_, seen) = tokio::join!(write, read);
        assert_eq!(seen, 60);
    }
}
