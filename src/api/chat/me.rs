//! `/chat/v1/me`: the user on whose behalf a request comes.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::error::ApiError;
use super::super::openapi::refusals::{Invalid, Refused};
use super::super::state::Api;
use super::TAG;
use super::caller::ChatUser;
use super::params::TroupeUser;
use crate::rooms::Error;

/// Who calls.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatUser)]
pub(super) struct MeAnswer {
    user_id: String,
    /// As others see it; without a name of its own, the project's id of the user.
    name: String,
}

/// Who the caller is.
#[utoipa::path(
    get,
    path = "/chat/v1/me",
    operation_id = "getChatUser",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(TroupeUser),
    responses(
        (status = 200, description = "The calling user.", body = MeAnswer),
        Refused,
        Invalid,
    )
)]
pub(super) async fn get(State(api): State<Api>, user: ChatUser) -> Result<Json<MeAnswer>, ApiError> {
    let known = api
        .rooms
        .store
        .user(&user.project_id, &user.user_id)
        .await?
        // Users are never deleted.
        .ok_or(Error::Corrupt("user"))?;
    Ok(Json(MeAnswer {
        user_id: known.id,
        name: known.name.unwrap_or(known.external_id),
    }))
}
