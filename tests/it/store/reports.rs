//! Reports of role-plays and interviews.

use troupe::rooms::allowance::Allowance;
use troupe::rooms::room::EndReason;

use super::roleplays::new;
use super::setup::project;

on_both! {
    async fn an_ended_talk_is_due_until_its_report_is_kept(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let made = store.insert_roleplay(&one, &new("u-1", "Kim"), Allowance::default()).await.unwrap();
        let due = async |since_ms: i64, until_ms: i64| {
            let now = store.now().await.unwrap();
            store.reports_due(now.plus_ms(since_ms), now.plus_ms(until_ms), 10).await.unwrap()
        };
        assert!(due(-60_000, 60_000).await.is_empty(), "it goes on");
        store.end_room(&one, &made.id, EndReason::Requested).await.unwrap();
        assert_eq!(due(-60_000, 60_000).await, [("roleplay".to_owned(), made.id.clone())]);
        assert!(due(-60_000, -50_000).await.is_empty(), "it has not settled");
        assert!(due(50_000, 60_000).await.is_empty(), "it is too old");
        assert!(store.keep_report(&made.id, "{}").await.unwrap());
        assert!(!store.keep_report(&made.id, "[]").await.unwrap(), "the first one stays");
        assert_eq!(store.roleplay(&one, &made.id).await.unwrap().report.as_deref(), Some("{}"));
        assert!(due(-60_000, 60_000).await.is_empty());
        assert!(!store.keep_report("nobody", "{}").await.unwrap());
    }
}
