//! How many rooms wait and play.

use troupe::protocol::ReleaseReason;
use troupe::rooms::store::Census;

use super::setup::{project, release, started_room};

on_both! {
    async fn rooms_wait_until_somebody_plays_them(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let counted = |waiting, playing, workers| Census { waiting, playing, workers };
        assert_eq!(store.census().await.unwrap(), counted(0, 0, 0));
        let first = started_room(store, &one).await;
        started_room(store, &one).await;
        assert_eq!(store.census().await.unwrap(), counted(2, 0, 0));
        store.claim("w1", "r", 1).await.unwrap();
        assert_eq!(store.census().await.unwrap(), counted(1, 1, 1));
        database.alter("UPDATE workers SET lease_until = 0", &[]).await;
        assert_eq!(store.census().await.unwrap(), counted(2, 0, 0), "its worker has gone");
        store.claim("w2", "r", 2).await.unwrap();
        assert_eq!(store.census().await.unwrap(), counted(0, 2, 1));
        store.release(&first, &release("w2", 2, ReleaseReason::Empty)).await.unwrap();
        assert_eq!(store.census().await.unwrap(), counted(0, 1, 1), "ended rooms are not counted");
    }
}
