//! The book: every command that its pages show is run, in the order in which it stands there.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::harness::troupe;
use super::models::Models;

/// Pages whose blocks of commands are run.
const PAGES: [&str; 7] = [
    "start.md",
    "characters.md",
    "rooms.md",
    "tuning-by-ear.md",
    "bench.md",
    "deploying.md",
    "troubleshooting.md",
];
/// Time for all commands of one page.
const WITHIN: Duration = Duration::from_secs(180);

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn read(page: &str) -> String {
    std::fs::read_to_string(docs().join(page)).unwrap()
}

/// The fenced blocks of a page: what stands behind the fence, and what is in it.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => blocks.push(block),
            (Some(about), None) => open = Some((about.to_owned(), String::new())),
            (None, Some((about, mut body))) => {
                body.push_str(line);
                body.push('\n');
                open = Some((about, body));
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    blocks
}

/// Runs a page's commands as one script, in a folder of its own with the character of its first TOML block.
async fn run(page: &str, models: &Models) {
    let blocks = blocks(&read(page));
    let folder = crate::scratch::folder();
    if let Some((_, character)) = blocks.iter().find(|(about, _)| about == "toml") {
        std::fs::create_dir(folder.path().join("agents")).unwrap();
        for place in ["agents/mira.toml", "mira.toml"] {
            std::fs::write(folder.path().join(place), character).unwrap();
        }
    }
    let script: String = blocks
        .iter()
        .filter(|(about, _)| about == "sh")
        .map(|(_, commands)| commands.as_str())
        .collect();
    let mut shell = shell(folder.path(), models);
    let output = timeout(WITHIN, shell.args(["-c", &script]).output())
        .await
        .unwrap_or_else(|_| panic!("{page} does not end"))
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{page}: {}\n{told}", output.status);
}

/// A shell that has our binary on its path, and models written by the test.
fn shell(folder: &Path, models: &Models) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_troupe")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let clean = troupe(folder);
    let mut shell = Command::new("sh");
    // What the binary is kept from in other tests, it is kept from here.
    for (variable, value) in clean.as_std().get_envs() {
        match value {
            Some(value) => shell.env(variable, value),
            None => shell.env_remove(variable),
        };
    }
    shell
        .args(["-eu"])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", binary.display()))
        .env("OPENAI_BASE_URL", models.base_url())
        .env("OPENAI_API_KEY", "test-key")
        .env("TROUPE_STT", "openai:scripted")
        .env("TROUPE_LLM", "openai:scripted")
        .env("TROUPE_TTS", "openai:scripted")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    shell
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_book_works() {
    let models = Models::start().await;
    for page in PAGES {
        run(page, &models).await;
    }
}

#[test]
fn every_block_of_commands_is_run_or_says_why_not() {
    for page in PAGES {
        for (about, body) in blocks(&read(page)) {
            let is_known = match about.split_once(' ') {
                None => ["sh", "toml", "yaml"].contains(&about.as_str()),
                Some(("sh", why)) => why.strip_prefix("skip: ").is_some_and(|why| why.len() > 5),
                Some(_) => false,
            };
            assert!(is_known, "{page}: ```{about}");
            assert!(!body.trim().is_empty(), "{page}: an empty block");
        }
    }
}

#[test]
fn the_contents_name_every_page_and_every_link_leads_somewhere() {
    let contents = read("README.md");
    for entry in std::fs::read_dir(docs()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") && name != "README.md" {
            assert!(
                contents.contains(&format!("({name})")),
                "docs/README.md does not name {name}"
            );
        }
    }
    for page in PAGES.into_iter().chain(["README.md"]) {
        for link in read(page).split("](").skip(1) {
            let target = link.split(')').next().unwrap().split('#').next().unwrap();
            let is_outside = target.is_empty() || target.contains("://");
            assert!(is_outside || docs().join(target).exists(), "{page}: {target}");
        }
    }
}
