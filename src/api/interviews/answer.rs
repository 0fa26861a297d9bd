//! An interview as its surface shows it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::recordings::RecordingAnswer;
use crate::rooms::Timestamp;
use crate::rooms::interview::{Interview, Status};
use crate::rooms::transcript::Entry;

/// An interview. What is not known or not given is null.
#[derive(Serialize, ToSchema)]
pub(super) struct InterviewAnswer {
    /// UUID.
    id: String,
    /// UUID of the research project.
    project_id: String,
    /// The respondent's secret; given once, when the interview is made.
    #[schema(required = true)]
    access_token: Option<String>,
    /// The respondent's link; given once, when the interview is made.
    #[schema(required = true)]
    url: Option<String>,
    /// Name of its LiveKit room, as the live surface shows it.
    room_name: String,
    /// Time limit.
    max_duration_minutes: i64,
    /// `created`, `started` once the respondent joined, `finished`, or `expired`.
    status: Status,
    /// When it was made.
    created_at: Timestamp,
    /// The key that made it.
    created_by: String,
    /// Its recording, once there is one.
    #[schema(required = true)]
    record_id: Option<String>,
    /// Who is asked.
    #[schema(required = true)]
    respondent_email: Option<String>,
    /// Goals instead of the project's.
    #[schema(required = true)]
    research_goals_override: Option<String>,
    /// Guide instead of the project's.
    #[schema(required = true)]
    interview_guide_override: Option<String>,
    /// When the respondent first joined.
    #[schema(required = true)]
    started_at: Option<Timestamp>,
    /// When the conversation was over.
    #[schema(required = true)]
    finished_at: Option<Timestamp>,
    /// Until when it has to be started.
    expires_at: Timestamp,
    /// Voice of the interviewer, instead of the character's.
    #[schema(required = true)]
    voice: Option<String>,
    /// What carries the voice.
    #[schema(required = true)]
    realtime_provider: Option<String>,
    /// Language instead of the project's or the character's.
    #[schema(required = true)]
    language: Option<String>,
    /// What the respondent is told beforehand.
    #[schema(required = true)]
    topics_for_respondent: Option<String>,
    /// Name for people.
    display_name: String,
}

/// An interview with what came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct FollowedInterview {
    #[serde(flatten)]
    interview: InterviewAnswer,
    /// Everything said so far, in spoken order.
    transcript: Vec<Entry>,
    /// The summary; `null` until it exists.
    #[schema(value_type = Option<crate::reports::Report>, required = true)]
    report: Option<Value>,
    /// Recordings of its room, once they are ready, the mix first.
    recordings: Vec<RecordingAnswer>,
}

/// A respondent's secret and the link that holds it.
pub(super) struct Link {
    pub(super) access_token: String,
    pub(super) url: String,
}

impl InterviewAnswer {
    /// As it stands at `now`; `link` only when it was just made.
    pub(super) fn of(interview: Interview, now: Timestamp, link: Option<Link>) -> Self {
        let life = interview.life;
        let (access_token, url) = link.map(|link| (link.access_token, link.url)).unzip();
        Self {
            project_id: interview.project.id,
            access_token,
            url,
            room_name: format!("iv_{}", interview.id),
            id: interview.id,
            max_duration_minutes: (interview.max_duration_s + 59) / 60,
            status: life.status(now),
            created_at: interview.created_at,
            created_by: interview.created_by,
            record_id: interview.record_id,
            respondent_email: interview.respondent_email,
            research_goals_override: interview.research_goals_override,
            interview_guide_override: interview.interview_guide_override,
            started_at: life.started_at,
            finished_at: life.finished_at(),
            expires_at: life.expires_at,
            voice: interview.voice,
            realtime_provider: interview.realtime_provider,
            language: interview.language,
            topics_for_respondent: interview.topics_for_respondent,
            display_name: interview.display_name,
        }
    }

    /// With what came of it.
    pub(super) fn followed(
        self,
        transcript: Vec<Entry>,
        report: Option<&str>,
        recordings: Vec<RecordingAnswer>,
    ) -> FollowedInterview {
        FollowedInterview {
            interview: self,
            transcript,
            report: report.and_then(|text| serde_json::from_str(text).ok()),
            recordings,
        }
    }
}
