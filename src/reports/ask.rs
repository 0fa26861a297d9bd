//! What a language model is asked for a report.

use std::time::Duration;

use futures::StreamExt;
use minijinja::context;

use super::draft::Draft;
use super::report::{Kind, Subject};
use crate::brain::prompt::language_name;
use crate::providers::{ChatRequest, LanguageModel, Message, Piece, ProviderError, Role};
use crate::rooms::transcript::Entry;

/// Longest answer, tokens.
const TOKENS_MAX: u32 = 2_000;
/// The same in bytes, for models that take no notice.
const BYTES_MAX: usize = 32 * 1024;
/// Facts, not fancy.
const TEMPERATURE: f32 = 0.2;
/// Time for one answer.
const WITHIN: Duration = Duration::from_secs(120);
/// Most of a talk that is read, bytes; of a longer one the end.
const TALK_BYTES_MAX: usize = 60_000;

/// Why there is no draft.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error("render the prompt: {0}")]
    Prompt(#[from] minijinja::Error),
    #[error(transparent)]
    Model(#[from] ProviderError),
    #[error("the model gave no report within {WITHIN:?}")]
    Late,
    #[error("the model's report can't be read")]
    Unreadable,
}

/// Asks once.
pub(super) async fn draft(
    model: &dyn LanguageModel,
    subject: &Subject,
    transcript: &[Entry],
) -> Result<Draft, AskError> {
    let request = request(subject, transcript)?;
    let written = async {
        let mut text = String::new();
        let mut pieces = model.reply(request).await?;
        while let Some(piece) = pieces.next().await {
            if let Piece::Text(piece) = piece? {
                text.push_str(&piece);
            }
            if text.len() > BYTES_MAX {
                break;
            }
        }
        Ok::<_, ProviderError>(text)
    };
    let text = tokio::time::timeout(WITHIN, written)
        .await
        .map_err(|_| AskError::Late)??;
    Draft::read(&text).ok_or(AskError::Unreadable)
}

fn request(subject: &Subject, transcript: &[Entry]) -> Result<ChatRequest, minijinja::Error> {
    let template = match subject.kind {
        Kind::Roleplay => include_str!("../../prompts/report-roleplay.md"),
        Kind::Interview => include_str!("../../prompts/report-interview.md"),
    };
    let criteria: Vec<_> = subject
        .items
        .iter()
        .map(|(name, description, _)| context! { name => line(name), description => line(description) })
        .collect();
    let questions: Vec<String> = subject.items.iter().map(|(name, ..)| line(name)).collect();
    let system = minijinja::Environment::new().render_str(
        template,
        context! {
            person => line(&subject.person),
            language => language_name(&subject.language),
            goals => subject.goals.trim(),
            criteria,
            questions,
        },
    )?;
    let message = |role, content| Message { role, content };
    Ok(ChatRequest {
        messages: vec![
            message(Role::System, system.trim().to_owned()),
            message(Role::User, talk(transcript)),
        ],
        tokens_max: TOKENS_MAX,
        temperature: TEMPERATURE,
        ..ChatRequest::default()
    })
}

/// The talk with numbered lines; of one that is too long the end, with the numbers that its lines have.
fn talk(transcript: &[Entry]) -> String {
    let lines: Vec<String> = transcript
        .iter()
        .zip(1..)
        .map(|(entry, number)| {
            let name = entry.speaker_name.as_deref().unwrap_or_default();
            format!("[{number}] {}: {}", line(name), line(&entry.content))
        })
        .collect();
    let mut room = TALK_BYTES_MAX;
    let kept = lines
        .iter()
        .rev()
        .take_while(|line| {
            let fits = line.len() < room;
            room = room.saturating_sub(line.len() + 1);
            fits
        })
        .count();
    lines.get(lines.len() - kept..).unwrap_or_default().join("\n")
}

/// On one line: nobody forges the beginning of another one.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
