//! Reads character files anew when they change, for `troupe dev`.
//!
//! Files are looked at now and then: that works on every file system, also on those that are mounted from elsewhere.

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tokio::time::sleep;

use super::Output;
use super::serve::character_folders;
use crate::character::{self, Character, Faults};
use crate::rooms::character_record::BuiltIns;

/// Time between two looks.
const EVERY: Duration = Duration::from_millis(500);

/// Name, time of the last change and length of a file.
type Stamp = (PathBuf, Option<SystemTime>, u64);

/// See the module.
pub(super) struct Reload {
    characters: BuiltIns,
    output: Output,
    seen: Vec<Stamp>,
}

impl Reload {
    /// Watches from now on over what was just read.
    pub(super) fn of(characters: BuiltIns, output: Output) -> Self {
        Self {
            characters,
            output,
            seen: stamps(),
        }
    }

    /// Looks until it is dropped.
    pub(super) async fn watch(mut self) -> Infallible {
        loop {
            sleep(EVERY).await;
            // A few dozen file names and times: this does not hold up the thread.
            let now = stamps();
            if now != self.seen {
                self.seen = now;
                self.take(character::load(&character_folders()));
            }
        }
    }

    /// Puts what was read in its place, or keeps what there is and tells the fault.
    fn take(&self, read: Result<Vec<Character>, Faults>) {
        match read {
            Ok(characters) => {
                let changes = changes(&self.characters.now(), &characters);
                self.characters.replace(characters);
                if !changes.is_empty() {
                    self.output.progress(format_args!(
                        "read anew, for the next room: {}",
                        changes.join(", ")
                    ));
                }
            }
            Err(faults) => self
                .output
                .progress(format_args!("{faults}\nthe characters stay as they were")),
        }
    }
}

/// Ids of those that came, changed or went.
fn changes(before: &[Character], after: &[Character]) -> Vec<String> {
    let of = |all: &[Character], id: &str| all.iter().find(|character| character.id == id).cloned();
    let come = after
        .iter()
        .filter(|character| of(before, &character.id).as_ref() != Some(character))
        .map(|character| character.id.clone());
    let gone = before
        .iter()
        .filter(|character| of(after, &character.id).is_none())
        .map(|character| format!("{} (gone)", character.id));
    come.chain(gone).collect()
}

/// All files of the folders, in order.
fn stamps() -> Vec<Stamp> {
    let mut stamps = Vec::new();
    for folder in character_folders() {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries {
            let Ok(about) = entry.metadata() else { continue };
            if about.is_file() {
                stamps.push((entry.path(), about.modified().ok(), about.len()));
            }
        }
    }
    stamps.sort();
    stamps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn character(id: &str, persona: &str) -> Character {
        Character {
            id: id.to_owned(),
            name: id.to_owned(),
            persona: persona.to_owned(),
            ..character::builtins()
                .into_iter()
                .next()
                .unwrap_or_else(|| unreachable!())
        }
    }

    #[test]
    fn what_can_be_read_takes_the_place_and_what_cant_changes_nothing() {
        let built_ins = BuiltIns::new(vec![character("a", "one"), character("b", "one")]);
        let reload = Reload {
            characters: built_ins.clone(),
            output: Output::new(true),
            seen: Vec::new(),
        };
        reload.take(Err(Faults(Vec::new())));
        assert_eq!(built_ins.now().len(), 2);
        let after = vec![character("a", "two"), character("c", "one")];
        assert_eq!(changes(&built_ins.now(), &after), ["a", "c", "b (gone)"]);
        reload.take(Ok(after));
        let persona = built_ins.get("a").map(|character| character.persona);
        assert_eq!((persona.as_deref(), built_ins.get("b")), (Some("two"), None));
    }
}
