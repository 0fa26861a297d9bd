//! What holds for the repository as a whole.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folders(within: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(within)).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect()
}

#[test]
fn the_architecture_names_every_folder_of_code() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for folder in folders("src").into_iter().chain(folders("crates")) {
        let name = folder.strip_prefix(root()).unwrap().display().to_string();
        assert!(
            text.contains(&name),
            "ARCHITECTURE.md does not say what {name} is"
        );
    }
}

#[test]
fn every_threshold_of_turn_taking_is_documented_as_it_is() {
    let text = std::fs::read_to_string(root().join("docs/tuning.md")).unwrap();
    for threshold in troupe_dialogue::Tuning::TABLE {
        let unit = if threshold.unit == troupe_dialogue::tuning::Unit::Milliseconds {
            " ms"
        } else {
            ""
        };
        let why: Vec<&str> = threshold.why.split_whitespace().collect();
        let row = format!(
            "| `{}` | {}{unit} | {} to {} | {} |",
            threshold.name,
            threshold.default,
            threshold.min,
            threshold.max,
            why.join(" ")
        );
        assert!(text.contains(&row), "docs/tuning.md lacks this row:\n{row}");
    }
}
