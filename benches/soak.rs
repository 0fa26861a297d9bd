//! Rooms in which people join, talk and leave, for as long as asked: does the process keep anything of them?
//!
//! `cargo bench --bench soak -- [minutes [rooms]]`, by default 40 and 50. It starts a LiveKit server of its own on
//! loopback, and a process for the guests of its rooms. Rooms live for rounds of two minutes; after each round all
//! are gone, and this process's memory, files and tasks are counted, after free memory was given back as a worker does
//! it: what the allocator keeps for the next time differs by megabytes from one round to the next. The first three
//! rounds fill what is kept for ever; from there on a line is fitted.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures or fails"
)]

#[path = "../tests/client/mod.rs"]
#[expect(dead_code, reason = "no official client takes part")]
mod client;
#[path = "../tests/livekit/harness.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod harness;
#[path = "soak/heap.rs"]
mod heap;
#[path = "soak/held.rs"]
mod held;
#[path = "soak/rooms.rs"]
mod rooms;

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Command,
};

use rooms::Side;

/// How long rooms come and go between two counts.
const ROUND: Duration = Duration::from_secs(110);
/// Rounds that fill pools and caches.
const WARM_UP: usize = 3;
/// What memory may grow by, in MiB an hour.
const SLOPE_MAX: f64 = 1.0;

/// Says that this process has the guests; the server's URL.
const GUESTS: &str = "SOAK_GUESTS";

/// The process of the guests: each line that it reads is the seed of a round.
async fn guests(url: &str, rooms: usize) {
    let runtime = tokio::runtime::Handle::current();
    let url = url.to_owned();
    let answer = move || {
        for seed in std::io::stdin().lines().map_while(Result::ok) {
            let said = runtime.block_on(rooms::round(
                &url,
                Side::Guest,
                rooms,
                ROUND,
                seed.parse().unwrap(),
            ));
            println!("{said}");
        }
    };
    tokio::task::spawn_blocking(answer).await.unwrap();
}

fn main() {
    // As the product does, before the first thread starts.
    troupe_heap::share();
    tokio::runtime::Runtime::new().unwrap().block_on(soak());
}

async fn soak() {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<u64>().ok());
    let minutes = numbers.next().unwrap_or(40);
    let count = numbers.next().unwrap_or(50) as usize;
    if let Ok(url) = std::env::var(GUESTS) {
        return guests(&url, count).await;
    }
    let server = harness::server().await;
    let mut others = Command::new(std::env::current_exe().unwrap())
        .env(GUESTS, &server.url)
        .args([minutes.to_string(), count.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut orders = others.stdin.take().unwrap();
    let mut answers = BufReader::new(others.stdout.take().unwrap()).lines();
    let start = Instant::now();
    let mut counts = Vec::new();
    let mut said = rooms::Said::default();
    while start.elapsed() + ROUND / 2 < Duration::from_secs(60 * minutes) || counts.len() < WARM_UP + 2 {
        let seed = counts.len() as u64;
        orders.write_all(format!("{seed}\n").as_bytes()).await.unwrap();
        said += rooms::round(&server.url, Side::Host, count, ROUND, seed).await;
        answers.next_line().await.unwrap().unwrap();
        let held = held::Held::settled(start).await;
        println!("{held}; so far {said}");
        counts.push(held);
    }
    let counts = counts.split_off(WARM_UP);
    let (first, last) = (counts.first().unwrap(), counts.last().unwrap());
    let heap = held::slope_mib_h(&counts, |held| held.heap_bytes);
    let resident = held::slope_mib_h(&counts, |held| held.resident_bytes);
    println!(
        "{count} rooms, {} min: heap {heap:+.2} MiB/h, resident {resident:+.2} MiB/h; files {} → {}, tasks {} → {}",
        start.elapsed().as_secs() / 60,
        first.files,
        last.files,
        first.tasks,
        last.tasks
    );
    assert!(heap < SLOPE_MAX && resident < SLOPE_MAX, "memory grows");
    assert!(
        last.files <= first.files && last.tasks <= first.tasks,
        "something is left"
    );
}
