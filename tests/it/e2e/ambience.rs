//! What a room's place sounds like, to whom is in it.

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::Stack;
use super::person::{Person, is};

/// A hundredth of a voice's power at most, and yet no silence.
const QUIET_DB: std::ops::Range<f64> = -56.0..-44.0;

#[tokio::test(flavor = "multi_thread")]
async fn a_room_sounds_like_its_place_whoever_of_its_cast_stays() {
    let stack = Stack::start().await;
    let [(first, _), (second, _)] = stack.characters().await;
    let body = json!({ "name": "Test", "ambience": "rain" });
    let room = stack.call(Method::POST, "/v1/rooms", Some(body)).await;
    let room = room["id"].as_str().unwrap().to_owned();
    stack.add(&room, &first).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    rains(&mut person, &first).await;

    stack.add(&room, &second).await;
    person.has_track(&format!("agent-{second}")).await;
    let path = format!("/v1/rooms/{room}/participants/{first}");
    stack.call(Method::DELETE, &path, None).await;
    rains(&mut person, &second).await;
}

async fn rains(person: &mut Person, character: &str) {
    let identity = format!("agent-{character}");
    let is_heard = |event: &Value| is(event, "ambience", &identity);
    let heard = person.until("the sound of rain", is_heard).await;
    let level = heard["levelDb"].as_f64().unwrap();
    assert!(QUIET_DB.contains(&level), "{level} dB");
}
