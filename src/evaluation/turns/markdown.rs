//! A report as Markdown: what people read.

use std::fmt;

use super::bootstrap::Interval;
use super::report::Report;

/// The whole report.
pub(super) fn text(report: &Report) -> String {
    format!("# Ends of turns\n\n{report}\n")
}

impl Report {
    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        text(self)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} pauses within turns and {} turn ends of {} speakers; the ear did not notice {} of them, and found {} \
             more pauses that the manifest does not know. Words and the end-of-turn model's answer took {:.0} ms \
             (95 %: {:.0} ms). Brackets are 95 % intervals over speakers.\n",
            self.pauses,
            self.ends,
            self.speakers,
            self.unheard_pauses,
            self.unlabelled_pauses,
            self.evidence_ms[0],
            self.evidence_ms[1]
        )?;
        writeln!(
            f,
            "| | Troupe, one speaker left out | one category left out | silence timeout | Smart Turn, asked once | \
             Smart Turn, both waits tuned here | Troupe against silence (delays) or the better one asked once (cuts) |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for figure in &self.figures {
            let ways = [
                figure.ours,
                figure.ours_across_categories,
                figure.silence,
                figure.smart_turn,
                figure.smart_turn_tuned,
                figure.ratio,
            ];
            write!(f, "| {} |", figure.what)?;
            for way in ways {
                write!(f, " {} |", Shown(way))?;
            }
            writeln!(f)?;
        }
        write!(f, "\nWeights fitted to everything:")?;
        self.weights
            .iter()
            .try_for_each(|(name, weight)| write!(f, " {name} {weight:.2}"))?;
        writeln!(f, ".")?;
        if let Some(relabelled) = &self.relabelled {
            writeln!(f, "\n## With labels checked by hand\n")?;
            for label in relabelled.changes.iter() {
                let at = label.t.map(|t| format!(" at {t} s")).unwrap_or_default();
                writeln!(f, "- {}{at}: {}", label.clip, label.why)?;
            }
            write!(f, "\n{}", relabelled.report)?;
        }
        Ok(())
    }
}

/// An interval as people read it.
struct Shown(Interval);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: Option<f64>| match value {
            Some(value) if value.abs() >= 10.0 => format!("{value:.0}"),
            Some(value) => format!("{value:.2}"),
            None => "never".to_owned(),
        };
        let Interval { value, low, high } = self.0;
        write!(f, "{}", number(value))?;
        if low.is_some() || high.is_some() {
            write!(f, " ({} to {})", number(low), number(high))?;
        }
        Ok(())
    }
}
