//! Who calls: extractors that admit one kind of key each.

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};

use super::error::ApiError;
use super::state::Api;
use crate::rooms::key::{Caller, id_of};
use crate::rooms::pass::id_of_token;

/// The server side of a project.
pub(super) struct Project(pub(super) String);

/// Who has the rooms of a project: its server side, or somebody on its pages.
pub(super) struct Host(pub(super) String);

/// Anyone of a project: its server side, one of its users, or somebody on its pages.
pub(super) struct Member {
    /// `project_…`.
    pub(super) project_id: String,
    /// Whether it is the project's server side.
    pub(super) is_server_side: bool,
}

/// `key_…` of the key that a request shows; whether it is a good one is for the others to say.
pub(super) struct KeyId(pub(super) String);

/// A worker of the deployment.
pub(super) struct Worker;

pub(super) const WRONG_KIND: &str = "wrong_key_kind";

impl FromRequestParts<Api> for Project {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        match caller(parts, api).await? {
            Caller::Project { project_id } => Ok(Self(project_id)),
            _ => Err(ApiError::forbidden(
                WRONG_KIND,
                "this needs a key of kind `secret`",
            )),
        }
    }
}

impl FromRequestParts<Api> for Host {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        match caller(parts, api).await? {
            Caller::Project { project_id } | Caller::Page { project_id } => Ok(Self(project_id)),
            _ => Err(ApiError::forbidden(
                WRONG_KIND,
                "this needs a key of kind `secret`, or a token of the pages",
            )),
        }
    }
}

impl FromRequestParts<Api> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        match caller(parts, api).await? {
            Caller::Project { project_id } => Ok(Self {
                project_id,
                is_server_side: true,
            }),
            Caller::User { project_id, .. } | Caller::Page { project_id } => Ok(Self {
                project_id,
                is_server_side: false,
            }),
            Caller::Worker => Err(ApiError::forbidden(
                WRONG_KIND,
                "this needs a key of kind `secret` or `user`",
            )),
        }
    }
}

impl FromRequestParts<Api> for Worker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        match caller(parts, api).await? {
            Caller::Worker => Ok(Self),
            _ => Err(ApiError::forbidden(
                WRONG_KIND,
                "this needs a key of kind `worker`",
            )),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for KeyId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        key_of(shown(&parts.headers)?).map(Self)
    }
}

const INVALID: &str = "the key is unknown, revoked or expired";

/// The key or token that a request shows.
fn shown(headers: &HeaderMap) -> Result<&str, ApiError> {
    let value = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| ApiError::unauthorized("send a key as `Authorization: Bearer <key>`"))?;
    value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim())
        .ok_or_else(|| ApiError::unauthorized("the `Authorization` header must be `Bearer <key>`"))
}

/// Id of a key's row.
fn key_of(plain: &str) -> Result<String, ApiError> {
    id_of(plain).ok_or_else(|| ApiError::unauthorized(INVALID))
}

/// Who calls, by the key or the token that the request carries.
pub(super) async fn caller(parts: &Parts, api: &Api) -> Result<Caller, ApiError> {
    let plain = shown(&parts.headers)?;
    if let Some(id) = id_of_token(plain) {
        return on_page(parts, api, plain, &id).await;
    }
    let id = key_of(plain)?;
    let Some((record, now)) = api.rooms.store.key(&id).await? else {
        return Err(ApiError::unauthorized(INVALID));
    };
    let caller = record
        .admit(plain, &api.secret, now)
        .ok_or_else(|| ApiError::unauthorized(INVALID))?;
    api.rates
        .count(&parts.extensions, &record.id, record.project_id.as_deref())?;
    Ok(caller)
}

/// Whose pages the token of the pass `id` opens.
async fn on_page(parts: &Parts, api: &Api, plain: &str, id: &str) -> Result<Caller, ApiError> {
    let pass = match api.rooms.store.pass(id).await? {
        Some((pass, now)) if pass.admits(plain, &api.secret, now) => pass,
        _ => {
            return Err(ApiError::unauthorized(
                "the token of the pages is unknown or has expired",
            ));
        }
    };
    api.rates.count(&parts.extensions, id, Some(&pass.project_id))?;
    Ok(Caller::Page {
        project_id: pass.project_id,
    })
}
