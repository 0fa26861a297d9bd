//! Rooms of all surfaces.

use troupe::rooms::list::After;
use troupe::rooms::room::{CAST_MAX, Surface};

use super::setup::{code, new_room, project};

on_both! {
    async fn each_surface_names_its_rooms(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        for surface in Surface::ALL {
            let room = store.insert_room(&one, new_room(surface)).await.unwrap();
            let expected = match surface {
                Surface::Voice | Surface::Chat => format!("p_{one}__{}", room.id),
                Surface::Roleplay => format!("p_{one}__rp_{}", room.id),
                Surface::Interview => format!("p_{one}__iv_{}", room.id),
            };
            assert_eq!(room.livekit_room, expected);
            assert_eq!(room.id.starts_with("room_"), matches!(surface, Surface::Voice | Surface::Chat));
            assert_eq!(store.room(&one, &room.id).await.unwrap().surface, surface);
        }
        let listed = store.active_rooms(&one, After::Nothing, None).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].surface, Surface::Voice);
    }

    async fn a_page_begins_after_a_voice_room_of_the_project(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        let chat = store.insert_room(&one, new_room(Surface::Chat)).await.unwrap();
        let other = store.insert_room(&two, new_room(Surface::Voice)).await.unwrap();
        for after in [&chat.id, &other.id, "room_unknown"] {
            assert_eq!(code(store.active_rooms(&one, After::Item(after), None).await), "after");
        }
    }

    async fn a_room_holds_so_many_characters(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let room = store.insert_room(&one, new_room(Surface::Voice)).await.unwrap();
        for number in 0..CAST_MAX {
            store.add_participant(&one, &room.id, &number.to_string()).await.unwrap();
        }
        assert_eq!(code(store.add_participant(&one, &room.id, "more").await), "room_full");
        assert!(!store.add_participant(&one, &room.id, "7").await.unwrap().new);
        let removed = store.remove_participant(&one, &room.id, "7").await.unwrap();
        let added = store.add_participant(&one, &room.id, "7").await.unwrap();
        assert_ne!(added.participant.conversation_id, removed.participant.conversation_id);
    }
}
