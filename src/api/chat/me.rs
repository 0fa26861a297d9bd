//! `/chat/v1/me`: the user on whose behalf a request comes.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::super::error::ApiError;
use super::super::state::Api;
use super::caller::ChatUser;

#[derive(Serialize)]
pub(super) struct MeAnswer {
    user_id: String,
    /// As others see it; without a name of its own, the project's id of the user.
    name: String,
}

/// The calling user.
pub(super) async fn get(State(api): State<Api>, user: ChatUser) -> Result<Json<MeAnswer>, ApiError> {
    let known = api
        .rooms
        .store
        .user(&user.project_id, &user.user_id)
        .await?
        .ok_or_else(|| ApiError::not_found("user"))?;
    Ok(Json(MeAnswer {
        user_id: known.id,
        name: known.name.unwrap_or(known.external_id),
    }))
}
