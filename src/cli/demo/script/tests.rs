use super::{Happened, Script, Step, Stretch, Voice};

const ADA: usize = 0;
const BEN: usize = 1;

/// Drives a script and collects its steps.
struct Run {
    script: Script,
    steps: Vec<Step>,
}

impl Run {
    fn new(recordings: usize, turns: u32) -> Self {
        let mut run = Self {
            script: Script::new(2, recordings, turns),
            steps: Vec::new(),
        };
        run.at(100, Happened::Joined(ADA));
        run.at(200, Happened::Joined(BEN));
        run
    }

    fn at(&mut self, now_ms: u64, what: Happened) {
        self.script.happened(what, now_ms);
        while let Some(step) = self.script.next_step() {
            self.steps.push(step);
        }
    }

    fn heard(&mut self, voice: Voice, from_ms: u64, to_ms: u64) {
        self.at(to_ms, Happened::Heard(voice, Stretch { from_ms, to_ms }));
    }

    fn taken(&mut self) -> Vec<Step> {
        std::mem::take(&mut self.steps)
    }
}

#[test]
fn nothing_is_said_before_all_characters_are_there() {
    let mut script = Script::new(2, 1, 6);
    script.happened(Happened::Joined(BEN), 100);
    assert_eq!(script.next_step(), None);
    script.happened(Happened::Nothing, 20_001);
    assert_eq!(
        script.next_step(),
        Some(Step::Fail("not all characters joined within 20 s".into()))
    );
}

#[test]
fn the_next_recording_waits_for_the_answer_and_the_silence_after_it() {
    let mut run = Run::new(2, 4);
    assert_eq!(run.taken(), [Step::Play(0)]);
    run.heard(Voice::Person, 300, 1000);
    run.at(1500, Happened::RecordingPlayed);
    run.at(1600, Happened::Posted(Voice::Person));
    run.heard(Voice::Character(ADA), 1650, 3000);
    assert_eq!(
        run.taken(),
        [Step::Turn {
            character: ADA,
            first_audio_ms: 650
        }]
    );
    run.at(5000, Happened::Nothing);
    assert_eq!(run.taken(), [], "heard, but its entry is not posted");
    run.heard(Voice::Character(ADA), 1650, 5100);
    run.at(5100, Happened::Posted(Voice::Character(ADA)));
    assert_eq!(run.taken(), [], "its last word was just heard");
    run.at(5800, Happened::Nothing);
    assert_eq!(run.taken(), [Step::Play(1)]);
}

#[test]
fn the_characters_go_on_until_the_turns_are_taken() {
    let mut run = Run::new(1, 4);
    run.heard(Voice::Person, 300, 1000);
    run.at(1000, Happened::RecordingPlayed);
    run.at(1100, Happened::Posted(Voice::Person));
    run.heard(Voice::Character(BEN), 1500, 2000);
    run.at(2000, Happened::Posted(Voice::Character(BEN)));
    run.at(2700, Happened::Nothing);
    run.heard(Voice::Character(ADA), 3000, 4000);
    run.at(4000, Happened::Posted(Voice::Character(ADA)));
    run.at(4100, Happened::Posted(Voice::Character(ADA)));
    assert_eq!(
        run.script.turns(),
        3,
        "two entries in a row of one speaker are one turn"
    );
    run.heard(Voice::Character(BEN), 4500, 5000);
    run.at(5000, Happened::Posted(Voice::Character(BEN)));
    let turns: Vec<Step> = run.taken().split_off(1);
    assert_eq!(
        turns,
        [
            Step::Turn {
                character: BEN,
                first_audio_ms: 500
            },
            Step::Turn {
                character: ADA,
                first_audio_ms: 1000
            },
            Step::Turn {
                character: BEN,
                first_audio_ms: 500
            },
            Step::Finish,
        ]
    );
}

#[test]
fn all_recordings_are_spoken_even_when_fewer_turns_are_wanted() {
    let mut run = Run::new(1, 1);
    run.heard(Voice::Person, 300, 1000);
    run.at(1000, Happened::RecordingPlayed);
    run.at(1100, Happened::Posted(Voice::Person));
    assert_eq!(run.taken(), [Step::Play(0)]);
    run.heard(Voice::Character(ADA), 1500, 2000);
    run.at(2000, Happened::Posted(Voice::Character(ADA)));
    run.at(2700, Happened::Nothing);
    assert_eq!(run.taken().last(), Some(&Step::Finish));
}

#[test]
fn an_answer_in_a_pause_of_the_recording_does_not_count_once_the_person_goes_on() {
    let mut run = Run::new(1, 2);
    run.heard(Voice::Person, 300, 1000);
    run.at(1050, Happened::Posted(Voice::Person));
    run.heard(Voice::Character(ADA), 1400, 1600);
    run.at(1700, Happened::Posted(Voice::Character(ADA)));
    run.heard(Voice::Person, 1700, 3000);
    run.at(3000, Happened::RecordingPlayed);
    run.at(3200, Happened::Posted(Voice::Person));
    run.at(9000, Happened::Nothing);
    assert!(!run.taken().contains(&Step::Finish));
}

#[test]
fn silence_has_an_end() {
    let mut run = Run::new(1, 2);
    run.at(1000, Happened::RecordingPlayed);
    run.at(61_001, Happened::Nothing);
    let failed = run.taken().pop();
    assert!(
        matches!(&failed, Some(Step::Fail(reason)) if reason.contains("no character answered turn 1")),
        "{failed:?}"
    );
}
