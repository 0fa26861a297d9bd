//! What a report of one or more runs says.

use serde_json::Value;

use super::html::{Section, page};
use super::markdown::text;
use super::noise::noise;
use super::plot::{Line, Strip, lines, strips};
use super::run::{Figure, Run};
use super::soak::soaks;
use super::speakers::speakers;

/// What a load is measured by: its field, what it is called, and its unit.
const LOADS: [(&str, &str, &str); 4] = [
    (
        "cpu_s_per_room_min",
        "Processor time for a minute of one room",
        "s",
    ),
    ("pss_mb", "Memory of all rooms (proportional set size)", "MB"),
    ("latency.median", "First audio, median", "ms"),
    ("latency.p95", "First audio, 95th percentile", "ms"),
];

/// The page that shows these runs side by side; the first is the one that was measured.
pub fn html(title: &str, lead: &str, runs: &[Run]) -> String {
    page(title, lead, &sections(runs))
}

/// The same as Markdown, without the plots.
pub fn markdown(title: &str, lead: &str, runs: &[Run]) -> String {
    text(title, lead, &sections(runs))
}

fn sections(runs: &[Run]) -> Vec<Section> {
    [delays(runs), loads(runs), soaks(runs), voices(runs)]
        .into_iter()
        .chain(speakers(runs))
        .chain([noise(runs)])
        .filter(|section| section.table.len() > 1)
        .collect()
}

fn delays(runs: &[Run]) -> Section {
    let all: Vec<(usize, &Run, Vec<Figure>)> = runs
        .iter()
        .enumerate()
        .map(|(place, run)| (place, run, run.delays()))
        .collect();
    let mut names: Vec<String> = Vec::new();
    for (_, _, figures) in &all {
        for figure in figures {
            if !names.contains(&figure.what) {
                names.push(figure.what.clone());
            }
        }
    }
    let mut section = Section {
        heading: "Delays".into(),
        text: "First audio: from the last sample of the person's speech to the first audible sample of the \
               character, both legs of the transport included. Cut: from the first sample of the interrupting \
               speech to the last audible sample of the character. A dot is a turn; a bar reaches from the median \
               to the 95th percentile."
            .into(),
        ..Section::default()
    };
    section.table.push(row([
        "what", "run", "median", "95 %", "smallest", "largest", "turns", "",
    ]));
    for name in &names {
        let mut rows = Vec::new();
        for (place, run, figures) in &all {
            let Some(figure) = figures.iter().find(|figure| figure.what == *name) else {
                continue;
            };
            let summary = figure.summary;
            let shown = |value: Option<f64>| {
                value.map_or_else(|| "–".into(), |value| format!("{value:.0} {}", figure.unit))
            };
            section.table.push(vec![
                name.clone(),
                run.name.clone(),
                shown(summary.median),
                shown(summary.p95),
                shown(summary.min),
                shown(summary.max),
                summary.n.to_string(),
                figure.note.clone(),
            ]);
            rows.push(Strip {
                name: run.name.clone(),
                colour: *place,
                summary,
                values: figure.values.clone(),
            });
        }
        section.plots.push(strips(name, "ms", &rows));
    }
    section
}

