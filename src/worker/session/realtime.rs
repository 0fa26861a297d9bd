//! Characters whose model hears and speaks by itself: asked like any other, answered in words and sound at once.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use troupe_dialogue::{Line, Speaker, SpeechId};
use troupe_realtime::{
    AnswerId, Brief, Call, Line as Told, Piece, Provider, Question as Asked, Session as Standing,
    Speaker as By, Tool,
};

use super::Session;
use super::event::Event;
use super::work::Question;
use crate::brain::guard::End;
use crate::brain::history::History;
use crate::brain::reply;
use crate::brain::using::{ROUNDS_MAX, Tools, use_all};
use crate::character::Character;
use crate::dsp::Resampler;
use crate::ear::TRACK_RATE_HZ;
use crate::protocol::CastMember;
use crate::providers::{Capacity, Message, Role, Tokens, ToolCall, ToolSpec};
use crate::tools::Toolbox;
use crate::voice::Along;
use crate::worker::metrics;

/// Pieces of sound that wait for the player. Full: whoever reads the model waits, which holds the server back.
const PIECES_MAX: usize = 64;

/// Sound that waits for its first words, samples: 30 s. Full: the rest is not taken.
const HELD_MAX: usize = troupe_realtime::SPOKEN_RATE_HZ as usize * 30;

/// One character's standing connection to its model.
pub(super) struct Talker {
    session: Standing,
    provider: Provider,
    /// Which speech the latest answer is.
    latest: Mutex<Option<(SpeechId, AnswerId)>>,
}

/// Where the sound of an answer goes, once it is known that there will be one.
pub(super) type Tap = oneshot::Sender<mpsc::Receiver<Along>>;

impl Talker {
    /// So much of a speech was heard when it was cut.
    pub(super) fn cut(&self, speech: SpeechId, heard: Duration) {
        let latest = *self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, answer)) = latest.filter(|(latest, _)| *latest == speech) {
            self.session.cut(answer, heard);
        }
    }
}

impl Session {
    /// Connects a character that wants such a model to it. One that can't be reached is played as all others are.
    pub(super) fn talker(&self, member: &CastMember, toolbox: Option<&Arc<Toolbox>>) -> Option<Arc<Talker>> {
        let character = &member.character;
        let wanted = character.models.realtime.as_deref()?;
        match self.shared.registry.realtime().access(wanted, &character.voices) {
            Ok(access) => Some(Arc::new(Talker {
                provider: access.provider,
                session: Standing::open(access, self.brief(character, toolbox)),
                latest: Mutex::default(),
            })),
            Err(error) => {
                tracing::warn!(room = self.room_id, character = character.id, %error, "find a realtime model: use the others");
                None
            }
        }
    }

    /// What the character's next question will stand on, if nobody comes or goes before it.
    fn brief(&self, character: &Character, toolbox: Option<&Arc<Toolbox>>) -> Brief {
        let question = self.question(character.clone(), History::new(0));
        let opening = question.in_situation(toolbox.is_some(), |situation| {
            self.shared.prompter.opening(situation, Capacity::Full)
        });
        // A prompt that can't be written fails with the question.
        let messages = opening.map(|opening| opening.messages).unwrap_or_default();
        Brief {
            instructions: messages.into_iter().map(|message| message.content).collect(),
            tools: toolbox
                .map(|toolbox| told_of(toolbox.specs()))
                .unwrap_or_default(),
        }
    }

    /// Somebody came or went: the models that can't be told while they are asked are told before.
    pub(super) fn brief_talkers(&self) {
        for (_, actor) in self.cast.iter() {
            if let Some(talker) = &actor.talker {
                let brief = self.brief(&actor.member.character, actor.toolbox.as_ref());
                talker.session.prepare(brief);
            }
        }
    }

    /// How the turn sounded that is to be answered: the latest of the lines that are not entries yet, or else the
    /// latest entry.
    pub(super) fn sound_of_turn(&self, pending: &[Line]) -> Option<Arc<[i16]>> {
        let person = match pending.last() {
            Some(line) => match &line.speaker {
                Speaker::Person(person) => self.people.get(person),
                Speaker::Character(_) => None,
            },
            None => self
                .history
                .last_speaker()
                .and_then(|by| self.people.get(&by.into())),
        }?;
        let turn = person.turn.as_ref().map(|turn| &turn.pcm);
        turn.or(person.last_turn.as_ref()).cloned()
    }
}

/// Why there was no answer in words and sound.
pub(super) enum Failure {
    /// Nothing was said yet: somebody else may answer.
    Silent(String),
    /// It broke off.
    BrokenOff(String),
}

