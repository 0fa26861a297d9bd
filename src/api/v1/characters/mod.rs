//! `/v1/characters`: a project's own characters, and the deployment's to read.

mod traits;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::super::auth::{Member, Project};
use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::idempotency::{Attempt, once};
use super::super::openapi::params as shared;
use super::super::openapi::refusals::{BadBody, BadNothing, Conflicting, Invalid, NoSuch, Refused};
use super::super::openapi::schema::Nothing;
use super::super::page::Page;
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use crate::rooms::character_record::CharacterRecord;
use traits::{CharacterChangesBody, NewCharacterBody, Traits};

const TAG: &str = "Characters";

/// Make a character of the project's own.
#[utoipa::path(
    post,
    path = "/v1/characters",
    operation_id = "createCharacter",
    tag = TAG,
    security(("secret_key" = [])),
    params(shared::IdempotencyKey),
    request_body = NewCharacterBody,
    responses(
        (status = 201, description = "The character.", body = CharacterRecord),
        Refused,
        BadBody,
        Conflicting,
    )
)]
pub(super) async fn create(
    State(api): State<Api>,
    Project(project_id): Project,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let character = Traits::read(body.fields, api.rooms.tool_destinations)?.into_new()?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /v1/characters"),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        let record = rooms.store.insert_character(&project_id, character).await?;
        Ok((StatusCode::CREATED, record))
    })
    .await
}

/// List characters: the deployment's by id, then the project's own, oldest first.
#[utoipa::path(
    get,
    path = "/v1/characters",
    operation_id = "listCharacters",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = []), ("page_token" = [])),
    params(shared::Page),
    responses(
        (status = 200, description = "All of them, or a page.", body = Vec<CharacterRecord>, headers(
            ("Link" = Option<String>, description = "Where the next page is, if there is one.")
        )),
        Refused,
        Invalid,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    member: Member,
    mut params: Params,
) -> Result<Response, ApiError> {
    let page = Page::read(&api, &member.project_id, "/v1/characters".into(), &mut params)?;
    params.finish()?;
    let mut records = api.rooms.characters(&member.project_id).await?;
    records.iter_mut().for_each(|record| shown_to(&member, record));
    page.skip(
        &mut records,
        |record| &record.character.id,
        |record| &record.place,
    )?;
    Ok(page.answer(records, |record| &record.place))
}

/// Read a character.
#[utoipa::path(
    get,
    path = "/v1/characters/{characterId}",
    operation_id = "getCharacter",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = []), ("page_token" = [])),
    params(("characterId" = String, Path, description = "The character.")),
    responses((status = 200, description = "The character.", body = CharacterRecord), Refused, NoSuch)
)]
pub(super) async fn get(
    State(api): State<Api>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Json<CharacterRecord>, ApiError> {
    let mut record = api.rooms.character(&member.project_id, &id).await?;
    shown_to(&member, &mut record);
    Ok(Json(record))
}

/// Where a character's tools are is no business of a project's users.
fn shown_to(member: &Member, record: &mut CharacterRecord) {
    if !member.is_server_side {
        record.character.tools.clear();
    }
}

/// Change the fields of a character that the body names.
#[utoipa::path(
    patch,
    path = "/v1/characters/{characterId}",
    operation_id = "updateCharacter",
    tag = TAG,
    security(("secret_key" = [])),
    params(("characterId" = String, Path, description = "The character.")),
    request_body = CharacterChangesBody,
    responses(
        (status = 200, description = "The character, changed.", body = CharacterRecord),
        Refused,
        NoSuch,
        BadBody,
    )
)]
pub(super) async fn update(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Json<CharacterRecord>, ApiError> {
    let traits = Traits::read(body.fields, api.rooms.tool_destinations)?;
    let record = api
        .rooms
        .update_character(&project_id, &id, |character| traits.apply(character))
        .await?;
    Ok(Json(record))
}

/// Delete a character; rooms that it is in keep it.
#[utoipa::path(
    delete,
    path = "/v1/characters/{characterId}",
    operation_id = "deleteCharacter",
    tag = TAG,
    security(("secret_key" = [])),
    params(("characterId" = String, Path, description = "The character.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The character as it was.", body = CharacterRecord),
        Refused,
        NoSuch,
        BadNothing,
    )
)]
pub(super) async fn delete(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Json<CharacterRecord>, ApiError> {
    Ok(Json(api.rooms.delete_character(&project_id, &id).await?))
}
