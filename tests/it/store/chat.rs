//! Rooms of the group chat, their members and messages. Who may do what is tested where it is decided.

use futures::future::join_all;
use troupe::rooms::Timestamp;
use troupe::rooms::chat::{Acting, ChatRoomChange, Listed, MEMBERS_MAX, NewChatRoom, Page, Role};
use troupe::rooms::list::After;
use troupe::rooms::room::CAST_MAX;
use troupe::rooms::store::{Answer, Store};

use super::setup::{character, code, project};

const ALL: Page = Page {
    limit: 100,
    offset: 0,
};

/// A project with a user who owns a room.
struct Set {
    project: String,
    owner: String,
    room: String,
}

impl Set {
    async fn new(store: &Store) -> Self {
        let project = project(store, "one").await;
        let owner = user(store, &project, "owner").await;
        let room = room(store, &project, &owner, &["ada"]).await;
        Self { project, owner, room }
    }

    fn by<'a>(&'a self, user_id: &'a str) -> Acting<'a> {
        Acting {
            project_id: &self.project,
            user_id,
            room_id: &self.room,
        }
    }

    fn owner(&self) -> Acting<'_> {
        self.by(&self.owner)
    }
}

async fn user(store: &Store, project: &str, name: &str) -> String {
    store
        .find_or_create_user(project, name, Some(name), None)
        .await
        .unwrap()
        .id
}

async fn room(store: &Store, project: &str, owner: &str, cast: &[&str]) -> String {
    let new = NewChatRoom {
        name: "Kitchen".into(),
        description: Some("Where we cook.".into()),
        is_public: false,
        character_ids: cast.iter().map(|&id| id.to_owned()).collect(),
    };
    store.insert_chat_room(project, owner, new).await.unwrap().id
}

