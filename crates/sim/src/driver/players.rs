//! The players of the characters: sound that comes, runs dry and is cut, and what they report.

use std::time::Duration;

use troupe_dialogue::{Input, Sounding, SpeechId};

use super::{Driver, Event};
use crate::checker::NOISE_MS_MIN;
use crate::player::Playing;

/// Time for timers and for the ears, ms.
const CUT_SLACK_MS: u64 = 60;
/// Backchannels in a row for which a person's voice is heeded later.
const BACKCHANNELS_MAX: u32 = 3;

impl Driver {
    pub(super) fn made(&mut self, speech: SpeechId, chunk: usize, ready_ms: u64, is_complete: bool) {
        let Some(playing) = self.playing.get_mut(&speech) else {
            return;
        };
        let mut ends = None;
        if let Some(sound) = playing.chunks.get_mut(chunk) {
            sound.ready_ms = ready_ms;
            sound.is_complete = is_complete;
            ends = (is_complete && ready_ms > 0).then(|| sound.word_ends_ms.clone());
        }
        self.hand_in(Input::ChunkAudio {
            speech,
            chunk,
            duration: Duration::from_millis(ready_ms),
            complete: is_complete,
        });
        if let Some(ends) = ends.filter(|_| self.options.word_times) {
            let sounding = Sounding::WordEnds(ends.into_iter().map(Duration::from_millis).collect());
            self.hand_in(Input::ChunkSounding {
                speech,
                chunk,
                sounding,
            });
        }
        self.end_if_complete(speech);
        self.update(speech);
    }

    pub(super) fn end_if_complete(&mut self, speech: SpeechId) {
        if let Some(playing) = self.playing.get_mut(&speech)
            && playing.is_complete()
        {
            playing.is_ended = true;
        }
        self.update(speech);
    }

    /// An order changes a player.
    pub(super) fn with(&mut self, speech: SpeechId, change: impl FnOnce(&mut Playing)) {
        if let Some(playing) = self.playing.get_mut(&speech) {
            // What was heard so far counts as things stood.
            playing.update(self.now_ms);
            change(playing);
        }
        self.update(speech);
    }

    /// Starts or stops a player's sound as things stand.
    pub(super) fn update(&mut self, speech: SpeechId) {
        let now_ms = self.now_ms;
        let Some(playing) = self.playing.get_mut(&speech) else {
            return;
        };
        let Some(dry) = playing.update(now_ms) else {
            let is_finished = playing.is_finished(now_ms);
            self.checker.is_silent(speech);
            if is_finished {
                self.finish(speech);
            }
            return;
        };
        let (run, begins) = (playing.run, playing.sounding_since_ms == Some(now_ms));
        let is_first = !std::mem::replace(&mut playing.has_started, true);
        self.queue.at(dry, Event::Dry(speech, run));
        if begins {
            self.checker.sounds(speech);
            for index in 0..self.humans.len() {
                self.watch(index, speech);
            }
        }
        if is_first {
            self.later(
                self.options.report_ms,
                Event::In(Input::PlayoutStarted { speech }),
            );
        }
    }

    /// Somebody speaks while this speech is heard: it must be silent soon.
    pub(super) fn watch(&mut self, index: usize, speech: SpeechId) {
        let tuning = &self.options.tuning;
        let pause = tuning.overlap_pause + tuning.overlap_pause_step * BACKCHANNELS_MAX;
        let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let bound_ms = pause_ms + self.options.order_ms + 2 * self.options.report_ms + CUT_SLACK_MS;
        let human = &self.humans[index];
        let known_for = human.known_voice_ms.map(|since| self.now_ms - since);
        // Longer ones may be noise by then.
        if known_for.is_some_and(|known_for| known_for + bound_ms < NOISE_MS_MIN) {
            let check = Event::CheckCut(index, human.voices, speech, self.now_ms);
            self.later(bound_ms, check);
        }
    }

    /// A cut is bounded: who speaks over a speech for so long has silenced it.
    pub(super) fn check_cut(&mut self, index: usize, voice: u64, speech: SpeechId, since_ms: u64) {
        let human = &self.humans[index];
        let goes_on = human.voices == voice && human.known_voice_ms.is_some();
        let playing = self.playing.get(&speech);
        let sounding = playing.and_then(|playing| playing.sounding_since_ms);
        if goes_on && sounding.is_some_and(|sounding| sounding <= since_ms) {
            self.checker
                .fail(format!("{} speaks over {speech:?} and is not heeded", human.id));
        }
    }

    fn finish(&mut self, speech: SpeechId) {
        let Some(playing) = self.playing.remove(&speech) else {
            return;
        };
        self.finished = Some(speech);
        self.over.insert(speech, (playing, Duration::MAX));
        let report = Event::Over(speech, Input::PlayoutFinished { speech });
        self.later(self.options.report_ms, report);
    }

    /// A cut takes effect.
    pub(super) fn stopped(&mut self, speech: SpeechId) {
        self.checker.is_silent(speech);
        if self.dead.remove(&speech) {
            return;
        }
        let mut heard = Duration::ZERO;
        if let Some(playing) = self.playing.remove(&speech) {
            heard = playing.heard(self.now_ms);
            self.over.insert(speech, (playing, heard));
        }
        let report = Event::Over(speech, Input::PlayoutStopped { speech, heard });
        self.later(self.options.report_ms, report);
    }

    /// A player has reported that a speech is over.
    pub(super) fn is_over(&mut self, speech: SpeechId, report: Input) {
        let lines = self.hand_in(report);
        if let Some((playing, heard)) = self.over.remove(&speech)
            && playing.has_started
        {
            let heard = playing.words_heard(heard, self.options.word_times);
            self.checker
                .was_heard(speech, &heard, lines.first().map(String::as_str));
        }
    }

    /// A speech is thrown away.
    pub(super) fn discarded(&mut self, speech: SpeechId) {
        self.checker.is_silent(speech);
        if let Some(playing) = self.playing.remove(&speech) {
            let heard = playing.words_heard(playing.heard(self.now_ms), true);
            self.checker.was_discarded(speech, &heard);
        }
    }

    /// The player of a character is gone, with what it played.
    pub(super) fn player_dies(&mut self, index: usize) {
        let id = Self::id_of(index);
        let speeches = self.playing.iter();
        let of_it: Vec<SpeechId> = speeches
            .filter(|(_, playing)| playing.character == id)
            .map(|(speech, _)| *speech)
            .collect();
        for speech in of_it {
            self.playing.remove(&speech);
            self.checker.is_silent(speech);
            self.dead.insert(speech);
        }
    }
}
