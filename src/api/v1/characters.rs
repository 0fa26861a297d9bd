//! `/v1/characters`: a project's own characters, and the deployment's to read.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::super::auth::{Member, Project};
use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::{PAGE_MAX, cut, page};
use crate::character::{Character, Models};
use crate::rooms::character_record::CharacterRecord;
use crate::rooms::id::new_id;

/// Most other names, and most providers with a voice, of one character.
const LIST_MAX: usize = 16;
/// Longest BCP 47 tag.
const LANGUAGE_CHARS_MAX: usize = 35;
const DEFAULT_LANGUAGE: &str = "en";
const DEFAULT_TALKATIVENESS: f32 = 0.5;

/// What a request says about a character; `None` is silence.
struct Traits {
    name: Option<String>,
    persona: Option<String>,
    aliases: Option<Vec<String>>,
    language: Option<String>,
    temperament: Option<String>,
    talkativeness: Option<f32>,
    voices: Option<std::collections::BTreeMap<String, String>>,
    models: Option<Models>,
}

impl Traits {
    fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let traits = Self {
            name: fields.filled_text("name", NAME_CHARS_MAX)?,
            persona: fields.filled_text("persona", TEXT_CHARS_MAX)?,
            aliases: fields.texts("aliases", LIST_MAX, NAME_CHARS_MAX)?,
            language: language(&mut fields)?,
            temperament: fields.text("temperament", TEXT_CHARS_MAX)?,
            #[expect(
                clippy::cast_possible_truncation,
                reason = "0 to 1; digits beyond f32 mean nothing here"
            )]
            talkativeness: fields
                .number("talkativeness", 0.0..=1.0)?
                .map(|number| number as f32),
            voices: fields.text_map("voices", LIST_MAX, NAME_CHARS_MAX)?,
            models: models(&mut fields)?,
        };
        fields.finish()?;
        Ok(traits)
    }

    fn into_new(self) -> Result<Character, ApiError> {
        let required =
            |value: Option<String>, field| value.ok_or_else(|| ApiError::invalid(field, "is required"));
        Ok(Character {
            id: new_id("character"),
            name: required(self.name, "name")?,
            persona: required(self.persona, "persona")?,
            aliases: self.aliases.unwrap_or_default(),
            language: self.language.unwrap_or_else(|| DEFAULT_LANGUAGE.into()),
            temperament: self.temperament.unwrap_or_default(),
            talkativeness: self.talkativeness.unwrap_or(DEFAULT_TALKATIVENESS),
            voices: self.voices.unwrap_or_default(),
            models: self.models.unwrap_or_default(),
            examples: Vec::new(),
            deflections: Vec::new(),
        })
    }

    fn apply(self, character: &mut Character) {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        set(&mut character.name, self.name);
        set(&mut character.persona, self.persona);
        set(&mut character.aliases, self.aliases);
        set(&mut character.language, self.language);
        set(&mut character.temperament, self.temperament);
        set(&mut character.talkativeness, self.talkativeness);
        set(&mut character.voices, self.voices);
        set(&mut character.models, self.models);
    }
}

fn language(fields: &mut Fields) -> Result<Option<String>, ApiError> {
    let Some(tag) = fields.filled_text("language", LANGUAGE_CHARS_MAX)? else {
        return Ok(None);
    };
    let mut parts = tag.split('-');
    let primary = parts
        .next()
        .is_some_and(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest =
        parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if primary && rest {
        Ok(Some(tag))
    } else {
        Err(ApiError::invalid(
            "language",
            "must be a BCP 47 tag such as `en` or `pt-BR`",
        ))
    }
}

fn models(fields: &mut Fields) -> Result<Option<Models>, ApiError> {
    let Some(mut inner) = fields.object("models")? else {
        return Ok(None);
    };
    let models = Models {
        stt: model(&mut inner, "stt")?,
        llm: model(&mut inner, "llm")?,
        tts: model(&mut inner, "tts")?,
    };
    inner.finish()?;
    Ok(Some(models))
}

fn model(fields: &mut Fields, field: &str) -> Result<Option<String>, ApiError> {
    let Some(text) = fields.nullable_text(field, NAME_CHARS_MAX)? else {
        return Ok(None);
    };
    match text.split_once(':') {
        Some((provider, model)) if !provider.trim().is_empty() && !model.trim().is_empty() => Ok(Some(text)),
        _ => Err(ApiError::invalid(
            fields.name(field),
            "must be `provider:model`, such as `openai:gpt-4o-mini`",
        )),
    }
}

pub(super) async fn create(
    State(api): State<Api>,
    Project(project_id): Project,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let character = Traits::read(body.fields)?.into_new()?;
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

/// Built-ins by id, then the project's own, oldest first: all, or with `limit` a page after `after`.
pub(super) async fn list(
    State(api): State<Api>,
    Member(project_id): Member,
    mut params: Params,
) -> Result<Response, ApiError> {
    let limit = params.number("limit", 1..=PAGE_MAX)?;
    let after = params.text("after", NAME_CHARS_MAX)?;
    params.finish()?;
    let mut records = api.rooms.characters(&project_id).await?;
    if let Some(after) = after {
        let at = records
            .iter()
            .position(|record| record.character.id == after)
            .ok_or_else(|| ApiError::invalid("after", "must be the id of a character"))?;
        records.drain(..=at);
    }
    let next = cut(&mut records, limit, |record| &record.character.id)
        .zip(limit)
        .map(|(after, limit)| format!("{}/v1/characters?limit={limit}&after={after}", api.public_url));
    Ok(page(&records, next))
}

pub(super) async fn get(
    State(api): State<Api>,
    Member(project_id): Member,
    Path(id): Path<String>,
) -> Result<Json<CharacterRecord>, ApiError> {
    Ok(Json(api.rooms.character(&project_id, &id).await?))
}

/// Changes the fields that the body names.
pub(super) async fn update(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Json<CharacterRecord>, ApiError> {
    let traits = Traits::read(body.fields)?;
    let record = api
        .rooms
        .update_character(&project_id, &id, |character| traits.apply(character))
        .await?;
    Ok(Json(record))
}

/// Deletes the character and answers it as it was.
pub(super) async fn delete(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Json<CharacterRecord>, ApiError> {
    Ok(Json(api.rooms.delete_character(&project_id, &id).await?))
}
