//! Smart Turn on recorded speech.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use troupe_inference::end_of_turn::SmartTurn;

mod store;
mod wav;

#[test]
fn recordings_sound_as_finished_as_to_the_reference() {
    let file = store::model("smart-turn").join("smart-turn-v3.2-cpu.onnx");
    let mut model = SmartTurn::load(&file).unwrap();
    // What the authors' features and ONNX Runtime give, without and with its graph optimisations: that alone makes
    // such a difference in the model's 8-bit arithmetic, most where it is undecided.
    for (name, whole, half) in [
        ("brooklyn.wav", [0.987, 0.988], [0.431, 0.569]),
        ("weather_q.wav", [0.099, 0.141], [0.008, 0.010]),
    ] {
        let pcm = wav::pcm_16k(name);
        let actual = [&pcm[..], &pcm[..pcm.len() / 2]].map(|turn| model.probability(turn).unwrap());
        let expected: [[f32; 2]; 2] = [whole, half];
        for (actual, [low, high]) in actual.into_iter().zip(expected) {
            // The arithmetic used here leans to "over" where the model is undecided.
            let is_undecided = low > 0.2 && high < 0.8;
            let above = if is_undecided { 0.15 } else { 0.05 };
            assert!(
                (low - 0.05..high + above).contains(&actual),
                "{name}: {actual} instead of {low} to {high}"
            );
        }
    }
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
