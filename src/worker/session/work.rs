//! The work behind one speech: a reply that is written and sound that is made, at the same time.

use std::sync::Arc;

use futures::StreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use troupe_dialogue::{CharacterId, SpeechId};
use troupe_realtime::SPOKEN_RATE_HZ;

use super::Events;
use super::event::Event;
use super::realtime::{self, Failure, Talker, Tap};
use crate::brain::brief::Moment;
use crate::brain::history::History;
use crate::brain::prompt::{Prompter, Situation};
use crate::brain::reply;
use crate::providers::{Capacity, ProviderError, Registry, Usage, Voices};
use crate::tools::ForSpeech;
use crate::voice::{Along, ChunkText, Level, Lexicon, Pace, Sound, Speaker, play_along, synthesize};
use crate::worker::metrics::{Metrics, Role};

/// Chunks that wait for their sound. Full: the rest of the speech is left out, which a reply of at
/// most two minutes never reaches.
const CHUNKS_MAX: usize = 64;

/// One speech in the making; dropping it cancels both.
pub(super) struct Work {
    pub(super) speech: SpeechId,
    pub(super) character: CharacterId,
    /// Chunks given out so far, by number.
    pub(super) chunks: Vec<String>,
    /// Of these, how many have begun to sound.
    pub(super) begun: usize,
    /// Cancelled once it may be heard.
    pub(super) released: CancellationToken,
    /// When the voice got its first chunk, until its first sound is there.
    pub(super) voice_asked: Option<Instant>,
    text: Option<mpsc::Sender<ChunkText>>,
    _writing: AbortOnDropHandle<()>,
    _speaking: AbortOnDropHandle<()>,
}

/// Who speaks, how, and where the sound goes.
pub(super) struct Voice {
    pub(super) registry: Arc<Registry>,
    /// The character's own choice of models.
    pub(super) character: crate::character::Character,
    pub(super) sound: mpsc::Sender<Sound>,
    /// How fast it has spoken so far.
    pub(super) pace: Pace,
    /// How loud it has been so far.
    pub(super) level: Level,
    pub(super) metrics: Metrics,
    pub(super) usage: Usage,
}

impl Work {
    /// Starts both; `writing` is the task that hands in the reply's text. Sound that comes with it, through `along`,
    /// takes the place of a voice.
    pub(super) fn start(
        speech: SpeechId,
        character: CharacterId,
        voice: Voice,
        events: Events,
        along: Option<oneshot::Receiver<mpsc::Receiver<Along>>>,
        writing: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let (text, chunks) = mpsc::channel(CHUNKS_MAX);
        let writing = events.guard("write a reply", writing);
        let speaking = events
            .clone()
            .guard("speak", speak(speech, voice, chunks, along, events));
        Self {
            speech,
            character,
            chunks: Vec::new(),
            begun: 0,
            released: CancellationToken::new(),
            voice_asked: None,
            text: Some(text),
            _writing: writing,
            _speaking: speaking,
        }
    }

    /// Makes sound for the next chunk.
    pub(super) fn synthesize(&mut self, chunk: usize, text: String) {
        if self.chunks.is_empty() {
            self.voice_asked = Some(Instant::now());
        }
        self.chunks.push(text.clone());
        if let Some(sender) = &self.text
            && sender.try_send(ChunkText { chunk, text }).is_err()
        {
            tracing::warn!(
                chunk,
                "queue a chunk: the speech is too long or its voice has failed"
            );
        }
    }

    /// No chunk follows.
    pub(super) fn chunks_done(&mut self) {
        self.text = None;
    }
}

async fn speak(
    speech: SpeechId,
    voice: Voice,
    chunks: mpsc::Receiver<ChunkText>,
    along: Option<oneshot::Receiver<mpsc::Receiver<Along>>>,
    events: Events,
) {
    let Voice {
        registry,
        character,
        sound,
        pace,
        level,
        metrics,
        usage,
    } = voice;
    if let Some(along) = along
        && let Ok(pieces) = along.await
    {
        let report = |voiced| events.send(Event::Voiced(voiced));
        play_along(speech, SPOKEN_RATE_HZ, chunks, pieces, sound, report).await;
        return;
    }
    let tts = match registry.text_to_speech(character.models.tts.as_deref()).await {
        Ok(tts) => tts,
        Err(error) => {
            tracing::error!(%error, "find a voice");
            events.send(Event::ReplyOver { speech, failed: true });
            return;
        }
    };
    let speaker = Speaker {
        lexicon: Lexicon::new(&character.pronunciations),
        voices: Voices::by_provider(character.voices),
        tts: usage.of_speaking(tts),
        language: character.language,
        pace,
        level,
    };
    let report = |voiced| events.send(Event::Voiced(voiced));
    let failed = |error: ProviderError| {
        metrics.failed(Role::Tts);
        tracing::warn!(%error, "speak a chunk");
    };
    synthesize(speech, chunks, speaker, sound, report, failed).await;
}

