//! The database goes away under a running API, and comes back.

use serde_json::json;

use super::database::{Kind, TestDatabase};
use crate::postgres::Cluster;
use crate::support::World;

#[tokio::test]
async fn requests_are_answered_503_until_postgres_is_back() {
    let cluster = Cluster::start("");
    let database = TestDatabase::in_cluster(&cluster, "postgres").await;
    let world = World::over(database).await;
    let room = world.started_room().await;
    cluster.crash();
    let path = format!("/v1/rooms/{room}");
    for _ in 0..3 {
        let answer = world.get(&path).await;
        assert_eq!(answer.headers["retry-after"], "1");
        assert_eq!(answer.fault(), (503, "store_unavailable", None));
    }
    let made = world.post("/v1/rooms", json!({"name": "a"})).await;
    assert_eq!(made.fault(), (503, "store_unavailable", None));
    assert_eq!(world.get("/healthz").await.status, 503);
    cluster.resume();
    assert_eq!(world.get(&path).await.with(200)["id"], room);
    world.post("/v1/rooms", json!({"name": "a"})).await.with(201);
    assert_eq!(world.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn connections_that_died_are_replaced() {
    const KILL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let world = World::over(TestDatabase::new(Kind::Postgres).await).await;
    let path = format!("/v1/rooms/{}", world.started_room().await);
    let at_once = || async {
        let answers = futures::future::join_all((0..8).map(|_| world.get(&path))).await;
        answers
            .into_iter()
            .map(|answer| answer.status.as_u16())
            .collect::<Vec<_>>()
    };
    assert_eq!(at_once().await, [200; 8]);
    world.alter(KILL, &[]).await;
    // At most those who got a dead connection are told to try again, and then nobody.
    let mut failed = 0;
    loop {
        let statuses = at_once().await;
        failed += statuses.iter().filter(|status| **status == 503).count();
        assert!(
            statuses.iter().all(|status| [200, 503].contains(status)),
            "{statuses:?}"
        );
        if statuses == [200; 8] {
            break;
        }
    }
    assert!(failed <= 16, "{failed} failed");
}
