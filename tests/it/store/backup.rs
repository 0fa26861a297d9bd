//! A backup made while the server writes, as docs/operations.md tells it, holds everything that was there before.

use std::io::Write;
use std::process::Stdio;

use troupe::rooms::list::After;
use troupe::rooms::store::{self, Location};

use super::database::{Kind, TestDatabase, cluster, empty_postgres};
use super::setup::{entry, project, started_room};

/// Fills a database, takes a copy by `copy` while it is written to, and opens the copy.
async fn copied(kind: Kind, copy: impl AsyncFnOnce(&TestDatabase) -> String) {
    let database = TestDatabase::new(kind).await;
    let store = &database.store;
    let one = project(store, "one").await;
    let room = started_room(store, &one).await;
    store.claim("w", "r", 1).await.unwrap();
    let before: Vec<_> = (1..=50)
        .map(|sequence| entry(sequence, &format!("Grüße {sequence}")))
        .collect();
    store.append_entries(&room, "w", 1, &before).await.unwrap();
    let writing = async {
        for sequence in 51..=150 {
            store
                .append_entries(&room, "w", 1, &[entry(sequence, "meanwhile")])
                .await
                .unwrap();
        }
    };
    let (url, ()) = tokio::join!(copy(&database), writing);

    let restored = store::open(&Location::parse(&url).unwrap()).await.unwrap();
    assert_eq!(restored.id().await.unwrap(), store.id().await.unwrap());
    let entries = restored
        .entries(&room, After::Nothing, None, "after")
        .await
        .unwrap();
    assert!((50..=150).contains(&entries.len()));
    let original = store.entries(&room, After::Nothing, None, "after").await.unwrap();
    for (copy, original) in entries.iter().zip(&original) {
        assert_eq!(
            (&copy.id, &copy.content, copy.seq),
            (&original.id, &original.content, original.seq)
        );
    }
    // It goes on where the copy ends, with positions behind those that are there.
    let next = entries.len() as u64 + 1;
    restored
        .append_entries(&room, "w", 1, &[entry(next, "after")])
        .await
        .unwrap();
    let last = restored
        .entries(&room, After::Nothing, None, "after")
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(last.content, "after");
}

#[tokio::test]
async fn vacuum_into_copies_a_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.sqlite").display().to_string();
    copied(Kind::Sqlite, async |database| {
        database.alter("VACUUM INTO $1", &[&path]).await;
        format!("sqlite:{path}")
    })
    .await;
}

#[tokio::test]
async fn pg_dump_and_psql_copy_a_postgres_database() {
    copied(Kind::Postgres, async |database| {
        let name = database.url.split(['/', '?']).nth(3).unwrap().to_owned();
        let dumped = tokio::task::spawn_blocking(move || {
            let tool = |tool: &str, arguments: &[&str]| {
                let mut command = cluster().tool(tool);
                command.args(arguments);
                command
            };
            tool("pg_dump", &["--no-owner", "--dbname", &name])
                .output()
                .unwrap()
        });
        let dumped = dumped.await.unwrap();
        assert!(
            dumped.status.success(),
            "{}",
            String::from_utf8_lossy(&dumped.stderr)
        );
        let target = empty_postgres().await;
        let url = cluster().url(&target);
        let restored = tokio::task::spawn_blocking(move || {
            let mut psql = cluster().tool("psql");
            psql.args([
                "--quiet",
                "--set",
                "ON_ERROR_STOP=1",
                "--single-transaction",
                "--dbname",
                &target,
            ]);
            let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
            psql.stdin.take().unwrap().write_all(&dumped.stdout).unwrap();
            psql.wait().unwrap()
        });
        assert!(restored.await.unwrap().success());
        url
    })
    .await;
}
