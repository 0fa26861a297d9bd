//! The transport beside the official client, in one run against one server.
//!
//! `cargo bench --bench transport -- [rooms…]`, by default 1 and 20 beside the official client, and 20 and 200 of
//! this stack alone. Figures mean something on a quiet machine only; its load is printed with them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures or fails"
)]

#[path = "../tests/client/mod.rs"]
mod client;
#[path = "transport/delay.rs"]
mod delay;
#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/livekit/harness.rs"]
mod harness;
#[path = "transport/load.rs"]
mod load;

#[tokio::main]
async fn main() {
    if let Ok(url) = std::env::var(load::MEMBER) {
        return load::member(&url).await;
    }
    let mut rooms: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    if rooms.is_empty() {
        rooms = vec![1, 20];
    }
    let server = harness::server().await;
    println!("machine load at the beginning: {}", load::machine_load());
    load::measure_codec();
    delay::measure(&server).await;
    for rooms in rooms {
        load::measure(&server, rooms).await;
    }
    for rooms in [20, 200] {
        load::measure_density(&server, rooms).await;
    }
}
