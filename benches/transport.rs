//! The transport beside the official client, in one run against one server; and many rooms of it alone, each number
//! of them on a server of its own.
//!
//! `cargo bench --bench transport -- [rooms…] [alone rooms…]`, without any 1 and 20 beside the official client, and 20
//! and 200 of this stack alone. Figures mean something on a quiet machine only; its load is printed with them. With
//! many rooms a collection of the server's garbage delays sound by 100 ms and more: `GOGC=off` keeps it from that for
//! the minute that a measurement takes. With huge pages for all it takes less time and yet more sound is late: whether the
//! machine gives them is printed.
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
#[path = "transport/standstill.rs"]
mod standstill;

/// The numbers among these words.
fn numbers(words: &[String]) -> Vec<usize> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}

#[tokio::main]
async fn main() {
    if let Ok(url) = std::env::var(load::MEMBER) {
        return load::member(&url).await;
    }
    if std::env::var_os(standstill::WATCH).is_some() {
        return standstill::watch();
    }
    let words: Vec<String> = std::env::args().collect();
    let mut parts = words.split(|word| word == "alone").map(numbers);
    let [mut rooms, mut density] = [(); 2].map(|()| parts.next().unwrap_or_default());
    if words.len() <= 2 {
        (rooms, density) = (vec![1, 20], vec![20, 200]);
    }
    let server = harness::server().await;
    println!(
        "machine load at the beginning: {}; huge pages: {}",
        load::machine_load(),
        load::huge_pages()
    );
    load::measure_codec();
    delay::measure(&server).await;
    for rooms in rooms {
        load::measure(&server, rooms).await;
    }
    drop(server);
    for rooms in density {
        // One that had others until now still has their rooms to close.
        let server = harness::server().await;
        load::measure_density(&server, rooms).await;
    }
}
