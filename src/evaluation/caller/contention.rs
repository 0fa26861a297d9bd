//! How busy the machine is: delays that were measured on a busy one say little.

use std::time::Instant;

/// A reading of the machine's counters.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    idle: u64,
    all: u64,
    /// Time in which somebody waited for a processor, µs.
    waited_us: u64,
    at: Instant,
}

/// How busy it was between two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// Share of idle processor time, %.
    pub idle_pct: i64,
    /// Share of the time in which somebody waited for a processor, %.
    pub psi_pct: i64,
}

impl Reading {
    /// Reads; `None` where the system has no such counters.
    pub fn take() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/stat").ok()?;
        let fields: Vec<u64> = stat
            .lines()
            .next()?
            .split_whitespace()
            .skip(1)
            .take(8)
            .filter_map(|field| field.parse().ok())
            .collect();
        let pressure = std::fs::read_to_string("/proc/pressure/cpu").unwrap_or_default();
        let waited_us = pressure
            .lines()
            .next()
            .and_then(|line| line.rsplit_once("total="))
            .and_then(|(_, total)| total.trim().parse().ok())
            .unwrap_or(0);
        Some(Self {
            idle: fields.get(3)? + fields.get(4)?,
            all: fields.iter().sum(),
            waited_us,
            at: Instant::now(),
        })
    }

    /// How busy it was since.
    pub fn since(self) -> Option<Busy> {
        let now = Self::take()?;
        let all = now.all.saturating_sub(self.all).max(1) as f64;
        let idle = now.idle.saturating_sub(self.idle) as f64;
        let passed_us = now.at.duration_since(self.at).as_secs_f64().max(1e-6) * 1e6;
        let waited_us = now.waited_us.saturating_sub(self.waited_us) as f64;
        Some(Busy {
            idle_pct: (100.0 * idle / all).round() as i64,
            psi_pct: (100.0 * waited_us / passed_us).round() as i64,
        })
    }
}
