use serde_json::{Value, json};

use crate::support::{BUILT_IN, World, id, request};

fn grace() -> Value {
    json!({
        "name": "Grace", "persona": "You are Grace.", "aliases": ["Amazing Grace"], "language": "en-GB",
        "temperament": "dry, precise", "talkativeness": 0.7, "voices": {"openai": "nova"},
        "pronunciations": {"Hopper": "Hoppa"},
        "models": {"llm": "openai:gpt-4o-mini"},
    })
}

#[tokio::test]
async fn a_character_is_made_read_changed_and_deleted() {
    let world = World::new().await;
    let made = world.post("/v1/characters", grace()).await.with(201);
    assert!(id(&made).starts_with("character_"));
    for (field, value) in grace().as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    assert_eq!(made["builtIn"], false);
    let path = format!("/v1/characters/{}", id(&made));
    assert_eq!(world.get(&path).await.with(200), made);
    let changed = world
        .call("PATCH", &path, Some(json!({"talkativeness": 0, "aliases": []})))
        .await
        .with(200);
    assert_eq!(
        (&changed["talkativeness"], &changed["aliases"]),
        (&json!(0.0), &json!([]))
    );
    assert_eq!(
        (&changed["name"], &changed["voices"]),
        (&made["name"], &made["voices"])
    );
    world.call("DELETE", &path, None).await.with(200);
    assert_eq!(world.get(&path).await.fault(), (404, "not_found", None));
    assert_eq!(
        world.call("DELETE", &path, None).await.fault(),
        (404, "not_found", None)
    );
}

#[tokio::test]
async fn tools_are_kept_checked_and_hidden_from_users() {
    let world = World::new().await;
    let tools = json!([
        { "kind": "http", "name": "weather", "description": "The weather.", "method": "POST",
          "url": "https://api.example.com/{city}",
          "parameters": { "type": "object", "properties": { "city": { "type": "string" } } } },
        { "kind": "mcp", "name": "desk", "url": "https://desk.example.com/mcp", "allow": ["book"] },
    ]);
    let body = |tools: &Value| json!({ "name": "Vera", "persona": "You are Vera.", "tools": tools });
    let made = world.post("/v1/characters", body(&tools)).await.with(201);
    assert_eq!(made["tools"], tools);
    let path = format!("/v1/characters/{}", id(&made));
    let seen = world
        .send(request("GET", &path, &world.user_key, None))
        .await
        .with(200);
    assert_eq!((&seen["name"], &seen["tools"]), (&json!("Vera"), &Value::Null));
    for (field, value, problem_of) in [
        ("url", "https://10.0.0.1/mcp", "tools.1.url"),
        ("url", "http://desk.example.com/mcp", "tools.1.url"),
        ("url", "https://localhost/mcp", "tools.1.url"),
        ("name", "two words", "tools.1.name"),
        ("kind", "shell", "tools.1.kind"),
        ("secret", "sesame", "tools.1.secret"),
    ] {
        let mut tools = tools.clone();
        tools[1][field] = value.into();
        let answer = world.post("/v1/characters", body(&tools)).await;
        assert_eq!(
            answer.fault(),
            (422, "validation_error", Some(problem_of)),
            "{value}"
        );
    }
    let none = json!({ "tools": [] });
    let changed = world.call("PATCH", &path, Some(none)).await.with(200);
    assert_eq!(changed["tools"], Value::Null);
}

#[tokio::test]
async fn what_is_not_said_has_defaults() {
    let world = World::new().await;
    let made = world
        .post("/v1/characters", json!({"name": "A", "persona": "You are A."}))
        .await
        .with(201);
    assert_eq!(
        (&made["language"], &made["talkativeness"]),
        (&json!("en"), &json!(0.5))
    );
    assert_eq!(
        (&made["aliases"], &made["voices"], &made["models"]),
        (&json!([]), &json!({}), &json!({}))
    );
}

