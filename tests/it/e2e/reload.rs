//! Character files that change while `troupe dev` runs.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::Method;

use super::harness::Stack;

/// Time until a change is noticed.
const WITHIN: Duration = Duration::from_secs(30);

fn mira(persona: &str) -> String {
    format!("name = \"Mira\"\npersona = \"You are Mira. {persona}\"\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_played_from_the_next_room_on_and_a_broken_one_is_not() {
    let mut agents = PathBuf::new();
    let stack = Stack::start_with(|command| {
        let folder = command.as_std().get_current_dir().unwrap();
        agents = folder.join("agents");
        std::fs::create_dir(&agents).unwrap();
        std::fs::write(agents.join("mira.toml"), mira("You bake.")).unwrap();
    })
    .await;
    let persona = async || {
        let mira = stack.call(Method::GET, "/v1/characters/mira", None).await;
        mira["persona"].as_str().unwrap().to_owned()
    };
    assert!(persona().await.contains("You bake."));
    std::fs::write(agents.join("mira.toml"), mira("You row and sing.")).unwrap();
    let begun = Instant::now();
    while !persona().await.contains("You row and sing.") {
        assert!(begun.elapsed() < WITHIN, "the change was not noticed");
    }
    // A broken file changes nothing: once a good one beside it is there, it was looked at.
    std::fs::write(agents.join("mira.toml"), "name = 7\n").unwrap();
    let room = stack.room(&["mira"]).await;
    assert!(!room.is_empty());
    assert!(persona().await.contains("You row and sing."));
}
