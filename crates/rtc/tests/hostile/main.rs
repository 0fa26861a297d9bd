//! Hostile input: every target with its corpus, cut, flipped, joined and made up, from seeds.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod targets; // one function for each kind of input; `fuzz/` runs the same

use std::panic::catch_unwind;
use std::path::Path;
use targets::{TARGETS, Target};

/// Inputs made for each target.
const ROUNDS: u64 = 3_000;
const INPUT_BYTES_MAX: usize = 4_096;

fn corpus(name: &str) -> Vec<Vec<u8>> {
    // Where it is run: a kept build may be another checkout's.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let folder = Path::new(&package).join("fuzz/corpus").join(name);
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// Something near a known input, or nothing like any.
fn mutate(random: &mut fastrand::Rng, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut input = corpus[random.usize(..corpus.len())].clone();
    for _ in 0..random.usize(0..8) {
        let at = random.usize(..=input.len());
        match random.u8(..7) {
            0 => input.truncate(at),
            1 => input
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte ^= 1 << random.u8(..8)),
            2 => input
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte = random.u8(..)),
            3 => input.insert(at, [0, 1, 0x7f, 0x80, 0xff][random.usize(..5)]),
            4 => {
                let other = &corpus[random.usize(..corpus.len())];
                let from = random.usize(..=other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            5 => {
                let again = input[at..].to_vec();
                input.extend(again);
            }
            _ => {
                let count = random.usize(..64);
                input.extend(std::iter::repeat_with(|| random.u8(..)).take(count));
            }
        }
        input.truncate(INPUT_BYTES_MAX);
    }
    input
}

fn attack((name, target): Target) {
    let corpus = corpus(name);
    corpus.iter().for_each(|input| target(input));
    for seed in 0..ROUNDS {
        let input = mutate(&mut fastrand::Rng::with_seed(seed), &corpus);
        let done = catch_unwind(|| target(&input));
        assert!(done.is_ok(), "{name}, seed {seed}: {input:02x?}");
    }
}

macro_rules! each {
    ($($test:ident: $index:literal,)+) => {
        $(#[test] fn $test() { attack(TARGETS[$index]); })+
    };
}

each! {
    rtp_packets: 0,
    opus_payloads: 1,
    session_descriptions: 2,
    candidates_and_urls: 3,
    answers_of_stun_servers: 4,
    answers_of_turn_servers: 5,
    reports_of_the_other_side: 6,
    encrypted_packets: 7,
    datagrams: 8,
}
