//! What the process holds while it has no rooms.

use std::{
    fmt, fs,
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, time::sleep};

/// How long what is closed may take to be gone: ICE and signalling say goodbye.
const SETTLE_MAX: Duration = Duration::from_secs(20);
const MIB: f64 = 1_048_576.0;

pub(crate) struct Held {
    since_start: Duration,
    pub(crate) heap_bytes: u64,
    pub(crate) resident_bytes: u64,
    pub(crate) files: usize,
    pub(crate) tasks: usize,
}

impl Held {
    fn now(start: Instant) -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = resident.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        Self {
            since_start: start.elapsed(),
            heap_bytes: crate::heap::live_bytes(),
            resident_bytes: kib.unwrap() * 1024,
            files: fs::read_dir("/proc/self/fd").unwrap().count(),
            tasks: Handle::current().metrics().num_alive_tasks(),
        }
    }

    /// When nothing has become less for two seconds, and the allocator keeps nothing that is free.
    pub(crate) async fn settled(start: Instant) -> Self {
        let began = Instant::now();
        let mut held = Self::now(start);
        let mut same = 0;
        while same < 4 && began.elapsed() < SETTLE_MAX {
            sleep(Duration::from_millis(500)).await;
            let next = Self::now(start);
            let less =
                next.files < held.files || next.tasks < held.tasks || next.heap_bytes < held.heap_bytes;
            same = if less { 0 } else { same + 1 };
            held = next;
        }
        troupe_heap::give_back();
        Self::now(start)
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:5.1} min: heap {:.3} MiB, resident {:.2} MiB, {} files, {} tasks",
            self.since_start.as_secs_f64() / 60.0,
            self.heap_bytes as f64 / MIB,
            self.resident_bytes as f64 / MIB,
            self.files,
            self.tasks
        )
    }
}

/// The slope of a line through all counts, in MiB an hour.
pub(crate) fn slope_mib_h(counts: &[Held], bytes: impl Fn(&Held) -> u64) -> f64 {
    let point = |held: &Held| (held.since_start.as_secs_f64() / 3600.0, bytes(held) as f64 / MIB);
    let points: Vec<(f64, f64)> = counts.iter().map(point).collect();
    troupe::evaluation::slope::slope(&points).unwrap_or_default()
}
