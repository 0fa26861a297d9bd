//! Names in paths: percent-decoded once by the router, and what can't be a name is refused.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::ObjectBuilder;

use super::super::error::ApiError;
use super::super::fields::{NAME_CHARS_MAX, check_filled, check_text};
use super::super::openapi::{params, schema};
use crate::rooms::live::{LIVE_NAME_CHARS_MAX, LiveName};

/// What a name must be.
pub(super) const NAME_RULE: &str = "must have 1 to 128 characters, each a letter, a digit or one of . _ - :";

/// `name` in a path, for the document.
pub(super) struct RoomName;

impl RoomName {
    /// What [`LiveName`] takes.
    pub(super) fn schema() -> ObjectBuilder {
        schema::string()
            .min_length(Some(1))
            .max_length(Some(LIVE_NAME_CHARS_MAX))
            .pattern(Some("^[A-Za-z0-9._:-]+$"))
    }
}

impl IntoParams for RoomName {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![params::path("name", "The room's name.", Self::schema())]
    }
}

/// `identity` in a path, for the document.
pub(super) struct Identity;

impl IntoParams for Identity {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![params::path("identity", "The participant.", schema::name())]
    }
}

/// The room that a path names.
pub(super) struct RoomPath(pub(super) LiveName);

/// The room and the participant that a path names.
pub(super) struct ParticipantPath {
    pub(super) name: LiveName,
    pub(super) identity: String,
}

#[derive(Deserialize)]
struct Raw {
    name: String,
    identity: Option<String>,
}

async fn raw<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<(LiveName, Option<String>), ApiError> {
    let Path(Raw { name, identity }) = Path::from_request_parts(parts, state)
        .await
        .map_err(|_| ApiError::invalid_path("name", NAME_RULE))?;
    let name = LiveName::parse(&name).ok_or_else(|| ApiError::invalid_path("name", NAME_RULE))?;
    Ok((name, identity))
}

impl<S: Send + Sync> FromRequestParts<S> for RoomPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Ok(Self(raw(parts, state).await?.0))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ParticipantPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let (name, identity) = raw(parts, state).await?;
        let identity = identity.unwrap_or_default();
        check_text("identity", &identity, NAME_CHARS_MAX)
            .and_then(|()| check_filled("identity", &identity))
            .map_err(ApiError::of_path)?;
        Ok(Self { name, identity })
    }
}
