//! The schema: applied, told about, refused when it is newer, and undone.

use std::process::Command;

use serde_json::Value;
use sqlx::migrate::Migrator;
use sqlx::{PgPool, SqlitePool};
use tempfile::TempDir;

use super::database::{Kind, cluster, empty_postgres};

/// An empty database's URL.
async fn empty(kind: Kind, folder: &TempDir) -> String {
    match kind {
        Kind::Sqlite => format!("sqlite:{}", folder.path().join("t.sqlite").display()),
        Kind::Postgres => cluster().url(&empty_postgres().await),
    }
}

/// Exit code, stdout and stderr of the command line.
pub(super) fn troupe(url: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_troupe"))
        .args(arguments)
        .env("TROUPE_DB", url)
        .env("XDG_DATA_HOME", folder.path())
        .env_remove("TROUPE_SECRET")
        .env_remove("TROUPE_LOG")
        .current_dir(folder.path())
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

async fn says_what_it_applied(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let url = empty(kind, &folder).await;
    let (code, told, _) = troupe(&url, &["migrate", "--json"]);
    assert_eq!(code, Some(0), "{told}");
    let lines: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (done, applied) = lines.split_last().unwrap();
    assert_eq!(
        (&applied[0]["version"], &applied[0]["name"]),
        (&1.into(), &"rooms".into())
    );
    assert_eq!(
        (&applied[1]["version"], &applied[1]["name"]),
        (&2.into(), &"surfaces".into())
    );
    assert_eq!(
        (done["applied"].as_u64(), &done["event"]),
        (Some(applied.len() as u64), &"migrated".into())
    );
    assert_eq!(done["version"], applied.last().unwrap()["version"]);
    let (code, told, _) = troupe(&url, &["migrate"]);
    assert_eq!((code, told.lines().count()), (Some(0), 1), "{told}");
    assert!(told.contains("already"), "{told}");
}

async fn refuses_a_newer_schema(kind: Kind) {
    const NEWER: &str =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'later', TRUE, '', 0)";
    let folder = tempfile::tempdir().unwrap();
    let url = empty(kind, &folder).await;
    assert_eq!(troupe(&url, &["migrate"]).0, Some(0));
    match kind {
        Kind::Sqlite => drop(
            sqlx::query(NEWER)
                .execute(&SqlitePool::connect(&url).await.unwrap())
                .await
                .unwrap(),
        ),
        Kind::Postgres => drop(
            sqlx::query(NEWER)
                .execute(&PgPool::connect(&url).await.unwrap())
                .await
                .unwrap(),
        ),
    }
    for arguments in [
        &["migrate"][..],
        &["keys", "list"],
        &["serve", "--listen", "127.0.0.1:0"],
    ] {
        let (code, _, told) = troupe(&url, arguments);
        assert_eq!(code, Some(1), "{arguments:?}: {told}");
        assert!(told.contains("9999") && told.contains("newer"), "{told}");
    }
}

async fn keys_made_by_one_process_are_known_to_the_next(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let url = empty(kind, &folder).await;
    let (code, key, told) = troupe(&url, &["keys", "create", "--project", "one", "--kind", "secret"]);
    assert_eq!(code, Some(0), "{told}");
    let (code, _, told) = troupe(&url, &["keys", "revoke", key.trim()]);
    assert_eq!(code, Some(0), "{told}");
    let (_, listed, _) = troupe(&url, &["keys", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert!(listed["revokedAt"].is_string());
}

async fn commands_that_start_together_migrate_once(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let url = empty(kind, &folder).await;
    let commands: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::task::spawn_blocking(move || troupe(&url, &["migrate", "--json"]))
        })
        .collect();
    let mut applied = 0;
    for command in commands {
        let (code, told, error) = command.await.unwrap();
        assert_eq!(code, Some(0), "{error}");
        let done: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
        applied += done["applied"].as_u64().unwrap();
        assert!(done["version"].as_u64().unwrap() >= 2);
    }
    let twins = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite")).unwrap();
    assert_eq!(applied, twins.count() as u64 / 2);
}

macro_rules! on_each {
    ($($name:ident)+) => {$(
        mod $name {
            use super::Kind;

            #[tokio::test]
            async fn on_sqlite() {
                super::$name(Kind::Sqlite).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                super::$name(Kind::Postgres).await;
            }
        }
    )+};
}

on_each!(commands_that_start_together_migrate_once says_what_it_applied refuses_a_newer_schema keys_made_by_one_process_are_known_to_the_next);

#[test]
fn a_database_that_is_not_there_is_named_without_its_password() {
    let url = "postgres://me:hush@127.0.0.1:1/rooms";
    for arguments in [&["migrate"][..], &["keys", "list"]] {
        let (code, _, told) = troupe(url, arguments);
        assert_eq!(code, Some(1));
        assert!(
            told.contains("rooms at 127.0.0.1:1") && !told.contains("hush"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn sqlite_migrations_go_down_and_up_again() {
    static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}?mode=rwc", empty(Kind::Sqlite, &folder).await);
    let pool = SqlitePool::connect(&url).await.unwrap();
    MIGRATIONS.run(&pool).await.unwrap();
    MIGRATIONS.undo(&pool, 0).await.unwrap();
    MIGRATIONS.run(&pool).await.unwrap();
}

#[tokio::test]
async fn postgres_migrations_go_down_and_up_again() {
    static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");
    let pool = PgPool::connect(&cluster().url(&empty_postgres().await))
        .await
        .unwrap();
    MIGRATIONS.run(&pool).await.unwrap();
    MIGRATIONS.undo(&pool, 0).await.unwrap();
    MIGRATIONS.run(&pool).await.unwrap();
}

/// Both databases are of one version: a migration has a twin of the same name.
#[test]
fn migrations_come_in_pairs() {
    let names = |folder: &str| -> Vec<String> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(folder);
        let mut names: Vec<String> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
