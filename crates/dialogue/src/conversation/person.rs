//! What the conversation knows of one person.

use std::time::Duration;

use crate::endpointing::{Evidence, Habits};
use crate::id::{SpeechId, TakeId};
use crate::time::Time;
use crate::tuning::Tuning;

/// Between speech that nobody waits for, voices are looked at so much less often.
const IDLE_PROBE_FACTOR: u32 = 8;

/// One person.
#[derive(Debug, Default)]
pub(super) struct Person {
    /// Since when they are heard.
    pub(super) voice: Option<Time>,
    /// What is heard of them holds no words: nobody waits for its end.
    pub(super) is_noise: bool,
    pub(super) turn: Option<Turn>,
    pub(super) habits: Habits,
    /// Backchannels in a row.
    pub(super) backchannels: u32,
}

/// What a person is saying, or has said and may go on with.
#[derive(Debug)]
pub(super) struct Turn {
    /// The beginning of their first sound.
    pub(super) began: Time,
    /// The end of their last sound.
    pub(super) last_voice: Time,
    /// The transcription that is under way.
    pub(super) take: Option<Take>,
    /// When a transcription is asked for that was put off.
    pub(super) take_at: Option<Time>,
    /// What was last looked at while they spoke.
    pub(super) probed: Option<Time>,
    /// The words, as far as they are known.
    pub(super) words: Option<String>,
    /// When the words last changed.
    pub(super) words_changed: Time,
    /// Whether the words are all that was said.
    pub(super) covers: bool,
    /// The take that was asked for at the current pause.
    pub(super) judged: Option<TakeId>,
    /// What the audio model makes of the current pause.
    pub(super) audio: Option<f32>,
    /// The speech over which it began, until it is decided what it was.
    pub(super) over: Option<SpeechId>,
    /// The words that had been said before, if it began earlier.
    pub(super) before_overlap: Option<String>,
    /// What the transcriber made of the turn when last asked.
    heard: String,
    /// What it had made of it when something said over a speech turned out to be nothing, and what was left of
    /// the turn: it hears all of it again each time.
    resolved: Option<(String, String)>,
    /// Since when it is over, unless the person goes on.
    pub(super) ended: Option<Time>,
    pub(super) takes: u32,
    pub(super) plans: u32,
}

/// A transcription under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Take {
    pub(super) id: TakeId,
    pub(super) asked: Time,
}

impl Turn {
    pub(super) fn new(began: Time, over: Option<SpeechId>) -> Self {
        Self {
            began,
            last_voice: began,
            take: None,
            take_at: None,
            probed: None,
            words: None,
            words_changed: began,
            covers: false,
            judged: None,
            audio: None,
            over,
            before_overlap: None,
            heard: String::new(),
            resolved: None,
            ended: None,
            takes: 0,
            plans: 0,
        }
    }

    /// Takes in what a transcriber makes of all that was said; answers whether it is news.
    pub(super) fn learn(&mut self, now: Time, heard: &str) -> bool {
        let heard = heard.trim();
        if heard.is_empty() {
            return false;
        }
        let words = self.news(heard);
        heard.clone_into(&mut self.heard);
        let is_news = words.is_some();
        if is_news {
            self.words = words;
            self.words_changed = now;
        }
        is_news
    }

    /// The words of the turn by what a transcriber makes of all that was said, unless they are those that are known.
    fn news(&self, heard: &str) -> Option<String> {
        let rest = self
            .resolved
            .as_ref()
            .and_then(|(before, left)| Some((heard.strip_prefix(before.as_str())?.trim(), left)));
        let words = match rest {
            Some((rest, left)) => [left.as_str(), rest].join(" ").trim().to_owned(),
            None => heard.to_owned(),
        };
        Some(words).filter(|words| !words.is_empty() && self.words.as_ref() != Some(words))
    }

    /// What was said over a speech was nothing: the turn is what it was before.
    pub(super) fn restore(&mut self) {
        let left = self.before_overlap.take().unwrap_or_default();
        self.resolved = Some((self.heard.clone(), left.clone()));
        self.words = Some(left).filter(|left| !left.is_empty());
        self.over = None;
    }

    /// Whether all words are there and the turn is not over.
    pub(super) fn is_complete(&self) -> bool {
        self.ended.is_none() && self.covers && self.words.is_some()
    }
}

impl Person {
    /// Whether they are heard, and with more than noise.
    pub(super) fn is_speaking(&self) -> bool {
        self.voice.is_some() && !self.is_noise
    }

    /// Whether what was taken for noise brings words that were not known.
    pub(super) fn speaks_in_noise(&self, heard: &str) -> bool {
        let heard = heard.trim();
        let is_news = || self.turn.as_ref().is_none_or(|turn| turn.news(heard).is_some());
        self.voice.is_some() && self.is_noise && !heard.is_empty() && is_news()
    }

    /// Whether they have said or will say more than the latest transcription can know: they speak, or what they
    /// said up to a pause is asked for later.
    pub(super) fn says_more(&self) -> bool {
        self.is_speaking() || self.turn.as_ref().is_some_and(|turn| turn.take_at.is_some())
    }

    /// Since when they speak, if they do.
    pub(super) fn speaking_since(&self) -> Option<Time> {
        self.voice.filter(|_| !self.is_noise)
    }

    /// Whether they hold the floor or may be about to.
    pub(super) fn holds_floor(&self) -> bool {
        self.is_speaking() || self.turn.as_ref().is_some_and(|turn| turn.ended.is_none())
    }

    /// The words of a turn that is complete but not over, while nothing is heard of the person.
    pub(super) fn paused_words(&self) -> Option<&str> {
        let turn = self
            .turn
            .as_ref()
            .filter(|turn| !self.is_speaking() && turn.is_complete())?;
        turn.words.as_deref()
    }

    /// When the silence so far becomes the end of the turn: not before the words are known.
    pub(super) fn ends_at(&self, answers_question: bool, tuning: &Tuning) -> Option<Time> {
        let words = self.paused_words()?;
        let turn = self.turn.as_ref()?;
        let evidence = Evidence {
            audio: turn.audio,
            words,
            spoken: turn.last_voice.since(turn.began),
            answers_question,
        };
        Some(turn.last_voice + evidence.delay(&self.habits, tuning))
    }

    /// When their voice is looked at although it has not paused.
    pub(super) fn probe_at(&self, is_waited_for: bool, tuning: &Tuning) -> Option<Time> {
        let since = self.speaking_since()?;
        let turn = self.turn.as_ref().filter(|turn| turn.take.is_none())?;
        let every = tuning.probe_every * if is_waited_for { 1 } else { IDLE_PROBE_FACTOR };
        Some(turn.probed.map_or(since, |probed| probed.max(since)) + every)
    }

    /// How long they have been heard.
    pub(super) fn heard_for(&self, now: Time) -> Duration {
        self.voice.map_or(Duration::ZERO, |since| now.since(since))
    }
}