/// Asks the model and hands on what it says: its words as [`Event::ReplyText`], its sound through `tap`.
pub(super) async fn answer(
    speech: SpeechId,
    talker: &Talker,
    question: &Question,
    line: &reply::Line,
    tap: Tap,
    events: &super::Events,
) -> Result<(), Failure> {
    let asked_at = Instant::now();
    let sound = question.turn.as_deref();
    let tools = question.tools.clone();
    let specs = tools.as_ref().map(|tools| tools.specs()).unwrap_or_default();
    let sound = sound.and_then(|pcm| heard(pcm, talker.provider));
    let asked = asked(line.messages(), told_of(specs), sound);
    let mut rounds = 0;
    let mut answer = talker.session.ask(asked);
    *talker.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some((speech, answer.id()));
    let mut guard = line.guard();
    let (pcm, pieces) = mpsc::channel(PIECES_MAX);
    let mut mouth = Mouth {
        held: Vec::new(),
        tap: Some((tap, pieces)),
        pcm,
    };
    while let Some(piece) = answer.next().await {
        let step = match piece {
            Ok(Piece::Text(text)) => guard.push(&text),
            Ok(Piece::Sound(pcm)) => {
                mouth.sound(pcm).await;
                continue;
            }
            Ok(Piece::Calls(calls)) => {
                rounds += 1;
                // It was told that it may have no more done; one that can't be told goes round in circles.
                let tools = tools.clone().filter(|_| rounds <= ROUNDS_MAX);
                let Some(tools) = tools else {
                    return Err(mouth.failure("the answer wants more and more tools used".to_owned()));
                };
                let done = use_all(tools, calls.into_iter().map(call_of).collect()).await;
                let results = done.into_iter().map(|(call, result)| (wanted_of(call), result));
                answer.go_on(results.collect(), rounds < ROUNDS_MAX);
                continue;
            }
            Ok(Piece::Done(used)) => {
                question.usage.wrote(Tokens {
                    read: used.heard,
                    written: used.spoken,
                });
                guard.finish()
            }
            Err(error) => return Err(mouth.failure(error.to_string())),
        };
        if !step.text.trim().is_empty() && mouth.open().await {
            question.metrics.answered(metrics::Role::Llm, asked_at.elapsed());
        }
        if !step.text.is_empty() {
            events.send(Event::ReplyText {
                speech,
                delta: step.text,
            });
        }
        match step.end {
            None => {}
            Some(End::Whole) => {
                let _ = mouth.pcm.send(Along::Whole).await;
                return Ok(());
            }
            Some(End::Drifted(drift)) => {
                tracing::debug!(?drift, "answer left its character");
                return Err(mouth.failure("the answer left its character".to_owned()));
            }
        }
    }
    Err(mouth.failure("the answer has no end".to_owned()))
}

/// Lets sound out only behind words that may be said.
struct Mouth {
    held: Vec<i16>,
    tap: Option<(Tap, mpsc::Receiver<Along>)>,
    pcm: mpsc::Sender<Along>,
}

impl Mouth {
    async fn sound(&mut self, pcm: Vec<i16>) {
        if self.tap.is_some() {
            if self.held.len() < HELD_MAX {
                self.held.extend(pcm);
            }
        } else {
            // Nobody plays it any more when it can't be sent.
            let _ = self.pcm.send(Along::Pcm(pcm)).await;
        }
    }

    /// Words may be said; answers whether they are the first.
    async fn open(&mut self) -> bool {
        let Some((tap, pieces)) = self.tap.take() else {
            return false;
        };
        let _ = tap.send(pieces);
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            let _ = self.pcm.send(Along::Pcm(held)).await;
        }
        true
    }

    fn failure(&self, detail: String) -> Failure {
        if self.tap.is_some() {
            Failure::Silent(detail)
        } else {
            Failure::BrokenOff(detail)
        }
    }
}

/// A prompt as such a model is asked it: how the turn sounded stands with the last words of the others.
fn asked(messages: &[Message], tools: Vec<Tool>, sound: Option<Arc<[i16]>>) -> Asked {
    let (mut instructions, mut lines) = (String::new(), Vec::with_capacity(messages.len()));
    for Message { role, content } in messages {
        let speaker = match role {
            Role::System => {
                instructions.push_str(content);
                continue;
            }
            Role::User => By::Others,
            Role::Assistant => By::Own,
        };
        lines.push(Told {
            speaker,
            text: content.clone(),
            sound: None,
        });
    }
    if let Some(last) = lines.last_mut().filter(|last| last.speaker == By::Others) {
        last.sound = sound;
    }
    Asked {
        brief: Brief { instructions, tools },
        lines,
    }
}

/// Tools as such a model is told of them.
fn told_of(specs: Vec<ToolSpec>) -> Vec<Tool> {
    let tool = |spec: ToolSpec| Tool {
        name: spec.name,
        description: spec.description,
        parameters: spec.parameters,
    };
    specs.into_iter().map(tool).collect()
}

fn call_of(call: Call) -> ToolCall {
    let Call { id, name, arguments } = call;
    ToolCall { id, name, arguments }
}

fn wanted_of(call: ToolCall) -> Call {
    let ToolCall { id, name, arguments } = call;
    Call { id, name, arguments }
}

/// A turn at the rate that the model hears.
fn heard(pcm: &[i16], provider: Provider) -> Option<Arc<[i16]>> {
    let mut resampler = Resampler::new(TRACK_RATE_HZ, provider.heard_rate_hz()).ok()?;
    let mut out = Vec::new();
    resampler.push(pcm, &mut out);
    resampler.finish(&mut out);
    Some(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_becomes_a_question_with_the_turns_sound() {
        let message = |role, content: &str| Message {
            role,
            content: content.to_owned(),
        };
        let messages = [
            message(Role::System, "Be Mara."),
            message(Role::User, "Ann: Hi."),
            message(Role::Assistant, "Hello."),
            message(Role::User, "Ann: So?"),
        ];
        let asked = asked(&messages, Vec::new(), heard(&[0; 1600], Provider::OpenAi));
        assert_eq!(asked.brief.instructions, "Be Mara.");
        let lines: Vec<_> = asked
            .lines
            .iter()
            .map(|line| (line.text.as_str(), line.sound.is_some()))
            .collect();
        assert_eq!(
            lines,
            [("Ann: Hi.", false), ("Hello.", false), ("Ann: So?", true)]
        );
        // 100 ms, and the rest of a block.
        let samples = asked
            .lines
            .last()
            .and_then(|line| line.sound.as_deref())
            .map(<[i16]>::len);
        assert!(
            samples.is_some_and(|samples| (2400..2880).contains(&samples)),
            "{samples:?}"
        );
    }
}
