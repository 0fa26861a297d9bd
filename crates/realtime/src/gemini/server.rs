//! What Gemini Live sends, as far as it matters here; one message may hold several things.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::question::Call;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub(super) setup_complete: Option<IgnoredAny>,
    pub(super) server_content: Option<ServerContent>,
    pub(super) tool_call: Option<ToolCall>,
    pub(super) go_away: Option<IgnoredAny>,
    pub(super) usage_metadata: Option<UsageMetadata>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerContent {
    pub(super) model_turn: Option<Content>,
    pub(super) output_transcription: Option<Transcription>,
    #[serde(default)]
    pub(super) turn_complete: bool,
    #[serde(default)]
    pub(super) interrupted: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolCall {
    #[serde(default)]
    function_calls: Vec<FunctionCall>,
}

#[derive(Debug, Deserialize)]
struct FunctionCall {
    #[serde(default)]
    id: String,
    name: String,
    #[serde(default)]
    args: Map<String, Value>,
}

impl ToolCall {
    pub(super) fn into_calls(self) -> Vec<Call> {
        let call = |call: FunctionCall| Call {
            id: call.id,
            name: call.name,
            arguments: Value::Object(call.args).to_string(),
        };
        self.function_calls.into_iter().map(call).collect()
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    inline_data: Option<Blob>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blob {
    #[serde(default)]
    mime_type: String,
    data: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Transcription {
    pub(super) text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UsageMetadata {
    #[serde(default)]
    pub(super) prompt_token_count: u64,
    #[serde(default)]
    pub(super) response_token_count: u64,
}

impl Content {
    /// Its sounds; text beside them is what the model thinks.
    pub(super) fn sounds(&self) -> impl Iterator<Item = &str> {
        let blobs = self.parts.iter().filter_map(|part| part.inline_data.as_ref());
        blobs
            .filter(|blob| blob.mime_type.starts_with("audio/pcm"))
            .map(|blob| blob.data.as_str())
    }
}
