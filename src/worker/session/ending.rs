//! The last words of a session: what is being said when it ends is in the timeline too.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use troupe_dialogue::{CharacterId, Input, PersonId};

use super::Session;
use super::event::Event;
use crate::ear::Heard;

/// Time in which the last words have to be made out; what is known by then counts.
const HEARD_OUT_WITHIN: Duration = Duration::from_secs(2);

impl Session {
    /// Cuts what is being said, and enters it: a character's line as far as it was heard, and people's words up
    /// to now.
    pub(super) async fn hear_out(&mut self, inbox: &mut mpsc::Receiver<(Instant, Event)>) {
        let until = Instant::now() + HEARD_OUT_WITHIN;
        // The characters first: without them nobody answers what ends now.
        let cast: Vec<CharacterId> = self.cast.iter().map(|(id, _)| id.clone()).collect();
        for character in cast {
            self.hand_in(Input::CharacterLeft(character));
        }
        // For the core whoever speaks pauses here; their ear still tells what they said.
        for person in self.people.voiced() {
            let last_voice = self.now();
            self.hand_in(Input::VoicePaused { person, last_voice });
        }
        self.drain();
        while (self.work.is_some() || self.conversation.words_awaited() > 0) && Instant::now() < until {
            let wake = self.conversation_wake().map_or(until, |wake| wake.min(until));
            tokio::select! {
                event = inbox.recv() => match event {
                    Some((_, event)) if tells_of_words(&event) => {
                        self.perceive(event);
                    }
                    Some(_) => {}
                    None => break,
                },
                () = tokio::time::sleep_until(wake) => self.hand_in(Input::Wake),
            }
            self.drain();
        }
        let people: Vec<PersonId> = self.people.ids().cloned().collect();
        for person in people {
            self.hand_in(Input::PersonLeft { person });
        }
        self.drain();
    }
}

/// Whether an event says what was said; whoever comes, and whatever begins, comes too late.
fn tells_of_words(event: &Event) -> bool {
    matches!(
        event,
        Event::Transcribed { .. }
            | Event::Voiced(_)
            | Event::Heard {
                heard: Heard::Paused { .. } | Heard::Probed { .. },
                ..
            }
    )
}
