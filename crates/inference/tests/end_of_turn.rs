//! Smart Turn on recorded speech.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use troupe_inference::end_of_turn::SmartTurn;

mod store;
mod wav;

#[test]
fn recordings_sound_as_finished_as_to_the_reference() {
    let file = store::model("smart-turn").join("smart-turn-v3.2-cpu.onnx");
    let mut model = SmartTurn::load(&file).unwrap();
    // Computed once with the authors' features and ONNX Runtime. The model's 8-bit arithmetic rounds differently
    // here, and differently again on another processor, which shows most where the model is undecided.
    for (name, whole, half) in [("brooklyn.wav", 0.988, 0.568), ("weather_q.wav", 0.099, 0.009)] {
        let pcm = wav::pcm_16k(name);
        let actual = [&pcm[..], &pcm[..pcm.len() / 2]].map(|turn| model.probability(turn).unwrap());
        let expected: [f32; 2] = [whole, half];
        for (actual, expected) in actual.iter().zip(expected) {
            let is_undecided = (0.2..0.8).contains(&expected);
            let tolerance = if is_undecided { 0.2 } else { 0.1 };
            assert!(
                (actual - expected).abs() < tolerance,
                "{name}: {actual} instead of {expected}"
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
