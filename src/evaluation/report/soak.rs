//! What is said of rooms that came and went for a long time.

use serde_json::Value;

use super::html::Section;
use super::plot::{Line, lines};
use super::run::Run;
use super::sections::row;

/// What is drawn over time: its field, what it is called, and its unit.
const OVER_TIME: [(&str, &str, &str); 3] = [
    ("anon_mb", "Allocated memory between rounds", "MB"),
    (
        "pss_mb",
        "Memory between rounds with the pages of files (proportional set size)",
        "MB",
    ),
    ("files", "Open files and sockets between rounds", ""),
];

pub(super) fn soaks(runs: &[Run]) -> Section {
    let mut section = Section {
        heading: "Rooms that come and go".into(),
        text: "Read while no room was open. Growth is the slope of the line with the least squares through the \
               readings after the first three rounds, which fill what is kept for ever: of the memory that was \
               allocated, and with the pages of files, of which there are more with all code and data that was \
               ever used. Every turn that was not answered has to have a reason that the worker counted."
            .into(),
        ..Section::default()
    };
    section.table.push(row([
        "run",
        "rooms at once",
        "minutes",
        "talks",
        "turns",
        "missed",
        "of these torn by a late caller",
        "without a reason",
        "growth, MiB an hour",
        "with pages of files",
        "files",
        "threads",
        "first audio",
        "failed",
    ]));
    let soaked: Vec<(usize, &Run, &Value)> = runs
        .iter()
        .enumerate()
        .map(|(place, run)| (place, run, &run.json["soak"]))
        .filter(|(_, _, soak)| !soak.is_null())
        .collect();
    for (_, run, soak) in &soaked {
        let shown = |pointer: &str| match soak.pointer(pointer) {
            Some(Value::Number(number)) => number.to_string(),
            _ => "–".into(),
        };
        let from_to = |what: &str| {
            format!(
                "{} → {}",
                shown(&format!("/{what}/0")),
                shown(&format!("/{what}/1"))
            )
        };
        let errors = soak["errors"].as_object().into_iter().flatten();
        let failed: u64 = errors.filter_map(|(_, count)| count.as_u64()).sum();
        section.table.push(vec![
            run.name.clone(),
            shown("/rooms"),
            shown("/minutes"),
            shown("/talks"),
            shown("/turns"),
            shown("/missed"),
            shown("/missed_by_late_callers"),
            shown("/missed_without_reason"),
            shown("/growth_mib_per_h"),
            shown("/pss_growth_mib_per_h"),
            from_to("files"),
            from_to("threads"),
            format!("{} ms", shown("/latency/median")),
            failed.to_string(),
        ]);
    }
    for (field, what, unit) in OVER_TIME {
        let drawn: Vec<Line> = soaked
            .iter()
            .map(|(colour, run, soak)| Line {
                name: run.name.clone(),
                colour: *colour,
                points: readings(soak, field),
            })
            .filter(|line| !line.points.is_empty())
            .collect();
        if !drawn.is_empty() {
            section.plots.push(lines(what, "minutes", unit, &drawn));
        }
    }
    section
}

fn readings(soak: &Value, field: &str) -> Vec<(f64, f64)> {
    let readings = soak["readings"].as_array().into_iter().flatten();
    let point = |reading: &Value| Some((reading["minute"].as_f64()?, reading["taken"][field].as_f64()?));
    readings.filter_map(point).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn its_readings_are_drawn() {
        let json = json!({ "soak": { "rooms": 30, "growth_mib_per_h": 0.2, "files": [30, 31], "missed": 0,
            "readings": [{"minute": 4.0, "taken": {"anon_mb": 22.5, "pss_mb": 40.0, "files": 30}},
                         {"minute": 8.0, "taken": {"anon_mb": 22.6, "pss_mb": 40.5, "files": 31}}] } });
        let run = Run {
            name: "ours".into(),
            json,
        };
        let section = soaks(&[run]);
        assert_eq!(section.plots.len(), 3);
        assert_eq!(section.table[1][10], "30 → 31");
        assert_eq!(section.table[1][3], "–");
    }
}
