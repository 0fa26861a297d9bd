//! What characters have done: tools against real servers of both kinds.
//!
//! - `desk`: an MCP server, and what was asked of it
//! - `web`: a web server, and what was asked of it
//! - `calls`: one call each, what comes of it, and what ends it
//! - `lines`: tools in the course of a line

mod calls;
pub(crate) mod desk;
mod lines;
pub(crate) mod web;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use troupe::character::tool;
use troupe::config::Tools;
use troupe::providers::ToolCall;
use troupe::tools::{ForSpeech, Reach, Toolbox};

/// Reaches this machine.
fn reach(hosts: Option<&str>, keys: &str) -> Reach {
    Reach::new(&Tools {
        hosts: hosts.map(|hosts| hosts.parse().unwrap()),
        keys: keys.parse().unwrap(),
        allow_private: true,
    })
    .unwrap()
}

/// Tools for a speech that may be heard.
fn for_speech(toolbox: &std::sync::Arc<Toolbox>) -> ForSpeech {
    let admitted = CancellationToken::new();
    admitted.cancel();
    ForSpeech::new(toolbox.clone(), admitted)
}

fn toolbox(reach: &Reach, tools: &Value) -> std::sync::Arc<Toolbox> {
    Toolbox::open(reach, &tool::read(tools).unwrap()).unwrap()
}

fn call(name: &str, arguments: &Value) -> ToolCall {
    ToolCall {
        id: "call_0".into(),
        name: name.into(),
        arguments: arguments.to_string(),
    }
}

/// The tool that asks `web` for the weather.
pub(crate) fn weather(url: &str) -> Value {
    json!({
        "kind": "http", "name": "weather", "description": "The weather in a city.",
        "url": format!("{url}/weather/{{city}}"),
        "parameters": { "properties": { "city": { "type": "string" }, "days": { "type": "integer" } },
                        "required": ["city"] },
    })
}
