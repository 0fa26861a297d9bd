//! A message and the answers to it.

use tokio::time::{Duration, Instant};

use super::Chat;
use super::director::{self, Plan};
use super::event::{Event, Follower, Missed, Trouble};
use super::memory;
use super::reply::Question;
use crate::brain::history::History;
use crate::character::Character;
use crate::rooms::chat::{Act, Acting, ChatScene};
use crate::rooms::transcript::Entry;
use crate::rooms::wakeups::Topic;
use crate::rooms::{Error, Rooms};

/// Longest time for all answers to one message; who has not begun by then is left out.
const EXCHANGE_WITHIN: Duration = Duration::from_secs(60);
/// Latest messages that are read for the answers.
const TIMELINE_MAX: u32 = 100;

/// What came of a message.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The message itself, kept whatever the models did.
    pub message: Entry,
    /// The answers in the order in which they were given.
    pub replies: Vec<Entry>,
    /// Characters that should have answered and did not.
    pub missed: Vec<Missed>,
}

impl Chat {
    /// Puts a user's message into the room's timeline and lets characters answer, one after the other, each
    /// knowing the answers before its own. Every answer is stored as soon as it is whole.
    ///
    /// # Errors
    /// When the user may not write there, server or room take no more for now, the room is deleted meanwhile, or
    /// the database fails before the message is stored.
    pub async fn exchange(
        &self,
        rooms: &Rooms,
        acting: Acting<'_>,
        content: &str,
        mut follower: Follower,
    ) -> Result<Exchange, Error> {
        // Before standing in line: who may not write takes nobody's place.
        rooms.store.chat_standing(acting).await?.check(Act::Talk)?;
        let _turn = self.floors.enter(acting.room_id).await?;
        let scene = rooms.chat_scene(acting.room_id, TIMELINE_MAX).await?;
        let message = rooms.store.append_chat_message(acting, content).await?;
        rooms.wakeups.wake(&Topic::Room(acting.room_id.to_owned()));
        follower.tell(Event::Message(message.clone()));
        let mut play = Play::new(self, rooms, scene, message, follower);
        play.run().await?;
        Ok(play.exchange)
    }
}

/// An exchange under way.
struct Play<'a> {
    chat: &'a Chat,
    rooms: &'a Rooms,
    description: Option<String>,
    cast: Vec<Character>,
    people: Vec<String>,
    history: History,
    plan: Plan,
    seed: u64,
    ends: Instant,
    follower: Follower,
    exchange: Exchange,
}

impl<'a> Play<'a> {
    fn new(chat: &'a Chat, rooms: &'a Rooms, scene: ChatScene, message: Entry, follower: Follower) -> Self {
        let cast: Vec<Character> = scene.cast.into_iter().filter_map(|seat| seat.character).collect();
        let candidates: Vec<_> = cast
            .iter()
            .map(|character| memory::candidate(character, &scene.timeline))
            .collect();
        let mut timeline = scene.timeline;
        timeline.push(message.clone());
        // Chance is part of the message, so that an exchange can be told again.
        let seed = seed_of(&message.id);
        Self {
            plan: director::plan(&message.content, &candidates, seed),
            chat,
            rooms,
            description: scene.description,
            people: memory::people(&timeline),
            history: memory::history(&timeline),
            cast,
            seed,
            ends: Instant::now() + EXCHANGE_WITHIN,
            follower,
            exchange: Exchange {
                message,
                replies: Vec::new(),
                missed: Vec::new(),
            },
        }
    }

    async fn run(&mut self) -> Result<(), Error> {
        let plan = std::mem::take(&mut self.plan);
        for who in plan.speakers {
            self.ask(who).await?;
        }
        for who in plan.understudies {
            if !self.exchange.replies.is_empty() || self.is_over() {
                break;
            }
            self.ask(who).await?;
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.ends || self.chat.shutdown.is_cancelled()
    }

    /// Lets one character answer.
    ///
    /// # Errors
    /// When the room is gone.
    async fn ask(&mut self, who: usize) -> Result<(), Error> {
        let Some(character) = self.cast.get(who).cloned() else {
            return Ok(());
        };
        if self.is_over() {
            let stopping = self.chat.shutdown.is_cancelled();
            self.miss(
                &character,
                if stopping {
                    Trouble::Stopping
                } else {
                    Trouble::TimedOut
                },
            );
            return Ok(());
        }
        self.follower.tell(Event::Started {
            character_id: character.id.clone(),
            name: character.name.clone(),
        });
        let written = match tokio::time::timeout_at(self.ends, self.write(&character)).await {
            Ok(written) => written,
            Err(_) => Err(Trouble::TimedOut),
        };
        match written {
            Ok(text) => self.keep(&character, &text).await?,
            Err(trouble) => self.miss(&character, trouble),
        }
        Ok(())
    }

    async fn write(&mut self, character: &Character) -> Result<String, Trouble> {
        let others: Vec<&Character> = self
            .cast
            .iter()
            .filter(|other| other.id != character.id)
            .collect();
        let people: Vec<&str> = self.people.iter().map(String::as_str).collect();
        let question = Question {
            character,
            others: &others,
            people: &people,
            scene: self.description.as_deref(),
            history: &self.history,
            seed: self.seed,
        };
        let follower = &mut self.follower;
        let tell = |text| {
            follower.tell(Event::Delta {
                character_id: character.id.clone(),
                text,
            });
        };
        self.chat.write(&question, tell).await
    }

    async fn keep(&mut self, character: &Character, text: &str) -> Result<(), Error> {
        let room_id = self.exchange.message.room_id.clone();
        let stored = self
            .rooms
            .store
            .append_chat_reply(&room_id, &character.id, &character.name, text)
            .await;
        match stored {
            Ok(Some(entry)) => {
                self.rooms.wakeups.wake(&Topic::Room(room_id));
                self.history.push(memory::happening(&entry));
                self.follower.tell(Event::Replied(entry.clone()));
                self.exchange.replies.push(entry);
                Ok(())
            }
            // It was removed while it wrote.
            Ok(None) => {
                self.miss(character, Trouble::Removed);
                Ok(())
            }
            Err(error @ Error::NotFound(_)) => Err(error),
            Err(error) => {
                // The message itself is kept, and the client has to learn that.
                tracing::error!(%error, room_id, "store a reply");
                self.miss(character, Trouble::Failed);
                Ok(())
            }
        }
    }

    fn miss(&mut self, character: &Character, trouble: Trouble) {
        let missed = Missed {
            character_id: character.id.clone(),
            name: character.name.clone(),
            trouble,
        };
        self.follower.tell(Event::Failed(missed.clone()));
        self.exchange.missed.push(missed);
    }
}

fn seed_of(message_id: &str) -> u64 {
    let hash = blake3::hash(message_id.as_bytes());
    let mut first = [0; 8];
    for (byte, of) in first.iter_mut().zip(hash.as_bytes()) {
        *byte = *of;
    }
    u64::from_le_bytes(first)
}
