//! Which character takes the next turn.

use crate::id::CharacterId;

/// What the director knows of a character.
#[derive(Debug, Clone, PartialEq)]
pub struct CastMember {
    /// Which character.
    pub id: CharacterId,
    /// What it is called: the name first, then aliases.
    pub names: Vec<String>,
    /// 0.0 speaks only when addressed, 1.0 takes every chance.
    pub talkativeness: f32,
}

/// The characters present, and the order in which they last spoke.
#[derive(Debug, Default)]
pub(crate) struct Director {
    /// Longest silent first.
    cast: Vec<CastMember>,
}

impl Director {
    pub(crate) fn add(&mut self, member: CastMember) {
        self.cast.retain(|known| known.id != member.id);
        // Whoever is new has not spoken: it goes after those who have not either, before the rest.
        self.cast.push(member);
    }

    pub(crate) fn remove(&mut self, id: &CharacterId) {
        self.cast.retain(|member| member.id != *id);
    }

    pub(crate) fn spoke(&mut self, id: &CharacterId) {
        if let Some(at) = self.cast.iter().position(|member| member.id == *id) {
            let member = self.cast.remove(at);
            self.cast.push(member);
        }
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &CastMember> {
        self.cast.iter()
    }

    /// Who answers these words of a person: the one they name, otherwise whoever was silent longest.
    pub(crate) fn answers(&self, words: &str) -> Option<CharacterId> {
        self.named(words, None)
            .or_else(|| self.cast.first().map(|member| member.id.clone()))
    }

    /// Who goes on after `speaker` said `words`, never the same one again.
    pub(crate) fn goes_on(&self, speaker: Option<&CharacterId>, words: &str) -> Option<CharacterId> {
        self.named(words, speaker).or_else(|| {
            self.cast
                .iter()
                .find(|member| Some(&member.id) != speaker)
                .map(|member| member.id.clone())
        })
    }

    /// The character that `words` name first, other than `except`.
    pub(crate) fn named(&self, words: &str, except: Option<&CharacterId>) -> Option<CharacterId> {
        self.cast
            .iter()
            .filter(|member| Some(&member.id) != except)
            .filter_map(|member| Some((named_in(words, &member.names)?, &member.id)))
            .min_by_key(|(at, _)| *at)
            .map(|(_, id)| id.clone())
    }
}

/// Where `words` first mention one of `names` as whole words, case ignored: the index of the word.
///
/// ```
/// use troupe_dialogue::named_in;
/// assert_eq!(named_in("What do you say, Ada?", &["Ada".into()]), Some(4));
/// assert_eq!(named_in("The adage is old.", &["Ada".into()]), None);
/// ```
pub fn named_in(words: &str, names: &[String]) -> Option<usize> {
    let spoken = split(words);
    names
        .iter()
        .filter_map(|name| {
            let name = split(name);
            (!name.is_empty()).then(|| {
                spoken
                    .windows(name.len())
                    .position(|window| window == name.as_slice())
            })?
        })
        .min()
}

fn split(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        // A possessive names its owner: "Ada's" is Ada and s.
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(names: &[&[&str]]) -> Director {
        let mut director = Director::default();
        for names in names {
            director.add(CastMember {
                id: names[0].to_lowercase().as_str().into(),
                names: names.iter().map(|name| (*name).to_owned()).collect(),
                talkativeness: 0.5,
            });
        }
        director
    }

    fn check(director: &Director, words: &str, expect: &str) {
        assert_eq!(director.answers(words), Some(expect.into()), "{words:?}");
    }

    #[test]
    fn whoever_is_named_answers() {
        let director = cast(&[&["Ada"], &["Boris", "Bo"], &["Mary Ann"]]);
        check(&director, "Boris, is it raining?", "boris");
        check(&director, "what about you bo", "boris");
        check(&director, "Ask Mary Ann, not Ada.", "mary ann");
        check(&director, "The ADA thing", "ada");
    }

    #[test]
    fn otherwise_they_take_turns() {
        let mut director = cast(&[&["Ada"], &["Boris"]]);
        check(&director, "Hello?", "ada");
        director.spoke(&"ada".into());
        check(&director, "Hello?", "boris");
        director.spoke(&"boris".into());
        check(&director, "Hello?", "ada");
    }

    #[test]
    fn nobody_answers_itself() {
        let director = cast(&[&["Ada"]]);
        assert_eq!(director.goes_on(Some(&"ada".into()), "I am Ada."), None);
        let director = cast(&[&["Ada"], &["Boris"], &["Cleo"]]);
        assert_eq!(
            director.goes_on(Some(&"ada".into()), "I, Ada, ask Cleo."),
            Some("cleo".into())
        );
    }
}
