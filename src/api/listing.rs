//! Pages of lists whose answer is an object: `limit`, `after`, and the next page in a `Link` header.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::error::ApiError;
use super::fields::NAME_CHARS_MAX;
use super::query::Params;
use super::state::Api;

/// Largest page of a list.
const PAGE_MAX: u32 = 1_000;
/// Items of a page of a list that can't be had whole.
const PAGE_DEFAULT: u32 = 100;

/// What a request says about the page that it wants.
pub(super) struct Listing {
    /// The list's address, with its other parameters and what separates further ones.
    base: String,
    limit: Option<u32>,
    after: Option<String>,
}

/// Where the next page is.
pub(super) struct Next(Option<String>);

impl Listing {
    /// Reads `limit` and `after`. `path` is the list's, with its other parameters.
    pub(super) fn read(api: &Api, path: &str, params: &mut Params) -> Result<Self, ApiError> {
        let separator = if path.contains('?') { '&' } else { '?' };
        Ok(Self {
            base: format!("{}{path}{separator}", api.public_url),
            limit: params.number("limit", 1..=PAGE_MAX)?,
            after: params.text("after", NAME_CHARS_MAX)?,
        })
    }

    /// The id that the page begins after.
    pub(super) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Items to read of a list that can't be had whole: one more than its page.
    pub(super) fn fetch(&self) -> u32 {
        self.limit.unwrap_or(PAGE_DEFAULT) + 1
    }

    /// Cuts what was read as [`Self::fetch`] says to the page.
    pub(super) fn cut<T>(&self, items: Vec<T>, id: impl Fn(&T) -> &str) -> (Vec<T>, Next) {
        self.cut_to(self.limit.unwrap_or(PAGE_DEFAULT), items, id)
    }

    /// Cuts a whole list to the page.
    pub(super) fn cut_whole<T>(
        &self,
        mut items: Vec<T>,
        id: impl Fn(&T) -> &str,
    ) -> Result<(Vec<T>, Next), ApiError> {
        if let Some(after) = &self.after {
            let at = items
                .iter()
                .position(|item| id(item) == after)
                .ok_or_else(|| ApiError::invalid("after", "must be the id of an item of this list"))?;
            items.drain(..=at);
        }
        Ok(match self.limit {
            Some(limit) => self.cut_to(limit, items, id),
            None => (items, Next(None)),
        })
    }

    fn cut_to<T>(&self, limit: u32, mut items: Vec<T>, id: impl Fn(&T) -> &str) -> (Vec<T>, Next) {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        if items.len() <= most {
            return (items, Next(None));
        }
        items.truncate(most);
        let next = items
            .last()
            .map(|last| format!("{}limit={limit}&after={}", self.base, id(last)));
        (items, Next(next))
    }
}

impl Next {
    /// The answer, with a link to the next page when there is one.
    pub(super) fn with(self, answer: &impl Serialize) -> Response {
        let mut response = Json(answer).into_response();
        let link = self
            .0
            .and_then(|url| HeaderValue::from_str(&format!("<{url}>; rel=\"next\"")).ok());
        if let Some(link) = link {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}
