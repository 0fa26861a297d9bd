//! One call each, what comes of it, and what ends it.

use serde_json::{Value, json};
use std::time::Duration;
use troupe::brain::using::Tools as _;
use troupe::tools::{ForSpeech, Toolbox};

use super::desk::Desk;
use super::web::Web;
use super::{call, for_speech, reach, toolbox, weather};

/// Time for what must happen; nothing is measured by it.
const WITHIN: Duration = Duration::from_secs(20);

/// The names of a character's tools once there are so many.
async fn names(tools: &ForSpeech, count: usize) -> Vec<String> {
    let all = async {
        loop {
            let names: Vec<String> = tools.specs().into_iter().map(|spec| spec.name).collect();
            if names.len() >= count {
                return names;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(WITHIN, all).await.unwrap()
}

#[tokio::test]
async fn a_request_carries_its_arguments_and_its_hosts_key() {
    let web = Web::start().await;
    let book = json!({
        "kind": "http", "name": "book", "description": "Books.", "method": "POST",
        "url": format!("{}/book", web.url),
        "parameters": { "properties": { "day": { "type": "string" } } },
    });
    let tools = for_speech(&toolbox(
        &reach(None, "127.0.0.1=sesame"),
        &json!([weather(&web.url), book]),
    ));
    let spec = &tools.specs()[0];
    assert_eq!(
        (spec.name.as_str(), spec.description.as_str()),
        ("weather", "The weather in a city.")
    );
    assert_eq!(spec.parameters["required"], json!(["city"]));
    let asked = json!({ "city": "Bad Tölz", "days": 2, "unknown": 1 });
    assert_eq!(
        tools.call(&call("weather", &asked)).await,
        "It rains in Bad Tölz."
    );
    assert_eq!(
        tools.call(&call("book", &json!({ "day": "Monday" }))).await,
        "Booked."
    );
    assert_eq!(
        web.asked(),
        [
            "Bad Tölz?days=2 Bearer sesame",
            "book {\"day\":\"Monday\"} Bearer sesame"
        ]
    );
}

#[tokio::test]
async fn whatever_goes_wrong_is_told_in_words() {
    let web = Web::start().await;
    let tools = for_speech(&toolbox(
        &reach(None, "other.example=sesame"),
        &json!([weather(&web.url)]),
    ));
    for (city, expect) in [
        (json!("nowhere"), "The tool failed: 404 no such city"),
        (json!("huge"), "The tool's answer is too long or no text."),
        (json!("binary"), "The tool's answer is too long or no text."),
        // A redirection leads nowhere.
        (json!("elsewhere"), "The tool failed (302)."),
        (Value::Null, "The argument city is missing or can't be used."),
    ] {
        let arguments = json!({ "city": city });
        assert_eq!(
            tools.call(&call("weather", &arguments)).await,
            expect,
            "{arguments}"
        );
    }
    assert_eq!(
        tools.call(&call("wether", &json!({}))).await,
        "There is no such tool."
    );
    assert_eq!(
        tools.call(&call("weather", &json!([1]))).await,
        "The arguments must be a JSON object."
    );
    // Nobody else's key went along.
    assert!(
        web.asked().iter().all(|line| !line.contains("sesame")),
        "{:?}",
        web.asked()
    );
}

#[tokio::test]
async fn hosts_that_are_not_listed_and_private_addresses_are_not_offered() {
    let web = Web::start().await;
    let tools = troupe::character::tool::read(&json!([weather(&web.url)])).unwrap();
    assert!(Toolbox::open(&reach(Some("api.example.com"), ""), &tools).is_none());
    assert!(Toolbox::open(&reach(Some("127.0.0.1"), ""), &tools).is_some());
    let public = troupe::tools::Reach::new(&troupe::config::Tools::default()).unwrap();
    assert!(Toolbox::open(&public, &tools).is_none());
    // Neither is a name that leads nowhere; what names lead to is judged in `outbound`.
    let url = web
        .url
        .replace("http://127.0.0.1", "https://inside.localtest.invalid");
    let tools = troupe::character::tool::read(&json!([weather(&url)])).unwrap();
    let tools = for_speech(&Toolbox::open(&public, &tools).unwrap());
    let answer = tools.call(&call("weather", &json!({ "city": "Oslo" }))).await;
    assert_eq!(answer, "The tool can't be reached.");
    assert_eq!(web.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_done_before_the_line_may_be_heard_and_nothing_twice_for_a_line_that_was_not() {
    let web = Web::start().await;
    let toolbox = toolbox(&reach(None, ""), &json!([weather(&web.url)]));
    let planned = ForSpeech::new(toolbox.clone(), tokio_util::sync::CancellationToken::new());
    let early = tokio::time::timeout(Duration::ZERO, planned.admitted()).await;
    assert!(early.is_err());
    let tools = for_speech(&toolbox);
    tools.admitted().await;
    let oslo = call("weather", &json!({ "city": "Oslo" }));
    for _ in 0..2 {
        assert_eq!(tools.call(&oslo).await, "It rains in Oslo.");
    }
    assert_eq!(web.asked().len(), 1);
    toolbox.was_heard();
    tools.call(&oslo).await;
    assert_eq!(web.asked().len(), 2);
}

#[tokio::test]
async fn a_call_that_is_dropped_is_given_up() {
    let web = Web::start().await;
    let tools = for_speech(&toolbox(&reach(None, ""), &json!([weather(&web.url)])));
    let slow = call("weather", &json!({ "city": "slow" }));
    let asked = async {
        while web.asked().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        answer = tools.call(&slow) => panic!("{answer}"),
        () = asked => {}
    }
    tokio::time::timeout(WITHIN, web.given_up.notified())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_servers_tools_are_found_used_and_cancelled() {
    let desk = Desk::start().await;
    let server = json!({
        "kind": "mcp", "name": "desk", "url": desk.url, "allow": ["find.slot", "book", "ponder"],
    });
    let tools = for_speech(&toolbox(&reach(None, ""), &json!([server])));
    assert_eq!(
        names(&tools, 1).await,
        ["desk_find_slot", "desk_book", "desk_ponder"]
    );
    let monday = json!({ "day": "Monday" });
    assert_eq!(
        tools.call(&call("desk_find_slot", &monday)).await,
        "Tuesday at nine is free."
    );
    assert_eq!(
        tools.call(&call("desk_book", &json!({}))).await,
        "The tool failed: That slot is taken."
    );
    assert_eq!(
        tools.call(&call("desk_shut_down", &json!({}))).await,
        "There is no such tool."
    );
    let ponder = call("desk_ponder", &json!({}));
    tokio::select! {
        answer = tools.call(&ponder) => panic!("{answer}"),
        () = desk.pondering.notified() => {}
    }
    tokio::time::timeout(WITHIN, desk.stopped.notified())
        .await
        .unwrap();
    assert_eq!(
        desk.asked(),
        ["find.slot {\"day\":\"Monday\"}", "book {}", "ponder {}"]
    );
}
