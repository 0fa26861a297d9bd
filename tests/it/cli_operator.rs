//! What an operator does on the command line, over a database that a server wrote.

use std::path::Path;

use serde_json::Value;
use troupe::protocol::Mode;
use troupe::rooms::room::{NewRoom, Surface};
use troupe::rooms::store::{self, Location, Store};

use crate::binary;

struct Operator {
    folder: tempfile::TempDir,
    store: Store,
    project: String,
}

impl Operator {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("t.sqlite"));
        let store = store::open(&location).await.unwrap();
        let project = store.find_or_create_project("acme").await.unwrap().id;
        Self {
            folder,
            store,
            project,
        }
    }

    /// Runs the binary; answers exit code, stdout and stderr.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        run(self.folder.path(), arguments)
    }

    /// Runs the binary with `--json`; answers its lines.
    fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let (code, out, told) = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(code, Some(0), "{arguments:?}: {told}");
        out.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    async fn room(&self, name: &str) -> String {
        let new = NewRoom {
            surface: Surface::Voice,
            name: name.into(),
            mode: Mode::Freeform,
            scene_prompt: None,
            ambience: None,
            record: false,
        };
        self.store.insert_room(&self.project, new).await.unwrap().id
    }
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = binary::troupe(folder);
    let output = command
        .args(arguments)
        .args(["--db", "sqlite:t.sqlite"])
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test]
async fn projects_are_made_once_and_listed() {
    let operator = Operator::new().await;
    let made = operator.lines(&["projects", "create", "beta"]);
    assert_eq!(operator.lines(&["projects", "create", "beta"]), made);
    let listed = operator.lines(&["projects", "list"]);
    assert_eq!(listed.len(), 2);
    assert!(listed.contains(&made[0]));
    assert_eq!(
        (&made[0]["roomsPlaying"], &made[0]["minutesToday"]),
        (&0.into(), &0.into())
    );
    let (code, out, told) = operator.run(&["projects", "list", "--limit", "1"]);
    assert_eq!((code, out.lines().count()), (Some(0), 1));
    let next = told
        .trim()
        .strip_prefix("there are more; go on with --after ")
        .unwrap();
    assert_eq!(
        operator.lines(&["projects", "list", "--after", next]),
        listed[1..]
    );
    assert_eq!(operator.run(&["projects", "create", " "]).0, Some(2));
    let set = |days| operator.lines(&["projects", "set", "beta", "--recording-retention-days", days]);
    assert_eq!(set("90")[0]["recordingRetentionDays"], 90);
    assert_eq!(set("default"), made);
    for days in ["0", "36501", "never"] {
        let arguments = ["projects", "set", "beta", "--recording-retention-days", days];
        assert_eq!(operator.run(&arguments).0, Some(2), "{days}");
    }
    let arguments = ["projects", "set", "nobody", "--recording-retention-days", "9"];
    assert_eq!(operator.run(&arguments).0, Some(1));
    assert_eq!(
        operator.run(&["projects", "list", "--after", "project_none"]).0,
        Some(1)
    );
}

#[tokio::test]
async fn keys_are_made_listed_and_revoked() {
    let operator = Operator::new().await;
    let create = [
        "keys",
        "create",
        "--project",
        "acme",
        "--kind",
        "user",
        "--user",
        "carol",
    ];
    let (code, key, told) = operator.run(&create);
    assert_eq!((code, told.as_str()), (Some(0), ""));
    assert!(
        key.starts_with("uk_") && key.trim().lines().count() == 1,
        "the key alone"
    );
    let listed = operator.lines(&["keys", "list", "--project", "acme"]);
    assert_eq!((listed.len(), &listed[0]["kind"]), (1, &"user".into()));
    assert!(
        !listed[0]
            .to_string()
            .contains(key.trim().rsplit('_').next().unwrap())
    );
    assert_eq!(
        operator.lines(&["users", "list", "--project", "acme"])[0]["externalId"],
        "carol"
    );
    assert_eq!(operator.run(&["keys", "revoke", key.trim()]).0, Some(0));
    assert!(operator.lines(&["keys", "list"])[0]["revokedAt"].is_string());
    assert_eq!(operator.run(&["keys", "list", "--project", "nobody"]).0, Some(1));
}

#[tokio::test]
async fn rooms_are_listed_shown_and_ended() {
    let operator = Operator::new().await;
    let (one, two) = (operator.room("one").await, operator.room("two").await);
    operator
        .store
        .add_participant(&operator.project, &one, "ada")
        .await
        .unwrap();
    let listed = operator.lines(&["rooms", "list", "--project", "acme"]);
    let ids: Vec<&str> = listed.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&one, &two]);
    let shown = &operator.lines(&["rooms", "show", &one])[0];
    assert_eq!(
        (&shown["surface"], &shown["name"]),
        (&"voice".into(), &"one".into())
    );
    assert_eq!(shown["participants"][0]["characterId"], "ada");
    for _ in 0..2 {
        assert_eq!(operator.lines(&["rooms", "end", &one])[0]["state"], "ended");
    }
    assert_eq!(
        operator.lines(&["rooms", "list", "--project", "acme"])[0]["id"],
        two
    );
    assert_eq!(
        operator
            .lines(&["rooms", "list", "--project", "acme", "--all"])
            .len(),
        2
    );
    let (code, out, told) = operator.run(&["rooms", "show", "room_none"]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(told.contains("no such room"), "{told}");
}

#[tokio::test]
async fn characters_of_the_deployment_and_of_a_project_are_shown() {
    let operator = Operator::new().await;
    let own = serde_json::json!({
        "id": "character_own", "name": "Eve", "persona": "You are Eve.", "language": "en", "talkativeness": 0.5,
    });
    let own = serde_json::from_value(own).unwrap();
    operator
        .store
        .insert_character(&operator.project, own)
        .await
        .unwrap();
    let built_ins = operator.lines(&["characters", "list"]);
    assert!(built_ins.len() > 1 && built_ins.iter().all(|line| line["builtIn"] == true));
    let all = operator.lines(&["characters", "list", "--project", "acme"]);
    assert_eq!(all.last().unwrap()["id"], "character_own");
    assert_eq!(all.len(), built_ins.len() + 1);
    let page = operator.lines(&["characters", "list", "--limit", "1", "--after", "ada"]);
    assert_eq!(page, built_ins[1..2]);
    let shown = operator.lines(&["characters", "show", "character_own", "--project", "acme"]);
    assert_eq!(shown[0]["persona"], "You are Eve.");
    assert_eq!(operator.run(&["characters", "show", "character_own"]).0, Some(1));
}
