//! What an operator looks up, and what a project has going on.

use troupe::rooms::list::After;
use troupe::rooms::room::{EndReason, Surface};
use troupe::rooms::store::Page;

use super::setup::{code, new_room, project, started_room};

const ALL: Page<'_> = Page {
    after: None,
    limit: 100,
};

/// A page of one object after `after`.
fn next(after: &str) -> Page<'_> {
    Page {
        after: Some(after),
        limit: 1,
    }
}

on_both! {
    async fn a_project_is_made_once(database) {
        let store = &database.store;
        let one = store.find_or_create_project("one").await.unwrap();
        assert_eq!(store.find_or_create_project("one").await.unwrap(), one);
        assert_eq!(store.project_named("one").await.unwrap(), one);
        assert_eq!(code(store.project_named("two").await), "project");
        assert_eq!(project(store, "one").await, one.id);
    }

    async fn lists_page_in_the_order_of_their_making(database) {
        let store = &database.store;
        let mut projects = Vec::new();
        for name in ["one", "two", "three"] {
            projects.push(store.find_or_create_project(name).await.unwrap());
        }
        projects.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        assert_eq!(store.list_projects(ALL).await.unwrap(), projects);
        assert_eq!(store.list_projects(next(&projects[0].id)).await.unwrap(), projects[1..2]);
        assert_eq!(store.list_projects(next(&projects[2].id)).await.unwrap(), []);
        assert_eq!(code(store.list_projects(next("project_none")).await), "after");

        let (one, two) = (&projects[0].id, &projects[1].id);
        let mut users = Vec::new();
        for name in ["a", "b"] {
            users.push(store.find_or_create_user(one, name, None, None).await.unwrap());
        }
        users.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        assert_eq!(store.list_users(one, ALL).await.unwrap(), users);
        assert_eq!(store.list_users(one, next(&users[0].id)).await.unwrap(), users[1..]);
        assert_eq!(store.list_users(two, ALL).await.unwrap(), []);
        assert_eq!(code(store.list_users(two, next(&users[0].id)).await), "after");
    }

    async fn rooms_of_every_surface_are_listed(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        let mut made = Vec::new();
        for surface in Surface::ALL {
            made.push(store.insert_room(&one, new_room(surface)).await.unwrap().id);
        }
        let listed = async |ended, page| -> Vec<String> {
            let rooms = store.list_rooms(&one, ended, page).await.unwrap();
            rooms.into_iter().map(|room| room.id).collect()
        };
        assert_eq!(listed(false, ALL).await, made);
        assert_eq!(listed(false, next(&made[0])).await, made[1..2]);
        store.end_room(&one, &made[1], EndReason::Requested).await.unwrap();
        assert_eq!(listed(false, next(&made[0])).await, made[2..3]);
        assert_eq!(listed(true, ALL).await, made);
        assert!(store.list_rooms(&two, true, ALL).await.unwrap().is_empty());
        assert_eq!(code(store.list_rooms(&two, true, next(&made[0])).await), "after");
        assert_eq!(store.any_room(&made[1]).await.unwrap().project_id, one);
        assert_eq!(code(store.any_room("room_none").await), "room");
    }

    async fn an_operator_sees_who_plays_what(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        let silent = store.insert_room(&one, new_room(Surface::Voice)).await.unwrap().id;
        store.insert_room(&one, new_room(Surface::Chat)).await.unwrap();
        let spoken = started_room(store, &one).await;
        let seen = async |ended| -> Vec<(String, Option<String>, bool, i64)> {
            let standings = store.list_standings(&one, ended, After::Nothing, None).await.unwrap();
            standings
                .into_iter()
                .map(|seen| (seen.room.id, seen.worker_id, seen.is_leased, seen.claims))
                .collect()
        };
        let waiting = [(spoken.clone(), None, false, 0), (silent.clone(), None, false, 0)];
        assert_eq!(seen(false).await, waiting);
        store.claim("w1", "r", 1).await.unwrap();
        assert_eq!(seen(false).await[0], (spoken.clone(), Some("w1".into()), true, 1));
        database.alter("UPDATE workers SET lease_until = 1", &[]).await;
        assert_eq!(seen(false).await[0], (spoken.clone(), Some("w1".into()), false, 1));
        store.end_room(&one, &spoken, EndReason::Requested).await.unwrap();
        assert_eq!(seen(false).await, waiting[1..]);
        assert_eq!(seen(true).await.len(), 1);

        let after = store.list_standings(&one, false, After::Item(&spoken), Some(1)).await.unwrap();
        assert_eq!(after[0].room.id, silent);
        let position = After::Position(after[0].room.seq);
        assert!(store.list_standings(&one, false, position, Some(1)).await.unwrap().is_empty());
        assert_eq!(code(store.list_standings(&two, false, After::Item(&spoken), None).await), "after");
    }

    async fn only_what_played_today_is_counted(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        store.insert_room(&one, new_room(Surface::Voice)).await.unwrap();
        assert_eq!(store.usage(&one).await.unwrap().playing, 0);
        let rooms = [started_room(store, &one).await, started_room(store, &one).await];
        assert_eq!(store.usage(&one).await.unwrap().playing, 2);
        assert_eq!(store.usage(&two).await.unwrap(), Default::default());
        store.end_room(&one, &rooms[0], EndReason::Requested).await.unwrap();
        let sql = "UPDATE rooms SET started_at = created_at - 7200000, ended_at = created_at - 3600000 WHERE id = $1";
        database.alter(sql, &[&rooms[0]]).await;
        let usage = store.usage(&one).await.unwrap();
        assert_eq!(usage.playing, 1);
        // An hour, unless midnight cut it short just now.
        assert!(usage.played_ms < 2 * 3_600_000, "{usage:?}");
        database.alter("UPDATE rooms SET started_at = 1, ended_at = 2 WHERE id = $1", &[&rooms[0]]).await;
        database.alter("UPDATE rooms SET started_at = 1 WHERE id = $1", &[&rooms[1]]).await;
        let now = store.now().await.unwrap().0;
        let usage = store.usage(&one).await.unwrap();
        let today = now.rem_euclid(24 * 3_600_000);
        assert_eq!(usage.playing, 1);
        // From midnight to now, or a little later; unless midnight came in between.
        assert!((today..today + 60_000).contains(&usage.played_ms) || usage.played_ms < 60_000, "{usage:?}");
    }
}
