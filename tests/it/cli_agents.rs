//! `troupe agents`: what it says of character files.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn agents(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_troupe"))
        .arg("agents")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The character that `docs/characters.md` shows.
fn documented() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/characters.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once("```toml\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_documented_character_has_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("agents")).unwrap();
    std::fs::write(folder.path().join("agents/mira.toml"), documented()).unwrap();
    let output = agents(folder.path(), &["check"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "mira  Mira\n");
}

#[test]
fn faults_are_told_with_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let broken = documented().replace("talkativeness = 0.4", "talkativeness = 4\nmood = 1");
    std::fs::write(folder.path().join("mira.toml"), broken).unwrap();
    let output = agents(folder.path(), &["check", "mira.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("mira.toml:6: talkativeness must be"), "{told}");
    assert!(
        told.contains("mira.toml:7: mood there is no such field"),
        "{told}"
    );
    let output = agents(folder.path(), &["check", "nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    let output = agents(folder.path(), &["try", "nobody"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(1) && told.contains("no character nobody"),
        "{told}"
    );
}

#[test]
fn the_schema_fits_every_shipped_character() {
    let folder = tempfile::tempdir().unwrap();
    let schema: Value = serde_json::from_slice(&agents(folder.path(), &["schema"]).stdout).unwrap();
    let known = schema["properties"].as_object().unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("agents");
    for entry in std::fs::read_dir(shipped)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if entry.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let character: toml::Table = std::fs::read_to_string(&entry).unwrap().parse().unwrap();
        for (field, value) in &character {
            let described = known
                .get(field)
                .unwrap_or_else(|| panic!("{}: {field}", entry.display()));
            let kind = match value {
                toml::Value::String(_) => "string",
                toml::Value::Array(_) => "array",
                toml::Value::Table(_) => "object",
                _ => "number",
            };
            assert_eq!(described["type"], kind, "{}: {field}", entry.display());
        }
    }
}
