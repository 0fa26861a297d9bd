//! Interviews: made in bulk, joined by their respondents, ended by time.

use super::Rooms;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::interview::{Interview, NewInterviews, NewLink, Refused, ResearchProject};
use crate::rooms::room::EndReason;

/// Identity of every respondent: a second window takes the place of the first.
const RESPONDENT: &str = "respondent";
/// What respondents are called, in prompts and transcripts, for nobody knows their name.
const RESPONDENT_NAME: &str = "Respondent";

/// What a call asks for, with its defaults filled in.
#[derive(Debug, Clone)]
pub struct InterviewWish {
    /// The research project.
    pub project: ResearchProject,
    /// Time limit, minutes.
    pub max_duration_minutes: u32,
    /// Days that the links are good for.
    pub expires_in_days: u32,
    /// Voice of the interviewer, instead of the character's.
    pub voice: Option<String>,
    /// What carries the voice.
    pub realtime_provider: Option<String>,
    /// BCP 47 tag, instead of the character's.
    pub language: Option<String>,
    /// What respondents are told beforehand.
    pub topics_for_respondent: Option<String>,
    /// Who is asked, if it is known.
    pub respondent_email: Option<String>,
    /// Goals instead of the project's.
    pub research_goals_override: Option<String>,
    /// Guide instead of the project's.
    pub interview_guide_override: Option<String>,
    /// `key_…` of the caller.
    pub created_by: String,
    /// Id and hashed respondent's token of each.
    pub links: Vec<NewLink>,
}

/// A respondent's way in.
#[derive(Debug, Clone)]
pub struct RespondentJoin {
    /// LiveKit token.
    pub token: String,
    /// Address of LiveKit.
    pub url: String,
    /// Time until the interview ends by itself, s.
    pub left_s: i64,
}

impl Rooms {
    /// Makes the interviews of one call: all or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_interviews(
        &self,
        project_id: &str,
        wish: InterviewWish,
    ) -> Result<Vec<Interview>, Error> {
        let new = NewInterviews {
            character_id: self.interviewer(project_id, &wish.project).await?,
            project: wish.project,
            max_duration_s: i64::from(wish.max_duration_minutes) * 60,
            valid_for_ms: i64::from(wish.expires_in_days) * 24 * 3600 * 1000,
            voice: wish.voice,
            realtime_provider: wish.realtime_provider,
            language: wish.language,
            topics_for_respondent: wish.topics_for_respondent,
            respondent_email: wish.respondent_email,
            research_goals_override: wish.research_goals_override,
            interview_guide_override: wish.interview_guide_override,
            created_by: wish.created_by,
            links: wish.links,
        };
        self.store.insert_interviews(project_id, &new).await
    }

    /// The interview behind a respondent's link, and the time to judge it by.
    ///
    /// # Errors
    /// When there is no such link or the database fails.
    pub async fn interview_of_link(&self, token_hash: &[u8; 32]) -> Result<(Interview, Timestamp), Error> {
        self.store
            .interview_of_link(token_hash)
            .await?
            .ok_or(Error::NotFound("interview"))
    }

    /// Lets the respondent in; the first time starts the interview.
    ///
    /// # Errors
    /// When the link is unknown, expired or used up, or database or LiveKit fail.
    pub async fn join_interview(&self, token_hash: &[u8; 32]) -> Result<RespondentJoin, Error> {
        let (interview, now) = self.interview_of_link(token_hash).await?;
        let is_first = interview.life.join(now).map_err(refusal)?;
        if is_first {
            self.start(&interview.owner_id, &interview.id).await?;
        }
        let join = self
            .join_token(
                &interview.owner_id,
                &interview.id,
                Some(RESPONDENT.into()),
                Some(RESPONDENT_NAME.into()),
            )
            .await?;
        Ok(RespondentJoin {
            token: join.token,
            url: join.url,
            left_s: interview.life.left_s(interview.max_duration_s, now),
        })
    }

    /// Ends the interview because its respondent wants to; ending it again changes nothing.
    ///
    /// # Errors
    /// When the link is unknown, nobody began the interview, or database or LiveKit fail.
    pub async fn leave_interview(&self, token_hash: &[u8; 32]) -> Result<(), Error> {
        let (interview, now) = self.interview_of_link(token_hash).await?;
        match interview.life.join(now) {
            Ok(true) => Err(Error::Conflict {
                code: "interview_not_started",
                message: "the interview has not begun; join it first",
            }),
            Ok(false) => self.end(&interview.owner_id, &interview.id).await.map(drop),
            Err(Refused::Finished) => Ok(()),
            Err(refused) => Err(refusal(refused)),
        }
    }

    /// Ends interviews and role-plays whose time is over and that no worker ended.
    pub(super) async fn end_by_time(&self, overtime_ms: i64, limit: u32) -> Result<(), Error> {
        let store = &self.store;
        for (rooms, reason) in [
            (store.expired_interviews(limit).await?, EndReason::Expired),
            (
                store.overdue_interviews(overtime_ms, limit).await?,
                EndReason::MaxDuration,
            ),
            (
                store.overdue_roleplays(overtime_ms, limit).await?,
                EndReason::MaxDuration,
            ),
        ] {
            for (project_id, room_id) in rooms {
                self.end_overdue_room(&project_id, &room_id, reason).await?;
            }
        }
        Ok(())
    }
}

fn refusal(refused: Refused) -> Error {
    match refused {
        Refused::Expired => Error::Conflict {
            code: "interview_expired",
            message: "the link is not valid any more; ask whoever sent it for another one",
        },
        Refused::Finished => Error::Conflict {
            code: "interview_finished",
            message: "the interview is over",
        },
    }
}
