//! Writes the reports that are due, one after another.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::ask;
use super::report::{Kind, Report, Status, Subject, is_too_short};
use crate::providers::{Capacity, Registry};
use crate::rooms::Rooms;
use crate::rooms::error::Error;
use crate::rooms::list::After;
use crate::rooms::room::Surface;

/// Time between two looks for ended talks.
const EVERY: Duration = Duration::from_secs(5);
/// Time after the end in which the last words still come in, ms.
const SETTLED_MS: i64 = 5_000;
/// Talks that ended longer ago get no report any more, ms: a day without a model is long enough.
const LATE_MS: i64 = 24 * 3600 * 1000;
/// Talks of one look; the rest waits for the next.
const AT_ONCE: u32 = 20;
/// Attempts for one talk until it is told that there is no report.
const ATTEMPTS_MAX: u32 = 4;
/// Language of a report when nobody says which.
const LANGUAGE: &str = "en";

const TOO_SHORT: &str = "Too little was said to judge: there is no report.";
const TOO_SMALL: &str = "The server's language model is too small to judge a talk: set TROUPE_LLM to one that follows instructions.";
const FAILED: &str = "The language model gave no report that could be read.";

/// See the module.
pub struct Reporter {
    rooms: Arc<Rooms>,
    models: Arc<Registry>,
    /// Attempts by room; what is done is forgotten.
    attempts: Mutex<HashMap<String, u32>>,
}

impl Reporter {
    /// A reporter that asks the server's own language model.
    pub fn new(rooms: Arc<Rooms>, models: Arc<Registry>) -> Self {
        Self {
            rooms,
            models,
            attempts: Mutex::default(),
        }
    }

    /// Writes reports until `shutdown`.
    pub async fn write_until(&self, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            let written = tokio::select! {
                () = shutdown.cancelled() => return,
                written = self.write_due(SETTLED_MS) => written,
            };
            if let Err(error) = written {
                tracing::warn!(%error, "write the reports that are due");
            }
        }
    }

    /// Writes the reports of talks that ended `settled_ms` ago or earlier; answers how many were kept.
    ///
    /// # Errors
    /// When the database fails. A model's failure is counted, and tried again the next time.
    pub async fn write_due(&self, settled_ms: i64) -> Result<u32, Error> {
        let store = &self.rooms.store;
        let now = store.now().await?;
        let due = store
            .reports_due(now.plus_ms(-LATE_MS), now.plus_ms(-settled_ms), AT_ONCE)
            .await?;
        let mut kept = 0;
        for (surface, room_id) in due {
            let subject = if surface == Surface::Roleplay.as_str() {
                self.roleplay(&room_id).await?
            } else {
                self.interview(&room_id).await?
            };
            if let Some(report) = self.report(&subject, &room_id).await? {
                let text = serde_json::to_string(&report).map_err(|_| Error::Corrupt("report"))?;
                kept += u32::from(store.keep_report(&room_id, &text).await?);
                self.attempts
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .remove(&room_id);
            }
        }
        Ok(kept)
    }

    async fn roleplay(&self, room_id: &str) -> Result<Subject, Error> {
        let roleplay = self.rooms.store.roleplay_of_room(room_id).await?;
        let premade = roleplay.premade;
        let rubric = premade.rubric.into_iter();
        Ok(Subject {
            kind: Kind::Roleplay,
            title: premade.name,
            person: roleplay.user_name,
            goals: String::new(),
            items: rubric
                .map(|criterion| (criterion.name, criterion.description, Some(criterion.weight)))
                .collect(),
            language: premade.language.unwrap_or_else(|| LANGUAGE.to_owned()),
        })
    }

    async fn interview(&self, room_id: &str) -> Result<Subject, Error> {
        let interview = self.rooms.store.interview_of_room(room_id).await?;
        let project = interview.project;
        let guide = interview
            .interview_guide_override
            .unwrap_or(project.interview_guide);
        Ok(Subject {
            kind: Kind::Interview,
            title: project.name,
            person: "Respondent".to_owned(),
            goals: interview
                .research_goals_override
                .unwrap_or(project.research_goals),
            items: questions(&guide)
                .map(|question| (question, String::new(), None))
                .collect(),
            language: interview
                .language
                .or(project.language)
                .unwrap_or_else(|| LANGUAGE.to_owned()),
        })
    }

    /// The report, or nothing yet.
    async fn report(&self, subject: &Subject, room_id: &str) -> Result<Option<Report>, Error> {
        let store = &self.rooms.store;
        let transcript = store.entries(room_id, After::Nothing, None, "after").await?;
        let at = store.now().await?.to_rfc3339();
        let without = |status, why| Ok(Some(Report::without(subject, status, why, at.clone())));
        if is_too_short(&transcript) {
            return without(Status::TooShort, TOO_SHORT);
        }
        let draft = match self.models.language_model(None).await {
            Ok(model) if model.capacity() == Capacity::Small => {
                return without(Status::Unavailable, TOO_SMALL);
            }
            Ok(model) => ask::draft(&*model, subject, &transcript)
                .await
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match draft {
            Ok(draft) => Ok(Some(Report::of(subject, &draft, &transcript, at))),
            Err(reason) => {
                tracing::warn!(room = room_id, reason, "write a report");
                if self.failed(room_id) >= ATTEMPTS_MAX {
                    return without(Status::Unavailable, FAILED);
                }
                Ok(None)
            }
        }
    }

    /// Counts an attempt that failed.
    fn failed(&self, room_id: &str) -> u32 {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = attempts.entry(room_id.to_owned()).or_default();
        *count += 1;
        *count
    }
}

/// The questions of a guide: its lines, without the numbers in front of them.
fn questions(guide: &str) -> impl Iterator<Item = String> + '_ {
    guide
        .lines()
        .map(|line| {
            let line = line.trim();
            let rest = line.trim_start_matches(|character: char| character.is_ascii_digit());
            let bare = rest.strip_prefix(['.', ')']).filter(|_| rest.len() < line.len());
            bare.or_else(|| line.strip_prefix(['-', '*', '•']))
                .unwrap_or(line)
                .trim()
                .to_owned()
        })
        .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::questions;

    #[test]
    fn a_guide_is_read_line_by_line() {
        let guide = "1. How was it?\n\n 2) And then?\n- Why 3 times?\n12 angry men: what of them?\n";
        let read: Vec<String> = questions(guide).collect();
        assert_eq!(
            read,
            [
                "How was it?",
                "And then?",
                "Why 3 times?",
                "12 angry men: what of them?"
            ]
        );
    }
}
