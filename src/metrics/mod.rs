//! What a process tells Prometheus: a registry that is handed down, never a global one.
//!
//! No name, id, speech or text is ever a label: labels are words of short, closed lists.

mod page;
mod process;

pub(crate) use page::Page;
pub(crate) use process::{ProcessCollector, resident_bytes};

use prometheus_client::metrics::histogram::Histogram;

/// Upper bounds of delays, s: fine where people notice a difference, up to what nobody waits for.
const DELAYS_S: [f64; 16] = [
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0,
];

/// A histogram of delays in seconds.
#[must_use]
pub(crate) fn delays() -> Histogram {
    Histogram::new(DELAYS_S)
}
