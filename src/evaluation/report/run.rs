//! One run's figures, read from its JSON.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::evaluation::caller::{PARTS, Summary};

/// Steps that measure first-audio delays, and what they are called.
const TALKS: [(&str, &str); 2] = [
    ("zero", "first audio, models without delay"),
    ("real", "first audio"),
];
/// What joining is measured by, and what it is called.
const JOINS: [(&str, &str); 3] = [
    ("agent_joined", "start to character in the room"),
    ("track_published", "start to its track published"),
    ("track_subscribed", "start to its track heard"),
];

/// Why a file can't be compared with.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It can't be read.
    #[error("can't read {path}: {error}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It holds something else.
    #[error(
        "{0} holds no results: there is none of join, zero, real, barge, load, soak, voices, noise or turns in it"
    )]
    Other(PathBuf),
}

/// One measured thing: what, in which unit, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// `ms` or another unit.
    pub unit: &'static str,
    /// Median, range and count.
    pub summary: Summary,
    /// Every single value, where they are known.
    pub values: Vec<f64>,
    /// What there is to say beside: missed and early replies, a busy machine.
    pub note: String,
}

/// A run with a name.
#[derive(Debug, Clone)]
pub struct Run {
    /// What it is called in tables and plots.
    pub name: String,
    /// All that was written down.
    pub json: Value,
}

impl Run {
    /// Reads a file: ours, or another bench's in the same format.
    ///
    /// # Errors
    /// When it can't be read or holds something else.
    pub fn read(path: &Path) -> Result<Self, RunError> {
        let text = std::fs::read_to_string(path).map_err(|error| RunError::Unreadable {
            path: path.to_owned(),
            error,
        })?;
        let json: Value = serde_json::from_str(&text).map_err(|_| RunError::Other(path.to_owned()))?;
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let name = ["name", "label"].iter().find_map(|key| json[*key].as_str());
        let name = name.filter(|name| !name.is_empty()).map_or(stem, str::to_owned);
        let run = Self {
            name,
            json: sections_of(json),
        };
        let is_known = [
            "join", "zero", "real", "barge", "load", "soak", "voices", "noise", "turns",
        ]
        .iter()
        .any(|section| !run.json[*section].is_null());
        is_known
            .then_some(run)
            .ok_or_else(|| RunError::Other(path.to_owned()))
    }

    /// Its delays, in the order in which they are shown.
    pub fn delays(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        for (step, what) in TALKS {
            let section = &self.json[step];
            figures.extend(figure(section, "latency", what, "latency_ms", talk_note(section)));
            figures.extend(PARTS.iter().filter_map(|(key, part, _)| {
                let note = "of it, as the worker says".to_owned();
                figure(&section["parts"], key, &format!("– {part}"), key, note)
            }));
        }
        let barge = &self.json["barge"];
        let silent = barge["silent"].as_u64().filter(|silent| *silent > 0);
        let note = silent.map_or_else(String::new, |silent| {
            format!("{silent} had ended before they were cut")
        });
        figures.extend(figure(barge, "stop", "cut", "stop_ms", note));
        figures.extend(figure(
            barge,
            "latency",
            "first audio after a cut",
            "latency_ms",
            talk_note(barge),
        ));
        for (event, what) in JOINS {
            figures.extend(figure(&self.json["join"], event, what, event, String::new()));
        }
        figures
    }

    /// Its loads by number of rooms, fewest first.
    pub fn loads(&self) -> Vec<(f64, &Value)> {
        let sections = self.json["load"].as_object().into_iter().flatten();
        let mut loads: Vec<(f64, &Value)> = sections
            .filter_map(|(rooms, load)| Some((rooms.parse().ok()?, load)))
            .collect();
        loads.sort_by(|one, other| one.0.total_cmp(&other.0));
        loads
    }
}

/// A file of a single caller is one section.
fn sections_of(json: Value) -> Value {
    let section = |name: &str, section: Value| serde_json::json!({ name: section });
    let turns = || -> Vec<Value> {
        let rooms = json["rooms"].as_array().into_iter().flatten();
        let turns = rooms.filter_map(|room| room["turns"].as_array());
        turns.flatten().cloned().collect()
    };
    match json["mode"].as_str() {
        Some("latency" | "load") => section(
            "real",
            serde_json::json!({ "latency": json["latency_ms"], "missed": json["missed"],
                "early": json["early"], "psi_pct": json["psi_pct"]["median"], "turns": turns() }),
        ),
        Some("bargein") => section(
            "barge",
            serde_json::json!({ "stop": json["stop_ms"], "latency": json["latency_ms"],
                "missed": json["missed"], "psi_pct": json["psi_pct"]["median"], "turns": turns() }),
        ),
        Some("join") => section(
            "join",
            serde_json::json!({ "agent_joined": json["join_agent_joined_ms"],
                "track_published": json["join_track_published_ms"],
                "track_subscribed": json["join_track_subscribed_ms"] }),
        ),
        _ => json,
    }
}

fn figure(section: &Value, key: &str, what: &str, each: &str, note: String) -> Option<Figure> {
    let summary: Summary = serde_json::from_value(section.get(key)?.clone()).ok()?;
    let turns = section["turns"].as_array().into_iter().flatten();
    let values = turns.filter_map(|turn| turn[each].as_f64()).collect();
    (summary.n > 0).then(|| Figure {
        what: what.to_owned(),
        unit: "ms",
        summary,
        values,
        note,
    })
}

fn talk_note(section: &Value) -> String {
    let mut notes = Vec::new();
    for (key, what) in [
        ("missed", "without a reply"),
        ("early", "before the end of speech"),
    ] {
        if let Some(count) = section[key].as_u64().filter(|count| *count > 0) {
            notes.push(format!("{count} {what}"));
        }
    }
    let waited = section["psi_pct"].as_f64().filter(|psi| *psi >= 20.0);
    if let Some(psi) = waited {
        notes.push(format!(
            "busy machine: {psi:.0} % of the time somebody waited for a processor"
        ));
    }
    notes.join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn results_of_any_bench_in_the_format_are_read() {
        let theirs = json!({"cmd": "python worker.py", "env": [],
            "join": {"agent_joined": {"n": 6, "median": 440.6, "p95": 470.9}},
            "real": {"psi_pct": 25.0, "latency": {"n": 12, "median": 1175.6, "p95": 1255.4}, "missed": 1, "early": 0},
            "barge": {"psi_pct": 6, "stop": {"n": 5, "median": 697.0}, "latency": {"n": 0}, "missed": 0},
            "load": {"10": {"pss_mb": 1893.6}, "1": {"pss_mb": 699.2}}});
        let run = Run {
            name: "theirs".into(),
            json: theirs,
        };
        let figures = run.delays();
        let names: Vec<&str> = figures.iter().map(|figure| figure.what.as_str()).collect();
        assert_eq!(names, ["first audio", "cut", "start to character in the room"]);
        assert!(figures[0].note.contains("1 without a reply") && figures[0].note.contains("busy"));
        let rooms: Vec<f64> = run.loads().iter().map(|(rooms, _)| *rooms).collect();
        assert_eq!(rooms, [1.0, 10.0]);
    }

    #[test]
    fn a_callers_own_file_is_one_section() {
        let json = sections_of(
            json!({"mode": "latency", "latency_ms": {"n": 1, "median": 500.0}, "missed": 0,
            "early": 0, "psi_pct": {"n": 0}, "rooms": [{"turns": [{"latency_ms": 500.0}]}]}),
        );
        let run = Run {
            name: "one".into(),
            json,
        };
        assert_eq!(run.delays()[0].values, [500.0]);
    }
}
