//! The Rooms API in this process, over a database of its own and a LiveKit that only remembers.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use base64::Engine;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use troupe::api::{Api, Limits, router};
use troupe::character::Character;
use troupe::outbound::Destinations;
use troupe::providers::Registry;
use troupe::reports::Reporter;
use troupe::rooms::Rooms;
use troupe::rooms::allowance::Allowance;
use troupe::rooms::character_record::BuiltIns;
use troupe::rooms::key::{KeyKind, MadeKey};
use troupe::rooms::library::Library;
use troupe::rooms::livekit::VideoFolder;
use troupe::rooms::recording::Objects;
use troupe::rooms::secret::ServerSecret;
use troupe::rooms::service::{RecordingSettings, RoomBounds};
use troupe::rooms::store::Store;
use troupe::rooms::token::TokenMint;
use troupe::rooms::wakeups::Wakeups;
use troupe::rooms::webhooks::Webhooks;

pub(crate) use crate::fake_livekit::FakeLiveKit;
use crate::openapi::conform;
use crate::recordings::Shelf;
use crate::store::database::{self, TestDatabase};

/// Id of the deployment's only built-in character.
pub(crate) const BUILT_IN: &str = "ada";
/// Secret of the LiveKit that tokens are signed for.
pub(crate) const LIVEKIT_SECRET: &str = "a secret of livekit, long enough";

/// An answer of the API.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Null where it is no JSON.
    pub(crate) body: Value,
    /// As it came.
    pub(crate) text: String,
}

impl Answer {
    /// The answer's body, which must have come with `status`.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Path of the next page of a list.
    pub(crate) fn next(&self) -> Option<String> {
        let link = self.headers.get("link")?.to_str().unwrap();
        let url = link.strip_prefix("<https://api.example").unwrap();
        Some(url.strip_suffix(">; rel=\"next\"").unwrap().to_owned())
    }

    /// Status, code and parameter of an error.
    pub(crate) fn fault(&self) -> (u16, &str, Option<&str>) {
        let error = &self.body["error"];
        assert!(
            error["type"].is_string() && error["message"].is_string(),
            "{}",
            self.body
        );
        (
            self.status.as_u16(),
            error["code"].as_str().unwrap(),
            error["param"].as_str(),
        )
    }
}

/// A running API with one project's keys, and another project's.
pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) store: Store,
    pub(crate) secret: ServerSecret,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) reporter: Arc<Reporter>,
    pub(crate) livekit: Arc<FakeLiveKit>,
    pub(crate) shelf: Arc<Shelf>,
    /// Server side of the project.
    pub(crate) key: String,
    pub(crate) user_key: String,
    pub(crate) worker_key: String,
    pub(crate) other_key: String,
    pub(crate) shutdown: CancellationToken,
    database: TestDatabase,
}

