//! Tools of a character: what its language model may have done while it answers.

mod read;

use std::collections::BTreeSet;

pub use read::{ToolFault, read};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Most tools of a character; an MCP server counts as one.
pub const TOOLS_MAX: usize = 8;
/// Longest name of a tool, characters: what language models take.
pub const TOOL_NAME_MAX: usize = 64;
/// Longest name of an MCP server, characters: it stands before the names of its tools.
pub const SERVER_NAME_MAX: usize = 24;
/// Longest description, characters.
pub const DESCRIPTION_MAX: usize = 1_000;
/// Longest URL, characters.
pub const TOOL_URL_MAX: usize = 2_000;
/// Longest JSON Schema of parameters, bytes.
pub const PARAMETERS_BYTES_MAX: usize = 8_192;
/// Most tools of a server that are named.
pub const ALLOWED_MAX: usize = 32;

/// What a character may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Tool {
    /// One request to a web server.
    Http(HttpTool),
    /// Tools of an MCP server, over streamable HTTP.
    Mcp(McpServer),
}

/// How a request carries its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// In the query.
    #[default]
    Get,
    /// As a JSON object in the body.
    Post,
}

/// One request to a web server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HttpTool {
    /// What the model calls it: up to 64 letters, digits, `_` and `-`.
    #[schema(max_length = 64)]
    pub name: String,
    /// What it does and when to use it, for the model.
    #[schema(max_length = 1000)]
    pub description: String,
    /// How the arguments travel.
    #[serde(default)]
    pub method: Method,
    /// Where it is. A segment of its path such as `{city}` is filled with that argument; the host is fixed.
    #[schema(max_length = 2000)]
    pub url: String,
    /// JSON Schema of the arguments, an object's.
    #[serde(default = "no_parameters")]
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
}

/// An MCP server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct McpServer {
    /// Stands before the names of its tools: up to 24 letters, digits, `_` and `-`.
    #[schema(max_length = 24)]
    pub name: String,
    /// Its endpoint.
    #[schema(max_length = 2000)]
    pub url: String,
    /// Which of its tools may be used; all of them when there is none.
    #[serde(default)]
    pub allow: Vec<String>,
}

impl Tool {
    /// What it is called.
    pub fn name(&self) -> &str {
        match self {
            Self::Http(tool) => &tool.name,
            Self::Mcp(server) => &server.name,
        }
    }

    /// Where its requests go.
    pub fn url(&self) -> &str {
        match self {
            Self::Http(tool) => &tool.url,
            Self::Mcp(server) => &server.url,
        }
    }
}

impl HttpTool {
    /// Arguments that are segments of the path.
    pub fn placeholders(&self) -> BTreeSet<&str> {
        let path = self.url.split(['?', '#']).next().unwrap_or_default();
        path.split('/').filter_map(placeholder).collect()
    }
}

/// The name in `{name}`.
pub fn placeholder(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// The schema of a tool that takes no arguments.
fn no_parameters() -> Map<String, Value> {
    let object = [("type", Value::from("object")), ("properties", Map::new().into())];
    object
        .map(|(key, value)| (key.to_owned(), value))
        .into_iter()
        .collect()
}
