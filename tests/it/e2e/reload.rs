//! Character files that change while `troupe dev` runs.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::Method;

use super::harness::Stack;

/// Time until a change is noticed.
const WITHIN: Duration = Duration::from_secs(30);
/// How often it is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(100);

fn mira(persona: &str) -> String {
    format!("name = \"Mira\"\npersona = \"You are Mira. {persona}\"\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_files_are_read_anew_while_it_runs() {
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
        tokio::time::sleep(LOOK_EVERY).await;
    }
    // The next change is noticed as well: a file that is taken away.
    std::fs::remove_file(agents.join("mira.toml")).unwrap();
    let begun = Instant::now();
    let is_listed = async || {
        let known = stack.call(Method::GET, "/v1/characters", None).await;
        let known = known.as_array().unwrap().iter();
        known.map(|character| &character["id"]).any(|id| id == "mira")
    };
    while is_listed().await {
        assert!(begun.elapsed() < WITHIN, "the removal was not noticed");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
