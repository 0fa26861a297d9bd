//! Captions of people who still speak, where the model that hears takes a turn as a whole and is quick: what was said so
//! far is transcribed again and again. The words of a turn are made of its whole sound as ever.
//!
//! ```text
//! clock ─ due ─▶ ear ─ turn so far ─▶ model ─ words ─▶ captions
//! ```

use std::sync::Arc;
use std::time::Duration;

use troupe_dialogue::{PersonId, spelled};

use super::Session;
use super::event::Event;

/// How long somebody speaks before their words are looked at.
const FIRST_AFTER: Duration = Duration::from_millis(700);
/// Shortest time between two looks.
const EVERY: Duration = Duration::from_millis(500);
/// A look may take one part in so many of the time: the model serves other turns, which are waited for.
const SHARE: u32 = 20;

/// When to look at the words of one person. Pure; times count from the room's start.
#[derive(Debug, Default)]
pub(super) struct Previews {
    state: State,
    /// Counts voices: what comes of an earlier one is no news.
    voice: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nobody speaks.
    #[default]
    Silent,
    /// The next look is at this time.
    Due(Duration),
    /// The ear is asked for the turn so far.
    Asked,
    /// The model is.
    Looking,
    /// This model is not for it.
    Off,
}

impl Previews {
    /// A voice begins.
    pub(super) fn voice_started(&mut self, now: Duration) {
        self.voice += 1;
        self.go(State::Due(now + FIRST_AFTER));
    }

    /// It pauses.
    pub(super) fn voice_paused(&mut self) {
        self.go(State::Silent);
    }

    fn go(&mut self, state: State) {
        if self.state != State::Off {
            self.state = state;
        }
    }

    /// When to look next.
    pub(super) fn next(&self) -> Option<Duration> {
        match self.state {
            State::Due(at) => Some(at),
            _ => None,
        }
    }

    /// Time has passed; whether the ear is to be asked.
    fn wake(&mut self, now: Duration) -> bool {
        let is_due = self.next().is_some_and(|at| at <= now);
        if is_due {
            self.state = State::Asked;
        }
        is_due
    }

    /// The ear has answered; the voice that is to be looked at, if that was asked for.
    pub(super) fn probed(&mut self) -> Option<u64> {
        (self.state == State::Asked).then(|| {
            self.state = State::Looking;
            self.voice
        })
    }

    /// The ear was asked by somebody else, who needs its answer more: later.
    pub(super) fn put_off(&mut self, now: Duration) {
        if self.state == State::Asked {
            self.state = State::Due(now + EVERY);
        }
    }

    /// A look at a voice is over and took so long, or the model is not for it; whether what was seen is news.
    fn looked(&mut self, now: Duration, voice: u64, took: Option<Duration>) -> bool {
        let Some(took) = took else {
            self.state = State::Off;
            return false;
        };
        let is_news = voice == self.voice && self.state == State::Looking;
        if is_news {
            self.state = State::Due(now + EVERY.max(took * SHARE));
        }
        is_news
    }
}

/// What a look saw.
pub(super) struct Preview {
    voice: u64,
    /// How long it took; `None` when the model is too slow or too dear for it.
    took: Option<Duration>,
    words: String,
}

impl Session {
    /// When the words of somebody who speaks are to be looked at.
    pub(super) fn next_preview(&self) -> Option<Duration> {
        self.people
            .iter()
            .filter_map(|person| person.previews.next())
            .min()
    }

    /// Asks the ears of those whose words are due.
    pub(super) fn look_at_words(&mut self) {
        let now = self.began.elapsed();
        for person in self.people.iter_mut() {
            if !person.previews.wake(now) {
                continue;
            }
            // Somebody who is listened to needs no looks.
            match person
                .hears_voice()
                .filter(|hearing| hearing.live.get().is_none())
            {
                Some(hearing) => hearing.ear.probe(),
                None => person.previews.put_off(now),
            }
        }
    }

    /// Has a turn so far transcribed for its caption.
    pub(super) fn preview(&mut self, id: &PersonId, voice: u64, pcm: Arc<[i16]>) {
        let Some(actor) = self.cast.listener() else { return };
        let character = &actor.member.character;
        let (wanted, language) = (character.models.stt.clone(), character.language.clone());
        let (registry, events, person) = (self.shared.registry.clone(), self.events.clone(), id.clone());
        let task = self.events.guard("look at words", async move {
            // Why there is no model is told when words are wanted.
            let Ok(model) = registry.speech_to_text(wanted.as_deref()).await else {
                return;
            };
            let began = tokio::time::Instant::now();
            let words = match model.abilities().is_quick {
                true => model.transcribe(&pcm, &language).await.unwrap_or_default(),
                false => String::new(),
            };
            let took = model.abilities().is_quick.then(|| began.elapsed());
            let seen = Preview { voice, took, words };
            events.send(Event::Previewed { person, seen });
        });
        if let Some(person) = self.people.get_mut(id) {
            person.previewing = Some(task);
        }
    }

    /// Words of somebody who still speaks.
    pub(super) fn previewed(&mut self, id: &PersonId, seen: &Preview) {
        let now = self.began.elapsed();
        let Some(person) = self.people.get_mut(id) else {
            return;
        };
        if person.previews.looked(now, seen.voice, seen.took) {
            // The last word was cut by the moment of the look.
            let settled = seen.words.rsplit_once(' ').map_or("", |(settled, _)| settled);
            if !settled.is_empty() {
                let text = spelled(settled, &self.names());
                self.caption(id, text, false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_voice_is_looked_at_while_it_lasts_and_seldom_by_a_slow_model() {
        let mut previews = Previews::default();
        assert_eq!(previews.next(), None);
        previews.voice_started(ms(1_000));
        assert_eq!(previews.next(), Some(ms(1_700)));
        assert!(!previews.wake(ms(1_699)) && previews.wake(ms(1_700)) && !previews.wake(ms(1_701)));
        assert_eq!(previews.probed(), Some(1));
        assert_eq!(
            previews.probed(),
            None,
            "the next answer of the ear is for somebody else"
        );
        assert!(previews.looked(ms(1_710), 1, Some(ms(10))));
        assert_eq!(previews.next(), Some(ms(2_210)));
        assert!(previews.wake(ms(2_300)) && previews.probed() == Some(1));
        assert!(previews.looked(ms(2_400), 1, Some(ms(100))));
        assert_eq!(previews.next(), Some(ms(4_400)));
        previews.voice_paused();
        assert_eq!(previews.next(), None);
    }

    #[test]
    fn what_comes_of_an_earlier_voice_is_no_news() {
        let mut previews = Previews::default();
        previews.voice_started(ms(0));
        assert!(previews.wake(ms(700)) && previews.probed() == Some(1));
        previews.voice_paused();
        assert!(!previews.looked(ms(750), 1, Some(ms(50))));
        previews.voice_started(ms(900));
        assert!(!previews.looked(ms(950), 1, Some(ms(50))));
        assert_eq!(previews.next(), Some(ms(1_600)));
    }

    #[test]
    fn a_take_comes_first_and_a_model_that_is_not_for_it_is_left_alone() {
        let mut previews = Previews::default();
        previews.voice_started(ms(0));
        assert!(previews.wake(ms(700)));
        previews.put_off(ms(710));
        assert_eq!((previews.probed(), previews.next()), (None, Some(ms(1_210))));
        assert!(previews.wake(ms(1_210)) && previews.probed() == Some(1));
        assert!(!previews.looked(ms(1_220), 1, None));
        previews.voice_started(ms(5_000));
        assert_eq!(previews.next(), None);
    }
}
