//! The characters that are in the room.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio_util::task::AbortOnDropHandle;
use troupe_dialogue::{AgentState, CharacterId};

use super::realtime::Talker;
use crate::link::Connection;
use crate::protocol::CastMember;
use crate::tools::Toolbox;
use crate::voice::{Level, Pace, Player, Sent};

/// One character in the room.
pub(super) struct Actor {
    pub(super) member: CastMember,
    pub(super) connection: Connection,
    pub(super) player: Player,
    /// What it has sent.
    pub(super) sent: Sent,
    /// How fast its voice speaks.
    pub(super) pace: Pace,
    /// How loud its voice is.
    pub(super) level: Level,
    /// What it can have done, if anything.
    pub(super) toolbox: Option<Arc<Toolbox>>,
    /// Its model, if that one hears and speaks by itself.
    pub(super) talker: Option<Arc<Talker>>,
    /// Its model reads what it can know already.
    pub(super) _reading: Option<AbortOnDropHandle<()>>,
}

/// The characters, in the order in which they were added.
#[derive(Default)]
pub(super) struct Cast {
    actors: BTreeMap<CharacterId, Actor>,
    /// The one whose connection hears the people.
    listener: Option<CharacterId>,
}

impl Cast {
    pub(super) fn add(&mut self, id: CharacterId, actor: Actor) {
        self.actors.insert(id, actor);
        self.let_one_listen();
    }

    /// Takes a character out; another one listens if it was the listener. Answers whether it was.
    pub(super) fn remove(&mut self, id: &CharacterId) -> Option<(Actor, bool)> {
        let actor = self.actors.remove(id)?;
        let was_listener = self.listener.as_ref() == Some(id);
        if was_listener {
            self.listener = None;
            self.let_one_listen();
        }
        Some((actor, was_listener))
    }

    pub(super) fn get(&self, id: &CharacterId) -> Option<&Actor> {
        self.actors.get(id)
    }

    pub(super) fn listener(&self) -> Option<&Actor> {
        self.actors.get(self.listener.as_ref()?)
    }

    pub(super) fn is_listener(&self, id: &CharacterId) -> bool {
        self.listener.as_ref() == Some(id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.actors.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&CharacterId, &Actor)> {
        self.actors.iter()
    }

    pub(super) fn show(&self, id: &CharacterId, state: AgentState) {
        if let Some(actor) = self.actors.get(id) {
            actor.connection.show(state);
        }
    }

    pub(super) fn take_all(&mut self) -> Vec<Actor> {
        self.listener = None;
        std::mem::take(&mut self.actors).into_values().collect()
    }

    fn let_one_listen(&mut self) {
        if self.listener.is_none()
            && let Some((id, actor)) = self.actors.first_key_value()
        {
            actor.connection.listen();
            self.listener = Some(id.clone());
        }
    }
}
