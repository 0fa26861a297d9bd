//! Users and teams.

use super::setup::project;

on_both! {
    async fn an_unknown_user_is_made_and_then_found(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        let made = store.find_or_create_user(&one, "u-1", Some("Kim"), Some("Integration")).await.unwrap();
        assert!(made.id.starts_with("usr_") && made.team_id.is_some());
        assert_eq!((made.name.as_deref(), made.external_id.as_str()), (Some("Kim"), "u-1"));
        let found = store.find_or_create_user(&one, "u-1", None, None).await.unwrap();
        assert_eq!(found, made);
        assert_eq!(store.user(&one, &made.id).await.unwrap(), Some(made.clone()));
        assert_eq!(store.user(&two, &made.id).await.unwrap(), None, "another project's");
        let other = store.find_or_create_user(&two, "u-1", None, None).await.unwrap();
        assert_ne!(other.id, made.id);
    }

    async fn a_name_is_filled_in_and_never_overwritten(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let nameless = store.find_or_create_user(&one, "u-1", None, None).await.unwrap();
        assert_eq!((&nameless.name, &nameless.team_id), (&None, &None));
        let named = store.find_or_create_user(&one, "u-1", Some("Kim"), Some("A")).await.unwrap();
        assert_eq!((named.id.as_str(), named.name.as_deref()), (nameless.id.as_str(), Some("Kim")));
        let again = store.find_or_create_user(&one, "u-1", Some("Lee"), Some("B")).await.unwrap();
        assert_eq!(again, named);
    }

    async fn members_of_a_team_share_it(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        let first = store.find_or_create_user(&one, "u-1", None, Some("A")).await.unwrap();
        let second = store.find_or_create_user(&one, "u-2", None, Some("A")).await.unwrap();
        let other = store.find_or_create_user(&two, "u-1", None, Some("A")).await.unwrap();
        assert_eq!(first.team_id, second.team_id);
        assert_ne!(first.team_id, other.team_id);
    }
}
