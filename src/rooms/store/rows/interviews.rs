//! `interviews`, joined with their rooms.

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::interview::{Interview, Life, ResearchProject};

/// What [`InterviewRow`] is read with; a condition on `r` or `i` follows.
pub(in crate::rooms::store) const SELECT_INTERVIEW: &str =
    "SELECT i.*, r.seq, r.id, r.project_id, r.name, r.created_at, r.started_at, r.ended_at,
       (SELECT m.id FROM recordings m WHERE m.room_id = r.id AND m.kind = 'mix' ORDER BY m.seq LIMIT 1)
         AS record_id
     FROM interviews i JOIN rooms r ON r.id = i.room_id";

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct InterviewRow {
    seq: i64,
    id: String,
    project_id: String,
    name: String,
    created_at: Timestamp,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    research_project: String,
    created_by: String,
    max_duration_s: i64,
    expires_at: Timestamp,
    voice: Option<String>,
    realtime_provider: Option<String>,
    language: Option<String>,
    topics_for_respondent: Option<String>,
    respondent_email: Option<String>,
    research_goals_override: Option<String>,
    interview_guide_override: Option<String>,
    report: Option<String>,
    record_id: Option<String>,
}

impl TryFrom<InterviewRow> for Interview {
    type Error = Error;

    fn try_from(row: InterviewRow) -> Result<Self, Error> {
        Ok(Self {
            project: serde_json::from_str(&row.research_project)
                .map_err(|_| Error::Corrupt("research project"))?,
            id: row.id,
            owner_id: row.project_id,
            max_duration_s: row.max_duration_s,
            created_at: row.created_at,
            created_by: row.created_by,
            respondent_email: row.respondent_email,
            research_goals_override: row.research_goals_override,
            interview_guide_override: row.interview_guide_override,
            voice: row.voice,
            realtime_provider: row.realtime_provider,
            language: row.language,
            topics_for_respondent: row.topics_for_respondent,
            display_name: row.name,
            report: row.report,
            record_id: row.record_id,
            life: Life {
                started_at: row.started_at,
                ended_at: row.ended_at,
                expires_at: row.expires_at,
            },
            seq: row.seq,
        })
    }
}

/// Column `research_project`.
///
/// # Errors
/// When it can't be printed.
pub(in crate::rooms::store) fn print_project(project: &ResearchProject) -> Result<String, Error> {
    serde_json::to_string(project).map_err(|_| Error::Corrupt("research project"))
}

/// Name for people of the `number`-th interview of a research project.
pub(in crate::rooms::store) fn display_name(project: &ResearchProject, number: i64) -> String {
    format!("{} {number}", project.name)
}
