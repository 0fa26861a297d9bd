//! A stage: Ann and Ben, some characters, and time.

use std::time::Duration;

use troupe_dialogue::{
    CastMember, Conversation, Cue, Input, Line, Mode, Output, PersonId, Speaker, SpeechId, TakeId, Time,
    Tuning, Wake,
};

pub(crate) struct Stage {
    pub(crate) conversation: Conversation,
    /// What the last input brought.
    pub(crate) outputs: Vec<Output>,
}

pub(crate) fn at(ms: u64) -> Time {
    Time::after_start(Duration::from_millis(ms))
}

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(crate) fn ann() -> PersonId {
    "ann".into()
}

pub(crate) fn ben() -> PersonId {
    "ben".into()
}

pub(crate) fn pair(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

impl Stage {
    pub(crate) fn with_cast(names: &[&str]) -> Self {
        Self::with_mode(Mode::Freeform, names)
    }

    pub(crate) fn with_mode(mode: Mode, names: &[&str]) -> Self {
        let mut stage = Self {
            conversation: Conversation::new(mode, Tuning::default(), 1),
            outputs: Vec::new(),
        };
        for name in names {
            let id = name.to_lowercase().as_str().into();
            let member = CastMember::new(id, vec![(*name).to_owned()], 0.5);
            stage.hand_in(0, Input::CharacterJoined(member));
        }
        for (person, name) in [(ann(), "Ann"), (ben(), "Ben")] {
            let names = vec![name.to_owned()];
            stage.hand_in(0, Input::PersonJoined { person, names });
        }
        stage
    }

    pub(crate) fn hand_in(&mut self, ms: u64, input: Input) -> &mut Self {
        self.conversation.handle_input(at(ms), input);
        self.outputs = std::iter::from_fn(|| self.conversation.poll_output()).collect();
        self
    }

    /// Lets the next timer ring, which must be this one; answers when.
    pub(crate) fn ring(&mut self, wake: Wake) -> u64 {
        let (time, why) = self.conversation.poll_timeout().unwrap();
        assert_eq!(why, wake);
        let ms = u64::try_from(time.since_start().as_micros().div_ceil(1000)).unwrap();
        self.hand_in(ms, Input::Wake);
        ms
    }

    pub(crate) fn find<T>(&self, pick: impl Fn(&Output) -> Option<T>) -> T {
        let found = self.outputs.iter().find_map(pick);
        found.unwrap_or_else(|| panic!("it isn't there: {:?}", self.outputs))
    }

    pub(crate) fn take(&self) -> TakeId {
        self.find(|output| match output {
            Output::Transcribe { take, .. } => Some(*take),
            _ => None,
        })
    }

    pub(crate) fn generated(&self) -> (SpeechId, String, Cue, Vec<Line>) {
        self.find(|output| match output {
            Output::Generate {
                speech,
                character,
                cue,
                pending,
            } => Some((*speech, character.to_string(), *cue, pending.clone())),
            _ => None,
        })
    }

    pub(crate) fn generates(&self) -> bool {
        self.outputs
            .iter()
            .any(|output| matches!(output, Output::Generate { .. }))
    }

    pub(crate) fn entries(&self) -> Vec<(String, String)> {
        let name = |speaker: &Speaker| match speaker {
            Speaker::Person(id) => id.to_string(),
            Speaker::Character(id) => id.to_string(),
        };
        let lines = self.outputs.iter().filter_map(|output| match output {
            Output::Entry(line) => Some((name(&line.speaker), line.text.clone())),
            _ => None,
        });
        lines.collect()
    }

    pub(crate) fn voice(&mut self, person: PersonId, from: u64) -> &mut Self {
        let since = at(from);
        self.hand_in(from, Input::VoiceStarted { person, since })
    }

    pub(crate) fn pause(&mut self, person: PersonId, to: u64) -> &mut Self {
        let last_voice = at(to);
        self.hand_in(to + 100, Input::VoicePaused { person, last_voice })
    }

    /// The words of the take that was just asked for.
    pub(crate) fn tell(&mut self, ms: u64, text: &str) -> &mut Self {
        self.tell_of(ms, self.take(), text)
    }

    /// The words of a take of before.
    pub(crate) fn tell_of(&mut self, ms: u64, take: TakeId, text: &str) -> &mut Self {
        let text = text.to_owned();
        self.hand_in(ms, Input::Transcribed { take, text })
    }

    /// The player has stopped `speech`, of which so much was heard.
    pub(crate) fn stopped(&mut self, ms: u64, speech: SpeechId, heard: Duration) -> &mut Self {
        self.hand_in(ms, Input::PlayoutStopped { speech, heard })
    }

    /// Ann's voice from 2000 to `to`, over a character that pauses for it.
    pub(crate) fn ann_over(&mut self, to: u64) -> &mut Self {
        self.voice(ann(), 2000).ring(Wake::OverlapPause);
        self.pause(ann(), to)
    }

    /// A person says `text` from `from` to `to`; the words are known 150 ms later.
    pub(crate) fn person_says(&mut self, person: PersonId, from: u64, to: u64, text: &str) -> &mut Self {
        self.voice(person.clone(), from).pause(person, to);
        let take = self.take();
        self.hand_in(
            to + 110,
            Input::EndJudged {
                take,
                probability: 0.97,
            },
        );
        self.tell_of(to + 150, take, text)
    }

    pub(crate) fn says(&mut self, from: u64, to: u64, text: &str) -> &mut Self {
        self.person_says(ann(), from, to, text)
    }

    /// Writes and voices all of a speech at `ms`: each chunk takes a second.
    pub(crate) fn make(&mut self, ms: u64, speech: SpeechId, text: &str) {
        let mut chunks = 0;
        let count = |stage: &Self| {
            let made = stage
                .outputs
                .iter()
                .filter(|output| matches!(output, Output::Synthesize { .. }));
            made.count()
        };
        let delta = text.to_owned();
        self.hand_in(ms, Input::ReplyText { speech, delta });
        chunks += count(self);
        self.hand_in(ms, Input::ReplyDone { speech });
        chunks += count(self);
        for chunk in 0..chunks {
            let duration = Duration::from_secs(1);
            self.hand_in(
                ms,
                Input::ChunkAudio {
                    speech,
                    chunk,
                    duration,
                    complete: true,
                },
            );
        }
    }

    /// Ann asks, and Ada's answer of two chunks is heard from 1500 ms on.
    pub(crate) fn ada_answers(&mut self) -> SpeechId {
        self.says(0, 1000, "Ada, how are you?");
        let (speech, ..) = self.generated();
        self.ring(Wake::EndOfTurn);
        self.make(1400, speech, "One two three four five. Six seven eight.");
        self.hand_in(1500, Input::PlayoutStarted { speech });
        speech
    }
}