fn loads(runs: &[Run]) -> Section {
    let mut section = Section {
        heading: "Many rooms at once".into(),
        text: "Processor time and memory are the worker's own process tree; the callers and the LiveKit server run \
               on the same machine."
            .into(),
        ..Section::default()
    };
    section.table.push(row([
        "run",
        "rooms",
        "CPU s a room minute",
        "memory MB",
        "first audio",
        "95 %",
        "missed",
        "failed",
    ]));
    let number = |load: &Value, path: &str| {
        let pointer = format!("/{}", path.replace('.', "/"));
        load.pointer(&pointer).and_then(Value::as_f64)
    };
    for run in runs {
        for (rooms, load) in run.loads() {
            let shown = |path: &str, unit: &str, digits: usize| {
                number(load, path).map_or_else(|| "–".into(), |value| format!("{value:.digits$}{unit}"))
            };
            section.table.push(vec![
                run.name.clone(),
                format!("{rooms:.0}"),
                shown("cpu_s_per_room_min", "", 2),
                shown("pss_mb", "", 1),
                shown("latency.median", " ms", 0),
                shown("latency.p95", " ms", 0),
                shown("missed", "", 0),
                shown("errors", "", 0),
            ]);
        }
    }
    for (path, what, unit) in LOADS {
        let drawn: Vec<Line> = runs
            .iter()
            .enumerate()
            .map(|(colour, run)| Line {
                name: run.name.clone(),
                colour,
                points: run
                    .loads()
                    .into_iter()
                    .filter_map(|(rooms, load)| Some((rooms, number(load, path)?)))
                    .collect(),
            })
            .filter(|line| !line.points.is_empty())
            .collect();
        if !drawn.is_empty() {
            section.plots.push(lines(what, "rooms", unit, &drawn));
        }
    }
    section
}

fn voices(runs: &[Run]) -> Section {
    let mut section = Section {
        heading: "Models".into(),
        text: "First: until the first sound, token or word. Factor: time for a second of sound. Errors: words that \
               are wrong, missing or too many in the transcripts of recordings whose words are known. Loudness: of \
               the voice, as it came and as people hear it, by ITU-R BS.1770. Memory: \
               what the process grew by, once the model had done all this."
            .into(),
        ..Section::default()
    };
    section.table.push(row([
        "run",
        "kind",
        "model",
        "voice",
        "first, median",
        "95 %",
        "factor",
        "word errors",
        "loudness",
        "memory",
        "asked",
        "failed",
    ]));
    for run in runs {
        for voice in run.json["voices"].as_array().into_iter().flatten() {
            let number = |pointer: &str| voice.pointer(pointer).and_then(Value::as_f64);
            let ms =
                |pointer: &str| number(pointer).map_or_else(|| "–".into(), |value| format!("{value:.0} ms"));
            let text = |key: &str| voice[key].as_str().unwrap_or("–").to_owned();
            section.table.push(vec![
                run.name.clone(),
                text("kind"),
                text("model"),
                text("voice"),
                ms("/first_ms/median"),
                ms("/first_ms/p95"),
                number("/rtf/median").map_or_else(|| "–".into(), |rtf| format!("{rtf:.2}")),
                number("/wer").map_or_else(|| "–".into(), |wer| format!("{:.1} %", wer * 100.0)),
                loudness(voice),
                number("/memory_mb").map_or_else(|| "–".into(), |mb| format!("{mb:.0} MB")),
                number("/first_ms/n").map_or_else(|| "0".into(), |n| format!("{n:.0}")),
                number("/failed").map_or_else(|| "0".into(), |n| format!("{n:.0}")),
            ]);
        }
    }
    section
}

fn loudness(voice: &Value) -> String {
    let lufs = |key: &str| voice["lufs"][key].as_f64();
    match (lufs("before"), lufs("after")) {
        (Some(before), Some(after)) => format!("{before:.1} → {after:.1} LUFS"),
        _ => "–".into(),
    }
}

pub(super) fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn runs_stand_side_by_side_and_what_nobody_measured_is_left_out() {
        let run = |name: &str, json: Value| Run {
            name: name.into(),
            json,
        };
        let real = |median: f64| json!({"real": {"latency": {"n": 2, "median": median, "p95": median}, "missed": 0}});
        let runs = [run("ours", real(700.0)), run("theirs", real(1176.0))];
        let page = html("Report", "lead", &runs);
        assert!(page.contains(">ours</text>") && page.contains(">theirs</text>"));
        assert!(!page.contains("Many rooms") && !page.contains("Models"));
        let text = markdown("Report", "lead", &runs);
        assert!(text.contains("| first audio | theirs | 1176 ms |"), "{text}");
    }
}
