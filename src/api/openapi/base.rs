//! What every surface's part of the document builds on.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    ServerBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use super::refusals;
use crate::api::error::ErrorAnswer;

const DESCRIPTION: &str = "AI characters in LiveKit rooms. \
    Send a key as `Authorization: Bearer <key>`; `troupe keys create` makes one. \
    Whatever goes wrong answers `{\"error\": {\"type\", \"code\", \"message\", \"param\"?}}`; \
    a parameter or field that is unknown or out of range is a 422 that names it. \
    Another project's object answers 404. \
    Times are RFC 3339 in UTC with three fraction digits; texts are counted in Unicode scalar values.";

/// Kinds of keys: name of the security scheme, and what such a key is for.
const KEYS: [(&str, &str); 4] = [
    (
        "secret_key",
        "A key of kind `secret`: the server side of one project.",
    ),
    (
        "page_token",
        "A token of the pages, for which a link of `troupe login` is exchanged: one project's rooms, for half a day.",
    ),
    ("user_key", "A key of kind `user`: one user of one project."),
    (
        "worker_key",
        "A key of kind `worker`: the deployment's workers, and nothing else.",
    ),
];

/// The groups of paths, in the order that they are shown.
const TAGS: [(&str, &str); 13] = [
    (
        "Voice rooms",
        "Rooms, their characters, and what was said in them.",
    ),
    (
        "Characters",
        "Personas: the project's own, and the deployment's to read.",
    ),
    ("Recordings", "Files of what was said, by links that expire."),
    (
        "Live rooms",
        "LiveKit's rooms of a project, whoever made them: made, listed, inspected, ended.",
    ),
    (
        "Webhooks",
        "Servers of a project that are told what happens, and what became of each delivery.",
    ),
    (
        "Group chat",
        "Rooms in which users and characters write with each other.",
    ),
    (
        "Role-play",
        "Practising a conversation with a character in a prepared scenario. Failures say `\"success\": false` as well.",
    ),
    (
        "Interviews",
        "A character asks respondents along a guide, once each, within a time limit.",
    ),
    (
        "Pages",
        "What a browser shows, and what lets somebody in: no API key reaches it.",
    ),
    (
        "Respondent's page",
        "What the link of an interview opens; the token in the path is all it needs.",
    ),
    (
        "Worker protocol",
        "How workers claim rooms, play them and let go of them.",
    ),
    (
        "LiveKit",
        "What the LiveKit server tells by itself; its own signature admits it.",
    ),
    ("Server", "Health and documentation; no key needed."),
];

/// Bodies that may be left out, by the names of their schemas.
const OPTIONAL_BODIES: [&str; 2] = ["Nothing", "LiveJoinBody"];

/// The document without any path.
pub(in crate::api) fn base() -> OpenApi {
    let mut components = ComponentsBuilder::new()
        .schema(ErrorAnswer::name(), ErrorAnswer::schema())
        .responses_from_iter(refusals::components());
    for (name, description) in KEYS {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(description));
        components = components.security_scheme(name, SecurityScheme::Http(scheme.build()));
    }
    let tags = TAGS.map(|(name, description)| {
        TagBuilder::new()
            .name(name)
            .description(Some(description))
            .build()
    });
    let license = LicenseBuilder::new()
        .name("Apache-2.0")
        .identifier(Some("Apache-2.0"))
        .build();
    let info = InfoBuilder::new()
        .title("Troupe")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(license));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([ServerBuilder::new().url("/").build()]))
        .tags(Some(tags))
        .components(Some(components.build()))
        .build()
}

/// The whole document, once all surfaces are in it.
pub(in crate::api) fn finished(mut document: OpenApi) -> OpenApi {
    let optional = OPTIONAL_BODIES.map(|name| RefOr::Ref(Ref::from_schema_name(name)));
    let operations = document.paths.paths.values_mut().flat_map(|path| {
        [
            &mut path.get,
            &mut path.post,
            &mut path.put,
            &mut path.patch,
            &mut path.delete,
        ]
    });
    for body in operations
        .flatten()
        .filter_map(|operation| operation.request_body.as_mut())
    {
        let RefOr::T(body) = body else { continue };
        let may_be_left_out = body.content.values().any(|content| match content {
            RefOr::T(content) => content
                .schema
                .as_ref()
                .is_some_and(|schema| optional.contains(schema)),
            RefOr::Ref(_) => false,
        });
        // A derive can't say that a body may be left out without allowing `null` as well.
        if may_be_left_out {
            body.required = Some(Required::False);
        }
    }
    document
}
