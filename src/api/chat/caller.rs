//! Who calls: a user by its own key, or by the project's server side.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::super::auth::{WRONG_KIND, caller};
use super::super::error::ApiError;
use super::super::fields::{NAME_CHARS_MAX, check_filled, check_text};
use super::super::state::Api;
use crate::rooms::chat::Acting;
use crate::rooms::key::Caller;

/// Names, by the project's own id, the user that a `secret` key acts for.
pub(super) const USER_HEADER: &str = "Troupe-User";

/// The user on whose behalf a request comes.
#[derive(Debug, Clone)]
pub(super) struct ChatUser {
    pub(super) project_id: String,
    pub(super) user_id: String,
}

impl ChatUser {
    /// This user in a room.
    pub(super) fn in_room<'a>(&'a self, room_id: &'a str) -> Acting<'a> {
        Acting {
            project_id: &self.project_id,
            user_id: &self.user_id,
            room_id,
        }
    }
}

impl FromRequestParts<Api> for ChatUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        match caller(parts, api).await? {
            Caller::User { project_id, user_id } => Ok(Self { project_id, user_id }),
            Caller::Project { project_id } => {
                let external_id = named(&parts.headers)?;
                let user = api
                    .rooms
                    .store
                    .find_or_create_user(&project_id, &external_id, None, None)
                    .await?;
                Ok(Self {
                    project_id,
                    user_id: user.id,
                })
            }
            Caller::Worker | Caller::Page { .. } => Err(ApiError::forbidden(
                WRONG_KIND,
                "this needs a key of kind `user` or `secret`",
            )),
        }
    }
}

fn named(headers: &HeaderMap) -> Result<String, ApiError> {
    let value = headers.get(USER_HEADER).ok_or_else(|| {
        ApiError::invalid(
            USER_HEADER,
            "is required with a key of kind `secret`: your own id of the user that you act for",
        )
    })?;
    let text = std::str::from_utf8(value.as_bytes())
        .map_err(|_| ApiError::invalid(USER_HEADER, "must be UTF-8"))?
        .trim();
    // In a body it would be text; within a header it is a control character like the others.
    if text.contains('\t') {
        return Err(ApiError::invalid(USER_HEADER, "must not hold a tab"));
    }
    check_text(USER_HEADER, text, NAME_CHARS_MAX)?;
    check_filled(USER_HEADER, text)?;
    Ok(text.to_owned())
}
