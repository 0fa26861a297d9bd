//! An MCP server, over streamable HTTP.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rmcp::model::{CallToolRequestParams, CallToolResult, PaginatedRequestParams, Tool};
use rmcp::service::{Peer, RunningService, ServiceError};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{RoleClient, ServiceExt};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use tokio_util::task::AbortOnDropHandle;

use super::outcome::{Problem, presentable};
use super::reach::Reach;
use crate::backoff::Backoff;
use crate::character::tool::{ALLOWED_MAX, McpServer, TOOL_NAME_MAX};
use crate::providers::ToolSpec;

/// Time for the handshake and the list of tools.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// Pause before the second attempt; each further one is twice as long.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// Pages of tools that are read; what is on further ones is not offered.
const PAGES_MAX: usize = 4;
/// Most that is read of one message, bytes.
const MESSAGE_BYTES_MAX: usize = 512 * 1024;
/// Most that is read of an error page, bytes: nobody reads it.
const ERROR_BYTES_MAX: usize = 1024;
/// Longest schema of a tool that is offered, bytes; a longer one costs too much of every prompt.
const SCHEMA_BYTES_MAX: usize = 8 * 1024;

/// A server, connected as long as the character is there.
#[derive(Debug)]
pub(super) struct Server {
    connected: Arc<Mutex<Option<Connected>>>,
    _keeping: AbortOnDropHandle<()>,
}

/// A connection, and what the server offers.
#[derive(Debug, Clone)]
struct Connected {
    peer: Peer<RoleClient>,
    /// As models are told of them, and as the server calls them.
    tools: Arc<[(ToolSpec, String)]>,
}

impl Server {
    /// Connects in the background, and again whenever the connection is lost.
    pub(super) fn open(reach: &Reach, server: &McpServer) -> Self {
        let connected = Arc::new(Mutex::new(None));
        let keeping = keep(reach.clone(), server.clone(), Arc::clone(&connected));
        Self {
            connected,
            _keeping: AbortOnDropHandle::new(tokio::spawn(keeping)),
        }
    }

    /// What it offers by now.
    pub(super) fn specs(&self) -> Vec<ToolSpec> {
        let tools = self.connected().map(|connected| connected.tools);
        tools
            .iter()
            .flat_map(|tools| tools.iter().map(|(spec, _)| spec.clone()))
            .collect()
    }

    /// Has a tool used; `None` when it is not one of this server's. Dropping the future tells the server.
    pub(super) async fn call(
        &self,
        name: &str,
        arguments: &Map<String, Value>,
    ) -> Option<Result<String, Problem>> {
        let Connected { peer, tools } = self.connected()?;
        let (_, theirs) = tools.iter().find(|(spec, _)| spec.name == name)?;
        let params = CallToolRequestParams::new(theirs.clone()).with_arguments(arguments.clone());
        Some(match peer.call_tool(params).await {
            Ok(result) => said(&result),
            Err(ServiceError::McpError(error)) => Err(Problem::Failed(presentable(&error.message))),
            Err(_) => Err(Problem::Unreachable),
        })
    }

    fn connected(&self) -> Option<Connected> {
        self.connected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

async fn keep(reach: Reach, server: McpServer, connected: Arc<Mutex<Option<Connected>>>) {
    let set = |value| *connected.lock().unwrap_or_else(PoisonError::into_inner) = value;
    let mut backoff = Backoff::between(PAUSE_FIRST, PAUSE_MAX);
    loop {
        match tokio::time::timeout(CONNECT_WITHIN, connect(&reach, &server)).await {
            Ok(Some((service, tools))) => {
                backoff.reset();
                set(Some(Connected {
                    peer: service.peer().clone(),
                    tools: tools.into(),
                }));
                let _ = service.waiting().await;
                set(None);
            }
            Ok(None) => tracing::warn!("connect to an MCP server: it is none, or can't be reached"),
            Err(_) => tracing::warn!("connect to an MCP server: it takes too long"),
        }
        tokio::time::sleep(backoff.next(0.0)).await;
    }
}

type Tools = Vec<(ToolSpec, String)>;

/// A connection and its tools. What went wrong is not told: it may quote the address.
async fn connect(reach: &Reach, server: &McpServer) -> Option<(RunningService<RoleClient, ()>, Tools)> {
    let url = reach.admit(&server.url).ok()?;
    let mut config = StreamableHttpClientTransportConfig::with_uri(url.as_str())
        .max_sse_event_size(MESSAGE_BYTES_MAX)
        .max_json_response_size(MESSAGE_BYTES_MAX)
        .max_error_response_size(ERROR_BYTES_MAX);
    if let Some(key) = reach.key(&url) {
        config = config.auth_header(key.expose_secret());
    }
    let transport = StreamableHttpClientTransport::with_client(reach.client().clone(), config);
    let service = ().serve(transport).await.ok()?;
    let mut tools = Vec::new();
    let mut cursor = None;
    for _ in 0..PAGES_MAX {
        let params = PaginatedRequestParams::default().with_cursor(cursor);
        let page = service.list_tools(Some(params)).await.ok()?;
        tools.extend(page.tools.iter().filter_map(|tool| offered(server, tool)));
        cursor = page.next_cursor;
        if cursor.is_none() || tools.len() >= ALLOWED_MAX {
            break;
        }
    }
    tools.truncate(ALLOWED_MAX);
    Some((service, tools))
}

/// A tool as models are told of it, if the character may use it.
fn offered(server: &McpServer, tool: &Tool) -> Option<(ToolSpec, String)> {
    let theirs = tool.name.to_string();
    if !server.allow.is_empty() && !server.allow.contains(&theirs) {
        return None;
    }
    let schema = tool.input_schema.as_ref();
    if serde_json::to_vec(schema).map_or(usize::MAX, |text| text.len()) > SCHEMA_BYTES_MAX {
        tracing::warn!("leave out a tool of an MCP server: its schema is too long");
        return None;
    }
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    let name: String = format!("{}_{theirs}", server.name)
        .chars()
        .map(plain)
        .take(TOOL_NAME_MAX)
        .collect();
    let spec = ToolSpec {
        name,
        description: tool.description.as_deref().map(presentable).unwrap_or_default(),
        parameters: schema.clone(),
    };
    Some((spec, theirs))
}

/// What a tool answered: its text, or its structure when there is none.
fn said(result: &CallToolResult) -> Result<String, Problem> {
    let texts = result.content.iter().filter_map(|block| block.as_text());
    let mut text = texts
        .map(|block| block.text.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    if text.trim().is_empty()
        && let Some(structured) = &result.structured_content
    {
        text = structured.to_string();
    }
    if result.is_error == Some(true) {
        Err(Problem::Failed(presentable(&text)))
    } else if text.trim().is_empty() && !result.content.is_empty() {
        Err(Problem::Unreadable)
    } else {
        Ok(presentable(&text))
    }
}
