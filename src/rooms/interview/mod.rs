//! Interviews: a character asks a respondent along a guide, once, within a time limit.

mod life;
mod project;

use super::Timestamp;

pub use life::{Life, Refused, Status};
pub use project::{ResearchProject, ResearchProjectRecord, project_builtins};

/// Rooms of one call.
pub const COUNT_RANGE: std::ops::RangeInclusive<u32> = 1..=100;
/// Time limit of an interview, minutes.
pub const MINUTES_RANGE: std::ops::RangeInclusive<u32> = 1..=240;
/// Days that a link is good for.
pub const DAYS_RANGE: std::ops::RangeInclusive<u32> = 1..=90;
/// Rooms of a call that does not say.
pub const COUNT_DEFAULT: u32 = 1;
/// Time limit of a call that does not say, minutes.
pub const MINUTES_DEFAULT: u32 = 30;
/// Days of a call that does not say.
pub const DAYS_DEFAULT: u32 = 7;
/// What `realtime_provider` may name: what carries the voice of an interview. `cascade` is speech to text, language
/// model and text to speech, one after the other; the others are [`CASCADE`]'s to take over when they fail.
pub const REALTIME_PROVIDERS: &[&str] = &[CASCADE, "openai", "gemini"];
/// No model that hears and speaks by itself.
pub const CASCADE: &str = "cascade";

/// What the rooms of one call are made of.
#[derive(Debug, Clone)]
pub struct NewInterviews {
    /// The project, as it is now: later changes don't reach these interviews.
    pub project: ResearchProject,
    /// The character that asks.
    pub character_id: String,
    /// Time limit, s.
    pub max_duration_s: i64,
    /// Time that the links are good for, ms.
    pub valid_for_ms: i64,
    /// Voice of the interviewer, instead of the character's.
    pub voice: Option<String>,
    /// One of [`REALTIME_PROVIDERS`].
    pub realtime_provider: Option<String>,
    /// BCP 47 tag, instead of the character's.
    pub language: Option<String>,
    /// What respondents are told beforehand.
    pub topics_for_respondent: Option<String>,
    /// Who is asked, if it is known.
    pub respondent_email: Option<String>,
    /// Goals of these interviews, instead of the project's.
    pub research_goals_override: Option<String>,
    /// Guide of these interviews, instead of the project's.
    pub interview_guide_override: Option<String>,
    /// `key_…` of the caller.
    pub created_by: String,
    /// Id and hashed respondent's token of each.
    pub links: Vec<NewLink>,
}

/// One interview of a call: its id and what its link is known by.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// UUID.
    pub id: String,
    /// Keyed hash of the respondent's token.
    pub token_hash: [u8; 32],
}

/// An interview as it is stored, beside its room.
#[derive(Debug, Clone)]
pub struct Interview {
    /// UUID, also of its room.
    pub id: String,
    /// `project_…`, the tenant.
    pub owner_id: String,
    /// The project as it was when the interview was made.
    pub project: ResearchProject,
    /// Time limit, s.
    pub max_duration_s: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// `key_…` of whoever made it.
    pub created_by: String,
    /// Who is asked, if it is known.
    pub respondent_email: Option<String>,
    /// Goals instead of the project's.
    pub research_goals_override: Option<String>,
    /// Guide instead of the project's.
    pub interview_guide_override: Option<String>,
    /// Voice of the interviewer, instead of the character's.
    pub voice: Option<String>,
    /// One of [`REALTIME_PROVIDERS`].
    pub realtime_provider: Option<String>,
    /// BCP 47 tag, instead of the character's.
    pub language: Option<String>,
    /// What the respondent is told beforehand.
    pub topics_for_respondent: Option<String>,
    /// Name for people.
    pub display_name: String,
    /// The summary, as JSON; `None` until it exists.
    pub report: Option<String>,
    /// `rec_…` of the recording of everyone, once it is ready.
    pub record_id: Option<String>,
    /// Its times.
    pub life: Life,
    /// Position of its room in the database.
    pub seq: i64,
}

impl Interview {
    /// The goals that count.
    pub fn goals(&self) -> &str {
        self.research_goals_override
            .as_deref()
            .unwrap_or(&self.project.research_goals)
    }

    /// The guide that counts.
    pub fn guide(&self) -> &str {
        self.interview_guide_override
            .as_deref()
            .unwrap_or(&self.project.interview_guide)
    }
}
