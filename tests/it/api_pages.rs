use serde_json::json;

use crate::support::{World, request};

async fn cursor(world: &World) -> String {
    for _ in 0..3 {
        world.room().await;
    }
    let next = world.get("/v1/rooms?limit=1").await.next().unwrap();
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
async fn a_cursor_fits_one_list_of_one_project() {
    let world = World::new().await;
    let cursor = cursor(&world).await;
    let elsewhere = world.get(&format!("/v1/characters?after={cursor}")).await;
    assert_eq!(elsewhere.fault(), (422, "validation_error", Some("after")));
    let path = format!("/v1/rooms?after={cursor}");
    let others = world.send(request("GET", &path, &world.other_key, None)).await;
    assert_eq!(others.fault(), (422, "validation_error", Some("after")));
}
