//! Conversations as a driver sees them: inputs with times in, outputs out.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use troupe_dialogue::{
    CastMember, Conversation, Input, Line, Mode, Output, PersonId, Speaker, SpeechId, TakeId, Time, Trouble,
    Tuning, Wake,
};

struct Stage {
    conversation: Conversation,
    outputs: Vec<Output>,
}

fn at(ms: u64) -> Time {
    Time::after_start(Duration::from_millis(ms))
}

fn ann() -> PersonId {
    "ann".into()
}

impl Stage {
    fn with_cast(names: &[&str]) -> Self {
        let mut stage = Self {
            conversation: Conversation::new(Mode::Freeform, Tuning::default()),
            outputs: Vec::new(),
        };
        for name in names {
            let id = name.to_lowercase().as_str().into();
            let member = CastMember {
                id,
                names: vec![(*name).to_owned()],
                talkativeness: 0.5,
            };
            stage.hand_in(0, Input::CharacterJoined(member));
        }
        stage.hand_in(0, Input::PersonJoined { person: ann() });
        stage
    }

    fn hand_in(&mut self, ms: u64, input: Input) -> &mut Self {
        self.conversation.handle_input(at(ms), input);
        self.outputs = std::iter::from_fn(|| self.conversation.poll_output()).collect();
        self
    }

    fn take(&self) -> TakeId {
        let found = self.outputs.iter().find_map(|o| {
            if let Output::Transcribe { take, .. } = o {
                Some(*take)
            } else {
                None
            }
        });
        found.unwrap()
    }

    fn generated(&self) -> (SpeechId, String, Vec<Line>) {
        let found = self.outputs.iter().find_map(|o| match o {
            Output::Generate {
                speech,
                character,
                pending,
            } => Some((*speech, character.to_string(), pending.clone())),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("nothing is generated: {:?}", self.outputs))
    }

    fn entries(&self) -> Vec<(String, String)> {
        let name = |speaker: &Speaker| match speaker {
            Speaker::Person(id) => id.to_string(),
            Speaker::Character(id) => id.to_string(),
        };
        let lines = self.outputs.iter().filter_map(|o| {
            if let Output::Entry(line) = o {
                Some(line)
            } else {
                None
            }
        });
        lines
            .map(|line| (name(&line.speaker), line.text.clone()))
            .collect()
    }

    /// Ann says `text` from `from` to `to`; the words are known 250 ms later.
    fn says(&mut self, from: u64, to: u64, text: &str) -> &mut Self {
        self.hand_in(
            from,
            Input::VoiceStarted {
                person: ann(),
                since: at(from),
            },
        );
        self.hand_in(
            to + 200,
            Input::VoicePaused {
                person: ann(),
                last_voice: at(to),
            },
        );
        let take = self.take();
        self.hand_in(
            to + 250,
            Input::Transcribed {
                take,
                text: text.to_owned(),
            },
        )
    }

    /// Ann asks, and Ada's answer is heard from 1500 ms on.
    fn ada_answers(&mut self) -> SpeechId {
        self.says(0, 1000, "Ada, how are you?");
        let (speech, ..) = self.generated();
        let text = "One two three four five. Six seven eight.".to_owned();
        self.hand_in(1400, Input::ReplyText { speech, delta: text });
        self.hand_in(1400, Input::ReplyDone { speech });
        for chunk in 0..2 {
            let duration = Duration::from_millis(1000);
            self.hand_in(
                1450,
                Input::ChunkAudio {
                    speech,
                    chunk,
                    duration,
                    complete: true,
                },
            );
        }
        self.hand_in(1500, Input::PlayoutStarted { speech });
        speech
    }
}

fn pair(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[test]
fn an_answer_is_planned_before_the_turn_is_over_and_released_when_it_is() {
    let mut stage = Stage::with_cast(&["Ada", "Boris"]);
    stage.says(0, 1000, "How are you, Boris?");
    let (speech, character, pending) = stage.generated();
    assert_eq!(character, "boris");
    assert_eq!(
        pending,
        [Line {
            speaker: Speaker::Person(ann()),
            text: "How are you, Boris?".into()
        }]
    );
    assert_eq!(
        stage.conversation.poll_timeout(),
        Some((at(1300), Wake::EndOfTurn))
    );
    stage.hand_in(1300, Input::Wake);
    assert_eq!(stage.entries(), [pair("ann", "How are you, Boris?")]);
    assert!(stage.outputs.contains(&Output::Play { speech }));
}

#[test]
fn an_unfinished_thought_waits_and_its_continuation_is_one_turn() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "My number is four one");
    let (planned, ..) = stage.generated();
    assert_eq!(
        stage.conversation.poll_timeout(),
        Some((at(2100), Wake::EndOfTurn))
    );
    stage.hand_in(
        1800,
        Input::VoiceStarted {
            person: ann(),
            since: at(1750),
        },
    );
    assert!(stage.outputs.contains(&Output::Discard { speech: planned }));
    stage.hand_in(
        2700,
        Input::VoicePaused {
            person: ann(),
            last_voice: at(2500),
        },
    );
    let take = stage.take();
    stage.hand_in(
        2800,
        Input::Transcribed {
            take,
            text: "My number is four one five two.".into(),
        },
    );
    stage.hand_in(2950, Input::Wake);
    assert_eq!(stage.entries(), [pair("ann", "My number is four one five two.")]);
}

