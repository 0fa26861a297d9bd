//! The examples of `docs/api.md`: each request is sent as it stands there, and the answer must have the status, the
//! headers and the shape that is shown.

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use crate::support::World;

/// The `http` blocks of the page: requests and their answers by turns.
fn blocks(page: &str) -> Vec<&str> {
    page.split("```http\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

/// First line, headers and body of a block.
fn parts(block: &str) -> (&str, Vec<(&str, &str)>, &str) {
    let (head, body) = block.split_once("\n\n").unwrap_or((block, ""));
    let (first, headers) = head.split_once('\n').unwrap_or((head, ""));
    let headers = headers.lines().filter_map(|line| line.split_once(": ")).collect();
    (first.trim(), headers, body.trim())
}

/// Ids that are shown, and those that they stand for.
#[derive(Default)]
struct Ids(Vec<(String, String)>);

impl Ids {
    fn learn(&mut self, shown: &Value, real: &Value) {
        match (shown, real) {
            (Value::Object(shown), Value::Object(real)) => {
                for (field, shown) in shown {
                    self.learn(shown, &real[field]);
                }
            }
            (Value::Array(shown), Value::Array(real)) => {
                for (shown, real) in shown.iter().zip(real) {
                    self.learn(shown, real);
                }
            }
            (Value::String(shown), Value::String(real)) if shown.contains('_') && shown != real => {
                self.0.push((shown.clone(), real.clone()));
            }
            _ => {}
        }
    }

    fn put_into(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (shown, real)| text.replace(shown, real))
    }
}

/// Whether both have the same fields with values of the same types, all the way down.
fn same_shape(shown: &Value, real: &Value, at: &str) {
    match (shown, real) {
        (Value::Object(shown), Value::Object(real)) => {
            let names = |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(shown), names(real), "fields of {at}");
            for (field, shown) in shown {
                same_shape(shown, &real[field], &format!("{at}.{field}"));
            }
        }
        (Value::Array(shown), Value::Array(real)) => {
            assert_eq!(shown.len(), real.len(), "items of {at}");
            for (shown, real) in shown.iter().zip(real) {
                same_shape(shown, real, at);
            }
        }
        _ => assert_eq!(
            std::mem::discriminant(shown),
            std::mem::discriminant(real),
            "type of {at}: {shown} and {real}"
        ),
    }
}

#[tokio::test]
async fn every_example_answers_as_shown() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api.md")).unwrap();
    let world = World::new().await;
    let blocks = blocks(&page);
    assert!(
        blocks.len() >= 18 && blocks.len().is_multiple_of(2),
        "{}",
        blocks.len()
    );
    let mut ids = Ids::default();
    for pair in blocks.chunks(2) {
        let (line, headers, body) = parts(pair[0]);
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(ids.put_into(path));
        for (name, value) in headers {
            let value = value
                .replace("SECRET_KEY", &world.key)
                .replace("WORKER_KEY", &world.worker_key);
            request = request.header(name, value);
        }
        let answer = world
            .send(request.body(Body::from(ids.put_into(body))).unwrap())
            .await;
        let (status, headers, body) = parts(pair[1]);
        let status: u16 = status.split(' ').nth(1).unwrap().parse().unwrap();
        assert_eq!(answer.status, status, "{line}: {}", answer.text);
        for (name, shown) in headers {
            let real = answer.headers[name].to_str().unwrap();
            assert!(
                real.starts_with(ids.put_into(shown).split('…').next().unwrap()),
                "{line}: {name}: {real}"
            );
        }
        let shown: Value = serde_json::from_str(body).unwrap();
        same_shape(&shown, &answer.body, line);
        ids.learn(&shown, &answer.body);
    }
}
