//! The stage: rooms, their cast, and a talk with it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;

use super::super::openapi::refusals::Busy;
use super::super::state::Api;
use super::TAG;
use super::html;

const TEMPLATE: &str = include_str!("../../../assets/stage/page.html");

/// The stage page. What it shows it asks for itself, with the token of a pass.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "showStage",
    tag = TAG,
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html"),
        Busy,
    )
)]
pub(super) async fn show(State(api): State<Api>) -> Response {
    html::page(&api, StatusCode::OK, TEMPLATE, context! {})
}
