//! Every threshold of a conversation, in one place.
//!
//! Durations are in milliseconds. A room takes the defaults with [`Overrides`] of its own, a character may
//! override them again for what it decides itself: how patient it listens, how easily it is interrupted.

mod overrides;
mod table;
mod threshold;

use std::time::Duration;

pub use overrides::Overrides;
use table::thresholds;
use threshold::Value;
pub use threshold::{Threshold, TuningError, Unit};

/// How the room plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Characters answer people and each other.
    #[default]
    Freeform,
    /// Characters play a scene by themselves; people may cut in.
    Scripted,
}

thresholds! {
    /// Shortest silence that ends a turn, however complete it sounds. Larger: every answer comes later.
    end_of_turn_min: Duration = 150.0 in 0.0..=1000.0;
    /// Longest silence that a turn may last, however unfinished it sounds. Larger: unfinished thoughts are
    /// waited for longer.
    end_of_turn_max: Duration = 3000.0 in 300.0..=10000.0;
    /// Log odds of a finished turn from which it ends at the shortest silence. Larger: fewer false
    /// cut-ins, later answers even to what sounds finished.
    patience: f32 = 2.4 in -10.0..=20.0;
    /// Silence that outweighs one unit of log odds, for a speaker of usual pauses. Larger: doubtful ends are
    /// waited for longer; the one knob of the curve that `troupe bench turns` draws.
    doubt: Duration = 200.0 in 20.0..=2000.0;
    /// How much a speaker's own pauses so far stretch or shrink that silence: 0 not at all, 1 in proportion.
    habit_weight: f32 = 0.7 in 0.0..=1.0;
    /// Voice after a pause for this long throws away an answer made in advance. Larger: a cough keeps it, a
    /// continued turn wastes more.
    plan_doubt: Duration = 200.0 in 0.0..=2000.0;
    /// Answers made in advance for one turn. Larger: hesitant speech costs more model time.
    plans_max: u32 = 4.0 in 0.0..=50.0;
    /// Transcriptions of one turn that are asked for at the first pause; later ones wait for `take_later`.
    takes_eager_max: u32 = 12.0 in 1.0..=200.0;
    /// Silence before a transcription once a turn had many. Larger: less work, later answers in long turns.
    take_later: Duration = 400.0 in 0.0..=3000.0;
    /// Time from the end of a turn in which a person who goes on continues the same turn, as long as no answer
    /// is heard. Larger: entries of unanswered turns come later.
    merge_window: Duration = 2000.0 in 0.0..=10000.0;

    /// Voice over a character's speech for this long pauses it. Larger: coughs are not noticed, interruptions
    /// are obeyed later.
    overlap_pause: Duration = 100.0 in 0.0..=1000.0;
    /// Added to `overlap_pause` for each of a person's latest backchannels, up to three. Larger: who often
    /// says "mhm" stops a character less, and later.
    overlap_pause_step: Duration = 120.0 in 0.0..=500.0;
    /// A paused speech goes on after this long in which nobody is heard and no words come. Larger: slow
    /// transcription is waited for, false interruptions take longer.
    false_interruption: Duration = 2000.0 in 200.0..=10000.0;
    /// Voice without a pause over a speech is transcribed at such intervals. Larger: noise holds a character up
    /// longer, less work.
    probe_every: Duration = 900.0 in 200.0..=10000.0;
    /// Voice without any words for this long is noise, and nobody waits for it. Larger: a mumbler is waited for.
    noise_after: Duration = 2500.0 in 500.0..=20000.0;
    /// Words spoken over the last stretch of a character's question are an answer, not a backchannel.
    answer_lead: Duration = 1200.0 in 0.0..=5000.0;

    /// Quiet after a character's speech before another character goes on. Larger: people get in more easily.
    continuation: Duration = 1800.0 in 100.0..=30000.0;
    /// The same when the speech called the other one by name.
    continuation_when_named: Duration = 400.0 in 50.0..=10000.0;
    /// Speeches in a row without a person, after which the characters fall silent.
    character_run_max: u32 = 6.0 in 0.0..=100.0;
    /// The same for a scripted scene.
    scene_run_max: u32 = 60.0 in 1.0..=500.0;
    /// Time from the start of a scripted room to the first line.
    scene_start: Duration = 500.0 in 0.0..=10000.0;
    /// Silence in which a person was expected to speak, after which a character re-opens the talk, once.
    /// Larger: people have longer to think; at the maximum it is practically off.
    reopen_after: Duration = 12000.0 in 1000.0..=3600000.0;
    /// How long two people who speak with each other are left alone after one addressed the other.
    side_talk: Duration = 8000.0 in 0.0..=60000.0;

    /// A reply's first clause that takes longer than this to be written is spoken without its end. Larger: smoother
    /// first sentences of slow models, later answers.
    first_clause: Duration = 300.0 in 0.0..=20000.0;
    /// A reply's first piece sounds at least so long, as far as its letters tell, unless that is all of it. Larger: no gap
    /// after the "Sure," of a voice that takes longer for what follows; later answers.
    first_sound: Duration = 0.0 in 0.0..=5000.0;
    /// What is written of a sentence is spoken without its end when the voice has nothing else to say within this time.
    /// Larger: fewer gaps in the speech of slow models, more sentences in pieces.
    running_dry: Duration = 300.0 in 0.0..=20000.0;

    /// A transcription that takes longer counts as failed.
    words_deadline: Duration = 8000.0 in 500.0..=60000.0;
    /// A released speech without sound for this long counts as failed.
    reply_deadline: Duration = 20000.0 in 1000.0..=120000.0;
    /// A speech that is heard and does not go on for this long is ended where it stands.
    stall_deadline: Duration = 10000.0 in 500.0..=60000.0;
    /// A cut that is not confirmed for this long counts as done.
    stop_deadline: Duration = 1000.0 in 100.0..=10000.0;
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn every_default_lies_within_its_bounds_and_is_what_the_table_says() {
        let tuning = Tuning::default();
        for threshold in Tuning::TABLE {
            assert!(
                (threshold.min..=threshold.max).contains(&threshold.default),
                "{threshold:?}"
            );
            assert_eq!(
                tuning.get(threshold.name),
                Some(threshold.default),
                "{threshold:?}"
            );
            assert!(threshold.why.len() > 20, "{threshold:?}");
        }
    }

    #[test]
    fn a_character_overrides_a_room() {
        let (mut room, mut character) = (Overrides::default(), Overrides::default());
        room.set("patience", 3.0).unwrap();
        room.set("reopen_after", 5000.0).unwrap();
        character.set("patience", 6.0).unwrap();
        let tuning = Tuning::default().with(&room).with(&character);
        assert_eq!(tuning.patience, 6.0);
        assert_eq!(tuning.reopen_after, Duration::from_secs(5));
    }

    #[test]
    fn a_slow_voice_begins_with_more_and_is_asked_for_more_sooner() {
        let mut own = Overrides::default();
        own.set("patience", 3.0).unwrap();
        own.extend(Overrides::of_voice(Duration::from_millis(800)));
        let tuning = Tuning::default().with(&own);
        let ms = Duration::from_millis;
        let slow = [tuning.first_sound, tuning.running_dry, tuning.first_clause];
        assert_eq!(slow, [ms(800), ms(800), ms(0)]);
        assert_eq!(tuning.patience, 3.0);
        assert!(Overrides::of_voice(Duration::ZERO).is_empty());
        let endless = Tuning::default().with(&Overrides::of_voice(Duration::MAX));
        assert_eq!(endless.first_sound, Duration::from_secs(5));
    }

    #[test]
    fn what_is_out_of_bounds_or_unknown_is_refused_by_name() {
        let mut overrides = Overrides::default();
        let error = overrides.set("end_of_turn_min", 5000.0).unwrap_err().to_string();
        assert_eq!(error, "end_of_turn_min is 5000 ms; it must lie within 0 and 1000");
        assert!(overrides.set("end_of_turn_min", f64::NAN).is_err());
        let error = overrides.set("endofturn", 1.0).unwrap_err().to_string();
        assert_eq!(error, "no threshold is called endofturn");
        assert!(overrides.is_empty());
    }
}
