//! Which characters answer a message, and in what order. Pure: the same message, cast and seed give the same plan.
//!
//! Those who are called by name answer, and nobody else. Where all are spoken to, all answer. Otherwise whoever is
//! mentioned answers first, and of the rest each joins in as often as it is talkative, less often right after it
//! spoke; if that leaves nobody, the keenest one answers. Who was silent longer tends to go first.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::address;

/// Most characters that answer a message which calls none of them.
const UNCALLED_MAX: usize = 4;
/// Most characters that answer one message.
const SPEAKERS_MAX: usize = 10;
/// Chance of joining in right after having spoken, as a part of the usual one.
const JUST_SPOKE: f32 = 0.5;
/// Lines of silence after which a character is no keener to go first.
const SILENCE_MAX: u32 = 8;

/// What the director knows of a character.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// What it is called: the name first, then aliases.
    pub names: Vec<String>,
    /// 0.0 speaks only when addressed, 1.0 takes every chance.
    pub talkativeness: f32,
    /// Lines since it spoke, 0 when the line before the message was its own; `None` when it has not.
    pub silent: Option<u32>,
}

/// Who answers; numbers are places in the cast.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// These answer, in this order.
    pub speakers: Vec<usize>,
    /// When all speakers fail, these are asked in this order until one answers.
    pub understudies: Vec<usize>,
}

/// Decides who answers `message`. Nobody is left out of both lists.
pub fn plan(message: &str, cast: &[Candidate], seed: u64) -> Plan {
    let mut chance = StdRng::seed_from_u64(seed);
    let names: Vec<&[String]> = cast.iter().map(|one| one.names.as_slice()).collect();
    let reading = address::read(message, &names);
    let keen = keenest_first(cast, &mut chance);
    let mut speakers = if reading.called.is_empty() {
        let mut speakers = reading.mentioned;
        let others = keen.iter().copied().filter(|who| !speakers.contains(who));
        let joining: Vec<usize> = others
            .filter(|&who| reading.everyone || cast.get(who).is_some_and(|one| joins(one, &mut chance)))
            .collect();
        speakers.extend(joining);
        if speakers.is_empty() {
            speakers.extend(fallback(cast, &keen));
        }
        speakers.truncate(if reading.everyone {
            SPEAKERS_MAX
        } else {
            UNCALLED_MAX
        });
        speakers
    } else {
        reading.called
    };
    speakers.truncate(SPEAKERS_MAX);
    Plan {
        understudies: keen.into_iter().filter(|who| !speakers.contains(who)).collect(),
        speakers,
    }
}

/// Whoever answers when nobody would: the keenest that speaks unasked at all.
fn fallback(cast: &[Candidate], keen: &[usize]) -> Option<usize> {
    let unasked = |who: &&usize| cast.get(**who).is_some_and(|one| one.talkativeness > 0.0);
    keen.iter().find(unasked).or(keen.first()).copied()
}

fn joins(one: &Candidate, chance: &mut StdRng) -> bool {
    let usual = one.talkativeness.clamp(0.0, 1.0);
    let now = if one.silent == Some(0) {
        usual * JUST_SPOKE
    } else {
        usual
    };
    chance.random::<f32>() < now
}

/// A shuffle in which the talkative and the long silent tend to come first.
fn keenest_first(cast: &[Candidate], chance: &mut StdRng) -> Vec<usize> {
    let mut keyed: Vec<(f32, usize)> = cast
        .iter()
        .enumerate()
        .map(|(who, one)| {
            let silence = one.silent.unwrap_or(SILENCE_MAX).min(SILENCE_MAX);
            #[expect(clippy::cast_precision_loss, reason = "at most 8")]
            let weight = (0.1 + one.talkativeness.clamp(0.0, 1.0)) * (1.0 + silence as f32);
            // Weighted sampling without replacement: the largest of u^(1/w) is drawn first.
            (chance.random::<f32>().powf(weight.recip()), who)
        })
        .collect();
    keyed.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    keyed.into_iter().map(|(_, who)| who).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, talkativeness: f32, silent: Option<u32>) -> Candidate {
        Candidate {
            names: vec![name.to_owned()],
            talkativeness,
            silent,
        }
    }

    fn pair() -> [Candidate; 2] {
        [one("Atlas", 0.5, None), one("Nova", 0.5, None)]
    }

    #[test]
    fn only_the_called_answer_in_the_order_of_the_call() {
        for seed in 0..50 {
            let made = plan("Nova and Atlas, are you there?", &pair(), seed);
            assert_eq!((made.speakers, made.understudies), (vec![1, 0], vec![]));
            let made = plan("Nova, are you there?", &pair(), seed);
            assert_eq!((made.speakers, made.understudies), (vec![1], vec![0]));
        }
    }

    #[test]
    fn the_mentioned_go_first_and_all_answer_when_all_are_asked() {
        for seed in 0..50 {
            assert_eq!(plan("I agree with Nova.", &pair(), seed).speakers[0], 1);
            let mut all = plan("What do you two think?", &pair(), seed).speakers;
            all.sort_unstable();
            assert_eq!(all, [0, 1]);
        }
    }

    #[test]
    fn somebody_always_answers_and_nobody_is_forgotten() {
        let quiet = [
            one("A1", 0.0, None),
            one("B2", 0.0, Some(0)),
            one("C3", 0.01, None),
        ];
        for seed in 0..200 {
            let made = plan("Hm.", &quiet, seed);
            assert_eq!(made.speakers, [2], "who speaks only when addressed does not");
            assert_eq!(made.understudies.len(), 2);
            assert_eq!(plan("Hm.", &quiet[..2], seed).speakers.len(), 1);
        }
        assert_eq!(plan("Hm.", &[], 1), Plan::default());
    }

    #[test]
    fn talkative_ones_join_more_often_than_quiet_ones() {
        let cast = [one("Atlas", 0.9, None), one("Nova", 0.2, None)];
        let count = |who| {
            (0..1000)
                .filter(|&seed| plan("Hm.", &cast, seed).speakers.contains(&who))
                .count()
        };
        assert!(count(0) > 850, "{}", count(0));
        assert!((100..400).contains(&count(1)), "{}", count(1));
    }

    #[test]
    fn who_just_spoke_holds_back() {
        let cast = [one("Atlas", 0.6, Some(0)), one("Nova", 0.6, Some(1))];
        let plans: Vec<Plan> = (0..1000).map(|seed| plan("Hm.", &cast, seed)).collect();
        let count = |who| plans.iter().filter(|plan| plan.speakers.contains(&who)).count();
        assert!(count(0) + 150 < count(1), "{} {}", count(0), count(1));
        let first = plans.iter().filter(|plan| plan.speakers[0] == 1).count();
        assert!(first > 600, "{first}");
    }

    #[test]
    fn a_large_cast_does_not_all_talk_at_once() {
        let crowd: Vec<Candidate> = (0..50).map(|at| one(&format!("Name{at}"), 1.0, None)).collect();
        assert_eq!(plan("Hm.", &crowd, 7).speakers.len(), UNCALLED_MAX);
        let everyone = plan("Hello everyone", &crowd, 7);
        assert_eq!((everyone.speakers.len(), everyone.understudies.len()), (10, 40));
    }

    #[test]
    fn one_seed_is_one_plan() {
        assert_eq!(plan("Hm.", &pair(), 3), plan("Hm.", &pair(), 3));
        let differ = (0..50).any(|seed| plan("Hm.", &pair(), seed) != plan("Hm.", &pair(), 0));
        assert!(differ, "chance plays a part");
    }
}
