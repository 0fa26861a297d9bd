//! Holds answers to the document: the status is listed, and an error's code is in the catalogue under it.

use std::sync::LazyLock;

use serde_json::Value;
use troupe::api::catalogue::ERRORS;

/// The document as the server publishes it.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| serde_json::to_value(troupe::api::document()).unwrap());
    &DOCUMENT
}

/// The operation that answers this method at this path, if there is one.
pub(crate) fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap();
    let paths = document()["paths"].as_object().unwrap();
    let (_, item) = paths
        .iter()
        .filter(|(template, _)| fits(template, path))
        // A literal path wins over one with parameters.
        .min_by_key(|(template, _)| template.matches('{').count())?;
    let operation = &item[method.to_lowercase()];
    operation.is_object().then_some(operation)
}

fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given => {}
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

/// Refuses an answer that the document does not know.
#[track_caller]
pub(crate) fn check(method: &str, path: &str, status: u16, body: &Value) {
    if let Some(code) = body["error"]["code"].as_str() {
        assert!(
            ERRORS
                .iter()
                .any(|known| known.status == status && known.code == code),
            "{method} {path}: the catalogue has no {code} with status {status}"
        );
    }
    if let Some(operation) = operation(method, path) {
        assert!(
            operation["responses"].get(status.to_string()).is_some(),
            "{method} {path}: the document does not list status {status} ({body})"
        );
    }
}
