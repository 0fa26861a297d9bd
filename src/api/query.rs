//! Query parameters, read one by one so that a refusal names the parameter.

use std::ops::RangeInclusive;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use super::error::ApiError;
use super::fields::{check_filled, check_text};

/// The parameters that were not read yet.
pub(super) struct Params {
    rest: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(rest) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::invalid_body("the query string can't be read"))?;
        Ok(Self { rest })
    }
}

impl Params {
    /// Refuses what nobody read.
    pub(super) fn finish(self) -> Result<(), ApiError> {
        match self.rest.into_iter().next() {
            Some((param, _)) => Err(ApiError::invalid(param, "is not a parameter of this request")),
            None => Ok(()),
        }
    }

    /// Text with something in it, if given.
    pub(super) fn text(&mut self, param: &str, chars_max: usize) -> Result<Option<String>, ApiError> {
        let Some(text) = self.take(param)? else {
            return Ok(None);
        };
        check_text(param, &text, chars_max)?;
        check_filled(param, &text)?;
        Ok(Some(text))
    }

    /// A whole number in a range, if given.
    pub(super) fn number(
        &mut self,
        param: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, ApiError> {
        let Some(text) = self.take(param)? else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(ApiError::invalid(
                param,
                format!("must be a whole number from {} to {}", range.start(), range.end()),
            )),
        }
    }

    /// `true` or `false`, if given.
    pub(super) fn flag(&mut self, param: &str) -> Result<Option<bool>, ApiError> {
        let Some(text) = self.take(param)? else {
            return Ok(None);
        };
        match text.as_str() {
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err(ApiError::invalid(param, "must be true or false")),
        }
    }

    fn take(&mut self, param: &str) -> Result<Option<String>, ApiError> {
        let Some(at) = self.rest.iter().position(|(name, _)| name == param) else {
            return Ok(None);
        };
        let (_, text) = self.rest.swap_remove(at);
        if self.rest.iter().any(|(name, _)| name == param) {
            return Err(ApiError::invalid(param, "must be given once"));
        }
        Ok(Some(text))
    }
}
