//! Every route of the document, asked with every kind of key.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Map, Value, json};
use troupe::rooms::key::{KeyKind, MadeKey, id_of};

use super::conform::document;
use super::document::operations;
use crate::interviews::rooms;
use crate::pages::token;
use crate::roleplays::PREMADE;
use crate::support::{BUILT_IN, World, id};

/// A value for each path parameter: objects of the project `one`.
struct Objects(Vec<(&'static str, String)>);

impl Objects {
    async fn new(world: &World) -> Self {
        let character = world
            .post(
                "/v1/characters",
                json!({"name": "Eve", "persona": "You are Eve."}),
            )
            .await
            .with(201);
        let webhook = world
            .post("/v1/webhooks", json!({"url": "https://hooks.example.com/"}))
            .await
            .with(201);
        let roleplay = json!({
            "premadeRoleplayId": PREMADE, "userUniqueIdentifier": "u", "userName": "U", "recordVideo": false,
        });
        let roleplay = world.post("/api/roleplay/create-room", roleplay).await.with(201);
        let interview = rooms(world, json!({})).await.swap_remove(0);
        Self(vec![
            (
                "roleplayId",
                roleplay["data"]["roleplayId"].as_str().unwrap().to_owned(),
            ),
            ("interviewId", id(&interview)),
            (
                "accessToken",
                interview["access_token"].as_str().unwrap().to_owned(),
            ),
            ("roomId", world.started_room().await),
            ("characterId", id(&character)),
            ("webhookId", id(&webhook)),
            ("name", "lobby".into()),
            ("identity", "guest".into()),
            ("room_id", chat_room(world).await),
            ("user_id", chat_user(world).await),
            ("replr_id", BUILT_IN.to_owned()),
            ("epoch", "777001".to_owned()),
            ("track", "777002".to_owned()),
            ("sequence", "777003".to_owned()),
            ("recordingId", "rec_none".to_owned()),
        ])
    }

    /// Whether the value is one that no other project may see.
    fn is_private(name: &str) -> bool {
        name != "replr_id"
    }

    fn path(&self, template: &str) -> String {
        let mut path = template.to_owned();
        for (name, value) in &self.0 {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        assert!(
            !path.contains('{'),
            "{template}: give its parameters a value in `Objects`"
        );
        path
    }
}

/// A public chat room: even that is nothing to another project.
async fn chat_room(world: &World) -> String {
    let body = json!({"name": "Kitchen", "is_public": true, "replr_ids": [BUILT_IN]});
    let request = crate::support::request("POST", "/chat/v1/rooms", &world.user_key, Some(body));
    id(&world.send(request).await.with(201))
}

async fn chat_user(world: &World) -> String {
    let request = crate::support::request("GET", "/chat/v1/me", &world.user_key, None);
    let me = world.send(request).await.with(200);
    me["user_id"].as_str().unwrap().to_owned()
}

/// A body that fits the schema, as small as it can be.
fn sample(schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return sample(document().pointer(&reference[1..]).unwrap());
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[0].as_str().unwrap(),
        kind => kind.as_str().unwrap(),
    };
    match kind {
        "string" if schema["format"] == "uuid" => json!("00000000-0000-4000-8000-000000000000"),
        "string" if schema["format"] == "uri" => json!("https://example.com/"),
        "string" => json!("aa"),
        "integer" | "number" => schema["minimum"]
            .as_f64()
            .map_or(json!(0), |least| json!(least as i64)),
        "boolean" => json!(false),
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(0);
            (0..count).map(|_| sample(&schema["items"])).collect()
        }
        "object" => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = required.iter().map(|name| {
                let name = name.as_str().unwrap();
                (name.to_owned(), sample(&schema["properties"][name]))
            });
            Value::Object(Map::from_iter(fields))
        }
        other => panic!("a sample of {other}"),
    }
}

