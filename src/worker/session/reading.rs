//! What is known of a character's next line before anybody asks for it: what it will answer to, and how fast its voice is.

use tokio_util::task::AbortOnDropHandle;
use tracing::warn;
use troupe_dialogue::CharacterId;

use super::Session;
use super::event::Event;
use super::work::Question;
use crate::brain::history::History;
use crate::character::Character;
use crate::link::AGENT_PREFIX;

impl Session {
    /// What a line of `character` is made from that continues `history`; it answers no turn, and has no tools.
    pub(super) fn question(&self, character: Character, history: History) -> Question {
        let id: CharacterId = character.id.as_str().into();
        Question {
            registry: self.shared.registry.clone(),
            prompter: self.shared.prompter.clone(),
            room: self.scene.clone(),
            identity: format!("{AGENT_PREFIX}{id}"),
            others: self
                .cast
                .iter()
                .filter(|(other, _)| **other != id)
                .map(|(_, actor)| actor.member.character.clone())
                .collect(),
            character,
            people: self.people.names().map(str::to_owned).collect(),
            history,
            metrics: self.shared.metrics.clone(),
            usage: self.usage.clone(),
            tools: None,
            moment: self.clock.moment(self.began.elapsed()),
            talker: None,
            turn: None,
        }
    }

    /// Finds out how long the character's voice works on a few words, as soon as it is loaded.
    pub(super) fn know_voice(&self, character: &Character) {
        let (registry, events) = (self.shared.registry.clone(), self.events.clone());
        let (id, wanted) = (
            CharacterId::from(character.id.as_str()),
            character.models.tts.clone(),
        );
        self.events
            .guard("know a voice", async move {
                // Whoever asks it to speak is told why it can't.
                if let Ok(voice) = registry.text_to_speech(wanted.as_deref()).await {
                    let clause = voice.abilities().clause;
                    events.send(Event::VoiceKnown {
                        character: id,
                        clause,
                    });
                }
            })
            .detach();
    }

    /// Has the character's model read what its first prompt will begin with: the first answer need not wait for that.
    pub(super) fn read_ahead(&self, character: &Character) -> AbortOnDropHandle<()> {
        let question = self.question(character.clone(), self.history.clone());
        let room = self.room_id.clone();
        self.events.guard("read a prompt ahead", async move {
            if let Err(error) = question.read_ahead().await {
                warn!(room, error, "read a prompt ahead");
            }
        })
    }
}
