//! Path parameters.

use axum::extract::FromRequestParts;
use axum::extract::rejection::PathRejection;

use super::error::ApiError;

/// As axum's, with our answer to a path that can't be decoded: nothing has such a name.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(super) struct Path<T>(pub(super) T);

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::not_found("path")
    }
}
