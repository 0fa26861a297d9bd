//! The OpenAPI 3.1 document, made from the code, and the pages that show it.
//!
//! # How a surface adds its routes
//!
//! 1. Each handler carries `#[utoipa::path(…)]` with its method, whole path, an `operation_id` of its own, the
//!    surface's `tag`, the keys that open it (`security(("secret_key" = []))`, one line for each kind), and
//!    every status that it answers. What the answers to mistakes look like is shared: list the groups of
//!    [`refusals`] that fit: [`refusals::Refused`] for everything that needs a key, [`refusals::NoSuch`] where
//!    the path names an object, [`refusals::BadBody`] where a body is read, and so on.
//! 2. Parameters that many share are in [`params`]; a path's own are written in place:
//!    `params(("roomId" = String, Path, description = "…"))`.
//! 3. An answer is a struct with `Serialize` and `ToSchema`. A field that is always there although it may be
//!    null says so with `#[schema(required = true)]`.
//! 4. A body that is read through `Fields` is described beside its reader with [`schema::Body`], from the same
//!    constants; `described!` makes it a type for `request_body = …`. A body without fields is
//!    [`schema::Nothing`].
//! 5. The surface's `fn answers() -> OpenApiRouter<Api>` lists its handlers with `routes!`, one call for all
//!    methods of a path; `router.rs` merges it and bounds its time.
//! 6. A new error code is a line in [`catalogue`](super::catalogue).
//!
//! `tests/it/openapi/` holds all of this to account, and asks every route with every kind of key.

mod base;
pub(super) mod params;
mod published;
mod reference;
pub(super) mod refusals;
pub(super) mod schema;

pub(super) use base::{base, finished};
pub(super) use published::{Published, answers};
