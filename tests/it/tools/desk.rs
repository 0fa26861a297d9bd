//! An MCP server of a desk that takes bookings, over streamable HTTP.

use std::sync::{Arc, Mutex};

use axum::Router;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// The server; it stops with the test's runtime.
#[derive(Clone, Default)]
pub(crate) struct Desk {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
    /// Told when somebody begins to ponder.
    pub(crate) pondering: Arc<Notify>,
    /// Told when somebody was told to stop pondering.
    pub(crate) stopped: Arc<Notify>,
}

impl Desk {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let desk = Self {
            url: format!("http://{}/mcp", listener.local_addr().unwrap()),
            ..Self::default()
        };
        let handler = desk.clone();
        let service = StreamableHttpService::new(
            move || Ok(handler.clone()),
            Arc::new(LocalSessionManager::default()),
            StreamableHttpServerConfig::default(),
        );
        let router = Router::new().route_service("/mcp", service);
        tokio::spawn(async move { axum::serve(listener, router).await });
        desk
    }

    /// The calls so far, as `tool arguments`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn tool(name: &'static str, description: &'static str) -> Tool {
    let schema: Map<String, Value> = match json!({ "type": "object", "properties": { "day": { "type": "string" } } })
    {
        Value::Object(schema) => schema,
        _ => Map::new(),
    };
    Tool::new(name, description, Arc::new(schema))
}

impl ServerHandler for Desk {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult {
            tools: vec![
                tool("find.slot", "Finds a free slot."),
                tool("book", "Books a slot."),
                tool("ponder", "Takes for ever."),
                tool("shut_down", "Not for characters."),
            ],
            ..ListToolsResult::default()
        })
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = Value::from(request.arguments.unwrap_or_default());
        self.asked
            .lock()
            .unwrap()
            .push(format!("{} {arguments}", request.name));
        let text = |text: &str| vec![ContentBlock::text(text)];
        let result = match request.name.as_ref() {
            "find.slot" => CallToolResult::success(text("Tuesday at nine is free.")),
            "book" => CallToolResult::error(text("That slot is taken.")),
            "ponder" => {
                self.pondering.notify_one();
                context.ct.cancelled().await;
                self.stopped.notify_one();
                CallToolResult::success(text("Never heard."))
            }
            _ => return Err(ErrorData::invalid_params("no such tool", None)),
        };
        Ok(result.into())
    }
}
