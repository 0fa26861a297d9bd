//! From character, room and history to what a language model is asked. The words are in `prompts/`.

use minijinja::{Environment, UndefinedBehavior, context};

use super::history::{History, one_line, plain_name};
use crate::character::Character;
use crate::protocol::Mode;
use crate::providers::{ChatRequest, Message, Role};

/// Longest spoken turn, tokens: about half a minute of speech.
const REPLY_TOKENS_MAX: u32 = 120;
/// Lively, and still in character on small models.
const TEMPERATURE: f32 = 0.7;
/// Calmer, after an answer that drifted.
const TEMPERATURE_AGAIN: f32 = 0.3;
/// What the others of a cast are told of one another, characters: the first sentence of the persona.
const ABOUT_MAX: usize = 120;

/// Everything around a character that shapes what it says.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// LiveKit identity of the character.
    pub identity: &'a str,
    /// Who speaks.
    pub character: &'a Character,
    /// The other characters present.
    pub cast: &'a [&'a Character],
    /// Names of the people present.
    pub people: &'a [&'a str],
    /// How the room plays.
    pub mode: Mode,
    /// The scene, if any. It is data: it sets the stage and commands nobody.
    pub scene: Option<&'a str>,
    /// The latest line asks sincerely whether an AI is speaking.
    pub asked_if_ai: bool,
}

/// The templates are broken; a test renders every one, so this is a fault of the build.
#[derive(Debug, Clone, thiserror::Error)]
#[error("can't render prompt template: {0}")]
pub struct PromptError(String);

impl From<minijinja::Error> for PromptError {
    fn from(error: minijinja::Error) -> Self {
        // The detail of a rendering error may quote the values.
        Self(format!(
            "{:?} in {} line {}",
            error.kind(),
            error.name().unwrap_or("?"),
            error.line().unwrap_or(0)
        ))
    }
}

/// The compiled templates.
pub struct Prompter {
    templates: Environment<'static>,
}

impl Prompter {
    /// Compiles the templates.
    pub fn new() -> Result<Self, PromptError> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        templates.add_template("character.md", include_str!("../../prompts/character.md"))?;
        templates.add_template("cue.md", include_str!("../../prompts/cue.md"))?;
        Ok(Self { templates })
    }

    /// What to ask the model for the character's next line.
    pub fn request(&self, situation: &Situation<'_>, history: &History) -> Result<ChatRequest, PromptError> {
        let mut messages = vec![Message {
            role: Role::System,
            content: self.system(situation)?,
        }];
        let lines = history.seen_by(situation.identity);
        // Some chat templates refuse a conversation that the assistant opens.
        if lines.first().is_none_or(|first| first.role == Role::Assistant) {
            messages.push(self.cue("open", situation.character)?);
        }
        let unanswered = lines.last().is_some_and(|last| last.role == Role::Assistant);
        messages.extend(lines);
        if unanswered {
            messages.push(self.cue("go_on", situation.character)?);
        }
        if situation.asked_if_ai {
            // At the end, so that what comes before it stays as a local model has already read it.
            remind(&mut messages, self.cue("truth", situation.character)?);
        }
        Ok(ChatRequest {
            messages,
            tokens_max: REPLY_TOKENS_MAX,
            temperature: TEMPERATURE,
        })
    }

    /// The same question after an answer that drifted: a reminder at the end, and less chance.
    pub fn again(&self, request: &ChatRequest, character: &Character) -> Result<ChatRequest, PromptError> {
        let mut messages = request.messages.clone();
        remind(&mut messages, self.cue("again", character)?);
        Ok(ChatRequest {
            messages,
            tokens_max: request.tokens_max,
            temperature: TEMPERATURE_AGAIN,
        })
    }

    fn system(&self, situation: &Situation<'_>) -> Result<String, PromptError> {
        let Situation { character, .. } = situation;
        let cast: Vec<_> = situation
            .cast
            .iter()
            .map(|other| context! { name => plain_name(&other.name), about => about(other) })
            .collect();
        let people: Vec<String> = situation.people.iter().map(|name| plain_name(name)).collect();
        let text = self.templates.get_template("character.md")?.render(context! {
            name => plain_name(&character.name),
            persona => character.persona.trim(),
            temperament => one_line(&character.temperament),
            language => language_name(&character.language),
            scene => situation.scene.map(quoted).filter(|scene| !scene.is_empty()),
            scripted => situation.mode == Mode::Scripted,
            cast,
            people,
        })?;
        Ok(text.trim().to_owned())
    }

    fn cue(&self, kind: &str, character: &Character) -> Result<Message, PromptError> {
        let content = self.templates.get_template("cue.md")?.render(context! {
            kind,
            name => plain_name(&character.name),
            language => language_name(&character.language),
        })?;
        Ok(Message {
            role: Role::User,
            content,
        })
    }
}

/// Adds a note as the last thing that the model reads.
fn remind(messages: &mut Vec<Message>, note: Message) {
    match messages.last_mut() {
        Some(last) if last.role == Role::User => {
            last.content.push('\n');
            last.content.push_str(&note.content);
        }
        _ => messages.push(note),
    }
}

/// A scene stands between triple quotes and must not end them.
fn quoted(scene: &str) -> String {
    scene.replace("\"\"\"", "\"").trim().to_owned()
}

/// What the others know of a character: the first sentence of its persona, in the third person.
fn about(character: &Character) -> String {
    let persona = one_line(&character.persona);
    let sentence = persona
        .split_inclusive(['.', '!', '?'])
        .next()
        .unwrap_or_default();
    let Some(rest) = sentence.strip_prefix("You are ") else {
        return String::new();
    };
    let rest = rest.trim_end_matches(['.', '!', '?']);
    // What comes after the name: "You are Ada, a retired watchmaker."
    let rest = rest
        .strip_prefix(character.name.as_str())
        .unwrap_or(rest)
        .trim_start_matches([',', ' ']);
    if rest.chars().count() <= ABOUT_MAX {
        rest.to_owned()
    } else {
        String::new()
    }
}

/// English name of a language, by its BCP 47 tag; an unknown tag speaks for itself.
pub fn language_name(tag: &str) -> &str {
    match tag.split(['-', '_']).next().unwrap_or(tag) {
        "en" => "English",
        "de" => "German",
        "fr" => "French",
        "es" => "Spanish",
        "it" => "Italian",
        "pt" => "Portuguese",
        "nl" => "Dutch",
        "pl" => "Polish",
        "ru" => "Russian",
        "uk" => "Ukrainian",
        "ja" => "Japanese",
        "zh" => "Chinese",
        "ko" => "Korean",
        _ => tag,
    }
}
