//! Lists in pages: `limit`, `after`, and the `Link` header that leads to the next page.
//!
//! A cursor is sealed under the server's secret for one list of one project: it can't be read, made up, or
//! used elsewhere. It holds a position, so that it goes on from there when the item that stood there is gone.
//! An item's id is taken for `after` as well, as long as there is such an item.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::query::Params;
use super::state::Api;
use crate::rooms::list::After;

/// Largest page of a list.
pub(super) const PAGE_MAX: u32 = 1_000;
/// Longest cursor, characters: a sealed position of the longest kind.
pub(super) const CURSOR_CHARS_MAX: usize = 1_000;
/// How every cursor begins; no id does.
const CURSOR_PREFIX: &str = "cur_";

/// Where the next page is, if there is one.
pub(super) struct Next(Option<HeaderValue>);

impl Next {
    /// The answer with its `Link` header.
    pub(super) fn answer(self, body: &impl Serialize) -> Response {
        let mut response = axum::Json(body).into_response();
        if let Some(link) = self.0 {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// Where a page begins.
enum Beginning<P> {
    /// After the item with this id.
    Item(String),
    /// After this position.
    Position(P),
}

/// The part of a list, ordered by `P`, that a request asks for.
pub(super) struct Page<'a, P> {
    api: &'a Api,
    /// Path of the list.
    path: String,
    /// Whose list at this path, so that a cursor fits no other.
    scope: String,
    limit: Option<u32>,
    after: Option<Beginning<P>>,
}

impl<'a, P: Serialize + DeserializeOwned> Page<'a, P> {
    /// Reads `limit` and `after` of `owner`'s list at `path`. The owner is the project, or the user whose own
    /// the list is.
    pub(super) fn read(
        api: &'a Api,
        owner: &str,
        path: String,
        params: &mut Params,
    ) -> Result<Self, ApiError> {
        let mut page = Self {
            api,
            scope: format!("{owner} GET {path}"),
            path,
            limit: params.number("limit", 1..=PAGE_MAX)?,
            after: None,
        };
        page.after = match params.text("after", CURSOR_CHARS_MAX)? {
            Some(text) => Some(page.open(text)?),
            None => None,
        };
        Ok(page)
    }

    /// The same with a limit where the request has none, for a list without an end.
    pub(super) fn of_at_most(mut self, limit: u32) -> Self {
        self.limit.get_or_insert(limit);
        self
    }

    /// How many items to read: one too many shows that there is another page.
    pub(super) fn fetch(&self) -> Option<u32> {
        self.limit.map(|limit| limit.saturating_add(1))
    }

    /// The answer, once up to [`Self::fetch`] items were read.
    pub(super) fn answer<T: Serialize>(self, mut items: Vec<T>, position: impl Fn(&T) -> &P) -> Response {
        let next = self.next(&mut items, position);
        next.answer(&items)
    }

    /// Cuts the items to the page; for lists whose answer is more than an array.
    pub(super) fn next<T>(self, items: &mut Vec<T>, position: impl Fn(&T) -> &P) -> Next {
        let link = self.cut(items, position).and_then(|(limit, cursor)| {
            let separator = if self.path.contains('?') { '&' } else { '?' };
            let url = format!(
                "{}{}{separator}limit={limit}&after={cursor}",
                self.api.public_url, self.path
            );
            HeaderValue::from_str(&format!("<{url}>; rel=\"next\"")).ok()
        });
        Next(link)
    }

    fn cut<T>(&self, items: &mut Vec<T>, position: impl Fn(&T) -> &P) -> Option<(u32, String)> {
        let limit = self.limit?;
        let length = usize::try_from(limit).ok()?;
        if items.len() <= length {
            return None;
        }
        items.truncate(length);
        Some((limit, self.seal(position(items.last()?))?))
    }

    fn seal(&self, position: &P) -> Option<String> {
        let position = serde_json::to_vec(position).ok()?;
        let sealed = self.api.secret.seal(self.scope.as_bytes(), &position)?;
        Some(format!("{CURSOR_PREFIX}{}", URL_SAFE_NO_PAD.encode(sealed)))
    }

    fn open(&self, text: String) -> Result<Beginning<P>, ApiError> {
        let Some(sealed) = text.strip_prefix(CURSOR_PREFIX) else {
            return Ok(Beginning::Item(text));
        };
        URL_SAFE_NO_PAD
            .decode(sealed)
            .ok()
            .and_then(|sealed| self.api.secret.open(self.scope.as_bytes(), &sealed))
            .and_then(|position| serde_json::from_slice(&position).ok())
            .map(Beginning::Position)
            .ok_or_else(|| ApiError::invalid("after", "is not a cursor of this list"))
    }
}

impl Page<'_, i64> {
    /// Where the page begins, for a list that a database reads in pages.
    pub(super) fn after(&self) -> After<'_> {
        match &self.after {
            None => After::Nothing,
            Some(Beginning::Item(id)) => After::Item(id),
            Some(Beginning::Position(position)) => After::Position(*position),
        }
    }
}

impl<P: Ord + Clone> Page<'_, P> {
    /// Leaves out what stands before the page in a list that was read whole.
    pub(super) fn skip<T>(
        &self,
        items: &mut Vec<T>,
        id: impl Fn(&T) -> &str,
        position: impl Fn(&T) -> &P,
    ) -> Result<(), ApiError> {
        let after = match &self.after {
            None => return Ok(()),
            Some(Beginning::Position(position)) => position.clone(),
            Some(Beginning::Item(after)) => items
                .iter()
                .find(|item| id(item) == after)
                .map(|item| position(item).clone())
                .ok_or_else(|| ApiError::invalid("after", "must be the id of an item of this list"))?,
        };
        items.retain(|item| *position(item) > after);
        Ok(())
    }
}
