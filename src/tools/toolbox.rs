//! The tools of one character in one room.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::http;
use super::mcp::Server;
use super::outcome::Problem;
use super::reach::Reach;
use crate::brain::using::Tools;
use crate::character::Tool;
use crate::character::tool::HttpTool;
use crate::providers::{ToolCall, ToolSpec};

/// Longest time for one call. A speech may stall for 10 s, and the model needs its share of that.
const CALL_WITHIN: Duration = Duration::from_secs(8);
/// Tools that a model is told of; each costs a part of every prompt.
const SPECS_MAX: usize = 40;
/// Results kept of answers that nobody heard to the end. Full: the oldest goes.
const KEPT_MAX: usize = 16;

/// The tools of one character in one room.
#[derive(Debug)]
pub struct Toolbox {
    reach: Reach,
    requests: Vec<HttpTool>,
    servers: Vec<Server>,
    /// What was done for answers that were not heard to their end: it is not done again.
    kept: Mutex<VecDeque<(String, String, String)>>,
}

impl Toolbox {
    /// Opens the tools that may be used from here; `None` when there are none.
    pub fn open(reach: &Reach, tools: &[Tool]) -> Option<Arc<Self>> {
        let mut toolbox = Self {
            reach: reach.clone(),
            requests: Vec::new(),
            servers: Vec::new(),
            kept: Mutex::default(),
        };
        for tool in tools {
            // Placeholders stand in the path: they change nothing about where it leads.
            if let Err(reason) = reach.admit(tool.url()) {
                tracing::warn!(%reason, "leave out a tool of a character");
                continue;
            }
            match tool {
                Tool::Http(tool) => toolbox.requests.push(tool.clone()),
                Tool::Mcp(server) => toolbox.servers.push(Server::open(reach, server)),
            }
        }
        let is_empty = toolbox.requests.is_empty() && toolbox.servers.is_empty();
        (!is_empty).then(|| Arc::new(toolbox))
    }

    /// A line was heard to its end, with what was done for it.
    pub fn was_heard(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, VecDeque<(String, String, String)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a model is told of them.
    pub fn specs(&self) -> Vec<ToolSpec> {
        let requests = self.requests.iter().map(|tool| ToolSpec {
            name: tool.name.clone(),
            description: tool.description.clone(),
            parameters: tool.parameters.clone(),
        });
        let mut names = BTreeSet::new();
        requests
            .chain(self.servers.iter().flat_map(Server::specs))
            .filter(|spec| names.insert(spec.name.clone()))
            .take(SPECS_MAX)
            .collect()
    }

    /// What came of a call, and whether it was done.
    async fn call(&self, call: &ToolCall) -> (String, bool) {
        let known = |(name, arguments, _): &&(String, String, String)| {
            *name == call.name && *arguments == call.arguments
        };
        if let Some((.., result)) = self.kept().iter().find(known) {
            return (result.clone(), true);
        }
        let began = Instant::now();
        let result = match timeout(CALL_WITHIN, self.dispatch(call)).await {
            Ok(result) => result,
            Err(_) => Err(Problem::TooSlow),
        };
        let ms = began.elapsed().as_millis();
        tracing::debug!(ms, is_done = result.is_ok(), "use a tool");
        match result {
            Ok(result) => {
                let mut kept = self.kept();
                if kept.len() >= KEPT_MAX {
                    kept.pop_front();
                }
                kept.push_back((call.name.clone(), call.arguments.clone(), result.clone()));
                (result, true)
            }
            Err(problem) => (problem.to_string(), false),
        }
    }

    async fn dispatch(&self, call: &ToolCall) -> Result<String, Problem> {
        let arguments = arguments(&call.arguments)?;
        if let Some(tool) = self.requests.iter().find(|tool| tool.name == call.name) {
            return http::call(&self.reach, tool, arguments).await;
        }
        for server in &self.servers {
            if let Some(result) = server.call(&call.name, &arguments).await {
                return result;
            }
        }
        Err(Problem::Unknown)
    }
}

/// Arguments as a model wrote them; nothing means none.
fn arguments(text: &str) -> Result<Map<String, Value>, Problem> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(Value::Null) => Ok(Map::new()),
        _ => Err(Problem::Arguments),
    }
}

/// A character's tools for one speech: nothing is done before it may be heard.
pub struct ForSpeech {
    toolbox: Arc<Toolbox>,
    admitted: CancellationToken,
    used: Option<Used>,
}

/// Is told how long a call took, and whether it was done.
type Used = Box<dyn Fn(Duration, bool) + Send + Sync>;

impl fmt::Debug for ForSpeech {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForSpeech")
            .field("toolbox", &self.toolbox)
            .finish_non_exhaustive()
    }
}

impl ForSpeech {
    /// Nothing is done before `admitted` is cancelled.
    pub fn new(toolbox: Arc<Toolbox>, admitted: CancellationToken) -> Self {
        Self {
            toolbox,
            admitted,
            used: None,
        }
    }

    /// The same; `used` is told of each call, when it is over.
    #[must_use]
    pub fn telling(self, used: impl Fn(Duration, bool) + Send + Sync + 'static) -> Self {
        Self {
            used: Some(Box::new(used)),
            ..self
        }
    }
}

#[async_trait]
impl Tools for ForSpeech {
    fn specs(&self) -> Vec<ToolSpec> {
        self.toolbox.specs()
    }

    async fn admitted(&self) {
        self.admitted.cancelled().await;
    }

    async fn call(&self, call: &ToolCall) -> String {
        let began = Instant::now();
        let (result, is_done) = self.toolbox.call(call).await;
        if let Some(used) = &self.used {
            used(began.elapsed(), is_done);
        }
        result
    }
}
