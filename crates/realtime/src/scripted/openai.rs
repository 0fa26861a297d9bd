//! OpenAI Realtime as its server speaks it.

use serde_json::{Value, json};

use super::{Asked, Voice};
use crate::pcm;

/// One connection's state.
#[derive(Default)]
pub(super) struct OpenAi {
    responses: u64,
    ask: Value,
    is_active: bool,
    /// What came of a call was told since the last response.
    has_output: bool,
}

impl OpenAi {
    fn response(&self) -> String {
        format!("resp_{}", self.responses)
    }

    fn item(&self) -> String {
        format!("item_{}", self.responses)
    }

    fn done(&mut self, status: &str) -> String {
        self.is_active = false;
        json!({"type": "response.done", "event_id": "event_d", "response": {
            "object": "realtime.response", "id": self.response(), "status": status, "status_details": null,
            "output": [], "metadata": self.ask,
            "usage": {"total_tokens": 30, "input_tokens": 20, "output_tokens": 10},
        }})
        .to_string()
    }
}

impl Voice for OpenAi {
    fn greeting(&self) -> Vec<String> {
        vec![
            json!({"type": "session.created", "event_id": "event_1", "session": {"type": "realtime", "id": "sess_1"}})
                .to_string(),
        ]
    }

    fn hear(&mut self, message: &Value) -> (Vec<String>, Option<Asked>) {
        let item = &message["item"];
        match message["type"].as_str().unwrap_or_default() {
            "session.update" => {
                let updated =
                    json!({"type": "session.updated", "event_id": "event_2", "session": message["session"]});
                (Vec::new(), Some(Asked::SetUp(vec![updated.to_string()])))
            }
            "conversation.item.create" => {
                self.has_output |= item["type"] == "function_call_output";
                let added = json!({"type": "conversation.item.added", "event_id": "event_3",
                    "previous_item_id": message["previous_item_id"], "item": {"id": item["id"], "type": "message"}});
                (vec![added.to_string()], None)
            }
            "response.create" => {
                self.responses += 1;
                self.ask = message["response"]["metadata"].clone();
                let goes_on = std::mem::take(&mut self.has_output);
                let asked = if goes_on { Asked::GoOn } else { Asked::Answer };
                (Vec::new(), Some(asked))
            }
            "response.cancel" if self.is_active => {
                let done = self.done("cancelled");
                (Vec::new(), Some(Asked::Cancel(vec![done])))
            }
            "response.cancel" => {
                let error = json!({"type": "error", "event_id": "event_4", "error": {"type": "invalid_request_error",
                    "code": "response_cancel_not_active", "message": "no active response",
                    "event_id": message["event_id"]}});
                (vec![error.to_string()], None)
            }
            "conversation.item.truncate" => {
                let truncated = json!({"type": "conversation.item.truncated", "event_id": "event_5",
                    "item_id": message["item_id"], "content_index": 0, "audio_end_ms": message["audio_end_ms"]});
                (vec![truncated.to_string()], None)
            }
            _ => (Vec::new(), None),
        }
    }

    fn begin(&mut self) -> Vec<String> {
        self.is_active = true;
        let created = json!({"type": "response.created", "event_id": "event_6", "response": {
            "object": "realtime.response", "id": self.response(), "status": "in_progress", "metadata": self.ask}});
        let added = json!({"type": "response.output_item.added", "event_id": "event_7",
            "response_id": self.response(), "output_index": 0,
            "item": {"id": self.item(), "object": "realtime.item", "type": "message", "status": "in_progress",
                "role": "assistant", "content": []}});
        vec![created.to_string(), added.to_string()]
    }

    fn words(&self, words: &str) -> String {
        json!({"type": "response.output_audio_transcript.delta", "event_id": "event_8",
            "response_id": self.response(), "item_id": self.item(), "output_index": 0, "content_index": 0,
            "delta": words})
        .to_string()
    }

    fn sound(&self, pcm: &[i16]) -> String {
        json!({"type": "response.output_audio.delta", "event_id": "event_9", "response_id": self.response(),
            "item_id": self.item(), "output_index": 0, "content_index": 0, "delta": pcm::encode(pcm)})
        .to_string()
    }

    fn call(&mut self, name: &str, arguments: &str) -> Vec<String> {
        let item = json!({"id": format!("{}_call", self.item()), "object": "realtime.item", "type": "function_call",
            "status": "completed", "call_id": "call_1", "name": name, "arguments": arguments});
        let told = |kind: &str| {
            json!({"type": kind, "event_id": "event_b", "response_id": self.response(), "output_index": 1,
                "item": item})
            .to_string()
        };
        let mut out = ["response.output_item.added", "response.output_item.done"]
            .map(told)
            .to_vec();
        out.push(self.done("completed"));
        out
    }

    fn end(&mut self) -> Vec<String> {
        vec![self.done("completed")]
    }

    fn refusal(&self, code: &str) -> Option<String> {
        let error = json!({"type": "error", "event_id": "event_a", "error": {"type": "invalid_request_error",
            "code": code, "message": "refused", "param": null, "event_id": null}});
        Some(error.to_string())
    }

    fn expiry(&self) -> Option<String> {
        None
    }
}
