//! The work behind one speech: a reply that is written and sound that is made, at the same time.

use std::sync::Arc;

use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use troupe_dialogue::{CharacterId, SpeechId};

use super::Events;
use super::event::Event;
use crate::brain::brief::{Brief, Moment};
use crate::brain::history::History;
use crate::brain::prompt::{Prompter, Situation};
use crate::brain::reply;
use crate::providers::{Capacity, ProviderError, Registry, Usage, Voices};
use crate::tools::ForSpeech;
use crate::voice::{ChunkText, Level, Lexicon, Pace, Sound, Speaker, synthesize};
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
    /// Counts what is spoken.
    usage: Usage,
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
    /// Starts both; `writing` is the task that hands in the reply's text.
    pub(super) fn start(
        speech: SpeechId,
        character: CharacterId,
        voice: Voice,
        events: Events,
        writing: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let (text, chunks) = mpsc::channel(CHUNKS_MAX);
        let usage = voice.usage.clone();
        let writing = events.guard("write a reply", writing);
        let speaking = events
            .clone()
            .guard("speak", speak(speech, voice, chunks, events));
        Self {
            speech,
            character,
            chunks: Vec::new(),
            begun: 0,
            released: CancellationToken::new(),
            usage,
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
        self.usage.spoke(&text);
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

async fn speak(speech: SpeechId, voice: Voice, chunks: mpsc::Receiver<ChunkText>, events: Events) {
    let Voice {
        registry,
        character,
        sound,
        pace,
        level,
        metrics,
        usage: _,
    } = voice;
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
        tts,
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
    pub(super) tools: Option<ForSpeech>,
    pub(super) metrics: Metrics,
}

/// Asks the language model and hands in its text as it comes.
pub(super) async fn write(speech: SpeechId, mut question: Question, events: Events) {
    let failed = match write_or_fail(speech, &mut question, &events).await {
        Ok(()) => false,
        Err(detail) => {
            question.metrics.failed(Role::Llm);
            tracing::warn!(detail, "write a reply");
            true
        }
    };
    events.send(Event::ReplyOver { speech, failed });
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
    let others: Vec<_> = question.others.iter().collect();
    let people: Vec<_> = question.people.iter().map(String::as_str).collect();
    let situation = Situation {
        identity: &question.identity,
        character: &question.character,
        cast: &others,
        people: &people,
        mode: question.room.mode,
        scene: question.room.scene.as_deref(),
        asked_if_ai: false,
        has_tools: tools.is_some(),
        brief: question.room.assignment.as_ref().map(|assignment| Brief {
            assignment,
            moment: question.moment,
        }),
    };
    let line = reply::prepare_for(
        &*model,
        &question.prompter,
        &situation,
        &question.history,
        speech.0,
    )
    .map_err(|error| error.to_string())?;
    let line = match tools {
        Some(tools) => line.with_tools(Arc::new(tools)),
        None => line,
    };
    let mut asked = Some(Instant::now());
    let mut text = reply::speak(model, line);
    while let Some(delta) = text.next().await {
        let delta = delta.map_err(|error| error.to_string())?;
        if let Some(asked) = asked.take() {
            question.metrics.answered(Role::Llm, asked.elapsed());
        }
        events.send(Event::ReplyText { speech, delta });
    }
    Ok(())
}
