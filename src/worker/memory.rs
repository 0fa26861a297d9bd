//! Memory: a worker that is near its limit takes no more rooms, so that those it plays are not killed with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::health::Readiness;
use super::metrics::Metrics;
use crate::metrics::resident_bytes;

/// Share of the limit, in percent, from which no room is taken.
const HIGH_PERCENT: u64 = 90;
/// Share below which rooms are taken again; the gap keeps the worker from changing its mind with every room.
const LOW_PERCENT: u64 = 80;
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Where Linux shows control groups.
const CGROUPS: &str = "/sys/fs/cgroup";
/// Which one this process is in.
const OWN_CGROUP: &str = "/proc/self/cgroup";

/// What is used, and may be, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    used: u64,
    limit: u64,
}

/// Whether memory is short. Pure.
#[derive(Debug, Default)]
struct Pressure {
    is_high: bool,
}

impl Pressure {
    /// Takes in a reading; without one, or without a limit, there is nothing to be near to.
    fn look(&mut self, reading: Option<Reading>) -> bool {
        self.is_high = reading.is_some_and(|Reading { used, limit }| {
            let percent = if self.is_high { LOW_PERCENT } else { HIGH_PERCENT };
            u128::from(used) * 100 >= u128::from(limit) * u128::from(percent)
        });
        self.is_high
    }
}

/// The control group of this process and those around it (version 2), the innermost first.
#[derive(Debug)]
struct Cgroups(Vec<PathBuf>);

impl Cgroups {
    fn find() -> Self {
        let own = fs::read_to_string(OWN_CGROUP).unwrap_or_default();
        Self::around(Path::new(CGROUPS), &own)
    }

    /// `own` is what `/proc/self/cgroup` says.
    fn around(root: &Path, own: &str) -> Self {
        let path = own
            .lines()
            .find_map(|line| line.strip_prefix("0::/"))
            .unwrap_or_default();
        let inner = root.join(path);
        let folders = inner.ancestors().take_while(|folder| folder.starts_with(root));
        Self(folders.map(Path::to_owned).collect())
    }

    /// The reading of the group that is nearest to its limit; `None` where no group has one.
    fn read(&self) -> Option<Reading> {
        nearest(self.0.iter().map(|folder| read(folder)))
    }
}

/// The one that is nearest to its limit.
fn nearest(readings: impl IntoIterator<Item = Option<Reading>>) -> Option<Reading> {
    readings.into_iter().flatten().max_by(|a, b| {
        let cross = |a: &Reading, b: &Reading| u128::from(a.used) * u128::from(b.limit);
        cross(a, b).cmp(&cross(b, a))
    })
}

/// This process beside what the operator allows it.
fn own(max_mib: Option<u32>) -> Option<Reading> {
    Some(Reading {
        used: resident_bytes()?.try_into().ok()?,
        limit: u64::from(max_mib?) * 1024 * 1024,
    })
}

fn read(folder: &Path) -> Option<Reading> {
    let number = |name: &str| {
        fs::read_to_string(folder.join(name))
            .ok()?
            .trim()
            .parse::<u64>()
            .ok()
    };
    // `max` is no number: no limit.
    let limit = number("memory.max")?;
    let current = number("memory.current")?;
    // Pages of files that nobody reads at the moment are given back before anything is killed.
    let stat = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let inactive = stat
        .lines()
        .find_map(|line| line.strip_prefix("inactive_file "))
        .and_then(|bytes| bytes.trim().parse().ok())
        .unwrap_or(0);
    Some(Reading {
        used: current.saturating_sub(inactive),
        limit,
    })
}

/// Looks after the memory for as long as it runs. `max_mib` is what the operator allows the process itself.
pub(super) async fn watch(readiness: Readiness, metrics: Metrics, max_mib: Option<u32>) {
    let cgroups = Cgroups::find();
    let mut pressure = Pressure::default();
    loop {
        let was_high = pressure.is_high;
        let reading = nearest([cgroups.read(), own(max_mib)]);
        let is_high = pressure.look(reading);
        if is_high != was_high {
            let Reading { used, limit } = reading.unwrap_or(Reading { used: 0, limit: 0 });
            if is_high {
                tracing::warn!(used, limit, "memory is short: take no more rooms");
            } else {
                tracing::info!(used, limit, "memory is there again: take rooms");
            }
            readiness.set_short_of_memory(is_high);
            metrics.short_of_memory(is_high);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const fn at(percent: u64) -> Option<Reading> {
        Some(Reading {
            used: percent * 1_000_000,
            limit: 100_000_000,
        })
    }

    #[test]
    fn it_is_short_near_the_limit_and_until_there_is_some_room_again() {
        let mut pressure = Pressure::default();
        let seen = [
            at(10),
            at(89),
            at(90),
            at(85),
            at(80),
            at(79),
            at(89),
            at(100),
            None,
        ];
        let short = seen.map(|reading| pressure.look(reading));
        assert_eq!(short, [false, false, true, true, true, false, false, true, false]);
    }

    /// Control groups as a kernel shows them.
    fn group(folder: &Path, max: &str, current: u64, inactive: u64) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("memory.max"), format!("{max}\n")).unwrap();
        fs::write(folder.join("memory.current"), format!("{current}\n")).unwrap();
        let stat = format!("anon 5\ninactive_file {inactive}\nactive_file 9\n");
        fs::write(folder.join("memory.stat"), stat).unwrap();
    }

    #[test]
    fn the_tightest_group_counts_and_files_that_can_go_do_not() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        assert_eq!(Cgroups::around(root, "0::/\n").read(), None, "no such thing here");
        group(&root.join("pod/box"), "max", 900, 0);
        group(&root.join("pod"), "1000", 950, 200);
        group(root, "100000", 3_000, 0);
        let cgroups = Cgroups::around(root, "1:name=systemd:/x\n0::/pod/box\n");
        assert_eq!(cgroups.0.len(), 3);
        assert_eq!(
            cgroups.read(),
            Some(Reading {
                used: 750,
                limit: 1_000
            })
        );
        group(&root.join("pod/box"), "910", 900, 0);
        assert_eq!(
            cgroups.read(),
            Some(Reading {
                used: 900,
                limit: 910
            })
        );
    }

    #[tokio::test]
    async fn a_worker_that_is_short_of_memory_is_not_ready() {
        let readiness = Readiness::default();
        readiness.set(true);
        assert!(readiness.takes_rooms());
        readiness.set_short_of_memory(true);
        assert!(!readiness.takes_rooms());
        readiness.set(true);
        assert!(!readiness.takes_rooms(), "the API can't change that");
        readiness.set_short_of_memory(false);
        assert!(readiness.takes_rooms());
    }
}
