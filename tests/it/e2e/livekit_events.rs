//! A real LiveKit server that tells our API what happens in its rooms, as its configuration says.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use troupe::api::{self, Limits, Server, Settings};
use troupe::outbound::Destinations;
use troupe::providers::Registry;
use troupe::rooms::character_record::BuiltIns;
use troupe::rooms::key::{KeyKind, MadeKey};
use troupe::rooms::library::Library;
use troupe::rooms::livekit::{LiveKitServer, RoomService};
use troupe::rooms::service::RoomBounds;
use troupe::traces::Traces;

use super::harness::livekit_telling;

const SECRET: &str = "a secret for tests, long enough";

async fn call(client: &reqwest::Client, method: &str, url: String, key: &str, body: Option<Value>) -> Value {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = client.request(method, &url).bearer_auth(key);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap();
    let status = response.status();
    let answer: Value = response.json().await.unwrap();
    assert!(status.is_success(), "{url}: {status} {answer}");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_deleted_on_the_livekit_server_ends_here() {
    let folder = crate::scratch::folder();
    let db = format!("sqlite:{}", folder.path().join("t.sqlite").display());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let livekit = livekit_telling(Some(&format!("{base}/webhooks/livekit"))).await;
    let character = json!({
        "id": "ada", "name": "Ada", "persona": "You are Ada.", "language": "en", "talkativeness": 0.5,
    });
    let settings = Settings {
        db: db.clone(),
        secret: Some(SECRET.into()),
        data: None,
        public_url: base.clone(),
        livekit_url: livekit.url().as_str().into(),
        livekit_public_url: livekit.url().as_str().into(),
        livekit_api_key: "devkey".into(),
        livekit_api_secret: "secret".into(),
        characters: BuiltIns::new(vec![serde_json::from_value(character).unwrap()]),
        bounds: RoomBounds::default(),
        library: Library::built_in(),
        destinations: Destinations::Public,
        tool_destinations: Destinations::Public,
        models: Arc::new(Registry::empty()),
        recordings: None,
        recording_retention_days: None,
        video_folder: None,
        metrics: None,
        traces: Traces::off(),
        trace_url: None,
        limits: Limits::default(),
    };
    let shutdown = CancellationToken::new();
    let server = Server::open(settings, shutdown.clone()).await.unwrap();
    let serving = tokio::spawn(server.serve(listener));
    let (store, secret) = api::open(&db, Some(SECRET), None).await.unwrap();
    let key = MadeKey::new(KeyKind::Secret, &secret);
    store
        .insert_key(&key, KeyKind::Secret, Some("one"), None, None)
        .await
        .unwrap();
    let key = key.plain;

    let client = reqwest::Client::new();
    let rooms = format!("{base}/v1/rooms");
    let room = call(
        &client,
        "POST",
        rooms.clone(),
        &key,
        Some(json!({ "name": "Town Square" })),
    )
    .await;
    let path = format!("{rooms}/{}", room["id"].as_str().unwrap());
    let cast = Some(json!({ "characterId": "ada" }));
    call(&client, "POST", format!("{path}/participants"), &key, cast).await;
    call(&client, "POST", format!("{path}/start"), &key, None).await;

    let service = LiveKitServer::new(livekit.url().as_str(), "devkey", "secret");
    let known = service.list_rooms(Vec::new()).await.unwrap();
    assert_eq!(known.len(), 1);
    service.delete_room(&known[0].name).await.unwrap();
    let ended = async {
        loop {
            let room = call(&client, "GET", path.clone(), &key, None).await;
            if room["endedAt"].is_string() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    // Asking LiveKit would take longer than this: it ends rooms after their empty timeout.
    tokio::time::timeout(Duration::from_secs(30), ended)
        .await
        .expect("LiveKit tells of the end");
    shutdown.cancel();
    serving.await.unwrap().unwrap();
    livekit.stop().await;
}
