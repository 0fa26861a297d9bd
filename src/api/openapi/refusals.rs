//! The answers that are no success, shared by all paths: `responses(…, Refused, NoSuch)`.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::api::error::ErrorAnswer;

/// Status, name in the document's components, and what it means.
const ANSWERS: [(&str, &str, &str); 11] = [
    ("400", "BadJson", "The body is not JSON."),
    (
        "401",
        "Unauthorized",
        "No key was sent, or it is unknown, revoked or expired.",
    ),
    (
        "403",
        "Forbidden",
        "The caller may see the object and not do this to it, or its key is of another kind.",
    ),
    (
        "404",
        "NotFound",
        "There is no such object, or it is another project's.",
    ),
    (
        "409",
        "Conflict",
        "The object's state does not allow it, or the `Idempotency-Key` was used with another body.",
    ),
    ("413", "TooLarge", "The body is too large."),
    ("415", "NotJson", "The body is not sent as `application/json`."),
    ("416", "NoSuchRange", "The file has no such bytes."),
    (
        "422",
        "Invalid",
        "A field or parameter can't be used; `param` names it.",
    ),
    ("502", "LiveKitFailed", "LiveKit did not do its part."),
    (
        "503",
        "Unavailable",
        "The server can't do it now; try again after `Retry-After` seconds.",
    ),
];
/// As [`ANSWERS`], for the one with headers of its own.
const TOO_MANY: (&str, &str, &str) = (
    "429",
    "TooManyRequests",
    "The key, its project or the whole server is asked too often, or the project has too much going on.",
);

/// All of them, as the document's components.
pub(super) fn components() -> impl Iterator<Item = (&'static str, Response)> {
    ANSWERS
        .into_iter()
        .chain([TOO_MANY])
        .map(|(status, name, description)| (name, answer(status, description)))
}

fn answer(status: &str, description: &str) -> Response {
    let schema = Ref::from_schema_name(ErrorAnswer::name());
    let mut response = ResponseBuilder::new()
        .description(description)
        .content("application/json", Content::new(Some(schema)));
    let headers: &[(&str, &str)] = match status {
        "401" => &[("WWW-Authenticate", "`Bearer`.")],
        "429" | "503" => &[("Retry-After", "Seconds after which it makes sense to try again.")],
        _ => &[],
    };
    for (name, about) in headers {
        let schema = match *name {
            "Retry-After" => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)),
            _ => ObjectBuilder::new().schema_type(Type::String),
        };
        let header = HeaderBuilder::new()
            .schema(Some(schema))
            .description(Some(*about));
        response = response.header(*name, header.build());
    }
    response.build()
}

fn references(statuses: &[&str]) -> BTreeMap<String, RefOr<Response>> {
    ANSWERS
        .iter()
        .chain([&TOO_MANY])
        .filter(|(status, ..)| statuses.contains(status))
        .map(|(status, name, _)| ((*status).to_owned(), Ref::from_response_name(*name).into()))
        .collect()
}

/// Makes groups of refusals that `responses(…)` takes by name.
macro_rules! groups {
    ($($(#[$about:meta])* $name:ident: $statuses:expr;)+) => {$(
        $(#[$about])*
        pub(in crate::api) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                references(&$statuses)
            }
        }
    )+};
}

groups! {
    /// Whatever needs a key: 401, 403, 429, 503.
    Refused: ["401", "403", "429", "503"];
    /// Whatever needs no key: 429, 503.
    Busy: ["429", "503"];
    /// A path that names an object: 404.
    NoSuch: ["404"];
    /// Query parameters or headers that are checked: 422.
    Invalid: ["422"];
    /// A body that is read: 400, 413, 415, 422.
    BadBody: ["400", "413", "415", "422"];
    /// A body that says nothing: 400, 413, 422.
    BadNothing: ["400", "413", "422"];
    /// A state that may not allow it, or a create that takes `Idempotency-Key`: 409.
    Conflicting: ["409"];
    /// A signed link: 403.
    BadLink: ["403"];
    /// A file of which parts can be asked for: 416.
    NoSuchRange: ["416"];
    /// An operation that asks LiveKit: 502.
    LiveKitFailed: ["502"];
}
