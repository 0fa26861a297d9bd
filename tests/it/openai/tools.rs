//! Tools that are told, called and answered.

use std::sync::Arc;

use futures::StreamExt;
use serde_json::{Value, json};
use troupe::providers::registry::Backend;
use troupe::providers::{ChatRequest, Message, Piece, ProviderError, Role, ToolCall, ToolRound, ToolSpec};

use super::{FINISHED, LATE, Server, events, timing, token};

#[tokio::test]
async fn tools_are_told_called_and_answered() {
    let bodies = Arc::new(std::sync::Mutex::new(Vec::<Value>::new()));
    let kept = Arc::clone(&bodies);
    let server = Server::start(timing(LATE, LATE), move |number, request| {
        let kept = Arc::clone(&kept);
        async move {
            let body = axum::body::to_bytes(request.into_body(), 100_000).await.unwrap();
            kept.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            let delta = |delta: Value| format!("data: {}\n\n", json!({ "choices": [{ "delta": delta }] }));
            let call = |call: Value| delta(json!({ "tool_calls": [call] }));
            let begin =
                json!({ "index": 0, "id": "a", "function": { "name": "clock", "arguments": "{\"zone\"" } });
            let more = json!({ "index": 0, "function": { "arguments": ":\"UTC\"}" } });
            events(match number {
                0 => [
                    delta(json!({ "content": "Let me look. " })),
                    call(begin),
                    call(more),
                    FINISHED.to_owned(),
                ]
                .concat(),
                // It breaks off: nothing was called.
                1 => call(begin),
                _ => format!("{}{FINISHED}", token("Noon.")),
            })
        }
    })
    .await;
    let model = server.provider.language_model(Some("m")).await.unwrap();
    let parameters = json!({ "type": "object", "properties": { "zone": {} } });
    let clock = ToolSpec {
        name: "clock".into(),
        description: "The time.".into(),
        parameters: parameters.as_object().unwrap().clone(),
    };
    let mut request = ChatRequest {
        messages: vec![Message {
            role: Role::User,
            content: "Ann: what time is it?".into(),
        }],
        tools: vec![clock],
        ..ChatRequest::default()
    };
    let pieces = |request: &ChatRequest| {
        let (model, request) = (Arc::clone(&model), request.clone());
        async move { model.reply(request).await.unwrap().collect::<Vec<_>>().await }
    };
    let call = ToolCall {
        id: "a".into(),
        name: "clock".into(),
        arguments: "{\"zone\":\"UTC\"}".into(),
    };
    let first = pieces(&request).await;
    let is_said =
        |piece: &&Result<Piece, ProviderError>| !matches!(piece, Ok(Piece::Text(text)) if text.is_empty());
    let said: Vec<&Piece> = first
        .iter()
        .filter(is_said)
        .map(|piece| piece.as_ref().unwrap())
        .collect();
    assert_eq!(
        said,
        [&Piece::Text("Let me look. ".into()), &Piece::Call(call.clone())]
    );
    let broken = pieces(&request).await;
    assert!(
        matches!(broken.last(), Some(Err(ProviderError::BrokenOff { .. }))),
        "{broken:?}"
    );
    assert!(!broken.iter().any(|piece| matches!(piece, Ok(Piece::Call(_)))));
    request.rounds = vec![ToolRound {
        said: "Let me look. ".into(),
        calls: vec![(call, "12:00".into())],
    }];
    request.tools_are_closed = true;
    pieces(&request).await;

    let bodies = bodies.lock().unwrap();
    let tool = json!({ "type": "function", "function": {
        "name": "clock", "description": "The time.", "parameters": parameters } });
    assert_eq!(
        (&bodies[0]["tools"], &bodies[0]["tool_choice"]),
        (&json!([tool]), &Value::Null)
    );
    let function = json!({ "name": "clock", "arguments": "{\"zone\":\"UTC\"}" });
    assert_eq!(
        bodies[2]["messages"].as_array().unwrap()[1..],
        [
            json!({ "role": "assistant", "content": "Let me look.",
                    "tool_calls": [{ "id": "a", "type": "function", "function": function }] }),
            json!({ "role": "tool", "tool_call_id": "a", "content": "12:00" }),
        ]
    );
    assert_eq!(bodies[2]["tool_choice"], "none");
}
