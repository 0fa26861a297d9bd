//! Read speech over networks that lose and delay, through this stack and through the official client: how many
//! words does a recogniser get wrong, and how close is the sound to what was said?
//!
//! `cargo bench --bench impaired -- FOLDER [seeds]`, where FOLDER has recordings and a `manifest.json`. Both
//! clients meet the same network: what becomes of a packet follows from the seed and the packet's place in the
//! stream. *Hearing* is one sender on a good network and both clients behind a bad one; *speaking* is each client
//! behind a bad one, and the official client on a good one hears it. PESQ (ITU-T P.862.2, wide band) and STOI
//! compare with the recording.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a bench prints its figures or fails"
)]

#[path = "../tests/client/mod.rs"]
mod client;
#[path = "impaired/clips.rs"]
mod clips;
#[path = "impaired/companion.rs"]
mod companion;
#[path = "../tests/livekit/harness.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod harness;
#[path = "impaired/network.rs"]
mod network;
#[path = "impaired/official.rs"]
mod official;
#[path = "impaired/proxy.rs"]
mod proxy;
#[path = "impaired/score.rs"]
mod score;
#[path = "impaired/stage.rs"]
mod stage;

use std::path::PathBuf;

use network::Faults;
use score::{Judge, Score};

/// The networks, by name: loss, and jitter in ms.
const NETWORKS: [(&str, Faults); 9] = [
    ("good", Faults::new(0.0, 0)),
    ("5 % lost", Faults::new(0.05, 0)),
    ("10 % lost", Faults::new(0.10, 0)),
    ("20 % lost", Faults::new(0.20, 0)),
    ("30 ms jitter", Faults::new(0.0, 30)),
    ("60 ms jitter", Faults::new(0.0, 60)),
    ("100 ms jitter", Faults::new(0.0, 100)),
    ("200 ms jitter", Faults::new(0.0, 200)),
    ("10 % lost, 100 ms jitter", Faults::new(0.10, 100)),
];

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let Some(folder) = words.first().map(PathBuf::from) else {
        return println!("say which folder has the recordings");
    };
    let seeds: u64 = words.get(1).and_then(|word| word.parse().ok()).unwrap_or(2);
    let script = clips::Script::read(&folder);
    let mut judge = Judge::new(&script).await;
    let mut heard = vec![[Score::default(); 3]; NETWORKS.len()];
    let mut spoken = vec![[Score::default(); 2]; NETWORKS.len()];
    for seed in 0..seeds {
        let recordings = stage::hearing(&script, &NETWORKS.map(|(_, faults)| faults), seed).await;
        judge.add(&mut heard, recordings).await;
        println!("hearing, seed {seed}: done");
        let recordings = stage::speaking(&script, &NETWORKS.map(|(_, faults)| faults), seed).await;
        judge.add(&mut spoken, recordings).await;
        println!("speaking, seed {seed}: done");
    }
    println!("\nwords wrong of {}, PESQ, STOI", script.words() * seeds as usize);
    for ((name, _), [immediate, paced, official]) in NETWORKS.iter().zip(&heard) {
        println!("hearing, {name}: immediate {immediate}; paced {paced}; official {official}");
    }
    for ((name, _), [ours, official]) in NETWORKS.iter().zip(&spoken) {
        println!("speaking, {name}: this stack {ours}; official {official}");
    }
}