/// Where a world keeps recordings, when not on a shelf of its own.
#[derive(Default)]
struct Kept {
    objects: Option<Arc<dyn Objects>>,
    videos: Option<VideoFolder>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_models(Registry::empty()).await
    }

    /// The same with language models for its group chats.
    pub(crate) async fn with_models(models: Registry) -> Self {
        let database = TestDatabase::new(database::chosen()).await;
        Self::made(
            database,
            Limits::default(),
            Allowance::default(),
            models,
            Kept::default(),
        )
        .await
    }

    /// One that keeps recordings elsewhere.
    pub(crate) async fn storing(objects: Arc<dyn Objects>) -> Self {
        Self::keeping(Kept {
            objects: Some(objects),
            ..Kept::default()
        })
        .await
    }

    /// One whose LiveKit has an Egress that keeps videos in this folder.
    pub(crate) async fn filming(folder: &str) -> Self {
        Self::keeping(Kept {
            videos: Some(folder.parse().unwrap()),
            ..Kept::default()
        })
        .await
    }

    async fn keeping(kept: Kept) -> Self {
        let database = TestDatabase::new(database::chosen()).await;
        let (limits, models) = (Limits::default(), Registry::empty());
        Self::made(database, limits, Allowance::default(), models, kept).await
    }

    /// One over a database of the caller's.
    pub(crate) async fn over(database: TestDatabase) -> Self {
        let models = Registry::empty();
        Self::made(
            database,
            Limits::default(),
            Allowance::default(),
            models,
            Kept::default(),
        )
        .await
    }

    /// One that bears less than usual.
    pub(crate) async fn limited(limits: Limits, project: Allowance) -> Self {
        let database = TestDatabase::new(database::chosen()).await;
        Self::made(database, limits, project, Registry::empty(), Kept::default()).await
    }

    async fn made(
        database: TestDatabase,
        limits: Limits,
        project: Allowance,
        models: Registry,
        kept: Kept,
    ) -> Self {
        let store = database.store.clone();
        let secret = ServerSecret::from_text("a secret for tests, long enough").unwrap();
        let livekit = Arc::new(FakeLiveKit::default());
        let bounds = RoomBounds {
            project,
            ..RoomBounds::default()
        };
        let shelf = Arc::new(Shelf::new());
        let rooms = Rooms {
            store: store.clone(),
            livekit: livekit.clone(),
            tokens: TokenMint::new("key", LIVEKIT_SECRET, bounds.livekit_timeouts()),
            livekit_url: "ws://inside:7880".into(),
            livekit_public_url: "wss://outside".into(),
            built_ins: BuiltIns::new(vec![built_in()]),
            library: Library::built_in(),
            bounds,
            destinations: Destinations::Anywhere,
            tool_destinations: Destinations::Public,
            recordings: RecordingSettings {
                objects: kept.objects.unwrap_or_else(|| shelf.clone()),
                retention_days: Some(30),
                videos: kept.videos,
            },
            wakeups: Wakeups::default(),
        };
        let shutdown = CancellationToken::new();
        let api = Api::with_models(
            rooms,
            secret.clone(),
            "https://api.example/",
            limits,
            Arc::new(models),
            Some("https://traces.example/{traceId}".parse().unwrap()),
            shutdown.clone(),
        );
        let key = async |kind, project, user| {
            let made = MadeKey::new(kind, &secret);
            store
                .insert_key(&made, kind, Some(project), user, None)
                .await
                .unwrap();
            made.plain
        };
        Self {
            key: key(KeyKind::Secret, "one", None).await,
            user_key: key(KeyKind::User, "one", Some("somebody")).await,
            worker_key: key(KeyKind::Worker, "one", None).await,
            other_key: key(KeyKind::Secret, "two", None).await,
            rooms: api.rooms().clone(),
            webhooks: api.webhooks().clone(),
            reporter: api.reporter().clone(),
            router: router(api),
            store,
            secret,
            livekit,
            shelf,
            shutdown,
            database,
        }
    }

    /// Sends a request; the answer must be one that the OpenAPI document lists.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        conform::check(&method, &path, parts.status.as_u16(), &body);
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// A request with the key of the project's server side.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.send(request(method, path, &self.key, body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    /// A worker's request.
    pub(crate) async fn work(&self, path: &str, body: Value) -> Answer {
        self.send(request(
            "POST",
            &format!("/worker/v1/{path}"),
            &self.worker_key,
            Some(body),
        ))
        .await
    }

    /// Makes a room and answers its id.
    pub(crate) async fn room(&self) -> String {
        id(&self
            .post("/v1/rooms", json!({"name": "Town Square"}))
            .await
            .with(201))
    }

    /// Makes a room with the built-in character in it and starts it.
    pub(crate) async fn started_room(&self) -> String {
        let room = self.room().await;
        self.post(
            &format!("/v1/rooms/{room}/participants"),
            json!({"characterId": BUILT_IN}),
        )
        .await
        .with(201);
        self.post(&format!("/v1/rooms/{room}/start"), json!({}))
            .await
            .with(200);
        room
    }

    /// Claims whatever is there, without waiting.
    pub(crate) async fn claim(&self, worker: &str, request: &str) -> Vec<Value> {
        let body = json!({"workerId": worker, "requestId": request, "capacity": 10, "waitMs": 0});
        let answer = self.work("claims", body).await.with(200);
        answer["claims"].as_array().unwrap().clone()
    }

    /// Lets a worker's lease be over.
    pub(crate) async fn lapse(&self, worker: &str) {
        self.alter("UPDATE workers SET lease_until = 0 WHERE id = $1", &[worker])
            .await;
    }

    /// Lets a worker's lease run out in so many milliseconds.
    pub(crate) async fn lapses_in(&self, worker: &str, ms: i64) {
        let until = self.store.now().await.unwrap().plus_ms(ms).0.to_string();
        self.alter(
            "UPDATE workers SET lease_until = CAST($2 AS BIGINT) WHERE id = $1",
            &[worker, &until],
        )
        .await;
    }

    /// Changes rows as no operation can.
    pub(crate) async fn alter(&self, sql: &'static str, values: &[&str]) {
        self.database.alter(sql, values).await;
    }

    /// A column of bytes.
    pub(crate) async fn blobs(&self, sql: &'static str) -> Vec<Vec<u8>> {
        self.database.blobs(sql).await
    }
}

pub(crate) fn request(method: &str, path: &str, key: &str, body: Option<Value>) -> Request<Body> {
    let request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(path)
        .header("authorization", format!("Bearer {key}"));
    match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    }
    .unwrap()
}

/// The claims of a LiveKit token, unverified.
pub(crate) fn token_claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

pub(crate) fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

fn built_in() -> Character {
    serde_json::from_value(json!({
        "id": BUILT_IN, "name": "Ada", "persona": "You are Ada.", "language": "en", "talkativeness": 0.5,
    }))
    .unwrap()
}
