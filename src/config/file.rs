//! `troupe.toml` as a flat list of fields, each with its line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Faults, Origin};

/// The file that is read when none is named and it exists.
const DEFAULT_PATH: &str = "troupe.toml";

/// One value of the file.
#[derive(Debug)]
pub(super) struct Field {
    /// As text, numbers and truth values included; `None` for anything that no setting may be.
    pub(super) text: Option<String>,
    /// Line of the key, from 1.
    pub(super) line: usize,
}

/// The file's fields by table and key.
#[derive(Debug, Default)]
pub(super) struct File {
    path: PathBuf,
    fields: BTreeMap<(String, String), Field>,
}

impl File {
    /// Takes a field out, so that what is left at the end is unknown.
    pub(super) fn take(&mut self, (table, key): (&str, &str)) -> Option<Field> {
        self.fields.remove(&(table.to_owned(), key.to_owned()))
    }

    /// Where a field stands.
    pub(super) fn origin(&self, (table, key): (&str, &str), line: usize) -> Origin {
        let field = if table.is_empty() {
            key.to_owned()
        } else {
            format!("{table}.{key}")
        };
        Origin::File {
            path: self.path.clone(),
            line: Some(line),
            field: Some(field),
        }
    }

    /// Everything that nobody took.
    pub(super) fn rest(&self) -> impl Iterator<Item = Origin> {
        self.fields
            .iter()
            .map(|((table, key), field)| self.origin((table, key), field.line))
    }
}

/// Reads `path`, or the default file where there is one.
pub(super) fn read(path: Option<&Path>, faults: &mut Faults) -> File {
    let named = path.is_some();
    let path = path.unwrap_or(Path::new(DEFAULT_PATH)).to_owned();
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(path, &text, faults),
        Err(error) if !named && error.kind() == std::io::ErrorKind::NotFound => File::default(),
        Err(error) => {
            faults.add(
                Origin::File {
                    path,
                    line: None,
                    field: None,
                },
                format!("can't be read: {error}"),
            );
            File::default()
        }
    }
}

fn parse(path: PathBuf, text: &str, faults: &mut Faults) -> File {
    // Recovery goes on after a syntax error, so that the faults of the other lines are told as well.
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let line = error.span().map(|span| line_of(text, &span));
        faults.add(
            Origin::File {
                path: path.clone(),
                line,
                field: None,
            },
            error.message(),
        );
    }
    let mut file = File {
        path,
        fields: BTreeMap::new(),
    };
    for (key, value) in document.get_ref() {
        match value.get_ref() {
            DeValue::Table(table) => {
                for (inner, value) in table {
                    file.insert(text, key.get_ref(), inner, value);
                }
            }
            _ => file.insert(text, "", key, value),
        }
    }
    file
}

impl File {
    fn insert(
        &mut self,
        source: &str,
        table: &str,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let text = match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) => Some(number.as_str().to_owned()),
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            DeValue::Boolean(flag) => Some(flag.to_string()),
            _ => None,
        };
        let field = Field {
            text,
            line: line_of(source, &key.span()),
        };
        self.fields
            .insert((table.to_owned(), key.get_ref().to_string()), field);
    }
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.bytes()
        .take(span.start)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}
