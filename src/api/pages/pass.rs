//! `POST /pages/pass`: a link's code for a token.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::body::JsonBody;
use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::openapi::refusals::{BadBody, Busy};
use super::super::openapi::schema::{self, Body, described};
use super::super::state::Api;
use super::TAG;
use crate::api::error::ErrorAnswer;
use crate::rooms::Timestamp;
use crate::rooms::pass::{MadePass, TOKEN_MS};

described!(
    /// See [`open`].
    LinkBody,
    Body::new("A link to the pages.").needs("code", "What the link has after `#link=`.", schema::name())
);

/// What the pages show with every request.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PassAnswer {
    /// For `Authorization: Bearer …`.
    token: String,
    /// When it opens nothing more.
    expires_at: Timestamp,
}

/// Exchange the code of a link, once, for a token. `troupe dev` prints such a link, `troupe login` makes one.
#[utoipa::path(
    post,
    path = "/pages/pass",
    operation_id = "openPass",
    tag = TAG,
    request_body = LinkBody,
    responses(
        (status = 200, description = "The token.", body = PassAnswer),
        (status = 403, description = "The link was used, has expired, or is not one of ours.", body = ErrorAnswer),
        BadBody,
        Busy,
    )
)]
pub(super) async fn open(State(api): State<Api>, body: JsonBody) -> Result<Json<PassAnswer>, ApiError> {
    let mut fields = body.fields;
    let code = fields.required_text("code", NAME_CHARS_MAX)?;
    fields.finish()?;
    let refused = || {
        ApiError::forbidden(
            "pass_refused",
            "the link was used, has expired, or is not one of ours; `troupe login` makes another",
        )
    };
    let token = MadePass::token_for(&code, &api.secret).ok_or_else(refused)?;
    let expires_at = api
        .rooms
        .store
        .open_pass(&api.secret.hash(&code), &token, TOKEN_MS)
        .await?
        .ok_or_else(refused)?;
    Ok(Json(PassAnswer {
        token: token.plain,
        expires_at,
    }))
}
