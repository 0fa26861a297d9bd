//! Which cached sequence a prompt continues.
//!
//! Several characters take turns with prompts that share little, so several sequences are kept. A sequence belongs to
//! the prompts that begin with the same system message; the least recently used one gives way to a new character. One
//! that an answer is being written to is nobody else's: what another prompt shares with it is copied.

use std::sync::Arc;

/// Sequences kept at once. More characters than this in turn prefill from the start each time.
pub(super) const SLOTS_MAX: usize = 8;

/// Shared tokens that are worth a copy of their keys and values, which costs less than running one of them.
const COPIED_TOKENS_MIN: usize = 16;

/// Where a prompt goes and how much of it is there already.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    /// Index of the slot, below [`SLOTS_MAX`].
    pub(super) slot: usize,
    /// Tokens of the prompt that are cached; less than the prompt, whose last token must be run to
    /// score what follows.
    pub(super) kept: usize,
    /// The slot that they are to be copied from, if they are not there yet.
    pub(super) copied_from: Option<usize>,
    /// The slot is the prompt's for as long as this or a clone of it lives.
    pub(super) _hold: Hold,
}

/// Keeps a slot from others.
#[derive(Debug, Clone, Default)]
pub(super) struct Hold(Arc<()>);

#[derive(Debug, Default)]
struct Slot {
    tokens: Vec<u32>,
    used_at: u64,
    hold: Hold,
}

impl Slot {
    fn is_held(&self) -> bool {
        Arc::strong_count(&self.hold.0) > 1
    }
}

/// The tokens behind each cached sequence.
#[derive(Debug, Default)]
pub(super) struct Slots {
    slots: [Slot; SLOTS_MAX],
    uses: u64,
}

impl Slots {
    /// Chooses a slot for `prompt`, whose system message is its first `system_tokens`, and cuts the
    /// slot to what is kept; `None` while all are held. A slot is continued when it shares at least half of its own
    /// tokens, or the whole system message and no other is empty; else what is shared is copied.
    pub(super) fn choose(&mut self, prompt: &[u32], system_tokens: usize) -> Option<Choice> {
        let kept = |shared: usize| shared.min(prompt.len().saturating_sub(1));
        let (source, shared) = self.most_shared(prompt, |_| true);
        let (own, own_shared) = self.most_shared(prompt, |slot| !slot.is_held());
        let spare = self.least_recent()?;
        let is_spare_empty = self.slots.get(spare).is_some_and(|slot| slot.tokens.is_empty());
        let continues = own_shared > 0
            && own_shared == shared
            && self.slots.get(own).is_some_and(|held| {
                let is_characters_own = system_tokens > 0 && own_shared >= system_tokens;
                own_shared * 2 >= held.tokens.len() || is_characters_own && !is_spare_empty
            });
        let (slot, kept, copied_from) = if continues {
            (own, kept(own_shared), None)
        } else if shared >= COPIED_TOKENS_MIN.min(system_tokens) && shared > 0 && source != spare {
            (spare, kept(shared), Some(source))
        } else {
            (spare, 0, None)
        };
        self.uses += 1;
        let copied = copied_from
            .and_then(|from| self.slots.get(from)?.tokens.get(..kept))
            .map(<[u32]>::to_vec);
        let chosen = self.slots.get_mut(slot)?;
        match copied {
            Some(tokens) => chosen.tokens = tokens,
            None => chosen.tokens.truncate(kept),
        }
        chosen.used_at = self.uses;
        Some(Choice {
            slot,
            kept,
            copied_from,
            _hold: chosen.hold.clone(),
        })
    }

    /// Whether some sequence begins with all of `prompt`.
    pub(super) fn has(&self, prompt: &[u32]) -> bool {
        self.slots.iter().any(|slot| slot.tokens.starts_with(prompt))
    }

    /// Notes that nothing is known of the sequence of `slot`.
    pub(super) fn forget(&mut self, slot: usize) {
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.tokens.clear();
        }
    }

    /// Notes that `tokens` were appended to the sequence of `slot`.
    pub(super) fn extend(&mut self, slot: usize, tokens: &[u32]) {
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.tokens.extend_from_slice(tokens);
        }
    }

    /// Of those that are `fit`, the slot that shares most with a prompt, and how many tokens that is.
    fn most_shared(&self, prompt: &[u32], fit: impl Fn(&Slot) -> bool) -> (usize, usize) {
        (0..)
            .zip(&self.slots)
            .filter(|(_, slot)| fit(slot))
            .map(|(index, slot)| (index, shared(&slot.tokens, prompt)))
            .max_by_key(|(index, shared): &(usize, usize)| (*shared, std::cmp::Reverse(*index)))
            .unwrap_or_default()
    }

    /// Of those that nobody holds.
    fn least_recent(&self) -> Option<usize> {
        (0..)
            .zip(&self.slots)
            .filter(|(_, slot)| !slot.is_held())
            .min_by_key(|(_, slot)| slot.used_at)
            .map(|(index, _)| index)
    }
}

