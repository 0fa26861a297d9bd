//! What a deployment prepares in files: premade role-plays and research projects, one TOML file each.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::character::{Fault, Faults};

/// Longest name, characters.
const NAME_MAX: usize = 200;
/// Longest other text, characters.
const TEXT_MAX: usize = 5_000;
/// Largest file that is read, bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// Something that is prepared in a file.
pub trait Template: DeserializeOwned {
    /// Folder of such files, within `agents`.
    const FOLDER: &'static str;
    /// Fields that a file may have.
    const FIELDS: &'static [&'static str];
    /// Its UUID, written in the file so that it stays.
    fn id(&self) -> &str;
    /// Says what can't be used.
    fn check(&self, checks: &mut Checks);
}

/// Collects what is wrong with the fields of a template.
#[derive(Debug, Default)]
pub struct Checks(Vec<(&'static str, String)>);

impl Checks {
    fn say(&mut self, field: &'static str, problem: impl Into<String>) {
        self.0.push((field, problem.into()));
    }

    /// A UUID in its usual spelling.
    pub fn uuid(&mut self, field: &'static str, id: &str) {
        if !is_uuid(id) {
            self.say(
                field,
                "must be a UUID in lower case, made once (`uuidgen`) and kept",
            );
        }
    }

    /// 1–200 characters.
    pub fn name(&mut self, field: &'static str, text: &str) {
        self.length(field, text, 1, NAME_MAX);
    }

    /// Up to 5 000 characters.
    pub fn text(&mut self, field: &'static str, text: &str) {
        self.length(field, text, 0, TEXT_MAX);
    }

    /// 1–5 000 characters.
    pub fn filled(&mut self, field: &'static str, text: &str) {
        self.length(field, text, 1, TEXT_MAX);
    }

    /// A whole number in a range.
    pub fn range(&mut self, field: &'static str, number: u32, least: u32, most: u32) {
        if !(least..=most).contains(&number) {
            self.say(field, format!("must be from {least} to {most}"));
        }
    }

    /// At most so many items.
    pub fn count(&mut self, field: &'static str, count: usize, most: usize) {
        if count > most {
            self.say(field, format!("must have at most {most} items"));
        }
    }

    /// A weight from 0 to 100.
    pub fn weight(&mut self, field: &'static str, weight: f64) {
        if !(0.0..=100.0).contains(&weight) {
            self.say(field, "must be from 0 to 100");
        }
    }

    fn length(&mut self, field: &'static str, text: &str, least: usize, most: usize) {
        let length = text.trim().chars().count();
        if !(least..=most).contains(&length) {
            self.say(field, format!("must have {least} to {most} characters"));
        } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            self.say(field, "holds a control character");
        }
    }
}

/// Whether it is a UUID as the API writes them: lower case, with hyphens.
pub fn is_uuid(text: &str) -> bool {
    uuid::Uuid::parse_str(text).is_ok_and(|id| id.hyphenated().to_string() == text)
}

/// The templates kept in the binary. One that could not be read would be missing; a test keeps that from
/// happening.
pub(super) fn builtins<T: Template>(files: &[(&str, &str)]) -> Vec<T> {
    files
        .iter()
        .filter_map(|(name, text)| read(Path::new(name), text).ok())
        .collect()
}

/// `builtins` and the templates of `<agents>/<FOLDER>/*.toml`. A file takes the place of the built-in of its id.
///
/// # Errors
/// All faults of all files at once; two files of one id are a fault.
pub fn load<T: Template>(builtins: Vec<T>, agents: &Path) -> Result<Vec<T>, Faults> {
    let folder = agents.join(T::FOLDER);
    if !folder.is_dir() {
        return Ok(builtins);
    }
    let unlisted = |error| Faults(vec![fault(&folder, None, format!("can't be listed: {error}"))]);
    let mut paths = Vec::new();
    for entry in folder.read_dir().map_err(unlisted)? {
        paths.push(entry.map_err(unlisted)?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut all: BTreeMap<String, T> = builtins
        .into_iter()
        .map(|one| (one.id().to_owned(), one))
        .collect();
    let mut seen = BTreeMap::new();
    let mut faults = Vec::new();
    for path in paths {
        match read_file::<T>(&path) {
            Ok(template) => match seen.insert(template.id().to_owned(), path.clone()) {
                Some(first) => {
                    let problem = format!("has the same id as {}", first.display());
                    faults.push(fault(&path, Some("id"), problem));
                }
                None => drop(all.insert(template.id().to_owned(), template)),
            },
            Err(more) => faults.extend(more),
        }
    }
    match faults.is_empty() {
        true => Ok(all.into_values().collect()),
        false => Err(Faults(faults)),
    }
}

fn read_file<T: Template>(path: &Path) -> Result<T, Vec<Fault>> {
    let unreadable = |error: std::io::Error| vec![fault(path, None, format!("can't be read: {error}"))];
    let bytes = path.metadata().map_err(unreadable)?.len();
    if bytes > FILE_BYTES_MAX {
        let problem = format!("has {bytes} bytes; at most {FILE_BYTES_MAX} are read");
        return Err(vec![fault(path, None, problem)]);
    }
    read(path, &std::fs::read_to_string(path).map_err(unreadable)?)
}

fn read<T: Template>(path: &Path, text: &str) -> Result<T, Vec<Fault>> {
    let template: T = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let mut fault = fault(path, None, error.message().to_owned());
        fault.line = before.map(|before| before.matches('\n').count() + 1);
        vec![fault]
    })?;
    let mut checks = Checks::default();
    template.check(&mut checks);
    let mut faults = unknown_fields::<T>(path, text);
    faults.extend(
        checks
            .0
            .into_iter()
            .map(|(field, problem)| fault(path, Some(field), problem)),
    );
    match faults.is_empty() {
        true => Ok(template),
        false => Err(faults),
    }
}

/// Serde can't do this here: a type that it closes can't be a part of an answer with more fields.
fn unknown_fields<T: Template>(path: &Path, text: &str) -> Vec<Fault> {
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let unknown = table.keys().filter(|key| !T::FIELDS.contains(&key.as_str()));
    let faults = unknown.map(|key| Fault {
        line: text
            .lines()
            .position(|line| line.trim_start_matches(['[', ' ']).starts_with(key.as_str()))
            .map(|at| at + 1),
        ..fault(
            path,
            Some(key),
            format!("there is no such field; known are {}", T::FIELDS.join(", ")),
        )
    });
    faults.collect()
}

fn fault(file: &Path, field: Option<&str>, problem: String) -> Fault {
    Fault {
        file: file.to_owned(),
        line: None,
        field: field.map(str::to_owned),
        problem,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::rooms::interview::{ResearchProject, project_builtins};
    use crate::rooms::roleplay::{Premade, premade_builtins};

    fn count<T: Template>() -> usize {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("agents")
            .join(T::FOLDER);
        folder.read_dir().unwrap().count()
    }

    #[test]
    fn every_file_is_built_in_and_readable() {
        assert_eq!(premade_builtins().len(), count::<Premade>());
        assert_eq!(project_builtins().len(), count::<ResearchProject>());
    }

    #[test]
    fn the_built_ins_name_built_in_characters() {
        let known: Vec<String> = crate::character::builtins()
            .into_iter()
            .map(|one| one.id)
            .collect();
        for premade in premade_builtins() {
            assert!(known.contains(&premade.character_id), "{}", premade.name);
            assert!(!premade.rubric.is_empty(), "{}", premade.name);
        }
        for project in project_builtins() {
            assert!(project.character_id.is_some_and(|id| known.contains(&id)));
        }
    }

    #[test]
    fn faults_of_all_files_come_at_once_and_a_good_file_replaces_its_built_in() {
        let agents = tempfile::tempdir().unwrap();
        let folder = agents.path().join(Premade::FOLDER);
        std::fs::create_dir(&folder).unwrap();
        let id = premade_builtins().swap_remove(0).id;
        let good = format!("id = \"{id}\"\nname = \"Mine\"\nscenario = \"S\"\ncharacter = \"ada\"\n");
        std::fs::write(folder.join("good.toml"), &good).unwrap();
        let all = load(premade_builtins(), agents.path()).unwrap();
        assert_eq!(all.len(), premade_builtins().len());
        assert_eq!(all.iter().find(|one| one.id == id).unwrap().name, "Mine");
        std::fs::write(folder.join("again.toml"), &good).unwrap();
        std::fs::write(
            folder.join("bad.toml"),
            "id = \"x\"\nname = \"\"\nscenario = \"S\"\ncharacter = \"a\"\n",
        )
        .unwrap();
        std::fs::write(
            folder.join("odd.toml"),
            "name = \"N\"\ncolour = 1\nscenario = \"S\"\ncharacter = \"a\"\nid = \"x\"\n",
        )
        .unwrap();
        let faults = load(premade_builtins(), agents.path()).unwrap_err().to_string();
        for part in [
            "same id",
            "bad.toml: id must be a UUID",
            "bad.toml: name must have",
            "odd.toml:2:",
        ] {
            assert!(faults.contains(part), "{part} in {faults}");
        }
    }
}
