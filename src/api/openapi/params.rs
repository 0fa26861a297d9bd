//! Parameters that many paths share: `params(IdempotencyKey, Page)`.

use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::ObjectBuilder;

use super::schema;
use crate::api::idempotency::KEY_CHARS_MAX;
use crate::api::page::{CURSOR_CHARS_MAX, PAGE_MAX};

fn needed(place: ParameterIn, name: &str, about: &str, schema: ObjectBuilder) -> Parameter {
    let parameter = optional(place, name, about, schema);
    ParameterBuilder::from(parameter).required(Required::True).build()
}

/// A part of the path.
pub(in crate::api) fn path(name: &str, about: &str, schema: ObjectBuilder) -> Parameter {
    needed(ParameterIn::Path, name, about, schema)
}

/// A query parameter that may not be left out.
pub(in crate::api) fn needed_query(name: &str, about: &str, schema: ObjectBuilder) -> Parameter {
    needed(ParameterIn::Query, name, about, schema)
}

fn optional(place: ParameterIn, name: &str, about: &str, schema: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .build()
}

/// A query parameter that may be left out.
pub(in crate::api) fn query(name: &str, about: &str, schema: ObjectBuilder) -> Parameter {
    optional(ParameterIn::Query, name, about, schema)
}

/// `Idempotency-Key` of a request that creates.
pub(in crate::api) struct IdempotencyKey;

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![optional(
            ParameterIn::Header,
            "Idempotency-Key",
            "The same key and body answer what they answered first, for 24 hours; another body is a 409.",
            schema::header(KEY_CHARS_MAX),
        )]
    }
}

/// `limit` and `after` of a list.
pub(in crate::api) struct Page;

impl IntoParams for Page {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            query(
                "limit",
                "Items of one page; the `Link` header of the answer leads to the next. Without it the list is whole.",
                schema::whole(&(1..=PAGE_MAX)),
            ),
            query(
                "after",
                "Where the page begins: the cursor of a `Link` header.",
                schema::filled(CURSOR_CHARS_MAX),
            ),
        ]
    }
}
