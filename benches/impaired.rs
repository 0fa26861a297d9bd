//! Read speech over networks that lose and delay, through this stack and through the official client: how many
//! words does a recogniser get wrong, and how close is the sound to what was said?
//!
//! `cargo bench --bench impaired -- FOLDER [seeds [network…]]`, where FOLDER has recordings and a `manifest.json`, and
//! a network is named as below; without any, all are measured. Both clients meet the same network: what becomes of a
//! packet follows from the seed and the packet's place in the stream. *Hearing* is one sender on a good network and
//! both clients behind a bad one; *speaking* is each client behind a bad one, and the official client on a good one
//! hears it. PESQ (ITU-T P.862.2, wide band) and STOI compare with the recording.
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

/// Rooms that are measured at once, each with a network of its own: two cores carry so many.
const AT_ONCE: usize = 9;

/// A network, and what both clients made of it.
#[derive(Clone)]
struct Network {
    name: &'static str,
    faults: Faults,
    heard: [Score; 3],
    spoken: [Score; 2],
}

impl Network {
    fn new((name, faults): (&'static str, Faults)) -> Self {
        Self {
            name,
            faults,
            heard: Default::default(),
            spoken: Default::default(),
        }
    }
}

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
    let mut networks = NETWORKS.map(Network::new).to_vec();
    let named = words.get(2..).unwrap_or_default();
    if let Some(unknown) = named
        .iter()
        .find(|named| networks.iter().all(|network| network.name != **named))
    {
        return println!("no network is called {unknown:?}");
    }
    networks.retain(|network| named.is_empty() || named.iter().any(|named| network.name == named));
    let number = networks.len();
    let ways: Vec<(usize, u64)> = (0..seeds)
        .flat_map(|seed| (0..number).map(move |network| (network, seed)))
        .collect();
    for (done, ways) in ways.chunks(AT_ONCE).enumerate() {
        let faults: Vec<(Faults, u64)> = ways
            .iter()
            .filter_map(|&(network, seed)| Some((networks.get(network)?.faults, seed)))
            .collect();
        let heard = stage::hearing(&script, &faults).await;
        let spoken = stage::speaking(&script, &faults).await;
        for ((&(network, _), heard), spoken) in ways.iter().zip(heard).zip(spoken) {
            judge.add(&mut networks[network].heard, heard).await;
            judge.add(&mut networks[network].spoken, spoken).await;
        }
        println!(
            "{} of {} ways: done",
            done * AT_ONCE + ways.len(),
            seeds as usize * number
        );
    }
    println!("\nwords wrong of {}, PESQ, STOI", script.words() * seeds as usize);
    for Network { name, heard, .. } in &networks {
        let [immediate, paced, official] = heard;
        println!("hearing, {name}: immediate {immediate}; paced {paced}; official {official}");
    }
    for Network { name, spoken, .. } in &networks {
        let [ours, official] = spoken;
        println!("speaking, {name}: this stack {ours}; official {official}");
    }
}
