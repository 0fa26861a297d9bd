//! Characters of a directory, one file each.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::file::{self, FaultAt};
use super::{Character, builtins};

/// Largest file that is read, bytes; a persona at its longest is far smaller.
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// Longest id, bytes.
const ID_MAX: usize = 64;

/// What is wrong with a directory of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, or the directory.
    pub file: PathBuf,
    /// Counted from 1, when it is known.
    pub line: Option<usize>,
    /// Dotted name of the field, when it is one.
    pub field: Option<String>,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        if let Some(field) = &self.field {
            write!(f, " {field}")?;
        }
        write!(f, " {}", self.problem)
    }
}

/// All faults of all files, a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// The built-in characters and those of `directories`, by id. A file takes the place of the built-in of its id.
///
/// # Errors
/// As [`read`].
pub fn load(directories: &[PathBuf]) -> Result<Vec<Character>, Faults> {
    let characters: BTreeMap<String, Character> = builtins()
        .into_iter()
        .chain(read(directories)?)
        .map(|character| (character.id.clone(), character))
        .collect();
    Ok(characters.into_values().collect())
}

/// The characters of these files, and of the files of these directories, by id. In directories, files other than
/// `*.toml` are passed over.
///
/// # Errors
/// All faults of all files; two files of one id are one as well.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Character>, Faults> {
    let mut faults = Vec::new();
    let mut found: BTreeMap<String, (PathBuf, Option<Character>)> = BTreeMap::new();
    let mut files = Vec::new();
    for path in paths {
        if path.is_file() {
            files.push(path.clone());
        } else {
            files.extend(listed(path, &mut faults));
        }
    }
    for path in files {
        let Some(id) = id_of(&path) else {
            let problem = "the file's name becomes the character's id: \
                           1 to 64 of a-z, 0-9, - and _, beginning with a letter";
            faults.push(fault(&path, problem.to_owned()));
            continue;
        };
        if let Some((first, _)) = found.get(&id) {
            faults.push(fault(
                &path,
                format!("has the same id, {id}, as {}", first.display()),
            ));
            continue;
        }
        let character = match read_file(&id, &path) {
            Ok(character) => Some(character),
            Err(more) => {
                faults.extend(more);
                None
            }
        };
        found.insert(id, (path, character));
    }
    if !faults.is_empty() {
        return Err(Faults(faults));
    }
    let characters = found.into_values().filter_map(|(_, character)| character);
    Ok(characters.collect())
}

fn fault(file: &Path, problem: String) -> Fault {
    Fault {
        file: file.to_owned(),
        line: None,
        field: None,
        problem,
    }
}

/// The directory's character files by name, so that faults come in the same order everywhere.
fn listed(directory: &Path, faults: &mut Vec<Fault>) -> Vec<PathBuf> {
    let entries = directory
        .read_dir()
        .and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    match entries {
        Ok(entries) => {
            let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
            paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
            paths.sort();
            paths
        }
        Err(error) => {
            faults.push(fault(directory, format!("can't be listed: {error}")));
            Vec::new()
        }
    }
}

fn id_of(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let fits = stem.len() <= ID_MAX
        && stem.starts_with(|c: char| c.is_ascii_lowercase())
        && stem
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
    fits.then(|| stem.to_owned())
}

fn read_file(id: &str, path: &Path) -> Result<Character, Vec<Fault>> {
    let unreadable = |error: std::io::Error| vec![fault(path, format!("can't be read: {error}"))];
    let bytes = path.metadata().map_err(unreadable)?.len();
    if bytes > FILE_BYTES_MAX {
        return Err(vec![fault(
            path,
            format!("has {bytes} bytes; at most {FILE_BYTES_MAX} are read"),
        )]);
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let placed = |FaultAt { line, field, problem }| Fault {
        file: path.to_owned(),
        line: Some(line),
        field,
        problem,
    };
    file::read(id, &text).map_err(|faults| faults.into_iter().map(placed).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"X\"\npersona = \"You are X.\"\n";

    fn directory(test: &str, files: &[(&str, &str)]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("troupe-characters-{test}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        for (name, text) in files {
            std::fs::write(path.join(name), text).unwrap();
        }
        path
    }

    #[test]
    fn a_file_joins_the_built_ins_or_takes_the_place_of_one() {
        let path = directory(
            "join",
            &[("ada.toml", GOOD), ("x.toml", GOOD), ("notes.txt", "?")],
        );
        let all = load(std::slice::from_ref(&path)).unwrap();
        assert_eq!(all.len(), builtins().len() + 1);
        assert_eq!(
            all.iter().find(|character| character.id == "ada").unwrap().name,
            "X"
        );
        assert!(all.is_sorted_by(|a, b| a.id < b.id));
        std::fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn faults_of_all_files_come_at_once() {
        let first = directory(
            "first",
            &[("a.toml", "name = 1\n"), ("B b.toml", GOOD), ("c.toml", GOOD)],
        );
        let second = directory("second", &[("c.toml", GOOD)]);
        let missing = second.join("missing");
        let faults = load(&[first.clone(), second.clone(), missing]).err().unwrap();
        let shown = faults.to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 5, "{shown}");
        for part in [
            "B b.toml: the file's name",
            "a.toml:1: name must be",
            "persona is missing",
            "same id, c",
            "listed",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        std::fs::remove_dir_all(first).unwrap();
        std::fs::remove_dir_all(second).unwrap();
    }
}
