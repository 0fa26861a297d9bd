//! The operator's page, and the list of rooms that it shows.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::auth::Host;
use super::super::error::ApiError;
use super::super::openapi::params as shared;
use super::super::openapi::refusals::{Busy, Invalid, Refused};
use super::super::openapi::schema::{boolean, choice};
use super::super::page::Page;
use super::super::query::Params;
use super::super::state::Api;
use super::{TAG, html};
use crate::rooms::Timestamp;
use crate::rooms::store::Standing;

const TEMPLATE: &str = include_str!("../../../assets/operator/page.html");
/// Rooms of a page when nothing is said.
const PAGE_DEFAULT: u32 = 100;

/// The operator's page. What it shows it asks for itself, with the token of a pass.
#[utoipa::path(
    get,
    path = "/operator",
    operation_id = "showOperatorPage",
    tag = TAG,
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html"),
        Busy,
    )
)]
pub(super) async fn show(State(api): State<Api>) -> Response {
    html::page(&api, StatusCode::OK, TEMPLATE, context! {})
}

/// A room as an operator sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StandingAnswer {
    /// Its id.
    id: String,
    /// The API that it was made through: `voice`, `roleplay` or `interview`.
    surface: &'static str,
    /// Its name.
    name: String,
    /// `created`, `waiting` for a worker, `playing` or `ended`.
    #[schema(schema_with = states)]
    state: &'static str,
    /// Whether it is recorded.
    record: bool,
    /// When it was made.
    created_at: Timestamp,
    /// When its characters were called in.
    #[schema(required = true)]
    started_at: Option<Timestamp>,
    /// When it ended.
    #[schema(required = true)]
    ended_at: Option<Timestamp>,
    /// The worker that holds it.
    #[schema(required = true)]
    worker_id: Option<String>,
    /// Times that another worker went on with it.
    takeovers: i64,
    /// Times in a row that no worker could play it.
    failures: i64,
    #[serde(skip)]
    seq: i64,
}

fn states() -> utoipa::openapi::schema::ObjectBuilder {
    choice(["created", "waiting", "playing", "ended"])
}

impl From<Standing> for StandingAnswer {
    fn from(standing: Standing) -> Self {
        let Standing { room, .. } = standing;
        let state = match (room.started_at, room.ended_at) {
            (_, Some(_)) => "ended",
            (None, None) => "created",
            (Some(_), None) if standing.worker_id.is_some() && standing.is_leased => "playing",
            (Some(_), None) => "waiting",
        };
        Self {
            seq: room.seq,
            id: room.id,
            surface: room.surface.as_str(),
            name: room.name,
            state,
            record: room.record,
            created_at: room.created_at,
            started_at: room.started_at,
            ended_at: room.ended_at,
            worker_id: standing.worker_id,
            takeovers: (standing.claims - 1).max(0),
            failures: standing.failures,
        }
    }
}

/// List the project's rooms that characters speak in, newest first, and who plays them. Without `limit` it is a page as well.
#[utoipa::path(
    get,
    path = "/pages/rooms",
    operation_id = "listStandings",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(StandingParams, shared::Page),
    responses(
        (status = 200, description = "A page.", body = Vec<StandingAnswer>, headers(
            ("Link" = Option<String>, description = "Where the next page is, if there is one.")
        )),
        Refused,
        Invalid,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    Host(project_id): Host,
    mut params: Params,
) -> Result<Response, ApiError> {
    let ended = params.flag("ended")?.unwrap_or(false);
    let path = format!("/pages/rooms?ended={ended}");
    let page = Page::read(&api, &project_id, path, &mut params)?.of_at_most(PAGE_DEFAULT);
    params.finish()?;
    let standings = api
        .rooms
        .store
        .list_standings(&project_id, ended, page.after(), page.fetch())
        .await?;
    let answers: Vec<StandingAnswer> = standings.into_iter().map(StandingAnswer::from).collect();
    Ok(page.answer(answers, |answer| &answer.seq))
}

/// Which rooms are asked for.
struct StandingParams;

impl utoipa::IntoParams for StandingParams {
    fn into_params(
        _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
    ) -> Vec<utoipa::openapi::path::Parameter> {
        vec![shared::query(
            "ended",
            "Those that have ended instead of those under way.",
            boolean(),
        )]
    }
}
