//! Premade role-plays and research projects of a project.

use troupe::rooms::store::contract::PreparedKind;

use super::setup::project;

on_both! {
    async fn what_a_project_prepares_is_its_own_and_of_one_kind(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        let made = store.insert_prepared(&one, PreparedKind::Roleplay, "a", "{\"n\":1}").await.unwrap();
        store.insert_prepared(&one, PreparedKind::Roleplay, "b", "{\"n\":2}").await.unwrap();
        store.insert_prepared(&one, PreparedKind::Research, "c", "{}").await.unwrap();
        let all = store.all_prepared(&one, PreparedKind::Roleplay).await.unwrap();
        let bodies: Vec<&str> = all.iter().map(|one| one.body.as_str()).collect();
        assert_eq!(bodies, ["{\"n\":1}", "{\"n\":2}"], "oldest first");
        assert_eq!((all[0].created_at, all[0].seq), (made.created_at, made.seq));
        assert!(store.all_prepared(&two, PreparedKind::Roleplay).await.unwrap().is_empty());
        assert!(store.prepared(&one, PreparedKind::Roleplay, "a").await.unwrap().is_some());
        assert!(store.prepared(&one, PreparedKind::Research, "a").await.unwrap().is_none());
        assert!(store.prepared(&two, PreparedKind::Roleplay, "a").await.unwrap().is_none());
        assert!(store.insert_prepared(&two, PreparedKind::Roleplay, "a", "{}").await.is_err(), "ids are unique");
    }
}
