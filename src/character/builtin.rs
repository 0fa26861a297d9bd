//! The characters that every deployment has, kept in the binary so that it runs anywhere.

use super::{Character, file};

/// File stem and text of each.
const FILES: [(&str, &str); 10] = [
    ("ada", include_str!("../../agents/ada.toml")),
    ("bruno", include_str!("../../agents/bruno.toml")),
    ("celeste", include_str!("../../agents/celeste.toml")),
    ("dorothea", include_str!("../../agents/dorothea.toml")),
    ("felix", include_str!("../../agents/felix.toml")),
    ("hana", include_str!("../../agents/hana.toml")),
    ("idris", include_str!("../../agents/idris.toml")),
    ("jonas", include_str!("../../agents/jonas.toml")),
    ("mabel", include_str!("../../agents/mabel.toml")),
    ("theo", include_str!("../../agents/theo.toml")),
];

/// The built-in characters, by id. A file that could not be read would be missing; a test keeps that from happening.
pub fn builtins() -> Vec<Character> {
    FILES
        .iter()
        .filter_map(|(id, text)| file::read(id, text).ok())
        .collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_built_in_and_readable() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("agents");
        let entries = directory.read_dir().unwrap().map(|entry| entry.unwrap().path());
        let files: BTreeSet<String> = entries
            .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        let ids: BTreeSet<String> = builtins().into_iter().map(|character| character.id).collect();
        assert_eq!(ids, files);
    }

    #[test]
    fn they_can_be_told_apart() {
        let all = builtins();
        let distinct = |of: fn(&Character) -> Vec<String>| {
            let values: Vec<String> = all
                .iter()
                .flat_map(of)
                .map(|value| value.to_lowercase())
                .collect();
            assert_eq!(
                values.iter().collect::<BTreeSet<_>>().len(),
                values.len(),
                "{values:?}"
            );
        };
        distinct(|character| [std::slice::from_ref(&character.name), &character.aliases].concat());
        for provider in ["openai", "piper", "kokoro"] {
            assert!(
                all.iter()
                    .all(|character| character.voices.contains_key(provider)),
                "{provider}"
            );
        }
        distinct(|character| vec![character.voices.get("piper").cloned().unwrap_or_default()]);
        distinct(|character| vec![character.voices.get("kokoro").cloned().unwrap_or_default()]);
    }

    #[test]
    fn they_leave_the_choice_of_models_to_the_worker_and_stay_short() {
        for character in builtins() {
            assert_eq!(
                character.models,
                super::super::Models::default(),
                "{}",
                character.id
            );
            assert!(character.persona.starts_with("You are "), "{}", character.id);
            // A small model reads this on every first turn.
            assert!(
                character.persona.len() < 700,
                "{}: {}",
                character.id,
                character.persona.len()
            );
        }
    }
}