/// What a reply is made from.
pub(super) struct Question {
    pub(super) registry: Arc<Registry>,
    pub(super) prompter: Arc<Prompter>,
    pub(super) room: super::Scene,
    pub(super) identity: String,
    pub(super) character: crate::character::Character,
    pub(super) others: Vec<crate::character::Character>,
    pub(super) people: Vec<String>,
    pub(super) history: History,
    pub(super) moment: Moment,
    pub(super) tools: Option<Arc<ForSpeech>>,
    pub(super) metrics: Metrics,
    pub(super) usage: Usage,
    /// The character's model, if that one hears and speaks by itself.
    pub(super) talker: Option<Arc<Talker>>,
    /// How the turn sounded that is answered.
    pub(super) turn: Option<Arc<[i16]>>,
}

/// Asks the language model and hands in its text as it comes.
pub(super) async fn write(speech: SpeechId, mut question: Question, tap: Tap, events: Events) {
    let written = match speak_for_itself(speech, &question, tap, &events).await {
        Some(Ok(())) => Ok(()),
        Some(Err(Failure::BrokenOff(detail))) => Err(detail),
        Some(Err(Failure::Silent(detail))) => {
            question.metrics.failed(Role::Llm);
            tracing::warn!(detail, "ask a realtime model: let the others answer");
            write_or_fail(speech, &mut question, &events).await
        }
        None => write_or_fail(speech, &mut question, &events).await,
    };
    let failed = match written {
        Ok(()) => false,
        Err(detail) => {
            question.metrics.failed(Role::Llm);
            tracing::warn!(detail, "write a reply");
            true
        }
    };
    events.send(Event::ReplyOver { speech, failed });
}

/// The answer of a model that hears and speaks by itself, if the character has one. `tap` is used up with it, so that
/// whoever speaks knows whether sound comes.
async fn speak_for_itself(
    speech: SpeechId,
    question: &Question,
    tap: Tap,
    events: &Events,
) -> Option<Result<(), Failure>> {
    let talker = question.talker.clone()?;
    let line = question.in_situation(question.tools.is_some(), |situation| {
        let (prompter, history) = (&question.prompter, &question.history);
        reply::prepare(prompter, situation, history, Capacity::Full, speech.0)
    });
    Some(match line {
        Ok(line) => realtime::answer(speech, &talker, question, &line, tap, events).await,
        Err(error) => Err(Failure::Silent(error.to_string())),
    })
}

impl Question {
    /// Has the character's model read all that it can before it is asked.
    pub(super) async fn read_ahead(&self) -> Result<(), String> {
        let wanted = self.character.models.llm.as_deref();
        let model = self.registry.language_model(wanted).await;
        let model = model.map_err(|error| error.to_string())?;
        let known = self.in_situation(false, |situation| {
            self.prompter.request(situation, &self.history, model.capacity())
        });
        model.read_ahead(known.map_err(|error| error.to_string())?);
        Ok(())
    }

    /// What `of` makes of everything around the character.
    pub(super) fn in_situation<T>(&self, has_tools: bool, of: impl FnOnce(&Situation<'_>) -> T) -> T {
        let cast: Vec<_> = self.others.iter().collect();
        let people: Vec<_> = self.people.iter().map(String::as_str).collect();
        of(&Situation {
            identity: &self.identity,
            character: &self.character,
            cast: &cast,
            people: &people,
            mode: self.room.mode,
            scene: self.room.scene.as_deref(),
            asked_if_ai: false,
            has_tools,
            assignment: self.room.assignment.as_ref(),
            moment: self.moment,
        })
    }
}

async fn write_or_fail(speech: SpeechId, question: &mut Question, events: &Events) -> Result<(), String> {
    let wanted = question.character.models.llm.as_deref();
    let model = question
        .registry
        .language_model(wanted)
        .await
        .map_err(|error| error.to_string())?;
    // A small model calls tools by accident.
    let tools = question
        .tools
        .take()
        .filter(|_| model.capacity() == Capacity::Full);
    let line = question.in_situation(tools.is_some(), |situation| {
        let (prompter, history) = (&question.prompter, &question.history);
        reply::prepare_for(&*model, prompter, situation, history, speech.0)
    });
    let line = line.map_err(|error| error.to_string())?;
    let line = match tools {
        Some(tools) => line.with_tools(tools),
        None => line,
    };
    let mut asked = Some(Instant::now());
    let mut text = reply::speak(question.usage.of_writing(model), line);
    while let Some(delta) = text.next().await {
        let delta = delta.map_err(|error| error.to_string())?;
        if let Some(asked) = asked.take() {
            question.metrics.answered(Role::Llm, asked.elapsed());
        }
        events.send(Event::ReplyText { speech, delta });
    }
    Ok(())
}
