//! From what happens to turns that are over.

use std::time::Duration;

use troupe_dialogue::{CharacterId, Cue, Fate, SpeechId, TakeId, Time};

use super::{Answer, Kind, Outcome, Stage, Turn, fate_word, span};
use crate::protocol::{TurnCue, TurnEnd};
use crate::providers::spec::Spec;
use crate::traces::TraceName;

/// A silence longer than this was no wait for an answer.
const WAIT_MAX: Duration = Duration::from_secs(15);
/// Stages kept of what people said and of what was made in vain for it, and as many of one speech. Full: what comes
/// later is left out.
const STAGES_MAX: usize = 16;

/// Knows the turn that people have taken, and the one that a character takes.
#[derive(Debug, Default)]
pub(in crate::worker) struct Turns {
    heard: Option<Heard>,
    speech: Option<Speech>,
    /// What was spoken last, until it is an entry.
    spoken: Option<Turn>,
}

/// A turn of people that is not answered yet.
#[derive(Debug)]
struct Heard {
    trace: TraceName,
    /// The end of the last sound.
    last_sound: Time,
    /// The transcription under way, and since when.
    take: Option<(TakeId, Time, Option<Spec>)>,
    /// What was done for it so far, answers that were thrown away included.
    stages: Vec<Stage>,
}

/// A speech that is made or heard.
#[derive(Debug)]
struct Speech {
    id: SpeechId,
    character: CharacterId,
    cue: TurnCue,
    planned: Time,
    /// Which trace it has if it answers nobody.
    trace: TraceName,
    /// The turn that it answers, once its first sound was heard.
    answers: Option<Heard>,
    released: Option<Time>,
    llm: Option<Stage>,
    tts: Option<Stage>,
    heard_since: Option<Time>,
    stages: Vec<Stage>,
}

impl Stage {
    fn begin(kind: Kind, now: Time, model: Option<Spec>) -> Self {
        Self {
            kind,
            began: now,
            ended: now,
            first: None,
            model,
            outcome: Outcome::Done,
        }
    }

    fn end(mut self, now: Time, outcome: Outcome) -> Self {
        self.ended = now;
        self.outcome = outcome;
        self
    }
}

/// Keeps a stage, within bounds.
fn keep(stages: &mut Vec<Stage>, stage: Stage) {
    if stages.len() < STAGES_MAX {
        stages.push(stage);
    }
}

impl Turns {
    /// A person's voice paused; their last sound was then.
    pub(in crate::worker) fn paused(&mut self, last_sound: Time, chance: u128) {
        match &mut self.heard {
            // They went on before anybody had answered: it is one turn.
            Some(heard) if span(heard.last_sound, last_sound) <= WAIT_MAX => heard.last_sound = last_sound,
            heard => {
                *heard = Some(Heard {
                    trace: TraceName::new(chance),
                    last_sound,
                    take: None,
                    stages: Vec::new(),
                });
            }
        }
    }

    /// A transcription began; an older one is no longer wanted.
    pub(in crate::worker) fn transcribing(&mut self, take: TakeId, now: Time, model: Option<Spec>) {
        if let Some(heard) = &mut self.heard {
            if let Some((_, since, model)) = heard.take.take() {
                let stage = Stage::begin(Kind::Stt, since, model).end(now, Outcome::Discarded);
                keep(&mut heard.stages, stage);
            }
            heard.take = Some((take, now, model));
        }
    }

    /// A transcription is over.
    pub(in crate::worker) fn transcribed(&mut self, take: TakeId, now: Time, is_done: bool) {
        if let Some(heard) = &mut self.heard
            && let Some((_, since, model)) = heard.take.take_if(|(asked, ..)| *asked == take)
        {
            let outcome = if is_done { Outcome::Done } else { Outcome::Failed };
            keep(
                &mut heard.stages,
                Stage::begin(Kind::Stt, since, model).end(now, outcome),
            );
        }
    }

