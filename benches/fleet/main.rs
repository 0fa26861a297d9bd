//! What a fleet of workers does when one dies, and how fast rooms find a worker.
//!
//! `cargo bench --bench fleet -- takeover [KILLS]`: workers are killed in the middle of a sentence, 20 times without a
//! number; how long the person hears nothing.
//! `cargo bench --bench fleet -- drain [STOPS]`: workers are told to stop in the middle of a sentence and leave at once; how
//! long the room is without its character.
//! `cargo bench --bench fleet -- heap [ROOMS] [stay] [speak]`: bytes that a worker keeps of each room that is over; with
//! `stay` people are still in it when it ends, with `speak` they ask by voice, twice.
//! `cargo bench --bench fleet -- claims [WORKERS] [ROOMS_EACH] [SECONDS]`: simulated workers on Postgres, 1000, 25 and 20
//! without numbers; how fast a backlog is claimed, and how long a room that is let go of waits for the next worker.
//!
//! Progress goes to stderr, figures as one JSON object a line to stdout.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures or fails"
)]

#[path = "../../tests/it/binary.rs"]
mod binary;
mod claims;
#[path = "../../tests/client/mod.rs"]
mod client;
#[expect(dead_code, reason = "the tests use the rest")]
mod e2e {
    #[path = "../../../tests/it/e2e/harness.rs"]
    pub(crate) mod harness;
    #[path = "../../../tests/it/e2e/models.rs"]
    pub(crate) mod models;
    #[path = "../../../tests/it/e2e/person.rs"]
    pub(crate) mod person;
    pub(crate) mod fleet {
        #[path = "drain.rs"]
        pub(crate) mod drain;
        #[path = "../../../../tests/it/e2e/fleet/harness.rs"]
        pub(crate) mod harness;
        #[path = "heap.rs"]
        pub(crate) mod heap;
        #[path = "../../../../tests/it/e2e/fleet/proxy.rs"]
        pub(crate) mod proxy;
        #[path = "takeover.rs"]
        pub(crate) mod takeover;
        #[path = "../../../../tests/it/e2e/fleet/voice_server.rs"]
        pub(crate) mod voice_server;
    }
}
#[path = "../soak/heap.rs"]
mod heap;
#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/node/mod.rs"]
mod node;
#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/packages/mod.rs"]
mod packages;
#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/postgres/mod.rs"]
mod postgres;
#[path = "../../tests/it/scratch.rs"]
mod scratch;

/// The value at this part of a sorted row.
fn quantile(sorted: &[u64], part: f64) -> u64 {
    let last = sorted.len().saturating_sub(1) as f64;
    sorted.get((last * part).round() as usize).copied().unwrap_or(0)
}

#[tokio::main]
async fn main() {
    // cargo adds flags of its own.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let number = |at: usize, usual: usize| {
        arguments
            .get(at)
            .map_or(usual, |argument| argument.parse().expect("a number"))
    };
    match arguments.first().map(String::as_str) {
        Some("takeover") => e2e::fleet::takeover::run(number(1, 20)).await,
        Some("drain") => e2e::fleet::drain::run(number(1, 20)).await,
        Some("heap") => {
            let is_said = |word: &str| arguments.iter().any(|argument| argument == word);
            let visit = e2e::fleet::heap::Visit {
                people_leave_first: !is_said("stay"),
                they_speak: is_said("speak"),
            };
            e2e::fleet::heap::run(number(1, 60), visit).await;
        }
        Some("claims") => claims::run(number(1, 1000), number(2, 25), number(3, 20)).await,
        _ => panic!("say `takeover`, `drain`, `heap` or `claims`"),
    }
}
