//! `GET /openapi.json` and `GET /docs`: the document for programs, and for people.

use axum::Extension;
use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::reference;
use super::refusals::Busy;
use crate::api::state::Api;

/// The page loads nothing, from here or elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// What is served, printed once.
#[derive(Clone)]
pub(in crate::api) struct Published {
    json: Bytes,
    page: Bytes,
}

impl Published {
    /// Prints the document.
    pub(in crate::api) fn new(document: &OpenApi) -> Self {
        // A document made of maps and strings always prints.
        let json = document.to_json().unwrap_or_default();
        let page = reference::page(document);
        Self {
            json: json.into(),
            page: page.into(),
        }
    }
}

/// The two paths.
pub(in crate::api) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default()
        .routes(routes!(json))
        .routes(routes!(page))
}

/// The OpenAPI document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "getOpenApi",
    tag = "Server",
    responses((status = 200, description = "This document.", body = Object), Busy)
)]
async fn json(Extension(published): Extension<Published>) -> Response {
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    ([kind], published.json).into_response()
}

/// The API's reference, for people.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "getReference",
    tag = "Server",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html"), Busy)
)]
async fn page(Extension(published): Extension<Published>) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    (headers, published.page).into_response()
}
