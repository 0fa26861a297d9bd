//! Parameters of this surface's paths, as the document shows them.

use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};

use super::super::fields::NAME_CHARS_MAX;
use super::super::openapi::params::query;
use super::super::openapi::schema;
use super::caller::USER_HEADER;
use super::{messages, rooms};

/// `Troupe-User` of whoever calls with the project's key.
pub(super) struct TroupeUser;

impl IntoParams for TroupeUser {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let about = "With a key of kind `secret`, and required there: your own id of the user that you act for, \
            who is made when new. A key of kind `user` acts for its own user.";
        let header = ParameterBuilder::new()
            .name(USER_HEADER)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(schema::header(NAME_CHARS_MAX)));
        vec![header.build()]
    }
}

/// `limit` and `offset` of a list of rooms, and which rooms it holds.
pub(super) struct RoomList;

impl IntoParams for RoomList {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut params = page(rooms::LIMIT_DEFAULT, rooms::LIMIT_MAX);
        params.push(query(
            "visibility",
            "`public` lists the project's public rooms instead of the caller's own.",
            schema::choice(["public"]),
        ));
        params
    }
}

/// `limit` and `offset` of a room's history, and where it ends.
pub(super) struct History;

impl IntoParams for History {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut params = page(messages::LIMIT_DEFAULT, messages::LIMIT_MAX);
        params.push(query(
            "before",
            "An ISO 8601 time: only messages written before it.",
            schema::time(),
        ));
        params
    }
}

fn page(limit_default: u32, limit_max: u32) -> Vec<Parameter> {
    let limit = format!("Most items of the answer; {limit_default} without it.");
    vec![
        query("limit", &limit, schema::whole(&(1..=limit_max))),
        query(
            "offset",
            "Items left out at the beginning; 0 without it.",
            schema::whole(&(0..=u32::MAX)),
        ),
    ]
}
