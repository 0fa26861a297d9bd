//! What was measured, as people read it.

use std::fmt;
use std::time::Duration;

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A page of a transcript.
    Read,
    /// One entry.
    Write,
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) kind: Kind,
    pub(crate) answered: bool,
    /// From when it was due.
    pub(crate) took: Duration,
}

/// One measurement.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) samples: Vec<Sample>,
    /// Memory of the server, once a second.
    pub(crate) resident_kib: Vec<u64>,
    /// Of one core, by the server.
    pub(crate) processor_percent: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, kind) in [("reads", Kind::Read), ("writes", Kind::Write)] {
            let of_kind = || self.samples.iter().filter(|sample| sample.kind == kind);
            let mut took: Vec<Duration> = of_kind().map(|sample| sample.took).collect();
            took.sort_unstable();
            let failed = of_kind().filter(|sample| !sample.answered).count();
            writeln!(
                f,
                "  {name:<6}  {} requests, {failed} failed, p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
                took.len(),
                at(&took, 500),
                at(&took, 990),
                at(&took, 1_000),
            )?;
        }
        let tenth = self.resident_kib.len().div_ceil(10);
        let mean_mib = |part: &[u64]| part.iter().sum::<u64>() as f64 / part.len().max(1) as f64 / 1024.0;
        let end = self.resident_kib.len() - tenth;
        write!(
            f,
            "  server  {} % of a core; memory {:.1} MiB in the first tenth, {:.1} in the last, {:.1} at most",
            self.processor_percent,
            mean_mib(&self.resident_kib[..tenth]),
            mean_mib(&self.resident_kib[end..]),
            self.resident_kib.iter().max().copied().unwrap_or(0) as f64 / 1024.0,
        )
    }
}

/// The time within which so many of a thousand were done, ms.
fn at(sorted: &[Duration], per_mille: usize) -> f64 {
    let place = (sorted.len() * per_mille).div_ceil(1_000).max(1) - 1;
    sorted
        .get(place)
        .map_or(f64::NAN, |took| took.as_secs_f64() * 1_000.0)
}