#[tokio::test]
async fn refusals_name_the_field() {
    let world = World::new().await;
    for (field, value, param) in [
        ("name", json!(""), "name"),
        ("persona", json!("é".repeat(5_001)), "persona"),
        ("talkativeness", json!(1.01), "talkativeness"),
        ("talkativeness", json!("much"), "talkativeness"),
        ("language", json!("english please"), "language"),
        ("aliases", json!(["a", 1]), "aliases"),
        ("aliases", json!(vec!["a"; 17]), "aliases"),
        ("voices", json!({"openai": 1}), "voices.openai"),
        ("pronunciations", json!({"a-": "a"}), "pronunciations.a-"),
        ("pronunciations", json!({"a": ""}), "pronunciations.a"),
        ("models", json!({"llm": "gpt"}), "models.llm"),
        ("models", json!({"vad": "a:b"}), "models.vad"),
        ("id", json!("character_mine"), "id"),
    ] {
        let mut body = grace();
        body[field] = value;
        let answer = world.post("/v1/characters", body).await;
        assert_eq!(
            answer.fault(),
            (422, "validation_error", Some(param)),
            "{}",
            answer.body
        );
    }
    let answer = world.post("/v1/characters", json!({"name": "A"})).await;
    assert_eq!(answer.fault(), (422, "validation_error", Some("persona")));
}

#[tokio::test]
async fn built_ins_are_everyones_and_read_only() {
    let world = World::new().await;
    let path = format!("/v1/characters/{BUILT_IN}");
    for key in [&world.key, &world.other_key, &world.user_key] {
        let read = world.send(request("GET", &path, key, None)).await.with(200);
        assert_eq!((&read["id"], &read["builtIn"]), (&json!(BUILT_IN), &json!(true)));
    }
    let changed = world.call("PATCH", &path, Some(json!({"name": "B"}))).await;
    assert_eq!(changed.fault(), (403, "read_only", None));
    assert_eq!(
        world.call("DELETE", &path, None).await.fault(),
        (403, "read_only", None)
    );
}

#[tokio::test]
async fn a_projects_characters_are_its_own() {
    let world = World::new().await;
    let made = world.post("/v1/characters", grace()).await.with(201);
    let listed = world.get("/v1/characters").await.with(200);
    let ids: Vec<String> = listed.as_array().unwrap().iter().map(id).collect();
    assert_eq!(ids, [BUILT_IN.to_owned(), id(&made)]);
    let path = format!("/v1/characters/{}", id(&made));
    for (method, body) in [
        ("GET", None),
        ("PATCH", Some(json!({"name": "B"}))),
        ("DELETE", None),
    ] {
        let answer = world.send(request(method, &path, &world.other_key, body)).await;
        assert_eq!(answer.fault(), (404, "not_found", None), "{method}");
    }
    let theirs = world
        .send(request("GET", "/v1/characters?limit=1", &world.other_key, None))
        .await;
    assert!(!theirs.headers.contains_key("link"));
    assert_eq!(theirs.with(200).as_array().unwrap().len(), 1);
    let first = world.get("/v1/characters?limit=1").await;
    let second = world.get(&first.next().unwrap()).await;
    assert!(second.next().is_none());
    assert_eq!(second.with(200)[0]["id"], made["id"]);
}

#[tokio::test]
async fn a_deleted_character_plays_on_in_its_rooms() {
    let world = World::new().await;
    let made = world.post("/v1/characters", grace()).await.with(201);
    let room = world.room().await;
    let cast = format!("/v1/rooms/{room}/participants");
    world
        .post(&cast, json!({"characterId": id(&made)}))
        .await
        .with(201);
    world
        .call("DELETE", &format!("/v1/characters/{}", id(&made)), None)
        .await
        .with(200);
    world
        .post(&format!("/v1/rooms/{room}/start"), json!({}))
        .await
        .with(200);
    let claims = world.claim("w", "r").await;
    assert_eq!(claims[0]["cast"][0]["character"]["name"], "Grace");
}
