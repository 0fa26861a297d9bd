//! Whether the machine itself stood still: what it runs on may take all its processors away for a while, which
//! `/proc/stat` need not tell. A process for each processor, which goes before all others there, looks at the clock every
//! 2 ms; when all of them missed the same time, nobody had it.

use std::{
    io::Write,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// Says that this process is to look at the clock.
pub(crate) const WATCH: &str = "TRANSPORT_WATCH";
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// A standstill is at least so long, ms; a timer may be a little late.
const STILL_MS: u64 = 5;
/// What comes late so long after one may come late for it, ms: all that was due meanwhile waits then.
const AFTER_MS: u64 = 200;

/// A stretch of time, in ms since the epoch.
type Gap = (u64, u64);

/// Now, in ms since the epoch.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// What the child process does: prints each stretch that it missed.
#[expect(clippy::disallowed_methods, reason = "the process has nothing else to do")]
pub(crate) fn watch() {
    let mut out = std::io::stdout();
    let mut last = now_ms();
    println!("{last} {last}");
    loop {
        std::thread::sleep(LOOK_EVERY);
        let now = now_ms();
        if now.saturating_sub(last) >= STILL_MS && writeln!(out, "{last} {now}").is_err() {
            // Nobody reads it any more.
            return;
        }
        last = now;
    }
}

/// Looks while this lives.
pub(crate) struct Watch {
    _looking: Vec<Child>,
    by_processor: Vec<Arc<Mutex<Vec<Gap>>>>,
}

impl Watch {
    /// `None` where going before all others is not allowed, or util-linux's `chrt` and `taskset` are missing.
    pub(crate) async fn start() -> Option<Self> {
        let processors = std::thread::available_parallelism().ok()?.get();
        let mut watch = Self {
            _looking: Vec::new(),
            by_processor: Vec::new(),
        };
        for processor in 0..processors {
            let mut looking = Command::new("taskset")
                .args(["-c", &processor.to_string(), "chrt", "-f", "10"])
                .arg(std::env::current_exe().ok()?)
                .env(WATCH, "")
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .ok()?;
            let mut lines = BufReader::new(looking.stdout.take()?).lines();
            // It says something at once if it runs at all.
            lines.next_line().await.ok()??;
            let gaps = Arc::new(Mutex::new(Vec::new()));
            watch.by_processor.push(Arc::clone(&gaps));
            watch._looking.push(looking);
            tokio::spawn(async move {
                while let Ok(Some(line)) = lines.next_line().await {
                    let ends = line.split_once(' ');
                    if let Some((Ok(from), Ok(to))) = ends.map(|(from, to)| (from.parse(), to.parse())) {
                        gaps.lock().unwrap().push((from, to));
                    }
                }
            });
        }
        Some(watch)
    }

    /// When all processors stood still.
    pub(crate) fn standstills(&self) -> Standstills {
        let mut by_processor = self.by_processor.iter().map(|gaps| gaps.lock().unwrap().clone());
        let first = by_processor.next().unwrap_or_default();
        let all = by_processor.fold(first, |all, gaps| {
            let overlap = |(from, to): Gap| {
                let gaps = gaps.iter().map(move |gap| (from.max(gap.0), to.min(gap.1)));
                gaps.filter(|(from, to)| from + STILL_MS <= *to)
            };
            all.iter()
                .flat_map(|gap| overlap(*gap).collect::<Vec<_>>())
                .collect()
        });
        Standstills(all)
    }
}

/// When nobody had a processor.
pub(crate) struct Standstills(Vec<Gap>);

impl Standstills {
    /// Those since a moment, in ms since the epoch.
    pub(crate) fn since(self, moment: u64) -> Self {
        Self(self.0.into_iter().filter(|(_, to)| *to >= moment).collect())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn longest_ms(&self) -> u64 {
        self.0.iter().map(|(from, to)| to - from).max().unwrap_or(0)
    }

    /// Whether a stretch has a part of one, or follows one.
    pub(crate) fn explain(&self, (from, to): Gap) -> bool {
        self.0.iter().any(|gap| gap.0 <= to && from <= gap.1 + AFTER_MS)
    }
}