fn request(method: &str, path: &str, operation: &Value, key: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    // On these paths the project's key says for whom it acts.
    if path.starts_with("/chat/") {
        request = request.header("troupe-user", "stranger");
    }
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if schema.is_null() {
        return request.body(Body::empty()).unwrap();
    }
    let mut body = sample(schema);
    // The other project must be refused for the object in the path, not for one in the body.
    if body.get("characterId").is_some() {
        body["characterId"] = json!(BUILT_IN);
    }
    if body.get("replr_id").is_some() {
        body["replr_id"] = json!(BUILT_IN);
    }
    request
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

fn admits(operation: &Value, kind: &str) -> bool {
    let keys = operation["security"].as_array().into_iter().flatten();
    keys.into_iter().any(|key| key.get(kind).is_some())
}

fn needs_key(operation: &Value) -> bool {
    operation["security"]
        .as_array()
        .is_some_and(|keys| !keys.is_empty())
}

#[tokio::test]
async fn no_key_a_revoked_one_and_an_expired_one_are_turned_away_everywhere() {
    let world = World::new().await;
    let objects = Objects::new(&world).await;
    let made = async |kind, user, valid_for_ms| {
        let key = MadeKey::new(kind, &world.secret);
        world
            .store
            .insert_key(&key, kind, Some("one"), user, valid_for_ms)
            .await
            .unwrap();
        key.plain
    };
    let unknown = ["sk_none_none", "pt_0000000000000000_none"];
    let mut keys = vec![None];
    keys.extend(unknown.map(|key| Some(key.to_owned())));
    for (kind, user) in [
        (KeyKind::Secret, None),
        (KeyKind::User, Some("somebody")),
        (KeyKind::Worker, None),
    ] {
        let revoked = made(kind, user, None).await;
        world.store.revoke_key(&id_of(&revoked).unwrap()).await.unwrap();
        keys.extend([Some(revoked), Some(made(kind, user, Some(0)).await)]);
    }
    for (method, path, operation) in operations() {
        if !needs_key(operation) {
            continue;
        }
        for key in &keys {
            let request = request(&method, &objects.path(&path), operation, key.as_deref());
            let answer = world.send(request).await;
            assert_eq!(answer.fault(), (401, "unauthorized", None), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_key_of_another_kind_is_refused_everywhere() {
    let world = World::new().await;
    let objects = Objects::new(&world).await;
    let page = token(&world).await;
    for (method, path, operation) in operations() {
        if !needs_key(operation) {
            continue;
        }
        for (kind, key) in [
            ("secret_key", &world.key),
            ("page_token", &page),
            ("user_key", &world.user_key),
            ("worker_key", &world.worker_key),
        ] {
            if !admits(operation, kind) {
                let request = request(&method, &objects.path(&path), operation, Some(key));
                let answer = world.send(request).await;
                assert_eq!(
                    answer.fault(),
                    (403, "wrong_key_kind", None),
                    "{method} {path} with {kind}"
                );
            }
        }
    }
}

#[tokio::test]
async fn another_projects_objects_do_not_exist() {
    let world = World::new().await;
    let objects = Objects::new(&world).await;
    let user = MadeKey::new(KeyKind::User, &world.secret);
    world
        .store
        .insert_key(&user, KeyKind::User, Some("two"), Some("stranger"), None)
        .await
        .unwrap();
    let mut asked = 0;
    for (method, path, operation) in operations() {
        for (kind, key) in [("secret_key", &world.other_key), ("user_key", &user.plain)] {
            if !admits(operation, kind) {
                continue;
            }
            let answer = world
                .send(request(&method, &objects.path(&path), operation, Some(key)))
                .await;
            // Live rooms go by names of the project's own: `live` tests what they are to others.
            if path.contains('{') && !path.starts_with("/live/") {
                assert_eq!(
                    answer.fault(),
                    (404, "not_found", None),
                    "{method} {path} with {kind}"
                );
                asked += 1;
            }
            for (name, value) in objects.0.iter().filter(|(name, _)| Objects::is_private(name)) {
                assert!(
                    path.starts_with("/live/") || !answer.text.contains(value.as_str()),
                    "{method} {path} tells {name}"
                );
            }
        }
    }
    assert!(asked >= 10, "{asked}");
}
