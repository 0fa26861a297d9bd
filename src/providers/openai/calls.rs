//! Tools in requests, and calls of them in answers.

use std::collections::VecDeque;

use async_openai::types::chat::{
    ChatCompletionMessageToolCall, ChatCompletionMessageToolCalls, ChatCompletionRequestAssistantMessage,
    ChatCompletionRequestMessage, ChatCompletionRequestToolMessage, ChatCompletionTool,
    ChatCompletionToolChoiceOption, ChatCompletionTools, FunctionCall, FunctionObject, ToolChoiceOptions,
};
use serde::Deserialize;

use super::transport::malformed;
use crate::providers::{ProviderError, ToolCall, ToolRound, ToolSpec};

/// Calls of one answer. More: the answer can't be read.
const CALLS_MAX: usize = 16;
/// Arguments of one call, bytes. More: the answer can't be read.
const ARGUMENTS_BYTES_MAX: usize = 32 * 1024;

/// The tools of a request; `None` without any, for some servers refuse an empty list.
pub(super) fn tools(specs: &[ToolSpec]) -> Option<Vec<ChatCompletionTools>> {
    let tool = |spec: &ToolSpec| {
        ChatCompletionTools::Function(ChatCompletionTool {
            function: FunctionObject {
                name: spec.name.clone(),
                description: Some(spec.description.clone()).filter(|text| !text.is_empty()),
                parameters: Some(spec.parameters.clone().into()),
                strict: None,
            },
        })
    };
    (!specs.is_empty()).then(|| specs.iter().map(tool).collect())
}

/// No tool may be called any more.
pub(super) fn none() -> ChatCompletionToolChoiceOption {
    ChatCompletionToolChoiceOption::Mode(ToolChoiceOptions::None)
}

/// The messages of one round: what the model said and called, and what came of it.
pub(super) fn round(round: &ToolRound) -> impl Iterator<Item = ChatCompletionRequestMessage> {
    let call = |call: &ToolCall| {
        ChatCompletionMessageToolCalls::Function(ChatCompletionMessageToolCall {
            id: call.id.clone(),
            function: FunctionCall {
                name: call.name.clone(),
                arguments: call.arguments.clone(),
            },
        })
    };
    let said = round.said.trim();
    let asked = ChatCompletionRequestAssistantMessage {
        content: (!said.is_empty()).then(|| said.to_owned().into()),
        tool_calls: Some(round.calls.iter().map(|(asked, _)| call(asked)).collect()),
        ..Default::default()
    };
    let answers = round.calls.iter().map(|(call, result)| {
        ChatCompletionRequestMessage::Tool(ChatCompletionRequestToolMessage {
            content: result.clone().into(),
            tool_call_id: call.id.clone(),
        })
    });
    std::iter::once(ChatCompletionRequestMessage::Assistant(asked)).chain(answers)
}

/// A piece of a call.
#[derive(Deserialize, Default)]
pub(super) struct CallDelta {
    #[serde(default)]
    index: Option<u32>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    function: FunctionDelta,
}

#[derive(Deserialize, Default)]
struct FunctionDelta {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    arguments: Option<String>,
}

/// The calls of one answer.
#[derive(Default)]
pub(super) struct Calls(VecDeque<(u32, ToolCall)>);

impl Calls {
    /// Takes pieces in. A piece belongs to the call of its index; servers that send whole calls may leave out the
    /// index, or give all calls the same: another id begins another call.
    pub(super) fn take_in(&mut self, deltas: Vec<CallDelta>) -> Result<(), ProviderError> {
        for delta in deltas {
            let id = delta.id.unwrap_or_default();
            let known = self.0.iter().rposition(|(index, call)| {
                delta.index.is_none_or(|wanted| wanted == *index) && (id.is_empty() || id == call.id)
            });
            let begins = delta.function.name.as_ref().is_some_and(|name| !name.is_empty());
            let at = match known.filter(|_| !begins || delta.index.is_some()) {
                Some(at) => at,
                None => self.begin(delta.index, id)?,
            };
            let Some((_, call)) = self.0.get_mut(at) else {
                continue;
            };
            call.name.push_str(&delta.function.name.unwrap_or_default());
            call.arguments
                .push_str(&delta.function.arguments.unwrap_or_default());
            if call.arguments.len() > ARGUMENTS_BYTES_MAX || call.name.len() > ARGUMENTS_BYTES_MAX {
                return Err(malformed("a call with too long arguments"));
            }
        }
        Ok(())
    }

    fn begin(&mut self, index: Option<u32>, id: String) -> Result<usize, ProviderError> {
        let at = self.0.len();
        if at >= CALLS_MAX {
            return Err(malformed("too many calls"));
        }
        let index = index.unwrap_or_else(|| u32::try_from(at).unwrap_or(u32::MAX));
        let id = if id.is_empty() { format!("call_{at}") } else { id };
        self.0.push_back((
            index,
            ToolCall {
                id,
                name: String::new(),
                arguments: String::new(),
            },
        ));
        Ok(at)
    }

    /// The next whole call; to be asked when the answer has ended.
    pub(super) fn next(&mut self) -> Option<ToolCall> {
        self.0.pop_front().map(|(_, call)| call)
    }

    /// An answer that broke off calls nothing.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn calls(pieces: &[&str]) -> Vec<(String, String, String)> {
        let mut calls = Calls::default();
        for piece in pieces {
            calls.take_in(vec![serde_json::from_str(piece).unwrap()]).unwrap();
        }
        std::iter::from_fn(|| calls.next())
            .map(|call| (call.id, call.name, call.arguments))
            .collect()
    }

    fn call(id: &str, name: &str, arguments: &str) -> (String, String, String) {
        (id.into(), name.into(), arguments.into())
    }

    #[test]
    fn calls_form_piece_by_piece() {
        let pieces = [
            r#"{"index":0,"id":"a","function":{"name":"clock","arguments":""}}"#,
            r#"{"index":0,"function":{"arguments":"{\"x\""}}"#,
            r#"{"index":1,"id":"b","function":{"name":"door","arguments":"{}"}}"#,
            r#"{"index":0,"function":{"arguments":":1}"}}"#,
        ];
        assert_eq!(
            calls(&pieces),
            [call("a", "clock", "{\"x\":1}"), call("b", "door", "{}")]
        );
    }

    #[test]
    fn servers_that_send_whole_calls_leave_things_out() {
        let pieces = [
            r#"{"index":0,"id":"a","function":{"name":"clock","arguments":"{}"}}"#,
            r#"{"index":0,"id":"b","function":{"name":"door","arguments":"{}"}}"#,
        ];
        assert_eq!(
            calls(&pieces),
            [call("a", "clock", "{}"), call("b", "door", "{}")]
        );
        let bare = r#"{"function":{"name":"clock","arguments":"{}"}}"#;
        let expect = [call("call_0", "clock", "{}"), call("call_1", "clock", "{}")];
        assert_eq!(calls(&[bare, bare]), expect);
    }

    #[test]
    fn what_has_no_end_is_refused() {
        let mut calls = Calls::default();
        let one = || vec![serde_json::from_str(r#"{"function":{"name":"a"}}"#).unwrap()];
        for _ in 0..CALLS_MAX {
            assert!(calls.take_in(one()).is_ok());
        }
        assert!(calls.take_in(one()).is_err());
        let long = CallDelta {
            function: FunctionDelta {
                name: None,
                arguments: Some("x".repeat(ARGUMENTS_BYTES_MAX + 1)),
            },
            ..CallDelta::default()
        };
        assert!(calls.take_in(vec![long]).is_err());
    }
}
