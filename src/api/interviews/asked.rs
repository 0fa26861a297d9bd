//! What a call asks for when it makes interviews.

use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::super::openapi::schema::{self, Body, described};
use crate::rooms::interview::{
    COUNT_DEFAULT, COUNT_RANGE, DAYS_DEFAULT, DAYS_RANGE, MINUTES_DEFAULT, MINUTES_RANGE, REALTIME_PROVIDERS,
};

described!(
    /// See [`Asked::read`].
    NewInterviewsBody,
    Body::new("Interviews to make, each with a link of its own.")
        .needs("project_id", "The research project.", schema::uuid())
        .may("count", "How many; 1 without it.", schema::whole(&COUNT_RANGE))
        .may(
            "max_duration_minutes",
            "Time limit of each; 30 without it.",
            schema::whole(&MINUTES_RANGE),
        )
        .may(
            "expires_in_days",
            "Days within which each must be started; 7 without it.",
            schema::whole(&DAYS_RANGE),
        )
        .may(
            "voice",
            "Voice of the interviewer: a character's id for its voices, or `provider:voice`, or a voice of `openai`.",
            schema::nullable_name(),
        )
        .may(
            "realtime_provider",
            "What carries the voice; without it, speech to text, language model and text to speech one after the other.",
            schema::nullable_choice(REALTIME_PROVIDERS),
        )
        .may(
            "language",
            "BCP 47 tag, instead of the project's or the character's.",
            schema::nullable_language(),
        )
        .may(
            "topics_for_respondent",
            "What respondents are told beforehand.",
            schema::nullable_text(),
        )
        .may("respondent_email", "Who is asked, if it is known.", schema::nullable_name())
        .may(
            "research_goals_override",
            "Goals instead of the project's.",
            schema::nullable_text(),
        )
        .may(
            "interview_guide_override",
            "Guide instead of the project's.",
            schema::nullable_text(),
        )
);

/// What a body says, with its defaults filled in.
pub(super) struct Asked {
    pub(super) research_project_id: String,
    pub(super) count: u32,
    pub(super) max_duration_minutes: u32,
    pub(super) expires_in_days: u32,
    pub(super) voice: Option<String>,
    pub(super) realtime_provider: Option<String>,
    pub(super) language: Option<String>,
    pub(super) topics_for_respondent: Option<String>,
    pub(super) respondent_email: Option<String>,
    pub(super) research_goals_override: Option<String>,
    pub(super) interview_guide_override: Option<String>,
}

impl Asked {
    pub(super) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let asked = Self {
            research_project_id: fields.required_uuid("project_id")?,
            count: fields.whole("count", &COUNT_RANGE)?.unwrap_or(COUNT_DEFAULT),
            max_duration_minutes: fields
                .whole("max_duration_minutes", &MINUTES_RANGE)?
                .unwrap_or(MINUTES_DEFAULT),
            expires_in_days: fields
                .whole("expires_in_days", &DAYS_RANGE)?
                .unwrap_or(DAYS_DEFAULT),
            voice: fields.nullable_text("voice", NAME_CHARS_MAX)?,
            realtime_provider: realtime_provider(&mut fields)?,
            language: fields.language_tag("language")?,
            topics_for_respondent: fields.nullable_text("topics_for_respondent", TEXT_CHARS_MAX)?,
            respondent_email: fields.nullable_text("respondent_email", NAME_CHARS_MAX)?,
            research_goals_override: fields.nullable_text("research_goals_override", TEXT_CHARS_MAX)?,
            interview_guide_override: fields.nullable_text("interview_guide_override", TEXT_CHARS_MAX)?,
        };
        fields.finish()?;
        Ok(asked)
    }
}

fn realtime_provider(fields: &mut Fields) -> Result<Option<String>, ApiError> {
    fields.drop_null("realtime_provider");
    match fields.text("realtime_provider", NAME_CHARS_MAX)? {
        Some(unknown) if !REALTIME_PROVIDERS.contains(&unknown.as_str()) => {
            let known: Vec<String> = REALTIME_PROVIDERS
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            Err(ApiError::invalid(
                "realtime_provider",
                format!("is not known; known are {}", known.join(", ")),
            ))
        }
        provider => Ok(provider),
    }
}
