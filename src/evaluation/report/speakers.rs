//! How alike voices are: a table and a heat map for each run that laid several beside each other.

use serde::Deserialize;

use super::heat::heat;
use super::html::Section;
use super::run::Run;
use crate::evaluation::speakers::Likeness;

/// Where colours begin and end: strangers of one sex and age are rarely less alike than this.
const COLOURED: [f64; 2] = [0.4, 1.0];

/// One section for each run.
pub(super) fn speakers(runs: &[Run]) -> Vec<Section> {
    let measured = runs.iter().filter_map(|run| {
        let likeness = Likeness::deserialize(&run.json["speakers"]).ok()?;
        Some(section(&run.name, &likeness))
    });
    measured.collect()
}

fn section(run: &str, likeness: &Likeness) -> Section {
    let Likeness {
        voices, similarity, ..
    } = likeness;
    let mut header = vec![String::new()];
    header.extend((1..=voices.len()).map(|column| column.to_string()));
    let rows = voices.iter().zip(similarity).enumerate();
    let rows = rows.map(|(row, (voice, values))| {
        let mut cells = vec![format!("{} {voice}", row + 1)];
        cells.extend(values.iter().map(|value| format!("{value:.2}")));
        cells
    });
    Section {
        heading: format!("Voices told apart: {run}"),
        text: format!(
            "How alike voices sound to a model that tells speakers apart, 0 to 1: the mean over all pairs of different \
             sentences, in the diagonal of one voice with itself. {}",
            verdict(likeness)
        ),
        plots: vec![heat("How alike voices sound", voices, similarity, COLOURED)],
        table: std::iter::once(header).chain(rows).collect(),
    }
}

/// What it comes to, in two sentences.
fn verdict(likeness: &Likeness) -> String {
    let Likeness {
        own_min, between_max, ..
    } = likeness;
    let [own, _] = &own_min.voices;
    let [one, other] = &between_max.voices;
    format!(
        "{}: a voice is at least {:.2} like itself ({own}), and two voices are at most {:.2} alike ({one} and {other}). {} \
         of {} sentences are most like the others of their own voice.",
        if likeness.told_apart {
            "Told apart"
        } else {
            "Not told apart"
        },
        own_min.similarity,
        between_max.similarity,
        likeness.lines_right,
        likeness.lines
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn each_run_has_its_square_and_says_whether_voices_are_told_apart() {
        let run = |told_apart: bool| Run {
            name: "ours".into(),
            json: json!({"speakers": {"voices": ["joe", "ann"], "similarity": [[0.9, 0.5], [0.5, 0.8]],
                "ownMin": {"voices": ["ann", "ann"], "similarity": 0.8},
                "betweenMax": {"voices": ["joe", "ann"], "similarity": 0.5},
                "toldApart": told_apart, "linesRight": 11, "lines": 12}}),
        };
        let none = Run {
            name: "old".into(),
            json: json!({"voices": []}),
        };
        let of_one = Run {
            name: "one".into(),
            json: json!({"speakers": Value::Null}),
        };
        let sections = speakers(&[run(true), none, of_one, run(false)]);
        assert_eq!(sections.len(), 2);
        assert_eq!(sections[0].table[2], ["2 ann", "0.50", "0.80"]);
        assert!(sections[0].text.contains(
            "Told apart: a voice is at least 0.80 like itself (ann), and two voices are at most 0.50 alike (joe and ann). \
             11 of 12"
        ));
        assert!(sections[1].text.contains("Not told apart"));
        assert!(sections[0].plots[0].contains(">1 joe</text>"));
    }
}
