//! What OpenAI Realtime sends, as far as it matters here; more fields and kinds are let pass.

use serde::Deserialize;

use crate::question::Call;

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(super) enum Message {
    #[serde(rename = "session.updated")]
    Updated,
    #[serde(rename = "response.created")]
    Created { response: Response },
    #[serde(rename = "response.output_item.added")]
    ItemAdded { response_id: String, item: Item },
    #[serde(rename = "response.output_item.done")]
    ItemDone { response_id: String, item: Item },
    #[serde(rename = "response.output_audio_transcript.delta")]
    Words {
        response_id: String,
        item_id: String,
        delta: String,
    },
    #[serde(rename = "response.output_audio.delta")]
    Sound { response_id: String, delta: String },
    #[serde(rename = "response.done")]
    Done { response: Response },
    #[serde(rename = "error")]
    Error { error: ServerError },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub(super) struct Response {
    pub(super) id: String,
    pub(super) status: Option<String>,
    status_details: Option<StatusDetails>,
    metadata: Option<Metadata>,
    pub(super) usage: Option<Tokens>,
}

#[derive(Debug, Deserialize)]
struct StatusDetails {
    reason: Option<String>,
    error: Option<ServerError>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    ask: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tokens {
    #[serde(default)]
    pub(super) input_tokens: u64,
    #[serde(default)]
    pub(super) output_tokens: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Item {
    pub(super) id: String,
    #[serde(rename = "type")]
    kind: String,
    call_id: Option<String>,
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct ServerError {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
    pub(super) event_id: Option<String>,
}

impl Response {
    /// Whether it answers the question of this number.
    pub(super) fn is_of(&self, asked: u64) -> bool {
        let ask = self
            .metadata
            .as_ref()
            .and_then(|metadata| metadata.ask.as_deref());
        ask == Some(&asked.to_string())
    }

    /// Whether it ended because of what it said.
    pub(super) fn is_filtered(&self) -> bool {
        let details = self.status_details.as_ref();
        details.and_then(|details| details.reason.as_deref()) == Some("content_filter")
    }

    pub(super) fn error(&self) -> ServerError {
        let details = self.status_details.as_ref();
        details
            .and_then(|details| details.error.clone())
            .unwrap_or_default()
    }
}

impl Item {
    pub(super) fn is_spoken(&self) -> bool {
        self.kind == "message"
    }

    /// The call that it is, if it is one, with the item's name.
    pub(super) fn into_call(self) -> Option<(String, Call)> {
        let call = Call {
            id: self.call_id?,
            name: self.name?,
            arguments: self.arguments.unwrap_or_default(),
        };
        (self.kind == "function_call").then_some((self.id, call))
    }
}
