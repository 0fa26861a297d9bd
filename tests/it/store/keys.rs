//! API keys.

use troupe::rooms::key::{Caller, KeyKind, MadeKey};

use super::setup::{code, secret};

on_both! {
    async fn keys_stand_for_projects_and_users_made_once(database) {
        let store = &database.store;
        let make = async |kind, project, user| {
            let key = MadeKey::new(kind, &secret());
            store.insert_key(&key, kind, project, user, None).await.unwrap();
            let (record, now) = store.key(&key.id).await.unwrap().unwrap();
            record.admit(&key.plain, &secret(), now).unwrap()
        };
        let server = make(KeyKind::Secret, Some("one"), None).await;
        let Caller::Project { project_id: one } = server else { panic!("{server:?}") };
        let user = make(KeyKind::User, Some("one"), Some("u-1")).await;
        let same = make(KeyKind::User, Some("one"), Some("u-1")).await;
        assert_eq!(user, same);
        let Caller::User { project_id, user_id } = user else { panic!("{user:?}") };
        assert_eq!(project_id, one);
        let known = store.find_or_create_user(&one, "u-1", None, None).await.unwrap();
        assert_eq!(known.id, user_id);
        assert_eq!(make(KeyKind::Worker, Some("one"), None).await, Caller::Worker);
    }

    async fn keys_are_listed_by_project_and_revoked_once(database) {
        let store = &database.store;
        let mut ids = Vec::new();
        for project in ["one", "two", "one"] {
            let key = MadeKey::new(KeyKind::Secret, &secret());
            store.insert_key(&key, KeyKind::Secret, Some(project), None, Some(60_000)).await.unwrap();
            ids.push(key.id);
        }
        let listed = async |project| store.keys(project).await.unwrap().len();
        assert_eq!((listed(None).await, listed(Some("one")).await, listed(Some("three")).await), (3, 2, 0));
        store.revoke_key(&ids[0]).await.unwrap();
        let revoked_at = store.key(&ids[0]).await.unwrap().unwrap().0.revoked_at;
        assert!(revoked_at.is_some());
        store.revoke_key(&ids[0]).await.unwrap();
        let (record, now) = store.key(&ids[0]).await.unwrap().unwrap();
        assert_eq!(record.revoked_at, revoked_at, "the first time counts");
        assert!(record.created_at <= now && record.expires_at > Some(now));
        assert_eq!(code(store.revoke_key("key_unknown").await), "key");
    }
}
