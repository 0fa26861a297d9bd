//! The Rooms API as demo and benchmarks use it: over HTTP, like any client.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::Failure;
use crate::config::ServerUrl;
use crate::protocol::TurnStages;

/// A character as the API lists it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Character {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A token to join, and where.
#[derive(Debug, Deserialize)]
pub(crate) struct Join {
    pub(crate) token: String,
    pub(crate) url: String,
}

/// A client with a secret key.
#[derive(Debug, Clone)]
pub(crate) struct Rooms {
    client: Client,
    base: ServerUrl,
    key: String,
}

impl Rooms {
    pub(crate) fn new(base: ServerUrl, key: String) -> Self {
        Self {
            client: Client::new(),
            base,
            key,
        }
    }

    /// All characters, in the API's order.
    pub(crate) async fn characters(&self) -> Result<Vec<Character>, Failure> {
        let answer = self
            .call("list characters", Method::GET, "/v1/characters", None)
            .await?;
        // A bare list, or a page of one.
        let list = answer
            .get("data")
            .or_else(|| answer.get("characters"))
            .unwrap_or(&answer);
        read("list characters", list.clone())
    }

    /// Makes a room and answers its id.
    pub(crate) async fn create(&self, name: &str) -> Result<String, Failure> {
        let body = json!({ "name": name, "mode": "freeform" });
        let room = self
            .call("create room", Method::POST, "/v1/rooms", Some(body))
            .await?;
        let id = room.get("id").and_then(Value::as_str);
        id.map(str::to_owned)
            .ok_or_else(|| Failure::failed("create room: the answer has no id"))
    }

    pub(crate) async fn add(&self, room: &str, character: &str) -> Result<(), Failure> {
        let body = json!({ "characterId": character });
        let path = format!("/v1/rooms/{room}/participants");
        self.call("add character", Method::POST, &path, Some(body))
            .await
            .map(drop)
    }

    pub(crate) async fn token(&self, room: &str, identity: &str, name: &str) -> Result<Join, Failure> {
        let path = format!("/v1/rooms/{room}/token?identity={identity}&name={name}");
        read(
            "get token",
            self.call("get token", Method::GET, &path, None).await?,
        )
    }

    pub(crate) async fn start(&self, room: &str) -> Result<(), Failure> {
        self.call(
            "start room",
            Method::POST,
            &format!("/v1/rooms/{room}/start"),
            None,
        )
        .await
        .map(drop)
    }

    pub(crate) async fn end(&self, room: &str) -> Result<(), Failure> {
        self.call("end room", Method::POST, &format!("/v1/rooms/{room}/end"), None)
            .await
            .map(drop)
    }

    /// How the turns of the room's characters came about.
    pub(crate) async fn turns(&self, room: &str) -> Result<Vec<TurnStages>, Failure> {
        #[derive(Deserialize)]
        struct Turn {
            stages: TurnStages,
        }
        let path = format!("/pages/rooms/{room}/turns");
        let answer = self.call("list turns", Method::GET, &path, None).await?;
        let turns: Vec<Turn> = read("list turns", answer)?;
        Ok(turns.into_iter().map(|turn| turn.stages).collect())
    }

    /// The room's entries as server-sent events, those after `last_event_id` at first.
    pub(crate) async fn events(&self, room: &str, last_event_id: Option<&str>) -> Result<Response, Failure> {
        let mut request = self.request(Method::GET, &format!("/v1/rooms/{room}/events"));
        request = request.header("Accept", "text/event-stream");
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        let response = send("follow room", request).await?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(Failure::failed(format!("follow room: the API answered {status}"))),
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.key)
    }

    async fn call(
        &self,
        what: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = send(what, request).await?;
        let status = response.status();
        let answer: Value = response.json().await.map_err(|error| {
            Failure::failed(format!("{what}: the API answered {status} without JSON: {error}"))
        })?;
        if status.is_success() {
            return Ok(answer);
        }
        let message = answer
            .pointer("/error/message")
            .and_then(Value::as_str)
            .unwrap_or("no message");
        Err(Failure::failed(format!(
            "{what}: the API answered {status}: {message}"
        )))
    }
}

async fn send(what: &str, request: RequestBuilder) -> Result<Response, Failure> {
    request
        .send()
        .await
        .map_err(|error| Failure::failed(format!("{what}: the API can't be reached: {error}")))
}

fn read<T: serde::de::DeserializeOwned>(what: &str, answer: Value) -> Result<T, Failure> {
    serde_json::from_value(answer)
        .map_err(|error| Failure::failed(format!("{what}: the answer can't be read: {error}")))
}
