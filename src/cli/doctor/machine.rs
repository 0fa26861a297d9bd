//! The machine: files that may be open, and room for what is kept.

use std::fs;
use std::path::Path;

use rustix::fs::Access;

use super::finding::Finding;
use crate::config::Config;

/// Files that a room of two characters may have open: sockets on each address, timers, models' streams.
const FILES_A_ROOM: u64 = 24;
/// Files of everything else.
const FILES_BESIDES: u64 = 128;
/// Memory of a room, MB (measured: 3–5), and of the worker with local models.
const MEMORY_A_ROOM_MB: u64 = 6;

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let rooms = u64::from(config.worker.max_rooms);
    [files(rooms), memory(rooms), cache(&config.cache)]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether the limit of open files carries so many rooms; nothing where the system does not tell.
fn files(rooms: u64) -> Option<Finding> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
    let limit: u64 = line.split_whitespace().nth(3)?.parse().ok()?;
    let needed = FILES_BESIDES + rooms * FILES_A_ROOM;
    Some(if limit < needed {
        Finding::broken(
            "files",
            format!("{limit} files may be open, {rooms} rooms take up to {needed}"),
            format!("ulimit -n {needed}, LimitNOFILE= of a service, or fewer rooms with TROUPE_MAX_ROOMS"),
        )
    } else {
        Finding::ok(
            "files",
            format!("{limit} may be open, {rooms} rooms take up to {needed}"),
        )
    })
}

fn memory(rooms: u64) -> Option<Finding> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("MemAvailable:"))?;
    let available_mb = line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024;
    let needed = rooms * MEMORY_A_ROOM_MB;
    Some(if available_mb < needed {
        Finding::warning(
            "memory",
            format!("{available_mb} MB are free, {rooms} rooms take about {needed} MB, local models apart"),
            "fewer rooms with TROUPE_MAX_ROOMS, or more memory",
        )
    } else {
        Finding::ok(
            "memory",
            format!("{available_mb} MB are free, {rooms} rooms take about {needed} MB"),
        )
    })
}

/// Whether this user may make files in a folder.
pub(super) fn is_writable(folder: &Path) -> bool {
    folder.is_dir() && rustix::fs::access(folder, Access::WRITE_OK).is_ok()
}

/// Models and recordings on their way to the API are kept there.
fn cache(folder: &Path) -> Option<Finding> {
    let there = folder.ancestors().find(|folder| folder.exists())?;
    Some(if is_writable(there) {
        Finding::ok("cache", format!("{} can be written", folder.display()))
    } else {
        Finding::broken(
            "cache",
            format!("{} can't be written", folder.display()),
            "name another folder with TROUPE_CACHE; models, and sound on its way to the API, are kept there",
        )
    })
}
