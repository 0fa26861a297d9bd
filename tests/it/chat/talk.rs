//! Users who call the API.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::model::Model;
use crate::support::{Answer, World, id, request};

/// A world with users, each named by the project's own id for them.
pub(super) struct Talk {
    pub(super) world: World,
    pub(super) model: Model,
}

impl Talk {
    /// Without a script the model answers for nobody.
    pub(super) async fn new() -> Self {
        Self::with(Model::start(&[]).await).await
    }

    pub(super) async fn with(model: Model) -> Self {
        Self {
            world: World::with_models(model.registry()).await,
            model,
        }
    }

    pub(super) fn request(&self, user: &str, method: &str, path: &str, body: Option<Value>) -> Request<Body> {
        let mut request = request(method, &format!("/chat/v1/{path}"), &self.world.key, body);
        request.headers_mut().insert("troupe-user", user.parse().unwrap());
        request
    }

    pub(super) async fn call(&self, user: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.world.send(self.request(user, method, path, body)).await
    }

    pub(super) async fn get(&self, user: &str, path: &str) -> Answer {
        self.call(user, "GET", path, None).await
    }

    pub(super) async fn post(&self, user: &str, path: &str, body: Value) -> Answer {
        self.call(user, "POST", path, Some(body)).await
    }

    pub(super) async fn delete(&self, user: &str, path: &str) -> Answer {
        self.call(user, "DELETE", path, None).await
    }

    /// Our id of a user.
    pub(super) async fn user_id(&self, user: &str) -> String {
        let me = self.get(user, "me").await.with(200);
        me["user_id"].as_str().unwrap().to_owned()
    }

    /// A character of the project's own, by its name.
    pub(super) async fn character(&self, name: &str) -> String {
        let body = json!({"name": name, "persona": format!("You are {name}."), "talkativeness": 1.0});
        id(&self.world.post("/v1/characters", body).await.with(201))
    }

    /// A room that `owner` made for these characters.
    pub(super) async fn room(&self, owner: &str, replrs: &[&str]) -> String {
        let body = json!({"name": "Kitchen", "replr_ids": replrs});
        id(&self.post(owner, "rooms", body).await.with(201))
    }

    /// Lets a user in.
    pub(super) async fn join(&self, owner: &str, room: &str, user: &str) {
        let body = json!({"user_id": self.user_id(user).await});
        self.post(owner, &format!("rooms/{room}/members"), body)
            .await
            .with(201);
    }

    /// Sends a message and answers what came of it.
    pub(super) async fn say(&self, user: &str, room: &str, content: &str) -> Value {
        self.post(
            user,
            &format!("rooms/{room}/messages"),
            json!({"content": content}),
        )
        .await
        .with(201)
    }

    /// All messages, oldest first, as `name: content`.
    pub(super) async fn told(&self, user: &str, room: &str) -> Vec<String> {
        let page = self
            .get(user, &format!("rooms/{room}/messages?limit=200"))
            .await
            .with(200);
        let mut lines: Vec<String> = list(&page["data"])
            .iter()
            .map(|message| {
                format!(
                    "{}: {}",
                    text(&message["sender"]["name"]),
                    text(&message["content"])
                )
            })
            .collect();
        lines.reverse();
        lines
    }
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Names of those who answered.
pub(super) fn answered(exchange: &Value) -> Vec<&str> {
    list(&exchange["replr_responses"])
        .iter()
        .map(|reply| text(&reply["replr_name"]))
        .collect()
}

/// Asserts that `actual` has every field of `expected`, with the same types; times stay times.
#[track_caller]
pub(super) fn same_shape(expected: &Value, actual: &Value, at: &str) {
    match (expected, actual) {
        (Value::Object(fields), Value::Object(found)) => {
            for (name, value) in fields {
                let field = found
                    .get(name)
                    .unwrap_or_else(|| panic!("{at}.{name} is missing: {actual}"));
                same_shape(value, field, &format!("{at}.{name}"));
            }
        }
        (Value::Array(items), Value::Array(found)) => {
            assert_eq!(items.len(), found.len(), "{at} has another length: {actual}");
            for (number, (item, found)) in items.iter().zip(found).enumerate() {
                same_shape(item, found, &format!("{at}[{number}]"));
            }
        }
        (Value::String(time), Value::String(found)) if time.ends_with('Z') && time.contains('T') => {
            let bytes = found.as_bytes();
            assert!(
                bytes.len() == 24 && bytes[23] == b'Z' && bytes[19] == b'.' && bytes[10] == b'T',
                "{at} is no time: {found}"
            );
        }
        (expected, actual) => assert_eq!(
            std::mem::discriminant(expected),
            std::mem::discriminant(actual),
            "{at} has another type: {actual}"
        ),
    }
}