    /// A speech is written and spoken from now on.
    pub(in crate::worker) fn planned(
        &mut self,
        id: SpeechId,
        character: CharacterId,
        cue: TurnCue,
        (now, chance): (Time, u128),
        llm: Option<Spec>,
    ) {
        if let Some(before) = self.speech.take() {
            self.put_back(before, now);
        }
        let is_written = cue != TurnCue::Apology;
        self.speech = Some(Speech {
            id,
            character,
            cue,
            planned: now,
            trace: TraceName::new(chance),
            answers: None,
            released: None,
            llm: is_written.then(|| Stage::begin(Kind::Llm, now, llm)),
            tts: None,
            heard_since: None,
            stages: Vec::new(),
        });
    }

    fn speech(&mut self, id: SpeechId) -> Option<&mut Speech> {
        self.speech.as_mut().filter(|speech| speech.id == id)
    }

    /// The language model wrote on.
    pub(in crate::worker) fn wrote(&mut self, id: SpeechId, now: Time) {
        if let Some(llm) = self.speech(id).and_then(|speech| speech.llm.as_mut()) {
            llm.first.get_or_insert(now);
        }
    }

    /// It is done, or has failed.
    pub(in crate::worker) fn written(&mut self, id: SpeechId, now: Time, is_done: bool) {
        if let Some(speech) = self.speech(id)
            && let Some(llm) = speech.llm.take()
        {
            let outcome = if is_done { Outcome::Done } else { Outcome::Failed };
            keep(&mut speech.stages, llm.end(now, outcome));
        }
    }

    /// A tool was used.
    pub(in crate::worker) fn tool_used(&mut self, id: SpeechId, took: Duration, now: Time, is_done: bool) {
        if let Some(speech) = self.speech(id) {
            let began = Time::after_start(now.since_start().saturating_sub(took));
            let outcome = if is_done { Outcome::Done } else { Outcome::Failed };
            keep(
                &mut speech.stages,
                Stage::begin(Kind::Tool, began, None).end(now, outcome),
            );
        }
    }

    /// The voice was asked for a chunk.
    pub(in crate::worker) fn voice_asked(&mut self, id: SpeechId, now: Time, model: Option<Spec>) {
        if let Some(speech) = self.speech(id) {
            speech
                .tts
                .get_or_insert_with(|| Stage::begin(Kind::Tts, now, model));
        }
    }

    /// The voice made sound.
    pub(in crate::worker) fn voiced(&mut self, id: SpeechId, now: Time) {
        if let Some(tts) = self.speech(id).and_then(|speech| speech.tts.as_mut()) {
            tts.first.get_or_insert(now);
            tts.ended = now;
        }
    }

    /// The turn before it is over, and the speech may be heard.
    pub(in crate::worker) fn released(&mut self, id: SpeechId, now: Time) {
        if let Some(speech) = self.speech(id) {
            speech.released.get_or_insert(now);
        }
    }

    /// The first sound of a speech was heard.
    pub(in crate::worker) fn sounded(&mut self, id: SpeechId, now: Time) {
        let Some(speech) = self.speech.as_mut().filter(|speech| speech.id == id) else {
            return;
        };
        if speech.heard_since.is_some() {
            return;
        }
        speech.heard_since = Some(now);
        if matches!(speech.cue, TurnCue::Answer | TurnCue::Apology) {
            speech.answers = self
                .heard
                .take()
                .filter(|heard| span(heard.last_sound, speech.planned) <= WAIT_MAX);
        }
    }

    /// A speech is over; answers its turn. One that nobody heard was none.
    pub(in crate::worker) fn ended(&mut self, id: SpeechId, now: Time, end: TurnEnd) -> Option<&Turn> {
        let speech = self.speech.take_if(|speech| speech.id == id)?;
        if speech.heard_since.is_none() {
            self.put_back(speech, now);
            return None;
        }
        self.spoken = Some(speech.over(now, end));
        self.spoken.as_ref()
    }

    /// A speech was thrown away that nobody heard.
    pub(in crate::worker) fn discarded(&mut self, id: SpeechId, now: Time) {
        if let Some(speech) = self.speech.take_if(|speech| speech.id == id) {
            self.put_back(speech, now);
        }
    }

    /// What was made in vain belongs to the turn that waits on.
    fn put_back(&mut self, speech: Speech, now: Time) {
        if let Some(heard) = &mut self.heard {
            for stage in speech.finished(now, Outcome::Discarded) {
                keep(&mut heard.stages, stage);
            }
        }
    }

