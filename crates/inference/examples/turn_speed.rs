//! What one look of the end-of-turn model costs: `cargo run --release --example turn_speed MODEL.onnx`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for developers")]

use std::time::Instant;

use troupe_inference::end_of_turn::SmartTurn;

fn main() {
    let file = std::env::args().nth(1).unwrap();
    let began = Instant::now();
    let mut model = SmartTurn::load(file.as_ref()).unwrap();
    println!("load {:?}", began.elapsed());
    let turn: Vec<f32> = (0..64_000).map(|at| 0.2 * (at as f32 * 0.05).sin()).collect();
    let mut taken: Vec<_> = (0..20)
        .map(|_| {
            let began = Instant::now();
            model.probability(&turn).unwrap();
            began.elapsed()
        })
        .collect();
    taken.sort();
    println!("median {:?}, worst {:?} of {}", taken[10], taken[19], taken.len());
}