fn shared(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::{Choice, SLOTS_MAX, Slots};

    /// Slot and tokens kept.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Run {
        slot: usize,
        kept: usize,
    }

    fn begin(slots: &mut Slots, prompt: &[u32], system_tokens: usize) -> Choice {
        let choice = slots.choose(prompt, system_tokens).unwrap();
        slots.extend(choice.slot, prompt.get(choice.kept..).unwrap_or_default());
        choice
    }

    fn run(slots: &mut Slots, prompt: &[u32], system_tokens: usize) -> Run {
        let Choice { slot, kept, .. } = begin(slots, prompt, system_tokens);
        Run { slot, kept }
    }

    #[test]
    fn the_next_turn_keeps_the_earlier_prompt() {
        let mut slots = Slots::default();
        let first = run(&mut slots, &[1, 2, 3, 4], 2);
        assert_eq!(first.kept, 0);
        slots.extend(first.slot, &[9]);
        let next = run(&mut slots, &[1, 2, 3, 4, 9, 5], 2);
        assert_eq!(
            next,
            Run {
                slot: first.slot,
                kept: 5
            }
        );
    }

    #[test]
    fn the_last_token_always_runs_again() {
        let mut slots = Slots::default();
        run(&mut slots, &[1, 2, 3], 1);
        assert_eq!(run(&mut slots, &[1, 2, 3], 1).kept, 2);
    }

    #[test]
    fn an_answer_that_was_cut_short_keeps_what_was_heard() {
        let mut slots = Slots::default();
        let first = run(&mut slots, &[1, 2, 3, 7, 8, 9], 2);
        assert_eq!(
            run(&mut slots, &[1, 2, 3, 7, 5], 2),
            Run {
                slot: first.slot,
                kept: 4
            }
        );
    }

    #[test]
    fn characters_in_turn_keep_their_own() {
        let mut slots = Slots::default();
        let ada = run(&mut slots, &[1, 10, 11, 12, 13], 4);
        let boris = run(&mut slots, &[1, 20, 21, 22, 23], 4);
        assert_ne!(ada.slot, boris.slot);
        assert_eq!(
            run(&mut slots, &[1, 10, 11, 12, 13, 14], 4),
            Run {
                slot: ada.slot,
                kept: 5
            }
        );
        assert_eq!(
            run(&mut slots, &[1, 20, 21, 22, 23, 24], 4),
            Run {
                slot: boris.slot,
                kept: 5
            }
        );
    }

    #[test]
    fn the_least_recent_character_gives_way() {
        let mut slots = Slots::default();
        let characters = u32::try_from(SLOTS_MAX).unwrap_or_default();
        for character in 0..characters {
            run(&mut slots, &[1, character + 10, 5, 5], 3);
        }
        run(&mut slots, &[1, 10, 5, 5, 6], 3);
        run(&mut slots, &[1, 99, 5, 5], 3);
        assert_eq!(run(&mut slots, &[1, 10, 5, 5, 6, 7], 3).kept, 5);
        assert_eq!(run(&mut slots, &[1, 11, 5, 5], 3).kept, 0);
    }

    #[test]
    fn a_history_that_lost_its_beginning_keeps_what_is_left_of_it() {
        let mut slots = Slots::default();
        let first = run(&mut slots, &[1, 2, 3, 4, 5, 6, 7, 8, 9], 2);
        assert_eq!(run(&mut slots, &[1, 2, 6, 7, 8, 9], 2).kept, 2);
        // Without an empty slot the character's own is continued, as no other shares more.
        for other in 0..u32::try_from(SLOTS_MAX).unwrap() - 2 {
            run(&mut slots, &[1, other + 10, 5, 5], 3);
        }
        assert_eq!(
            run(&mut slots, &[1, 2, 9], 2),
            Run {
                slot: first.slot,
                kept: 2
            }
        );
    }

    #[test]
    fn two_rooms_of_one_character_keep_their_histories() {
        let mut slots = Slots::default();
        let one = run(&mut slots, &[1, 2, 3, 4, 5, 6, 7, 8], 2);
        let two = run(&mut slots, &[1, 2, 20, 21], 2);
        assert_ne!(one.slot, two.slot);
        assert_eq!(two.kept, 2, "copied");
        assert_eq!(run(&mut slots, &[1, 2, 3, 4, 5, 6, 7, 8, 9], 2).kept, 8);
        assert_eq!(run(&mut slots, &[1, 2, 20, 21, 22], 2).kept, 4);
    }

    #[test]
    fn what_is_written_to_is_nobody_elses() {
        let mut slots = Slots::default();
        let first = begin(&mut slots, &[1, 2, 3, 4], 2);
        let second = begin(&mut slots, &[1, 2, 3, 5], 2);
        assert_ne!(first.slot, second.slot);
        assert_eq!((second.kept, second.copied_from), (3, Some(first.slot)));
        let others: Vec<Choice> = (0..u32::try_from(SLOTS_MAX).unwrap() - 2)
            .map(|other| begin(&mut slots, &[9, other], 0))
            .collect();
        assert!(slots.choose(&[7], 0).is_none(), "all are held");
        assert!(slots.has(&[9, 0]) && !slots.has(&[9, 99]));
        drop(others);
        assert!(slots.choose(&[7], 0).is_some());
    }
}
