use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use super::conform::document;
use crate::support::World;

/// Operations whose body or parameters name an object, which may not be there.
const NAMES_AN_OBJECT: [&str; 3] = ["createRoleplay", "createInterviews", "listInterviews"];

/// Every operation as (method, path, operation).
pub(super) fn operations() -> Vec<(String, String, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation))
    });
    operations.collect()
}

#[tokio::test]
async fn the_server_and_the_command_line_publish_the_same_document() {
    let world = World::new().await;
    let served = world
        .send(Request::get("/openapi.json").body(Body::empty()).unwrap())
        .await;
    assert_eq!(served.headers["content-type"], "application/json");
    assert_eq!(&served.with(200), document());
    let printed = std::process::Command::new(env!("CARGO_BIN_EXE_troupe"))
        .args(["openapi", "--json"])
        .output()
        .unwrap();
    assert!(printed.status.success());
    assert_eq!(
        &serde_json::from_slice::<Value>(&printed.stdout).unwrap(),
        document()
    );
    assert_eq!(printed.stdout.iter().filter(|byte| **byte == b'\n').count(), 1);
}

#[test]
fn every_operation_says_who_may_call_it_and_what_it_answers() {
    let mut ids = BTreeSet::new();
    let tags: BTreeSet<&str> = document()["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    for (method, path, operation) in operations() {
        let name = format!("{method} {path}");
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap()),
            "{name}: an id of its own"
        );
        assert!(operation["summary"].is_string(), "{name}: a summary");
        let tag = operation["tags"][0].as_str().unwrap();
        assert!(tags.contains(tag), "{name}: `{tag}` is described in base.rs");
        let answers = operation["responses"].as_object().unwrap();
        assert!(
            answers.keys().any(|status| status.starts_with('2')),
            "{name}: a success"
        );
        let needs_key = operation["security"]
            .as_array()
            .is_some_and(|keys| !keys.is_empty());
        let refuses = ["401", "403", "429", "503"];
        assert_eq!(
            needs_key,
            refuses.iter().all(|status| answers.contains_key(*status)),
            "{name}: refusals"
        );
        let live = path.starts_with("/live/");
        let names_an_object =
            path.contains('{') || NAMES_AN_OBJECT.contains(&operation["operationId"].as_str().unwrap());
        // On the live surface the project's names are its own, and ending what is not there is no mistake.
        if !live {
            assert_eq!(names_an_object, answers.contains_key("404"), "{name}: 404");
        }
        if operation.get("requestBody").is_some() {
            assert!(
                ["400", "413", "422"][usize::from(live || tag == "LiveKit")..]
                    .iter()
                    .all(|status| answers.contains_key(*status)),
                "{name}: refusals of its body"
            );
        }
        let declared: BTreeSet<&str> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|param| param["in"] == "path")
            .map(|param| param["name"].as_str().unwrap())
            .collect();
        let shown: BTreeSet<&str> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        assert_eq!(declared, shown, "{name}: path parameters");
    }
}

#[test]
fn every_body_is_closed_and_every_reference_leads_somewhere() {
    let mut open = Vec::new();
    each(document(), &mut |object| {
        if let Some(reference) = object["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document().pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    });
    for (method, path, operation) in operations() {
        for (_, content) in operation["requestBody"]["content"]
            .as_object()
            .into_iter()
            .flatten()
        {
            let reference = content["schema"]["$ref"].as_str();
            let schema = match reference {
                Some(reference) => document().pointer(&reference[1..]).unwrap(),
                None => &content["schema"],
            };
            // What LiveKit tells grows with LiveKit.
            let theirs = operation["tags"][0] == "LiveKit";
            if schema["type"] == "object" && schema["additionalProperties"] != false && !theirs {
                open.push(format!("{method} {path}"));
            }
        }
    }
    assert!(
        open.is_empty(),
        "bodies that don't refuse unknown fields: {open:?}"
    );
}

/// What serde calls a field and what the document calls it are two derives.
#[test]
fn the_worker_protocol_has_the_names_that_are_sent() {
    let mut snaky = BTreeSet::new();
    for (_, path, operation) in operations() {
        if path.starts_with("/worker/") {
            snake_case(operation, &mut BTreeSet::new(), &mut snaky);
        }
    }
    assert!(snaky.is_empty(), "{snaky:?}");
}

/// The fields under `value`, and under what it refers to, that are not in camel case.
fn snake_case(value: &'static Value, seen: &mut BTreeSet<&'static str>, found: &mut BTreeSet<&'static str>) {
    each(value, &mut |object| {
        let fields = object["properties"].as_object().into_iter().flatten();
        found.extend(
            fields
                .map(|(name, _)| name.as_str())
                .filter(|name| name.contains('_')),
        );
        if let Some(reference) = object["$ref"].as_str()
            && seen.insert(reference)
        {
            snake_case(document().pointer(&reference[1..]).unwrap(), seen, found);
        }
    });
}

#[tokio::test]
async fn the_reference_shows_every_operation_and_loads_nothing() {
    let world = World::new().await;
    let request = Request::get("/docs").body(Body::empty()).unwrap();
    let page = world.send(request).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'")
    );
    for (_, path, operation) in operations() {
        assert!(
            page.text
                .contains(&format!("id=\"{}\"", operation["operationId"].as_str().unwrap()))
        );
        assert!(
            page.text.contains(&path.replace('/', "&#x2f;")) || page.text.contains(&path),
            "{path}"
        );
    }
    for loading in ["<script", "<link", "<img", "@import", "url("] {
        assert!(!page.text.contains(loading), "{loading}");
    }
}

fn each<'v>(value: &'v Value, visit: &mut impl FnMut(&'v Value)) {
    match value {
        Value::Object(fields) => {
            visit(value);
            fields.values().for_each(|value| each(value, visit));
        }
        Value::Array(items) => items.iter().for_each(|value| each(value, visit)),
        _ => {}
    }
}
