//! Role-plays, beside their rooms.

use std::collections::BTreeSet;

use troupe::rooms::allowance::Allowance;
use troupe::rooms::roleplay::{NewRoleplay, Premade};
use troupe::rooms::room::{EndReason, Surface};

use super::setup::{code, project};

pub(super) fn new(user: &str, name: &str) -> NewRoleplay {
    let premade: Premade = serde_json::from_value(serde_json::json!({
        "id": "p", "name": "Complaint", "scenario": "S", "characterId": "ada", "maxDurationMinutes": 1,
    }))
    .unwrap();
    NewRoleplay {
        id: Surface::Roleplay.new_room_id(),
        premade,
        user_external_id: user.into(),
        user_name: name.into(),
    }
}

on_both! {
    async fn a_role_play_is_a_started_room_with_its_character_and_person(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        let asked = new("u-1", "Kim");
        let made = store.insert_roleplay(&one, &asked, Allowance::default()).await.unwrap();
        assert_eq!((made.id.as_str(), made.user_name.as_str()), (asked.id.as_str(), "Kim"));
        assert_eq!(made.premade, asked.premade);
        let user = store.user(&one, &made.user_id).await.unwrap().unwrap();
        assert_eq!(user.name.as_deref(), Some("Kim"));
        assert!(user.team_id.is_some());
        let room = store.room(&one, &made.id).await.unwrap();
        assert_eq!((room.surface, room.name), (Surface::Roleplay, format!("Kim::{}", made.id)));
        assert!(room.started_at.is_some());
        assert_eq!(room.participants[0].character_id, "ada");
        assert_eq!(code(store.roleplay(&two, &made.id).await), "role-play");
        let claims = store.claim("w", "r", 10).await.unwrap();
        assert_eq!(claims.claimed[0].room.id, made.id);
        assert_eq!(store.roleplay_of_room(&made.id).await.unwrap().user_id, made.user_id);
        // Another name in another role-play, and the same user.
        let again = store.insert_roleplay(&one, &new("u-1", "Lee"), Allowance::default()).await.unwrap();
        assert_eq!((again.user_id.as_str(), again.user_name.as_str()), (made.user_id.as_str(), "Lee"));
        let user = store.user(&one, &made.user_id).await.unwrap().unwrap();
        assert_eq!(user.name.as_deref(), Some("Kim"));
    }

    async fn a_role_play_that_fails_leaves_no_user(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let asked = new("u-1", "Kim");
        store.insert_roleplay(&one, &asked, Allowance::default()).await.unwrap();
        let twice = NewRoleplay { user_external_id: "u-2".into(), ..asked };
        assert!(store.insert_roleplay(&one, &twice, Allowance::default()).await.is_err(), "the id is taken");
        let user = store.find_or_create_user(&one, "u-2", Some("Later"), None).await.unwrap();
        assert_eq!(user.name.as_deref(), Some("Later"), "nobody was made before");
    }

    async fn fifty_at_once_make_one_user(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let calls = (0..50).map(|number| {
            let (store, one) = (store.clone(), one.clone());
            tokio::spawn(async move { store.insert_roleplay(&one, &new("u-1", &format!("N{number}")), Allowance::default()).await })
        });
        let mut people = BTreeSet::new();
        for made in futures::future::join_all(calls).await {
            people.insert(made.unwrap().unwrap().user_id);
        }
        assert_eq!(people.len(), 1, "{people:?}");
    }

    async fn overdue_ones_are_found_until_they_end(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let made = store.insert_roleplay(&one, &new("u-1", "Kim"), Allowance::default()).await.unwrap();
        let minute = -60_000;
        assert!(store.overdue_roleplays(0, 10).await.unwrap().is_empty());
        assert_eq!(store.overdue_roleplays(minute, 10).await.unwrap(), [(one.clone(), made.id.clone())]);
        store.end_room(&one, &made.id, EndReason::MaxDuration).await.unwrap();
        assert!(store.overdue_roleplays(minute, 10).await.unwrap().is_empty());
        assert!(store.roleplay(&one, &made.id).await.unwrap().ended_at.is_some());
    }
    async fn a_project_with_enough_going_on_gets_no_more(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let allowance = Allowance { rooms_max: 1, ..Allowance::default() };
        store.insert_roleplay(&one, &new("u-1", "Kim"), allowance).await.unwrap();
        let refused = store.insert_roleplay(&one, &new("u-2", "Lee"), allowance).await;
        assert!(matches!(refused, Err(troupe::rooms::Error::TooMany { .. })), "{refused:?}");
    }
}
