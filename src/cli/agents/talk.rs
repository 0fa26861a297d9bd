//! `troupe agents try`: a character answers in writing, as it would speak in a room.

use std::fmt;
use std::path::PathBuf;

use futures::StreamExt;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::brain::brief::Moment;
use crate::brain::history::{Happening, History};
use crate::brain::prompt::{Prompter, Situation};
use crate::brain::reply;
use crate::character::{self, Character};
use crate::cli::serve::character_folders;
use crate::cli::{Context, Failure};
use crate::config::Overrides;
use crate::protocol::Mode;
use crate::providers::{LanguageModel, configured};
use crate::rooms::room::agent_identity;

/// Identity of whoever types.
const PERSON: &str = "person";
/// Longest message that is taken, characters; the rest of a longer one is not read to the character.
pub(in crate::cli) const MESSAGE_CHARS_MAX: usize = 5_000;

/// Flags of `troupe agents try`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The character's id, or its file
    #[arg(value_name = "NAME")]
    name: String,
    /// What it calls you
    #[arg(long, value_name = "NAME", default_value = "Guest")]
    who: String,
    /// The scene that it finds itself in
    #[arg(long, value_name = "TEXT")]
    scene: Option<String>,
}

/// One answer.
#[derive(Serialize)]
struct Said<'a> {
    name: &'a str,
    text: &'a str,
}

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.text)
    }
}

pub(super) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides::default())?;
    let character = found(&args.name)?;
    let registry = configured::registry(&config).map_err(Failure::failed)?;
    let model = tokio::select! {
        model = registry.language_model(character.models.llm.as_deref()) => model.map_err(Failure::failed)?,
        () = context.shutdown.cancelled() => return Ok(()),
    };
    let prompter = Prompter::new().map_err(Failure::failed)?;
    let mut history = History::new(config.worker.memory_tokens);
    context.output.progress(format_args!(
        "{} listens. A line is a message; Ctrl-D ends the talk.",
        character.name
    ));
    let mut lines = lines();
    let mut turn = 0;
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            () = context.shutdown.cancelled() => return Ok(()),
        };
        let Some(line) = line else { return Ok(()) };
        let text: String = line.trim().chars().take(MESSAGE_CHARS_MAX).collect();
        if text.is_empty() {
            continue;
        }
        history.push(Happening::Said {
            by: PERSON.to_owned(),
            name: args.who.clone(),
            text,
        });
        let situation = Situation {
            identity: &agent_identity(&character.id),
            character: &character,
            cast: &[],
            people: &[&args.who],
            mode: Mode::Freeform,
            scene: args.scene.as_deref(),
            asked_if_ai: false,
            has_tools: false,
            assignment: None,
            moment: Moment::Running,
        };
        turn += 1;
        let answer = tokio::select! {
            answer = answer(&prompter, &situation, &history, &model, turn) => answer?,
            () = context.shutdown.cancelled() => return Ok(()),
        };
        context.output.data(&Said {
            name: &character.name,
            text: &answer,
        });
        history.push(Happening::Said {
            by: agent_identity(&character.id),
            name: character.name.clone(),
            text: answer,
        });
    }
}

/// The lines of stdin. A thread of its own waits for them, which the end of the program does not wait for; a line that
/// comes while another is being answered waits at the source.
pub(in crate::cli) fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(1);
    std::thread::spawn(move || {
        let lines = std::io::stdin().lines().map_while(Result::ok);
        for line in lines {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The character with this id, or of this file.
pub(in crate::cli) fn found(name: &str) -> Result<Character, Failure> {
    let (known, id) = if name.ends_with(".toml") {
        let path = PathBuf::from(name);
        (character::read(&[path]).map_err(Failure::failed)?, None)
    } else {
        let known = character::load(&character_folders()).map_err(Failure::failed)?;
        (known, Some(name))
    };
    known
        .into_iter()
        .find(|character| id.is_none_or(|id| character.id == id))
        .ok_or_else(|| {
            Failure::failed(format_args!(
                "there is no character {name}; `troupe characters list` shows those there are"
            ))
        })
}

async fn answer(
    prompter: &Prompter,
    situation: &Situation<'_>,
    history: &History,
    model: &std::sync::Arc<dyn LanguageModel>,
    seed: u64,
) -> Result<String, Failure> {
    let line = reply::prepare_for(&**model, prompter, situation, history, seed).map_err(Failure::failed)?;
    let mut pieces = reply::speak(model.clone(), line.without_apology());
    let mut text = String::new();
    while let Some(piece) = pieces.next().await {
        text.push_str(&piece.map_err(|error| Failure::failed(format_args!("write an answer: {error}")))?);
    }
    Ok(text.trim().to_owned())
}
