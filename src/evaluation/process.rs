//! What a process takes: processor time and memory, read from `/proc`.

use serde::Serialize;

use super::caller::tenths;

/// Ticks of processor time in a second; the same on every Linux that programs see.
const TICKS_PER_S: f64 = 100.0;
/// kB of a MB.
const KB: f64 = 1024.0;

/// Processes that run or wait for a core, in the mean of the last minute; `None` where the system doesn't say.
pub fn load_average() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// A reading.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Taken {
    /// Resident memory, MB: pages shared with others count whole.
    pub rss_mb: f64,
    /// Proportional memory, MB: a page shared by two counts half.
    pub pss_mb: f64,
    /// Memory of its own, MB.
    pub uss_mb: f64,
    /// What it has allocated, MB: proportional memory without the pages of files, which the system can drop and read again.
    pub anon_mb: f64,
    /// Threads.
    pub threads: u64,
    /// Open files and sockets.
    pub files: u64,
    /// Processor time so far, s.
    pub cpu_s: f64,
}

impl Taken {
    /// Reads; `None` when the process is gone or the system has no `/proc`.
    pub fn of(pid: u32) -> Option<Self> {
        let read = |file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}")).ok();
        let memory = read("smaps_rollup")?;
        let (threads, ticks) = stat(&read("stat")?)?;
        let kb = |field| kb(&memory, field);
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count();
        Some(Self {
            rss_mb: tenths(kb("Rss")? / KB),
            pss_mb: tenths(kb("Pss")? / KB),
            uss_mb: tenths((kb("Private_Clean")? + kb("Private_Dirty")?) / KB),
            anon_mb: (kb("Pss_Anon")? / KB * 1000.0).round() / 1000.0,
            threads,
            files: files as u64,
            cpu_s: ticks / TICKS_PER_S,
        })
    }
}

fn kb(memory: &str, field: &str) -> Option<f64> {
    memory.lines().find_map(|line| {
        let (name, rest) = line.split_once(':')?;
        (name == field).then(|| rest.split_whitespace().next()?.parse().ok())?
    })
}

/// Threads, and ticks in user and kernel. The name in brackets may hold anything.
fn stat(text: &str) -> Option<(u64, f64)> {
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some((number(17)?, (number(11)? + number(12)?) as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_hides_nothing() {
        let text = "12 (a) b) S 1 12 12 0 -1 4194560 0 0 0 0 150 50 0 0 20 0 7 0 100 0 0";
        assert_eq!(stat(text), Some((7, 200.0)));
        assert_eq!(stat("12"), None);
        assert_eq!(kb("x\nRss:   2048 kB\nPss: 1 kB\n", "Rss"), Some(2048.0));
        assert_eq!(kb("Rss:", "Rss"), None);
    }
}