on_both! {
    async fn a_new_room_is_whole(database) {
        let store = &database.store;
        let set = Set::new(store).await;
        store.insert_character(&set.project, character("character_1")).await.unwrap();
        store.add_chat_character(set.owner(), "character_1").await.unwrap();
        let room = store.chat_room(set.owner()).await.unwrap();
        assert_eq!((room.name.as_str(), room.description.as_deref()), ("Kitchen", Some("Where we cook.")));
        assert_eq!((room.owner_id(), room.members.len(), room.is_public), (set.owner.as_str(), 1, false));
        let cast: Vec<_> = room.cast.iter().map(|seat| (seat.character_id.as_str(), seat.character.is_some())).collect();
        assert_eq!(cast, [("ada", false), ("character_1", true)], "built-ins have no row");
        assert!(room.created_at <= room.updated_at);
        // It is on the one timeline, and no voice room.
        assert_eq!(code(store.room(&set.project, &set.room).await), "room");
        assert!(store.active_rooms(&set.project, After::Nothing, None).await.unwrap().is_empty());
    }

    async fn settings_change_alone_and_nothing_else(database) {
        let store = &database.store;
        let set = Set::new(store).await;
        let change = |name: Option<&str>, description: Option<Option<&str>>| ChatRoomChange {
            name: name.map(str::to_owned),
            description: description.map(|text| text.map(str::to_owned)),
        };
        let room = store.update_chat_room(set.owner(), change(Some("Salon"), None)).await.unwrap();
        assert_eq!((room.name.as_str(), room.description.as_deref()), ("Salon", Some("Where we cook.")));
        let room = store.update_chat_room(set.owner(), change(None, Some(None))).await.unwrap();
        assert_eq!((room.name.as_str(), room.description), ("Salon", None));
        let same = store.update_chat_room(set.owner(), change(None, None)).await.unwrap();
        assert_eq!(same.updated_at, room.updated_at);
    }

    async fn lists_go_by_activity_with_counts(database) {
        let store = &database.store;
        let set = Set::new(store).await;
        let second = room(store, &set.project, &set.owner, &[]).await;
        let guest = user(store, &set.project, "guest").await;
        store.add_chat_member(set.owner(), &guest).await.unwrap();
        store.append_chat_message(set.owner(), "Hello.").await.unwrap();
        let (rooms, total) = store.chat_rooms(&set.project, &set.owner, Listed::Joined, ALL).await.unwrap();
        let ids: Vec<&str> = rooms.iter().map(|room| room.id.as_str()).collect();
        assert_eq!((ids, total), (vec![set.room.as_str(), second.as_str()], 2));
        assert_eq!((rooms[0].member_count, rooms[0].character_count), (2, 1));
        assert!(rooms[0].last_message_at.is_some() && rooms[1].last_message_at.is_none());
        let (rooms, total) = store.chat_rooms(&set.project, &guest, Listed::Joined, ALL).await.unwrap();
        assert_eq!((rooms.len(), total), (1, 1));
        let (rooms, total) = store.chat_rooms(&set.project, &guest, Listed::Public, ALL).await.unwrap();
        assert_eq!((rooms.len(), total), (0, 0));
        let page = Page { limit: 1, offset: 1 };
        let (rooms, total) = store.chat_rooms(&set.project, &set.owner, Listed::Joined, page).await.unwrap();
        assert_eq!((rooms[0].id.as_str(), rooms.len(), total), (second.as_str(), 1, 2));
    }

    async fn members_come_once_and_hand_over_in_one_step(database) {
        let store = &database.store;
        let set = Set::new(store).await;
        let guest = user(store, &set.project, "guest").await;
        let added = join_all((0..8).map(|_| store.add_chat_member(set.owner(), &guest))).await;
        let added: Vec<_> = added.into_iter().map(Result::unwrap).collect();
        assert_eq!(added.iter().filter(|(_, is_new)| *is_new).count(), 1);
        assert!(added.iter().all(|(member, _)| member.joined_at == added[0].0.joined_at));
        let handed = store.appoint_chat_member(set.owner(), &guest, Role::Owner).await.unwrap();
        assert_eq!(handed.role, Role::Owner);
        let room = store.chat_room(set.owner()).await.unwrap();
        assert_eq!(room.owner_id(), guest);
        assert_eq!(room.members[0].role, Role::Admin);
        store.remove_chat_member(set.owner(), &set.owner).await.unwrap();
        assert_eq!(code(store.chat_room(set.owner()).await), "room");
        assert_eq!(code(store.remove_chat_member(set.by(&guest), &set.owner).await), "member");
        assert_eq!(code(store.remove_chat_member(set.by(&guest), &guest).await), "owner_must_hand_over");
        let other = project(store, "two").await;
        let stranger = user(store, &other, "stranger").await;
        assert_eq!(code(store.add_chat_member(set.by(&guest), &stranger).await), "user");
    }

    async fn two_at_once_never_make_two_owners(database) {
        let store = &database.store;
        let set = Set::new(store).await;
        let mut guests = Vec::new();
        for number in 0..6 {
            let guest = user(store, &set.project, &format!("guest {number}")).await;
            store.add_chat_member(set.owner(), &guest).await.unwrap();
            guests.push(guest);
        }
        let handing = guests.iter().map(|guest| store.appoint_chat_member(set.owner(), guest, Role::Owner));
        let handed = join_all(handing).await;
        assert_eq!(handed.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let room = store.chat_room(set.owner()).await.unwrap();
        let owners = room.members.iter().filter(|member| member.role == Role::Owner).count();
        assert_eq!(owners, 1);
    }

    async fn a_room_has_its_bounds(database) {
        let store = &database.store;
        let set = Set::new(store).await;
        for number in 1..CAST_MAX {
            store.add_chat_character(set.owner(), &format!("c{number}")).await.unwrap();
        }
        assert_eq!(code(store.add_chat_character(set.owner(), "one more").await), "room_full");
        assert!(!store.add_chat_character(set.owner(), "c1").await.unwrap().1);
        store.remove_chat_character(set.owner(), "c1").await.unwrap();
        assert!(store.add_chat_character(set.owner(), "one more").await.unwrap().1);
        assert_eq!(code(store.remove_chat_character(set.owner(), "c1").await), "character");
        for number in 1..MEMBERS_MAX {
            let guest = user(store, &set.project, &number.to_string()).await;
            store.add_chat_member(set.owner(), &guest).await.unwrap();
        }
        let late = user(store, &set.project, "late").await;
        assert_eq!(code(store.add_chat_member(set.owner(), &late).await), "room_full");
    }

    async fn messages_stand_in_order_under_the_names_of_their_day(database) {
        let store = &database.store;
        let set = Set::new(store).await;
        let said = join_all((0..10).map(|number| {
            let content = format!("number {number}");
            let owner = set.owner();
            async move { store.append_chat_message(owner, &content).await.unwrap() }
        }))
        .await;
        assert!(said.iter().all(|entry| entry.id.starts_with("msg_")));
        let reply = store.append_chat_reply(&set.room, "ada", "Ada", "Indeed.").await.unwrap().unwrap();
        assert_eq!((reply.character_id.as_deref(), reply.speaker_name.as_deref()), (Some("ada"), Some("Ada")));
        assert!(store.append_chat_reply(&set.room, "bob", "Bob", "No.").await.unwrap().is_none());
        let (all, total) = store.chat_messages(set.owner(), None, ALL).await.unwrap();
        assert_eq!((all.len(), total, all[0].id.as_str()), (11, 11, reply.id.as_str()));
        assert!(all.is_sorted_by(|later, earlier| {
            (later.created_at, later.seq) > (earlier.created_at, earlier.seq)
        }));
        assert_eq!(all[1].speaker_name.as_deref(), Some("owner"));
        assert_eq!(all[1].speaker_identity.as_ref(), Some(&set.owner));
        let page = Page { limit: 3, offset: 2 };
        let (some, total) = store.chat_messages(set.owner(), None, page).await.unwrap();
        assert_eq!((some.len(), total, &some[0].id), (3, 11, &all[2].id));
        let (none, total) = store.chat_messages(set.owner(), Some(Timestamp(0)), ALL).await.unwrap();
        assert_eq!((none.len(), total), (0, 0));
        let scene = store.chat_scene(&set.room, 4).await.unwrap();
        let latest: Vec<&String> = scene.timeline.iter().map(|entry| &entry.id).collect();
        let expected: Vec<&String> = all[..4].iter().rev().map(|entry| &entry.id).collect();
        assert_eq!(latest, expected);
        assert_eq!((scene.cast.len(), scene.description.as_deref()), (1, Some("Where we cook.")));
    }

    async fn a_deleted_room_takes_everything_with_it(database) {
        let store = &database.store;
        let set = Set::new(store).await;
        store.append_chat_message(set.owner(), "Hello.").await.unwrap();
        let answer = Answer { body_hash: vec![1], status: 201, sealed: vec![2] };
        let inside = format!("{} /chat/v1/rooms/{}/messages", set.project, set.room);
        let beside = format!("{} /chat/v1/rooms/{}x/messages", set.project, set.room);
        for scope in [&inside, &beside] {
            store.keep_answer(scope, b"k", &answer).await.unwrap();
        }
        store.delete_chat_room(set.owner()).await.unwrap();
        assert_eq!(code(store.chat_room(set.owner()).await), "room");
        assert_eq!(code(store.delete_chat_room(set.owner()).await), "room");
        assert_eq!(code(store.append_chat_message(set.owner(), "Hello?").await), "room");
        assert_eq!(code(store.append_chat_reply(&set.room, "ada", "Ada", "Yes?").await), "room");
        assert_eq!(code(store.chat_scene(&set.room, 1).await), "room");
        assert!(store.entries_after(&set.room, 0, None).await.unwrap().is_empty());
        assert!(store.answer(&inside, b"k").await.unwrap().is_none());
        assert!(store.answer(&beside, b"k").await.unwrap().is_some());
    }
}
