//! What is sent to Gemini Live.

use serde_json::{Value, json};

use crate::pcm;
use crate::question::{Brief, Call, Line, Speaker, Tool};

/// Samples of one message: a second of sound.
const SAMPLES_MAX: usize = 16_000;

/// What the session is; the first message of a connection.
pub(super) fn setup(model: &str, brief: &Brief, voice: Option<&str>) -> String {
    let mut generation = json!({"responseModalities": ["AUDIO"]});
    if let Some(voice) = voice {
        generation["speechConfig"] = json!({"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}});
    }
    let mut setup = json!({
        "model": format!("models/{model}"),
        "generationConfig": generation,
        "systemInstruction": {"parts": [{"text": brief.instructions}]},
        // The director decides who speaks when.
        "realtimeInputConfig": {"automaticActivityDetection": {"disabled": true}},
        "outputAudioTranscription": {},
        "contextWindowCompression": {"slidingWindow": {}},
    });
    if !brief.tools.is_empty() {
        let declaration = |tool: &Tool| {
            json!({
                "name": tool.name,
                "description": tool.description,
                "parametersJsonSchema": tool.parameters,
            })
        };
        let declarations: Vec<Value> = brief.tools.iter().map(declaration).collect();
        setup["tools"] = json!([{"functionDeclarations": declarations}]);
    }
    json!({"setup": setup}).to_string()
}

/// What came of calls.
pub(super) fn results(results: &[(Call, String)]) -> String {
    let response = |(call, output): &(Call, String)| {
        let mut response = json!({"name": call.name, "response": {"output": output}});
        // A server that names no call takes their order.
        if !call.id.is_empty() {
            response["id"] = call.id.as_str().into();
        }
        response
    };
    let responses: Vec<Value> = results.iter().map(response).collect();
    json!({"toolResponse": {"functionResponses": responses}}).to_string()
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
