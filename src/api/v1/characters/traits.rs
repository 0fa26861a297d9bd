//! What a request says about a character.

use utoipa::openapi::Ref;

use crate::api::error::ApiError;
use crate::api::fields::{Fields, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use crate::api::openapi::schema::{self, Body, described};
use crate::character::tool::{self, TOOLS_MAX, Tool};
use crate::character::{Character, Models, WORD_PROBLEM, WORDS_MAX, is_word};
use crate::outbound::Destinations;
use crate::rooms::id::new_id;

/// Most other names, and most providers with a voice, of one character.
const LIST_MAX: usize = 16;
/// Longest BCP 47 tag.
const LANGUAGE_CHARS_MAX: usize = 35;
/// How talkative a character may be.
const TALKATIVENESS: std::ops::RangeInclusive<f64> = 0.0..=1.0;
const DEFAULT_LANGUAGE: &str = "en";
const DEFAULT_TALKATIVENESS: f32 = 0.5;

described!(
    /// See [`Traits::into_new`].
    NewCharacterBody,
    optional(
        Body::new("A character to make.")
            .needs("name", NAME, schema::name())
            .needs("persona", PERSONA, schema::filled(TEXT_CHARS_MAX))
    )
);

described!(
    /// See [`Traits::apply`].
    CharacterChangesBody,
    optional(
        Body::new("What changes of a character; everything else stays.")
            .may("name", NAME, schema::name())
            .may("persona", PERSONA, schema::filled(TEXT_CHARS_MAX))
    )
);

const NAME: &str = "The name it goes by and is called by.";
const PERSONA: &str = "Who it is, in the second person.";

fn optional(body: Body) -> Body {
    let models = Body::new(
        "Models that win over the worker's, each as `provider:model`, or several with commas between.",
    )
    .may("stt", "Speech to text.", schema::model())
    .may(
        "llm",
        "The language model that writes its lines.",
        schema::model(),
    )
    .may("tts", "Text to speech.", schema::model())
    .may(
        "realtime",
        "One that hears and speaks by itself and takes the place of the last two; they answer when it fails.",
        schema::model(),
    );
    body.may(
        "aliases",
        "Other names it answers to.",
        schema::list(schema::name(), LIST_MAX),
    )
    .may(
        "language",
        "BCP 47 tag of the language that it speaks, `en` by default.",
        schema::language(LANGUAGE_CHARS_MAX),
    )
    .may(
        "temperament",
        "How it talks: a few words such as `dry, precise, unhurried`.",
        schema::text(TEXT_CHARS_MAX),
    )
    .may(
        "talkativeness",
        "0 speaks only when addressed, 1 takes every chance; 0.5 by default.",
        schema::number(&TALKATIVENESS),
    )
    .may(
        "voices",
        "Provider, and that provider's name of the voice.",
        schema::text_map(LIST_MAX, NAME_CHARS_MAX),
    )
    .may(
        "pronunciations",
        "Word, and how it is spelled for the voice; captions and transcript keep the word. One in small letters is \
         found in any case, any other one as it is written.",
        schema::word_map(WORDS_MAX, NAME_CHARS_MAX),
    )
    .may("models", "Models that win over the worker's.", models)
    .may(
        "tools",
        "What its language model may have done while it answers; see docs/tools.md.",
        schema::list(Ref::from_schema_name("Tool"), TOOLS_MAX),
    )
}

/// What a request says about a character; `None` is silence.
pub(super) struct Traits {
    name: Option<String>,
    persona: Option<String>,
    aliases: Option<Vec<String>>,
    language: Option<String>,
    temperament: Option<String>,
    talkativeness: Option<f32>,
    voices: Option<std::collections::BTreeMap<String, String>>,
    pronunciations: Option<std::collections::BTreeMap<String, String>>,
    models: Option<Models>,
    tools: Option<Vec<Tool>>,
}

impl Traits {
    /// Reads them; tools may reach these destinations.
    pub(super) fn read(mut fields: Fields, destinations: Destinations) -> Result<Self, ApiError> {
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
                .number("talkativeness", TALKATIVENESS)?
                .map(|number| number as f32),
            voices: fields.text_map("voices", LIST_MAX, NAME_CHARS_MAX)?,
            pronunciations: pronunciations(&mut fields)?,
            models: models(&mut fields)?,
            tools: tools(&mut fields, destinations)?,
        };
        fields.finish()?;
        Ok(traits)
    }

    pub(super) fn into_new(self) -> Result<Character, ApiError> {
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
            pronunciations: self.pronunciations.unwrap_or_default(),
            models: self.models.unwrap_or_default(),
            examples: Vec::new(),
            deflections: Vec::new(),
            tools: self.tools.unwrap_or_default(),
        })
    }

    pub(super) fn apply(self, character: &mut Character) {
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
        set(&mut character.pronunciations, self.pronunciations);
        set(&mut character.models, self.models);
        set(&mut character.tools, self.tools);
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

fn pronunciations(
    fields: &mut Fields,
) -> Result<Option<std::collections::BTreeMap<String, String>>, ApiError> {
    let words = fields.text_map("pronunciations", WORDS_MAX, NAME_CHARS_MAX)?;
    let odd = words
        .iter()
        .flat_map(|words| words.keys())
        .find(|word| !is_word(word));
    match odd {
        Some(word) => Err(ApiError::invalid(format!("pronunciations.{word}"), WORD_PROBLEM)),
        None => Ok(words),
    }
}

fn tools(fields: &mut Fields, destinations: Destinations) -> Result<Option<Vec<Tool>>, ApiError> {
    let Some(value) = fields.value("tools") else {
        return Ok(None);
    };
    let first = |faults: Vec<tool::ToolFault>| match faults.into_iter().next() {
        Some(fault) => ApiError::invalid(fault.field, fault.problem),
        None => ApiError::invalid("tools", "must be an array of tools"),
    };
    let tools = tool::read(&value).map_err(first)?;
    for (at, tool) in tools.iter().enumerate() {
        if let Err(problem) = destinations.check(tool.url()) {
            return Err(ApiError::invalid(format!("tools.{at}.url"), problem));
        }
    }
    Ok(Some(tools))
}

fn models(fields: &mut Fields) -> Result<Option<Models>, ApiError> {
    let Some(mut inner) = fields.object("models")? else {
        return Ok(None);
    };
    let models = Models {
        stt: model(&mut inner, "stt")?,
        llm: model(&mut inner, "llm")?,
        tts: model(&mut inner, "tts")?,
        realtime: model(&mut inner, "realtime")?,
    };
    inner.finish()?;
    Ok(Some(models))
}

fn model(fields: &mut Fields, field: &str) -> Result<Option<String>, ApiError> {
    let Some(text) = fields.nullable_text(field, NAME_CHARS_MAX)? else {
        return Ok(None);
    };
    let names_a_model = |one: &str| {
        one.split_once(':')
            .is_some_and(|(provider, model)| !provider.trim().is_empty() && !model.trim().is_empty())
    };
    if text.split(',').all(names_a_model) {
        return Ok(Some(text));
    }
    Err(ApiError::invalid(
        fields.name(field),
        "must be `provider:model`, such as `openai:gpt-4o-mini`, or several with commas between",
    ))
}
