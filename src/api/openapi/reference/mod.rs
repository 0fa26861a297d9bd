//! The reference page: the document as one HTML file that loads nothing.

mod view;

use minijinja::Environment;
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::api::catalogue::{ERRORS, Known};

/// The name's ending makes everything escaped that is put into it.
const NAME: &str = "page.html";
const TEMPLATE: &str = include_str!("page.html");

/// What the template shows.
#[derive(Serialize)]
struct Page<'a> {
    info: &'a Value,
    groups: Vec<view::Group>,
    schemas: Vec<view::Named>,
    errors: &'static [Known],
}

/// Renders the page; a template that does not fit leaves a note in the logs and an empty page.
pub(super) fn page(document: &OpenApi) -> String {
    rendered(document).unwrap_or_else(|error| {
        tracing::error!(%error, "render the API's reference");
        String::new()
    })
}

fn rendered(document: &OpenApi) -> Result<String, minijinja::Error> {
    let document = serde_json::to_value(document).unwrap_or(Value::Null);
    let mut environment = Environment::new();
    environment.add_template(NAME, TEMPLATE)?;
    let page = Page {
        info: &document["info"],
        groups: view::groups(&document),
        schemas: view::schemas(&document),
        errors: ERRORS,
    };
    environment
        .get_template(NAME)?
        .render(minijinja::value::Serde(page))
}