    /// What became of people's turn; answers one that nobody answers.
    pub(in crate::worker) fn closed(&mut self, fate: Fate, now: Time) -> Option<Turn> {
        // The answer is a turn of its own; or a later answer is one to this turn as well.
        if matches!(fate, Fate::Answered(_) | Fate::Crowded) {
            return None;
        }
        let heard = self.heard.take()?;
        Some(Turn {
            trace: heard.trace,
            began: heard.last_sound,
            ended: now,
            stages: heard.stages,
            answer: Answer::None(fate_word(fate)),
        })
    }

    /// The turn of the entry that this character has just made.
    pub(in crate::worker) fn of_entry(&mut self, by: &CharacterId) -> Option<Turn> {
        self.spoken
            .take_if(|turn| matches!(&turn.answer, Answer::Spoken { character, .. } if character == by))
    }
}

impl Speech {
    fn over(mut self, now: Time, end: TurnEnd) -> Turn {
        let heard = self.answers.take();
        let (trace, began) = match &heard {
            Some(heard) => (heard.trace, heard.last_sound),
            None => (self.trace, self.planned),
        };
        let (character, cue, released) = (self.character.clone(), self.cue, self.released);
        let mut stages = heard.map_or_else(Vec::new, |heard| heard.stages);
        // What was over before the last sound belongs to words that came before it.
        stages.retain(|stage| stage.ended >= began);
        if let Some(released) = released.filter(|released| *released >= began) {
            stages.push(Stage::begin(Kind::EndOfTurn, began, None).end(released, Outcome::Done));
        }
        let outcome = match end {
            TurnEnd::Whole => Outcome::Done,
            TurnEnd::Cut => Outcome::Cut,
        };
        if let Some(since) = self.heard_since {
            stages.push(Stage::begin(Kind::Playout, since, None).end(now, outcome));
        }
        stages.extend(self.finished(now, outcome));
        stages.sort_by_key(|stage| stage.began.since_start());
        Turn {
            trace,
            began,
            ended: now,
            stages,
            answer: Answer::Spoken {
                character,
                cue,
                end,
                released,
            },
        }
    }

    /// Its stages; the ones under way end now, as `outcome`.
    fn finished(mut self, now: Time, outcome: Outcome) -> Vec<Stage> {
        self.stages.extend(self.llm.map(|llm| llm.end(now, outcome)));
        self.stages.extend(self.tts.map(|tts| {
            let made = tts.ended;
            tts.end(
                made,
                if outcome == Outcome::Discarded {
                    outcome
                } else {
                    Outcome::Done
                },
            )
        }));
        self.stages
    }
}

