//! What noise does to hearing, as a table and plots.

use serde_json::Value;

use super::html::Section;
use super::plot::{Line, lines};
use super::run::Run;

/// What is drawn: its field, what it is called, its unit, and by what it is multiplied.
const DRAWN: [(&str, &str, &str, f64); 2] = [
    ("wer", "Word errors", "%", 100.0),
    ("voicesPerMin", "Voices found in the noise alone", "a minute", 1.0),
];

/// The section of all runs that measured it.
pub(super) fn noise(runs: &[Run]) -> Section {
    let mut section = Section {
        heading: "Noise".into(),
        text: "The real ear and speech to text on recordings with noise over them, without and with a treatment \
               before both. Words: what is wrong, missing or too many; a voice that the ear doesn't find has all \
               its words missing. Voices: what the ear takes for one in the noise alone."
            .into(),
        ..Section::default()
    };
    let header = [
        "run",
        "disturbance",
        "treatment",
        "strength",
        "word errors",
        "voices a minute",
    ];
    section.table.push(header.map(str::to_owned).to_vec());
    let mut disturbances: Vec<(String, String)> = Vec::new();
    for run in runs {
        for curve in curves(run) {
            let named = (text(curve, "disturbance"), text(curve, "unit"));
            if !disturbances.contains(&named) {
                disturbances.push(named);
            }
            for point in curve["points"].as_array().into_iter().flatten() {
                let shown = |key: &str, factor: f64, unit: &str| {
                    point[key]
                        .as_f64()
                        .map_or_else(|| "–".into(), |value| format!("{:.1}{unit}", value * factor))
                };
                section.table.push(vec![
                    run.name.clone(),
                    text(curve, "disturbance"),
                    text(curve, "treatment"),
                    format!("{} ({})", point["at"], text(curve, "unit")),
                    shown("wer", 100.0, " %"),
                    shown("voicesPerMin", 1.0, ""),
                ]);
            }
        }
    }
    for (disturbance, unit) in &disturbances {
        for (key, what, y_unit, factor) in DRAWN {
            let of = runs
                .iter()
                .flat_map(|run| curves(run).map(move |curve| (run, curve)));
            let drawn: Vec<Line> = of
                .filter(|(_, curve)| text(curve, "disturbance") == *disturbance)
                .enumerate()
                .map(|(colour, (run, curve))| Line {
                    name: match runs.len() {
                        1 => text(curve, "treatment"),
                        _ => format!("{}: {}", run.name, text(curve, "treatment")),
                    },
                    colour,
                    points: points(curve, key, factor),
                })
                .filter(|line| !line.points.is_empty())
                .collect();
            if !drawn.is_empty() {
                section
                    .plots
                    .push(lines(&format!("{what}, {disturbance}"), unit, y_unit, &drawn));
            }
        }
    }
    section
}

fn curves(run: &Run) -> impl Iterator<Item = &Value> {
    run.json["noise"].as_array().into_iter().flatten()
}

fn text(curve: &Value, key: &str) -> String {
    curve[key].as_str().unwrap_or("–").to_owned()
}

fn points(curve: &Value, key: &str, factor: f64) -> Vec<(f64, f64)> {
    let points = curve["points"].as_array().into_iter().flatten();
    points
        .filter_map(|point| Some((point["at"].as_f64()?, point[key].as_f64()? * factor)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_disturbance_has_its_plots_and_each_point_its_row() {
        let curve = |treatment: &str, voices: Value| {
            json!({"disturbance": "pink", "unit": "dB", "treatment": treatment,
                "points": [{"at": 20, "wer": 0.1, "voicesPerMin": voices}, {"at": 0, "wer": 0.5}]})
        };
        let run = Run {
            name: "ours".into(),
            json: json!({"noise": [curve("none", json!(2.0)), curve("both", Value::Null)]}),
        };
        let section = noise(&[run]);
        assert_eq!(section.table.len(), 5);
        assert_eq!(
            section.table[1],
            ["ours", "pink", "none", "20 (dB)", "10.0 %", "2.0"]
        );
        assert_eq!(section.plots.len(), 2);
        assert!(section.plots[0].contains(">both</text>") && !section.plots[1].contains(">both</text>"));
    }
}
