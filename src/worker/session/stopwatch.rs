//! How long people wait: from what happens, and when, to the delays that are published.

use std::time::Duration;

use troupe_dialogue::Time;

/// A silence longer than this was no wait for an answer.
const WAIT_MAX: Duration = Duration::from_secs(15);

/// Knows when somebody was heard last. Times are those of the core.
#[derive(Debug, Default)]
pub(super) struct Stopwatch {
    /// The end of the last sound of anybody, while nobody speaks.
    quiet_since: Option<Time>,
    /// When the person who speaks now began.
    spoken_since: Option<Time>,
}

impl Stopwatch {
    /// A person's voice began.
    pub(super) fn voice_started(&mut self, since: Time) {
        self.quiet_since = None;
        self.spoken_since.get_or_insert(since);
    }

    /// A person's voice paused; their last sound was then.
    pub(super) fn voice_paused(&mut self, last_voice: Time) {
        self.quiet_since = Some(last_voice);
        self.spoken_since = None;
    }

    /// The turn is over and its answer may be heard: how long after the last sound.
    pub(super) fn answer_released(&self, now: Time) -> Option<Duration> {
        self.waited(now)
    }

    /// A character's first sound: how long after the last sound of others.
    pub(super) fn speech_began(&mut self, now: Time) -> Option<Duration> {
        let waited = self.waited(now);
        self.quiet_since = None;
        waited
    }

    /// A character has ended by itself.
    pub(super) fn speech_ended(&mut self, now: Time) {
        if self.spoken_since.is_none() {
            self.quiet_since = Some(now);
        }
    }

    /// A character was stopped: how long after the person began who is heard now.
    pub(super) fn speech_cut(&self, now: Time) -> Option<Duration> {
        self.spoken_since.map(|since| span(since, now))
    }

    fn waited(&self, now: Time) -> Option<Duration> {
        self.quiet_since
            .map(|since| span(since, now))
            .filter(|waited| *waited <= WAIT_MAX)
    }
}

fn span(from: Time, to: Time) -> Duration {
    to.since_start().saturating_sub(from.since_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> Time {
        Time::after_start(Duration::from_millis(ms))
    }

    fn ms(span: Option<Duration>) -> Option<u128> {
        span.map(|span| span.as_millis())
    }

    #[test]
    fn an_answer_is_timed_from_the_last_sound() {
        let mut watch = Stopwatch::default();
        watch.voice_started(at(1_000));
        watch.voice_paused(at(2_000));
        assert_eq!(ms(watch.answer_released(at(2_300))), Some(300));
        assert_eq!(ms(watch.speech_began(at(2_700))), Some(700));
        assert_eq!(watch.speech_began(at(3_000)), None, "the next chunk is no answer");
    }

    #[test]
    fn a_character_answers_a_character() {
        let mut watch = Stopwatch::default();
        watch.speech_ended(at(5_000));
        assert_eq!(ms(watch.speech_began(at(5_400))), Some(400));
    }

    #[test]
    fn who_speaks_again_is_not_waiting() {
        let mut watch = Stopwatch::default();
        watch.voice_paused(at(1_000));
        watch.voice_started(at(1_500));
        assert_eq!(watch.speech_began(at(1_600)), None);
        assert_eq!(ms(watch.speech_cut(at(1_700))), Some(200));
    }

    #[test]
    fn a_long_silence_is_no_wait() {
        let mut watch = Stopwatch::default();
        watch.voice_paused(at(1_000));
        assert_eq!(watch.speech_began(at(60_000)), None);
    }
}
