use serde_json::json;

use crate::support::{Answer, World, id, request};

async fn cursor(world: &World) -> String {
    for _ in 0..3 {
        world.room().await;
    }
    cursor_of(&world.get("/v1/rooms?limit=1").await)
}

fn cursor_of(page: &Answer) -> String {
    let next = page.next().unwrap();
    next.split("after=").nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_cursor_can_be_neither_read_nor_changed() {
    let world = World::new().await;
    let cursor = cursor(&world).await;
    let rooms = world.get("/v1/rooms").await.with(200);
    assert!(!cursor.contains(rooms[0]["id"].as_str().unwrap()));
    let page = world.get(&format!("/v1/rooms?after={cursor}")).await.with(200);
    assert_eq!(page, json!([rooms[1], rooms[2]]));
    let last = cursor.chars().last().unwrap();
    let swapped = if last == 'A' { 'g' } else { 'A' };
    for tampered in [
        format!("{}{swapped}", &cursor[..cursor.len() - 1]),
        format!("{cursor}AAAA"),
        cursor[..cursor.len() - 4].to_owned(),
        "cur_".to_owned(),
        "cur_not%20base64".to_owned(),
    ] {
        let answer = world.get(&format!("/v1/rooms?after={tampered}")).await;
        assert_eq!(
            answer.fault(),
            (422, "validation_error", Some("after")),
            "{tampered}"
        );
    }
}

#[tokio::test]
async fn a_cursor_outlives_the_object_that_it_was_made_for() {
    let world = World::new().await;
    for (path, body) in [
        ("/v1/characters", json!({"name": "Bo", "persona": "You are Bo."})),
        ("/v1/webhooks", json!({"url": "https://hooks.example/"})),
    ] {
        let mut made = Vec::new();
        for _ in 0..3 {
            made.push(id(&world.post(path, body.clone()).await.with(201)));
        }
        let all = world.get(path).await.with(200);
        let to_the_first = all.as_array().unwrap().len() - 2;
        let page = world.get(&format!("{path}?limit={to_the_first}")).await;
        let cursor = cursor_of(&page);
        let gone = format!("{path}/{}", made[0]);
        world.call("DELETE", &gone, None).await.with(200);
        let rest = world.get(&format!("{path}?after={cursor}")).await.with(200);
        let rest: Vec<String> = rest.as_array().unwrap().iter().map(id).collect();
        assert_eq!(rest, made[1..], "{path}");
        // An id is no cursor: it must be there.
        let by_id = world.get(&format!("{path}?after={}", made[0])).await;
        assert_eq!(by_id.fault(), (422, "validation_error", Some("after")));
    }
}

#[tokio::test]
async fn a_cursor_fits_one_list_of_one_project() {
    let world = World::new().await;
    let cursor = cursor(&world).await;
    let elsewhere = world.get(&format!("/v1/characters?after={cursor}")).await;
    assert_eq!(elsewhere.fault(), (422, "validation_error", Some("after")));
    let path = format!("/v1/rooms?after={cursor}");
    let others = world.send(request("GET", &path, &world.other_key, None)).await;
    assert_eq!(others.fault(), (422, "validation_error", Some("after")));
}
