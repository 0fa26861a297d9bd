//! What is sent to Gemini Live.

use serde_json::{Value, json};

use crate::pcm;
use crate::question::{Line, Speaker};

/// Samples of one message: a second of sound.
const SAMPLES_MAX: usize = 16_000;

/// What the session is; the first message of a connection.
pub(super) fn setup(model: &str, instructions: &str, voice: Option<&str>) -> String {
    let mut generation = json!({"responseModalities": ["AUDIO"]});
    if let Some(voice) = voice {
        generation["speechConfig"] = json!({"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}});
    }
    json!({"setup": {
        "model": format!("models/{model}"),
        "generationConfig": generation,
        "systemInstruction": {"parts": [{"text": instructions}]},
        // The director decides who speaks when.
        "realtimeInputConfig": {"automaticActivityDetection": {"disabled": true}},
        "outputAudioTranscription": {},
        "contextWindowCompression": {"slidingWindow": {}},
    }})
    .to_string()
}

/// What was said; `is_asked` wants an answer now.
pub(super) fn turns(lines: &[Line], is_asked: bool) -> String {
    let turn = |line: &Line| -> Value {
        let role = match line.speaker {
            Speaker::Own => "model",
            Speaker::Others => "user",
        };
        json!({"role": role, "parts": [{"text": line.text}]})
    };
    let turns: Vec<Value> = lines.iter().map(turn).collect();
    json!({"clientContent": {"turns": turns, "turnComplete": is_asked}}).to_string()
}

/// What a person's turn sounded like; its end asks for an answer.
pub(super) fn activity(sound: &[i16], rate_hz: u32) -> Vec<String> {
    let input = |input: Value| json!({"realtimeInput": input}).to_string();
    let mime = format!("audio/pcm;rate={rate_hz}");
    let audio = sound
        .chunks(SAMPLES_MAX)
        .map(|pcm| input(json!({"audio": {"mimeType": mime, "data": pcm::encode(pcm)}})));
    std::iter::once(input(json!({"activityStart": {}})))
        .chain(audio)
        .chain(std::iter::once(input(json!({"activityEnd": {}}))))
        .collect()
}
