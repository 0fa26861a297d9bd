//! From character, room and history to what a language model is asked. The words are in `prompts/`.

use minijinja::{Environment, UndefinedBehavior, context};

use super::brief::{Moment, opening_cue};
use super::history::{History, one_line, plain_name};
use crate::character::{Character, Example};
use crate::protocol::{Assignment, Mode};
use crate::providers::{Capacity, ChatRequest, Message, Role};

/// Longest spoken turn, tokens: about half a minute of speech.
const REPLY_TOKENS_MAX: u32 = 120;
/// Lively, and still in character on small models.
const TEMPERATURE: f32 = 0.7;
/// Longest turn of a small model, tokens: what it says after two sentences is seldom worth hearing.
const REPLY_TOKENS_MAX_SMALL: u32 = 56;
/// Longest scene that a small model is told, characters.
const SCENE_MAX_SMALL: usize = 300;
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
    /// It can have something done while it answers.
    pub has_tools: bool,
    /// What the character was asked to do, if anything.
    pub assignment: Option<&'a Assignment>,
    /// How far the time of the room is.
    pub moment: Moment,
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
        templates.add_template(
            "character-small.md",
            include_str!("../../prompts/character-small.md"),
        )?;
        templates.add_template("cue.md", include_str!("../../prompts/cue.md"))?;
        templates.add_template("roleplay.md", include_str!("../../prompts/roleplay.md"))?;
        templates.add_template("interview.md", include_str!("../../prompts/interview.md"))?;
        templates.add_template("summary.md", include_str!("../../prompts/summary.md"))?;
        Ok(Self { templates })
    }

    /// What to ask a model of this capacity for the character's next line.
    pub fn request(
        &self,
        situation: &Situation<'_>,
        history: &History,
        capacity: Capacity,
    ) -> Result<ChatRequest, PromptError> {
        let mut request = self.opening(situation, capacity)?;
        let character = situation.character;
        let lines = match capacity {
            Capacity::Full => history.seen_by(situation.identity),
            Capacity::Small => history.seen_simply_by(situation.identity),
        };
        let messages = &mut request.messages;
        // Some chat templates refuse a conversation that the assistant opens.
        if lines.first().is_none_or(|first| first.role == Role::Assistant) {
            let opening = opening_cue(situation.assignment);
            messages.push(self.cue(opening, character, capacity)?);
        }
        messages.extend(lines);
        if let Some(kind) = situation.moment.cue(capacity) {
            remind(messages, self.cue(kind, character, capacity)?);
        } else if messages.last().is_some_and(|last| last.role == Role::Assistant) {
            messages.push(self.cue("go_on", character, capacity)?);
        }
        if situation.asked_if_ai && capacity == Capacity::Full {
            // At the end, so that what comes before it stays as a local model has already read it.
            remind(messages, self.cue("truth", character, capacity)?);
        }
        Ok(request)
    }

    /// The part of every request that stays the same for this situation. A local model can read it ahead.
    pub fn opening(&self, situation: &Situation<'_>, capacity: Capacity) -> Result<ChatRequest, PromptError> {
        let mut messages = vec![Message {
            role: Role::System,
            content: self.system(situation, capacity)?,
        }];
        let tokens_max = match capacity {
            Capacity::Full => REPLY_TOKENS_MAX,
            Capacity::Small => {
                for Example { heard, said } in &situation.character.examples {
                    messages.push(Message {
                        role: Role::User,
                        content: one_line(heard),
                    });
                    messages.push(Message {
                        role: Role::Assistant,
                        content: one_line(said),
                    });
                }
                REPLY_TOKENS_MAX_SMALL
            }
        };
        Ok(ChatRequest {
            messages,
            tokens_max,
            temperature: TEMPERATURE,
            ..ChatRequest::default()
        })
    }

    /// The same question after an answer that drifted: with a reminder at the end, and with less chance. A small
    /// model heeds no reminder, and copies its examples when it is left less to chance: it just draws again.
    pub fn again(
        &self,
        request: &ChatRequest,
        character: &Character,
        capacity: Capacity,
    ) -> Result<ChatRequest, PromptError> {
        let mut again = request.clone();
        if capacity == Capacity::Full {
            remind(&mut again.messages, self.cue("again", character, capacity)?);
            again.temperature = TEMPERATURE_AGAIN;
        }
        Ok(again)
    }

    /// How the older part of a talk is to be put in short.
    pub(super) fn summary(&self, language: &str) -> Result<String, PromptError> {
        let language = language_name(language);
        Ok(self
            .template("summary.md")?
            .render(context! { language })?
            .trim()
            .to_owned())
    }

    pub(super) fn template(&self, name: &str) -> Result<minijinja::Template<'_, '_>, PromptError> {
        Ok(self.templates.get_template(name)?)
    }

    fn system(&self, situation: &Situation<'_>, capacity: Capacity) -> Result<String, PromptError> {
        let Situation { character, .. } = situation;
        let cast: Vec<_> = situation
            .cast
            .iter()
            .map(|other| context! { name => plain_name(&other.name), about => about(other) })
            .collect();
        let people: Vec<String> = situation.people.iter().map(|name| plain_name(name)).collect();
        let examples: Vec<String> = character
            .examples
            .iter()
            .map(|example| one_line(&example.said))
            .collect();
        let scene = situation.scene.map(quoted).filter(|scene| !scene.is_empty());
        let (template, scene) = match capacity {
            Capacity::Full => ("character.md", scene),
            Capacity::Small => (
                "character-small.md",
                scene.map(|scene| one_line(&scene).chars().take(SCENE_MAX_SMALL).collect()),
            ),
        };
        let brief = situation
            .assignment
            .map(|assignment| self.brief(assignment, capacity))
            .transpose()?;
        let text = self.template(template)?.render(context! {
            brief,
            name => plain_name(&character.name),
            persona => character.persona.trim(),
            temperament => one_line(&character.temperament),
            language => language_name(&character.language),
            scene,
            examples,
            scripted => situation.mode == Mode::Scripted,
            tools => situation.has_tools,
            cast,
            people,
        })?;
        Ok(text.trim().to_owned())
    }

    fn cue(&self, kind: &str, character: &Character, capacity: Capacity) -> Result<Message, PromptError> {
        let content = self.template("cue.md")?.render(context! {
            kind,
            small => capacity == Capacity::Small,
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
pub(super) fn quoted(scene: &str) -> String {
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
