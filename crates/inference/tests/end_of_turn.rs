//! Smart Turn on recorded speech.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use troupe_inference::end_of_turn::SmartTurn;

mod store;
mod wav;

#[test]
fn recordings_sound_as_finished_as_to_the_reference() {
    let file = store::model("smart-turn").join("smart-turn-v3.2-cpu.onnx");
    let mut model = SmartTurn::load(&file).unwrap();
    // For the whole recording and its first half: what the authors' features and ONNX Runtime give without and with
    // its graph optimisations, and what is given here. The arithmetic has 8 bits; the order of its roundings alone
    // makes such a difference, most where the model is undecided.
    let cases = [
        ("brooklyn.wav", [([0.987, 0.988], 0.988), ([0.431, 0.569], 0.313)]),
        (
            "weather_q.wav",
            [([0.140, 0.099], 0.127), ([0.008, 0.010], 0.009)],
        ),
    ];
    let log_odds = |probability: f32| (probability / (1.0 - probability)).ln();
    let mut apart = 0.0;
    for (name, expected) in cases {
        let pcm = wav::pcm_16k(name);
        for (turn, (reference, ours)) in [&pcm[..], &pcm[..pcm.len() / 2]].into_iter().zip(expected) {
            let actual = model.probability(turn).unwrap();
            assert!((actual - ours).abs() < 0.03, "{name}: {actual} instead of {ours}");
            let differences = reference.map(|reference| (log_odds(actual) - log_odds(reference)).abs());
            apart += differences[0].min(differences[1]) / 4.0;
        }
    }
    assert!(
        apart < 0.2,
        "{apart} log odds from the nearer reference; the references are 0.31 apart"
    );
}

#[test]
fn any_length_is_judged_and_a_missing_file_is_named() {
    let file = store::model("smart-turn").join("smart-turn-v3.2-cpu.onnx");
    let mut model = SmartTurn::load(&file).unwrap();
    for length in [0, 1, 16_000, 400_000] {
        let probability = model.probability(&vec![0.01; length]).unwrap();
        assert!((0.0..=1.0).contains(&probability), "{length}: {probability}");
    }
    let error = SmartTurn::load(std::path::Path::new("/no/model.onnx"))
        .err()
        .unwrap();
    assert!(error.to_string().contains("/no/model.onnx"), "{error}");
}
