//! Gemini Live as its server speaks it.

use serde_json::{Value, json};

use super::{Asked, Voice};
use crate::pcm;

/// One connection.
pub(super) struct Gemini;

impl Voice for Gemini {
    fn greeting(&self) -> Vec<String> {
        Vec::new()
    }

    fn hear(&mut self, message: &Value) -> (Vec<String>, Option<Asked>) {
        let asked = if message["setup"].is_object() {
            Some(Asked::SetUp(vec![json!({"setupComplete": {}}).to_string()]))
        } else if message["clientContent"]["turnComplete"] == true
            || message["realtimeInput"]["activityEnd"].is_object()
        {
            Some(Asked::Answer)
        } else if message["toolResponse"].is_object() {
            Some(Asked::GoOn)
        } else {
            None
        };
        (Vec::new(), asked)
    }

    fn begin(&mut self) -> Vec<String> {
        Vec::new()
    }

    fn words(&self, words: &str) -> String {
        json!({"serverContent": {"outputTranscription": {"text": words}}}).to_string()
    }

    fn sound(&self, pcm: &[i16]) -> String {
        let blob = json!({"mimeType": "audio/pcm;rate=24000", "data": pcm::encode(pcm)});
        json!({"serverContent": {"modelTurn": {"parts": [{"inlineData": blob}]}}}).to_string()
    }

    fn call(&mut self, name: &str, arguments: &str) -> Vec<String> {
        let args: Value = serde_json::from_str(arguments).unwrap_or_default();
        let call = json!({"id": "call_1", "name": name, "args": args});
        vec![json!({"toolCall": {"functionCalls": [call]}}).to_string()]
    }

    fn end(&mut self) -> Vec<String> {
        vec![
            json!({"serverContent": {"generationComplete": true}}).to_string(),
            json!({"serverContent": {"turnComplete": true},
                "usageMetadata": {"promptTokenCount": 20, "responseTokenCount": 10, "totalTokenCount": 30}})
            .to_string(),
        ]
    }

    fn refusal(&self, _code: &str) -> Option<String> {
        None
    }

    fn expiry(&self) -> Option<String> {
        Some(json!({"goAway": {"timeLeft": "10s"}}).to_string())
    }
}