#[test]
fn a_voice_over_a_speech_cuts_it_to_what_was_heard() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.hand_in(
        2050,
        Input::VoiceStarted {
            person: ann(),
            since: at(2000),
        },
    );
    assert_eq!(stage.conversation.poll_timeout(), Some((at(2200), Wake::BargeIn)));
    stage.hand_in(2200, Input::Wake);
    assert!(stage.outputs.contains(&Output::Stop { speech }));
    stage.hand_in(
        2210,
        Input::PlayoutStopped {
            speech,
            heard: Duration::from_millis(700),
        },
    );
    assert_eq!(stage.entries(), [pair("ada", "One two three")]);
    stage.says(2210, 2600, "Wait.");
    stage.hand_in(3050, Input::Wake);
    assert_eq!(stage.entries(), [pair("ann", "Wait.")]);
}

#[test]
fn a_sound_without_words_is_no_turn() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 300, " ");
    assert_eq!(stage.outputs, [Output::TurnTaken { person: ann() }]);
    assert_eq!(stage.conversation.poll_timeout(), None);
}

#[test]
fn the_others_go_on_for_a_bounded_run_and_then_fall_silent() {
    let mut stage = Stage::with_cast(&["Ada", "Boris"]);
    let speech = stage.ada_answers();
    let mut now = 4000;
    stage.hand_in(now, Input::PlayoutFinished { speech });
    let mut speakers = vec!["ada".to_owned()];
    while let Some((wake, why)) = stage.conversation.poll_timeout() {
        assert_eq!(why, Wake::Continuation);
        now = u64::try_from(wake.since_start().as_millis()).unwrap();
        let (speech, character, _) = stage.hand_in(now, Input::Wake).generated();
        speakers.push(character);
        stage.hand_in(
            now,
            Input::ReplyText {
                speech,
                delta: "Well.".into(),
            },
        );
        stage.hand_in(now, Input::ReplyDone { speech });
        stage.hand_in(now, Input::PlayoutStarted { speech });
        stage.hand_in(now, Input::PlayoutFinished { speech });
    }
    assert_eq!(speakers, ["ada", "boris", "ada", "boris", "ada", "boris"]);
}

#[test]
fn typed_text_interrupts_and_is_answered() {
    let mut stage = Stage::with_cast(&["Ada", "Boris"]);
    let speech = stage.ada_answers();
    stage.hand_in(
        1600,
        Input::Typed {
            person: ann(),
            text: "Boris, you say it.".into(),
        },
    );
    assert!(stage.outputs.contains(&Output::Stop { speech }));
    stage.hand_in(
        1610,
        Input::PlayoutStopped {
            speech,
            heard: Duration::ZERO,
        },
    );
    assert_eq!(stage.generated().1, "boris");
}

#[test]
fn failures_are_apologised_for_once() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "How are you?");
    let (speech, ..) = stage.generated();
    stage.hand_in(1300, Input::Wake);
    stage.hand_in(1400, Input::ReplyFailed { speech });
    let apology = stage.outputs.iter().find_map(|output| match output {
        Output::Apologise {
            speech,
            trouble: Trouble::NoAnswer,
            ..
        } => Some(*speech),
        _ => None,
    });
    let apology = apology.unwrap();
    assert!(
        stage.outputs.contains(&Output::Play { speech: apology }),
        "the turn was over already"
    );
    stage.hand_in(1500, Input::ReplyFailed { speech: apology });
    assert!(
        !stage
            .outputs
            .iter()
            .any(|output| matches!(output, Output::Apologise { .. }))
    );
}

#[test]
fn nobody_speaks_while_somebody_else_does() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let ben: PersonId = "ben".into();
    stage.hand_in(
        0,
        Input::VoiceStarted {
            person: ben.clone(),
            since: at(0),
        },
    );
    stage.says(0, 1000, "How are you?");
    stage.hand_in(1300, Input::Wake);
    assert_eq!(stage.entries(), [pair("ann", "How are you?")]);
    assert!(
        !stage
            .outputs
            .iter()
            .any(|output| matches!(output, Output::Generate { .. }))
    );
    stage.hand_in(
        2200,
        Input::VoicePaused {
            person: ben,
            last_voice: at(2000),
        },
    );
    let take = stage.take();
    stage.hand_in(
        2300,
        Input::Transcribed {
            take,
            text: String::new(),
        },
    );
    stage.generated();
}