/// Why a character speaks, as it is told.
pub(in crate::worker) const fn cue_of(cue: Cue) -> TurnCue {
    match cue {
        Cue::Answer => TurnCue::Answer,
        Cue::GoOn => TurnCue::GoOn,
        Cue::OpenScene => TurnCue::OpenScene,
        Cue::Reopen => TurnCue::Reopen,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const ADA: &str = "ada";

    const fn at(ms: u64) -> Time {
        Time::after_start(Duration::from_millis(ms))
    }

    /// A question that is answered, up to the first sound.
    fn answered(turns: &mut Turns) {
        turns.paused(at(1_000), 1);
        turns.transcribing(TakeId(1), at(1_200), None);
        turns.transcribed(TakeId(1), at(1_400), true);
        turns.planned(SpeechId(1), ADA.into(), TurnCue::Answer, (at(1_400), 3), None);
        turns.wrote(SpeechId(1), at(1_600));
        turns.wrote(SpeechId(1), at(1_650));
        turns.voice_asked(SpeechId(1), at(1_700), None);
        turns.released(SpeechId(1), at(1_550));
        turns.voiced(SpeechId(1), at(1_800));
        turns.written(SpeechId(1), at(1_900), true);
        turns.sounded(SpeechId(1), at(1_850));
    }

    #[test]
    fn an_answer_has_every_stage_under_the_trace_of_its_question() {
        let mut turns = Turns::default();
        answered(&mut turns);
        let turn = turns
            .ended(SpeechId(1), at(3_000), TurnEnd::Whole)
            .unwrap()
            .clone();
        assert_eq!(turn.trace, TraceName::new(1));
        assert_eq!((turn.began, turn.ended), (at(1_000), at(3_000)));
        let kinds: Vec<_> = turn
            .stages
            .iter()
            .map(|stage| (stage.kind, stage.began, stage.ended))
            .collect();
        assert_eq!(
            kinds,
            [
                (Kind::EndOfTurn, at(1_000), at(1_550)),
                (Kind::Stt, at(1_200), at(1_400)),
                (Kind::Llm, at(1_400), at(1_900)),
                (Kind::Tts, at(1_700), at(1_800)),
                (Kind::Playout, at(1_850), at(3_000)),
            ]
        );
        assert_eq!(turns.of_entry(&ADA.into()).unwrap(), turn);
        assert!(
            turns.of_entry(&ADA.into()).is_none(),
            "an entry has its turn once"
        );
    }

    #[test]
    fn an_answer_in_vain_is_part_of_the_turn_that_went_on() {
        let mut turns = Turns::default();
        turns.paused(at(1_000), 1);
        turns.planned(SpeechId(1), ADA.into(), TurnCue::Answer, (at(1_100), 3), None);
        turns.discarded(SpeechId(1), at(1_300));
        turns.paused(at(1_250), 5);
        turns.planned(SpeechId(2), ADA.into(), TurnCue::Answer, (at(1_500), 7), None);
        turns.released(SpeechId(2), at(1_600));
        turns.sounded(SpeechId(2), at(1_700));
        let turn = turns.ended(SpeechId(2), at(2_000), TurnEnd::Cut).unwrap();
        assert_eq!((turn.trace, turn.began), (TraceName::new(1), at(1_250)));
        let llm: Vec<_> = turn
            .stages
            .iter()
            .filter(|stage| stage.kind == Kind::Llm)
            .collect();
        assert_eq!(llm[0].outcome, Outcome::Discarded);
        assert_eq!(llm[1].began, at(1_500));
    }

    #[test]
    fn a_character_that_goes_on_has_a_trace_of_its_own() {
        let mut turns = Turns::default();
        answered(&mut turns);
        turns.ended(SpeechId(1), at(3_000), TurnEnd::Whole);
        turns.planned(SpeechId(2), ADA.into(), TurnCue::GoOn, (at(3_100), 9), None);
        turns.sounded(SpeechId(2), at(3_500));
        let turn = turns.ended(SpeechId(2), at(4_000), TurnEnd::Whole).unwrap();
        assert_eq!((turn.trace, turn.began), (TraceName::new(9), at(3_100)));
    }

    #[test]
    fn a_turn_that_nobody_answers_says_why() {
        let mut turns = Turns::default();
        turns.paused(at(1_000), 1);
        turns.transcribing(TakeId(1), at(1_200), None);
        turns.transcribed(TakeId(1), at(1_400), false);
        let turn = turns.closed(Fate::NotUnderstood, at(2_000)).unwrap();
        assert_eq!(turn.answer, Answer::None("not_understood"));
        assert_eq!(turn.stages[0].outcome, Outcome::Failed);
        assert!(turns.closed(Fate::Left, at(2_100)).is_none(), "it was told once");
    }

    #[test]
    fn an_old_sound_is_not_what_is_answered() {
        let mut turns = Turns::default();
        turns.paused(at(1_000), 1);
        turns.planned(SpeechId(1), ADA.into(), TurnCue::Answer, (at(60_000), 3), None);
        turns.sounded(SpeechId(1), at(60_500));
        let turn = turns.ended(SpeechId(1), at(61_000), TurnEnd::Whole).unwrap();
        assert_eq!((turn.trace, turn.began), (TraceName::new(3), at(60_000)));
    }

    #[test]
    fn however_much_was_made_in_vain_a_turn_stays_small() {
        let mut turns = Turns::default();
        turns.paused(at(1_000), 1);
        for id in 0..500 {
            turns.planned(
                SpeechId(id),
                ADA.into(),
                TurnCue::Answer,
                (at(1_000 + id), 3),
                None,
            );
        }
        turns.sounded(SpeechId(499), at(2_000));
        let turn = turns.ended(SpeechId(499), at(2_000), TurnEnd::Whole).unwrap();
        assert!(turn.stages.len() <= 2 * STAGES_MAX + 4);
    }
}
