//! Webhooks, the outbox and LiveKit's side of rooms.

use troupe::protocol::Mode;
use troupe::rooms::list::After;
use troupe::rooms::room::{EndReason, NewRoom, Surface};
use troupe::rooms::store::Store;
use troupe::rooms::webhooks::event::EventKind;
use troupe::rooms::webhooks::record::{
    DeliveryStatus, DisabledReason, NewWebhook, WEBHOOKS_MAX, WebhookChange,
};
use troupe::rooms::webhooks::schedule::{Fault, Outcome};
use troupe::rooms::webhooks::{DELIVERIES_PER_WEBHOOK, LEASE_MS};

use super::setup::{BOUNDLESS, code, entry, new_room, project, started_room};

async fn webhook(store: &Store, project: &str, id: &str, events: &[EventKind]) {
    let new = NewWebhook {
        url: "https://a.example/".into(),
        description: None,
        events: events.to_vec(),
    };
    store.insert_webhook(project, id, b"sealed", new).await.unwrap();
}

/// Stores so many entries of a new room.
async fn say(store: &Store, project: &str, count: u64) {
    let room = started_room(store, project).await;
    let epoch = store.claim("w", "r", 1).await.unwrap().claimed.remove(0).epoch;
    let entries: Vec<_> = (1..=count).map(|sequence| entry(sequence, "a")).collect();
    store.append_entries(&room, "w", epoch, &entries).await.unwrap();
}

