//! What is reported: curves, figures with intervals, and every sample.

use serde::Serialize;

use super::Sample;
use super::bootstrap::{Draws, Interval};
use super::curve::{Decisions, Point, cuts_at, delay_at};
use super::labels::Labels;
use super::policy::{ASKED_AFTER_S, Policy, leave_one_out};
use super::{fit, plot};

/// Shares of false cut-ins for which delays are reported.
const SHARES: [f64; 2] = [0.10, 0.05];
/// Delays for which false cut-ins are reported, ms.
const DELAYS_MS: [f64; 3] = [300.0, 500.0, 700.0];
/// First waits that the end-of-turn model alone is given where both of its waits are tuned: steps of 40 ms.
const FIRST_WAITS: u32 = 46;

/// All that is reported.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Pauses within turns.
    pub pauses: usize,
    /// Ends of turns.
    pub ends: usize,
    /// Speakers, each left out once.
    pub speakers: usize,
    /// Pauses that the ear found and the manifest does not know.
    pub unlabelled_pauses: usize,
    /// Pauses of the manifest that the ear did not notice.
    pub unheard_pauses: usize,
    /// Until words and the end-of-turn model's answer were there, ms: median and 95th percentile.
    pub evidence_ms: [f64; 2],
    /// Ours, each speaker decided with weights fitted to the others.
    pub curve: Vec<Point>,
    /// Silence timeouts.
    pub silence: Vec<Point>,
    /// Smart Turn alone, asked once.
    pub smart_turn: Vec<Point>,
    /// Figures with intervals.
    pub figures: Vec<Figure>,
    /// Fitted to everything, for the product.
    pub weights: Vec<(&'static str, f32)>,
    /// Every pause and every end.
    pub clips: Vec<Sample>,
    /// The same with labels of our own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relabelled: Option<Box<Relabelled>>,
}

/// Figures with labels that were changed by hand, and the changes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Relabelled {
    /// Each change and why.
    pub changes: Labels,
    /// Everything anew.
    pub report: Report,
}

/// One figure of all ways to decide.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// What it says.
    pub what: String,
    /// Ours.
    pub ours: Interval,
    /// Ours with whole categories of recordings left out of the fit, not single speakers.
    pub ours_across_categories: Interval,
    /// A silence timeout's.
    pub silence: Interval,
    /// Smart Turn's alone.
    pub smart_turn: Interval,
    /// Smart Turn's alone with both of its waits tuned on these very recordings: more than can be had.
    pub smart_turn_tuned: Interval,
    /// Ours divided by what it is held to: the silence timeout's for delays, the better one's for cuts.
    pub ratio: Interval,
}

impl Report {
    /// Works everything out.
    pub fn of(samples: Vec<Sample>, unlabelled_pauses: usize) -> Self {
        let fused = |weights| Decisions::of(&Policy::Fused { weights }, &samples);
        let ours = fused(leave_one_out(&samples, |sample| &sample.speaker));
        let across = fused(leave_one_out(&samples, |sample| &sample.category));
        let silence = Decisions::of(&Policy::Silence, &samples);
        let model = |complete_after_s| Decisions::of(&Policy::SmartTurn { complete_after_s }, &samples);
        let smart_turn = model(ASKED_AFTER_S);
        let tuned = (1..FIRST_WAITS).fold(model(ASKED_AFTER_S), |all, step| {
            all.and(model(ASKED_AFTER_S + 0.04 * f64::from(step)))
        });
        let draws = Draws::of(&samples);
        let figure = |what: String, figure: &dyn Fn(&[Point]) -> Option<f64>, theirs: &[&Decisions]| Figure {
            what,
            ours: draws.interval(&ours, figure),
            ours_across_categories: draws.interval(&across, figure),
            silence: draws.interval(&silence, figure),
            smart_turn: draws.interval(&smart_turn, figure),
            smart_turn_tuned: draws.value(&tuned, figure),
            ratio: draws.ratio((&ours, figure), theirs),
        };
        let mut figures = Vec::new();
        for share in SHARES {
            let what = format!("mean delay at {:.0} % false cut-ins, ms", share * 100.0);
            figures.push(figure(what, &|curve| delay_at(curve, share), &[&silence]));
        }
        for delay_ms in DELAYS_MS {
            let what = format!("false cut-ins at a mean delay of {delay_ms:.0} ms");
            let better = [&silence, &smart_turn];
            figures.push(figure(what, &|curve| cuts_at(curve, delay_ms), &better));
        }
        let once = vec![1; samples.len()];
        let all = fit::weights(samples.iter());
        let mut evidence: Vec<f64> = samples
            .iter()
            .filter(|sample| sample.audio.is_some())
            .map(|sample| sample.evidence_s * 1000.0)
            .collect();
        evidence.sort_by(f64::total_cmp);
        let quantile = |percent: usize| {
            evidence
                .get(evidence.len() * percent / 100)
                .copied()
                .unwrap_or(0.0)
        };
        Self {
            pauses: samples.iter().filter(|sample| !sample.is_end()).count(),
            ends: samples.iter().filter(|sample| sample.is_end()).count(),
            speakers: draws.speakers(),
            unlabelled_pauses,
            unheard_pauses: samples
                .iter()
                .filter(|sample| sample.heard_after_s.is_none())
                .count(),
            evidence_ms: [quantile(50), quantile(95)],
            curve: ours.curve(&once),
            silence: silence.curve(&once),
            smart_turn: smart_turn.curve(&once),
            figures,
            weights: vec![
                ("base", all.base),
                ("audio", all.audio),
                ("finished", all.finished),
                ("length", all.length),
            ],
            clips: samples,
            relabelled: None,
        }
    }

    /// The curves as a page.
    pub fn page(&self) -> String {
        let note = format!(
            "{} pauses within turns, {} turn ends; ours leaves one speaker out at a time.",
            self.pauses, self.ends
        );
        let curves = [
            ("Troupe", self.curve.as_slice()),
            ("silence timeout", self.silence.as_slice()),
            ("Smart Turn alone", self.smart_turn.as_slice()),
        ];
        plot::page(&curves, &note)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::tests::sample;
    use super::*;

    #[test]
    fn what_tells_ends_from_pauses_beats_a_timeout_on_speakers_that_it_never_heard() {
        let mut samples = Vec::new();
        for speaker in ["a", "b", "c", "d", "e", "f"] {
            for round in 0..4_u32 {
                let mut pause = sample(speaker, Some(0.4 + 0.2 * f64::from(round)));
                let mut end = sample(speaker, None);
                (pause.audio, end.audio) = (Some(0.1), Some(0.9));
                (pause.words, end.words) = ("so I".into(), "So I went.".into());
                samples.extend([pause, end]);
            }
        }
        let report = Report::of(samples, 0);
        assert_eq!((report.pauses, report.ends, report.speakers), (24, 24, 6));
        for figure in &report.figures {
            let (ours, silence) = (figure.ours.value, figure.silence.value);
            assert!(ours <= silence, "{}: {ours:?} {silence:?}", figure.what);
        }
        assert!(
            report
                .figures
                .iter()
                .any(|figure| figure.ours.value < figure.silence.value)
        );
        let text = super::super::markdown::text(&report);
        assert!(
            text.contains("| mean delay at 10 % false cut-ins, ms |"),
            "{text}"
        );
    }
}
