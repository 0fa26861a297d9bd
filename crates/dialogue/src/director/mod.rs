//! Which character takes the next turn.
//!
//! Names are decided by the words; the rest by policy: whoever was asked or has just spoken takes a follow-up,
//! otherwise whoever was silent longest, by talkativeness. People who speak with each other are left alone.

mod address;
mod cast;
mod choice;
mod names;
mod sound;
mod spelling;

use std::collections::BTreeMap;

pub use cast::{CastMember, SceneRole};
pub use names::named_in;
pub use spelling::spelled;

use crate::id::{CharacterId, PersonId};
use crate::time::Time;
use crate::tuning::{Overrides, Tuning};
use address::Address;
use choice::Chance;

/// Who answers a person's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answers {
    /// These, in order.
    Characters(Vec<CharacterId>),
    /// Nobody: the words are for another person.
    AnotherPerson,
    /// Nobody is there.
    Nobody,
}

/// Two people who speak with each other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SideTalk {
    between: [PersonId; 2],
    until: Time,
}

/// The characters present, the order in which they last spoke, and who speaks with whom.
#[derive(Debug, Clone)]
pub(crate) struct Director {
    /// Longest silent first.
    cast: Vec<CastMember>,
    people: BTreeMap<PersonId, Vec<String>>,
    /// The character whose line was the last one heard.
    last: Option<CharacterId>,
    side_talk: Option<SideTalk>,
    chance: Chance,
}

impl Director {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            cast: Vec::new(),
            people: BTreeMap::new(),
            last: None,
            side_talk: None,
            chance: Chance::from_seed(seed),
        }
    }

    pub(crate) fn add(&mut self, member: CastMember) {
        self.cast.retain(|known| known.id != member.id);
        // Whoever is new has not spoken: it goes after those who have not either, before the rest.
        self.cast.push(member);
    }

    /// Whoever is not there has no thresholds.
    pub(crate) fn tune(&mut self, id: &CharacterId, tuning: Overrides) {
        if let Some(member) = self.cast.iter_mut().find(|member| member.id == *id) {
            member.tuning.extend(tuning);
        }
    }

    pub(crate) fn remove(&mut self, id: &CharacterId) {
        self.cast.retain(|member| member.id != *id);
        self.last.take_if(|last| last == id);
    }

    pub(crate) fn add_person(&mut self, person: PersonId, names: Vec<String>) {
        self.people.insert(person, names);
    }

    pub(crate) fn remove_person(&mut self, person: &PersonId) {
        self.people.remove(person);
        self.side_talk.take_if(|talk| talk.between.contains(person));
    }

    pub(crate) fn spoke(&mut self, id: &CharacterId) {
        if let Some(at) = self.cast.iter().position(|member| member.id == *id) {
            let member = self.cast.remove(at);
            self.cast.push(member);
            self.last = Some(id.clone());
        }
    }

    pub(crate) fn member(&self, id: &CharacterId) -> Option<&CastMember> {
        self.cast.iter().find(|member| member.id == *id)
    }

    pub(crate) fn has_people(&self) -> bool {
        !self.people.is_empty()
    }

    /// Whether somebody else than `speaker` is there.
    pub(crate) fn has_other_than(&self, speaker: &CharacterId) -> bool {
        self.cast.iter().any(|member| member.id != *speaker)
    }

    /// Who answers these words of a person, as far as that is known now; nothing is remembered.
    pub(crate) fn would_answer(&self, now: Time, person: &PersonId, words: &str) -> Answers {
        self.clone().answers(now, person, words, &Tuning::default())
    }

    /// Who answers these words of a person.
    pub(crate) fn answers(&mut self, now: Time, person: &PersonId, words: &str, tuning: &Tuning) -> Answers {
        if self.cast.is_empty() {
            return Answers::Nobody;
        }
        let address = self.address(words, None);
        if matches!(address, Address::FollowUp | Address::Open)
            && self.is_between_people(now, person, words, tuning)
        {
            return Answers::AnotherPerson;
        }
        // Whoever speaks to a character has done with the person they spoke with.
        self.side_talk.take_if(|talk| talk.between.contains(person));
        Answers::Characters(match address {
            Address::Called(ids) => ids,
            Address::Mentioned(id) => vec![id],
            Address::Everyone => self.cast.iter().map(|member| member.id.clone()).collect(),
            Address::FollowUp if self.last.is_some() => self.last.iter().cloned().collect(),
            Address::FollowUp | Address::Open => self.next(None).into_iter().collect(),
        })
    }

    /// Whether words are for another person and no character.
    pub(crate) fn is_to_a_person(&self, person: &PersonId, words: &str) -> bool {
        matches!(self.address(words, None), Address::FollowUp | Address::Open)
            && self.person_called(person, words).is_some()
    }

    fn is_between_people(&mut self, now: Time, person: &PersonId, words: &str, tuning: &Tuning) -> bool {
        let called = self.person_called(person, words);
        let current = self
            .side_talk
            .take_if(|talk| talk.between.contains(person) && talk.until > now);
        let between = match (called, current) {
            (Some(other), _) => [person.clone(), other],
            (None, Some(current)) => current.between,
            (None, None) => return false,
        };
        self.side_talk = Some(SideTalk {
            between,
            until: now + tuning.side_talk,
        });
        true
    }

    fn person_called(&self, person: &PersonId, words: &str) -> Option<PersonId> {
        let others = self.people.iter().filter(|(other, _)| *other != person);
        match address::of(words, others.map(|(id, names)| (id, names.as_slice()))) {
            Address::Called(called) => called.into_iter().next(),
            _ => None,
        }
    }

    /// Who goes on after `speaker` said `words`, never the same one again.
    pub(crate) fn goes_on(&mut self, speaker: Option<&CharacterId>, words: &str) -> Option<CharacterId> {
        self.named(words, speaker).or_else(|| self.next(speaker))
    }

    /// Who opens a scene, or a talk that fell silent.
    pub(crate) fn opens(&mut self) -> Option<CharacterId> {
        let lead = self.cast.iter().find(|member| member.role == SceneRole::Lead);
        let lead = lead.map(|member| member.id.clone());
        lead.or_else(|| self.last.clone()).or_else(|| self.next(None))
    }

    /// The character that `words` name first, other than `except`.
    pub(crate) fn named(&self, words: &str, except: Option<&CharacterId>) -> Option<CharacterId> {
        match self.address(words, except) {
            Address::Called(ids) => ids.into_iter().next(),
            Address::Mentioned(id) => Some(id),
            _ => None,
        }
    }

    fn address(&self, words: &str, except: Option<&CharacterId>) -> Address<CharacterId> {
        let candidates = self.cast.iter().filter(|member| Some(&member.id) != except);
        address::of(
            words,
            candidates.map(|member| (&member.id, member.names.as_slice())),
        )
    }

    /// The longest silent one that takes the chance, measured against the most talkative; failing all, the
    /// lead or the longest silent.
    fn next(&mut self, except: Option<&CharacterId>) -> Option<CharacterId> {
        let cast = || self.cast.iter().filter(|member| Some(&member.id) != except);
        let most = cast().map(|member| member.talkativeness).fold(0.0, f32::max);
        let mut chosen = None;
        for member in cast() {
            if chosen.is_none() && most > 0.0 && self.chance.happens(member.talkativeness / most) {
                chosen = Some(member);
            }
        }
        let lead = || cast().find(|member| member.role == SceneRole::Lead);
        chosen
            .or_else(lead)
            .or_else(|| cast().next())
            .map(|member| member.id.clone())
    }
}

#[cfg(test)]
mod tests;