on_both! {
    async fn webhooks_belong_to_their_project_and_are_so_many(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        for number in 0..WEBHOOKS_MAX {
            webhook(store, &one, &format!("wh_{number:02}"), &[EventKind::RoomEnded]).await;
        }
        let new = NewWebhook { url: "https://a.example/".into(), description: None, events: vec![EventKind::RoomEnded] };
        assert_eq!(code(store.insert_webhook(&one, "wh_more", b"", new).await), "too_many_webhooks");
        let page = store.webhooks(&one, After::Item("wh_05"), Some(2)).await.unwrap();
        assert_eq!(page.iter().map(|webhook| webhook.id.as_str()).collect::<Vec<_>>(), ["wh_06", "wh_07"]);
        assert_eq!(code(store.webhooks(&two, After::Item("wh_05"), None).await), "after");
        for missing in [store.webhook(&two, "wh_05").await, store.delete_webhook(&two, "wh_05").await,
            store.update_webhook(&two, "wh_05", WebhookChange::default()).await] {
            assert_eq!(code(missing), "webhook");
        }
        assert_eq!(store.delete_webhook(&one, "wh_05").await.unwrap().id, "wh_05");
        assert_eq!(store.webhooks(&one, After::Nothing, None).await.unwrap().len() as i64, WEBHOOKS_MAX - 1);
        assert_eq!(code(store.webhooks(&one, After::Item("wh_05"), None).await), "after");
        let rest = store.webhooks(&one, After::Position(page[0].seq - 1), Some(1)).await.unwrap();
        assert_eq!(rest[0].id, "wh_06", "a position stays where it is");
    }

    async fn two_changes_at_once_both_take_effect(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        webhook(store, &one, "wh_1", &EventKind::OFFERED).await;
        let url = WebhookChange { url: Some("https://b.example/".into()), ..Default::default() };
        let description = WebhookChange { description: Some(Some("b".into())), ..Default::default() };
        let (first, second) = tokio::join!(store.update_webhook(&one, "wh_1", url), store.update_webhook(&one, "wh_1", description));
        first.and(second).unwrap();
        let now = store.webhook(&one, "wh_1").await.unwrap();
        assert_eq!((now.url.as_str(), now.description.as_deref()), ("https://b.example/", Some("b")));
    }

    async fn facts_are_queued_in_the_transaction_that_makes_them_true(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        webhook(store, &one, "wh_1", &EventKind::OFFERED).await;
        let room = started_room(store, &one).await;
        let claimed = store.claim("w", "r", 1).await.unwrap().claimed.remove(0);
        store.append_entries(&room, "w", claimed.epoch, &[entry(1, "a"), entry(2, "b")]).await.unwrap();
        store.append_entries(&room, "w", claimed.epoch, &[entry(2, "b"), entry(3, "c")]).await.unwrap();
        // Nothing was stored, so nothing happened.
        assert!(store.append_entries(&room, "w", claimed.epoch, &[entry(4, "d"), entry(6, "f")]).await.is_err());
        store.end_room(&one, &room, EndReason::Requested).await.unwrap();
        store.end_room(&one, &room, EndReason::Requested).await.unwrap();
        let mut kinds: Vec<EventKind> = store.deliveries("wh_1", After::Nothing, None).await.unwrap().iter().map(|delivery| delivery.event_type).collect();
        kinds.reverse();
        use EventKind::{EntryCreated, RoomEnded, RoomStarted};
        assert_eq!(kinds, [RoomStarted, EntryCreated, EntryCreated, EntryCreated, RoomEnded]);
    }

    async fn each_webhook_has_so_many_under_way(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        for id in ["wh_1", "wh_2"] {
            webhook(store, &one, id, &[EventKind::EntryCreated]).await;
        }
        say(store, &one, 6).await;
        let now = store.now().await.unwrap();
        assert!(store.take_due(now.plus_ms(-60_000), 100, &[]).await.unwrap().is_empty(), "not due yet");
        let count = |taken: &[troupe::rooms::store::Due], id: &str| taken.iter().filter(|due| due.webhook_id == id).count() as u32;
        let taken = store.take_due(now, 100, &[]).await.unwrap();
        assert_eq!((count(&taken, "wh_1"), count(&taken, "wh_2")), (DELIVERIES_PER_WEBHOOK, DELIVERIES_PER_WEBHOOK));
        assert!(taken.iter().all(|due| due.attempt == 1 && due.taken_at == now));
        let more = store.take_due(now, 100, &["wh_1".into()]).await.unwrap();
        assert_eq!((count(&more, "wh_1"), count(&more, "wh_2")), (0, 2));
        assert_eq!(store.take_due(now, 1, &[]).await.unwrap().len(), 1);
        assert_eq!(store.take_due(now, 100, &[]).await.unwrap().len(), 1);
        assert!(store.take_due(now.plus_ms(LEASE_MS - 1), 100, &[]).await.unwrap().is_empty());
        assert_eq!(store.take_due(now.plus_ms(LEASE_MS), 5, &[]).await.unwrap().len(), 5);
    }

    async fn a_late_outcome_is_nobodys(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        webhook(store, &one, "wh_1", &[EventKind::EntryCreated]).await;
        say(store, &one, 1).await;
        let now = store.now().await.unwrap();
        let first = store.take_due(now, 1, &[]).await.unwrap().remove(0);
        let later = now.plus_ms(LEASE_MS);
        let second = store.take_due(later, 1, &[]).await.unwrap().remove(0);
        assert_eq!((first.delivery_id.as_str(), second.attempt), (second.delivery_id.as_str(), 2));
        store.settle(&second, Outcome::Answered(200), 5, 0.5, later).await.unwrap();
        store.settle(&first, Outcome::Failed(Fault::Timeout), 5, 0.5, later).await.unwrap();
        let delivery = store.delivery("wh_1", &first.delivery_id).await.unwrap();
        assert_eq!((delivery.status, delivery.attempts), (DeliveryStatus::Delivered, 2));
        assert_eq!(store.webhook(&one, "wh_1").await.unwrap().failing_since, None);
    }

    async fn what_was_disabled_stays_so_whatever_comes_late(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        webhook(store, &one, "wh_1", &[EventKind::EntryCreated]).await;
        say(store, &one, 1).await;
        let now = store.now().await.unwrap();
        let due = store.take_due(now, 1, &[]).await.unwrap().remove(0);
        let change = WebhookChange { enabled: Some(false), ..Default::default() };
        store.update_webhook(&one, "wh_1", change).await.unwrap();
        assert_eq!(store.settle(&due, Outcome::Answered(410), 5, 0.5, now).await.unwrap(), None);
        assert_eq!(store.webhook(&one, "wh_1").await.unwrap().disabled_reason, Some(DisabledReason::Requested));
        assert_eq!(store.delivery("wh_1", &due.delivery_id).await.unwrap().status, DeliveryStatus::Failed);
        // Deleted meanwhile is no failure.
        store.delete_webhook(&one, "wh_1").await.unwrap();
        assert_eq!(store.settle(&due, Outcome::Answered(200), 5, 0.5, now).await.unwrap(), None);
    }

    async fn an_event_of_livekit_is_new_once(database) {
        let store = &database.store;
        assert!(store.note_livekit_event("EV_1").await.unwrap());
        assert!(!store.note_livekit_event("EV_1").await.unwrap());
        store.forget_livekit_event("EV_1").await.unwrap();
        assert!(store.note_livekit_event("EV_1").await.unwrap());
        let now = store.now().await.unwrap();
        store.forget_livekit_side(now.plus_ms(-60_000)).await.unwrap();
        assert!(!store.note_livekit_event("EV_1").await.unwrap());
        store.forget_livekit_side(now.plus_ms(60_000)).await.unwrap();
        assert!(store.note_livekit_event("EV_1").await.unwrap());
    }

    async fn started_rooms_are_compared_page_by_page(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let waiting = store.insert_room(&one, new_room(Surface::Voice)).await.unwrap();
        let first = started_room(store, &one).await;
        let scripted = NewRoom { mode: Mode::Scripted, ..new_room(Surface::Voice) };
        let second = store.insert_room(&one, scripted).await.unwrap();
        store.add_participant(&one, &second.id, "ada").await.unwrap();
        store.start_room(&one, &second.id, BOUNDLESS).await.unwrap();
        let over = started_room(store, &one).await;
        store.end_room(&one, &over, EndReason::Empty).await.unwrap();

        let now = store.now().await.unwrap();
        store.watch_room(&first, now).await.unwrap();
        store.watch_room(&first, now.plus_ms(5)).await.unwrap();
        let page = store.rooms_played(0, 1).await.unwrap();
        assert_eq!((page[0].room_id.as_str(), page[0].mode, page[0].nobody_since), (first.as_str(), Mode::Freeform, Some(now)));
        let rest = store.rooms_played(page[0].seq, 10).await.unwrap();
        assert_eq!(rest.len(), 1);
        assert_eq!((rest[0].room_id.as_str(), rest[0].mode, rest[0].nobody_since), (second.id.as_str(), Mode::Scripted, None));
        store.unwatch_room(&first).await.unwrap();
        assert_eq!(store.rooms_played(0, 1).await.unwrap()[0].nobody_since, None);

        let found = store.room_played_in(&page[0].livekit_room).await.unwrap().unwrap();
        assert_eq!((found.room_id, found.project_id, found.started), (first, one.clone(), true));
        assert!(!store.room_played_in(&waiting.livekit_room).await.unwrap().unwrap().started);
        assert_eq!(store.room_played_in("nowhere").await.unwrap(), None);
    }
}
