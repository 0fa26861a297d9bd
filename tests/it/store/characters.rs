//! A project's own characters.

use futures::future::join_all;

use super::setup::{character, code, project};

on_both! {
    async fn characters_are_a_projects_own(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        for id in ["b", "a", "c"] {
            store.insert_character(&one, character(id)).await.unwrap();
        }
        let ids = async |project: &str| -> Vec<String> {
            let records = store.characters(project).await.unwrap();
            records.into_iter().map(|record| record.character.id).collect()
        };
        assert_eq!(ids(&one).await, ["b", "a", "c"], "oldest first");
        assert!(ids(&two).await.is_empty());
        assert!(store.character(&two, "a").await.unwrap().is_none());
        assert_eq!(code(store.delete_character(&two, "a").await), "character");
        store.delete_character(&one, "a").await.unwrap();
        assert_eq!(ids(&one).await, ["b", "c"]);
        assert!(store.character(&one, "a").await.unwrap().is_none());
        assert_eq!(code(store.update_character(&one, "a", Box::new(|_| {})).await), "character");
    }

    async fn changes_at_once_all_take_effect(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        store.insert_character(&one, character("a")).await.unwrap();
        let changes = (0..20).map(|number| {
            let change = Box::new(move |character: &mut troupe::character::Character| {
                character.aliases.push(number.to_string());
            });
            store.update_character(&one, "a", change)
        });
        for changed in join_all(changes).await {
            changed.unwrap();
        }
        let record = store.character(&one, "a").await.unwrap().unwrap();
        assert_eq!(record.character.aliases.len(), 20);
        assert!(record.updated_at >= record.created_at);
    }
}
