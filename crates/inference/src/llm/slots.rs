//! Which cached sequence a prompt continues.
//!
//! Several characters take turns with prompts that share little, so several sequences are kept. A
//! sequence belongs to the prompts that begin with the same system message; the least recently used
//! one gives way to a new character.

/// Sequences kept at once. More characters than this in turn prefill from the start each time.
pub(super) const SLOTS_MAX: usize = 8;

/// Where a prompt goes and how much of it is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// Index of the slot, below [`SLOTS_MAX`].
    pub(super) slot: usize,
    /// Tokens of the prompt that are cached; less than the prompt, whose last token must be run to
    /// score what follows.
    pub(super) kept: usize,
}

#[derive(Debug, Default)]
struct Slot {
    tokens: Vec<u32>,
    used_at: u64,
}

/// The tokens behind each cached sequence.
#[derive(Debug, Default)]
pub(super) struct Slots {
    slots: [Slot; SLOTS_MAX],
    uses: u64,
}

impl Slots {
    /// Chooses a slot for `prompt`, whose system message is its first `system_tokens`, and cuts the
    /// slot to what is kept. A slot is continued when it shares the whole system message or at least
    /// half of its own tokens.
    pub(super) fn choose(&mut self, prompt: &[u32], system_tokens: usize) -> Choice {
        let best = (0..)
            .zip(&self.slots)
            .map(|(index, slot)| (index, shared(&slot.tokens, prompt), slot))
            .max_by_key(|(index, shared, _): &(usize, usize, &Slot)| (*shared, std::cmp::Reverse(*index)));
        let choice = match best {
            Some((slot, shared, held))
                if shared > 0
                    && (system_tokens > 0 && shared >= system_tokens || shared * 2 >= held.tokens.len()) =>
            {
                Choice {
                    slot,
                    kept: shared.min(prompt.len().saturating_sub(1)),
                }
            }
            _ => Choice {
                slot: self.least_recent(),
                kept: 0,
            },
        };
        self.uses += 1;
        if let Some(slot) = self.slots.get_mut(choice.slot) {
            slot.tokens.truncate(choice.kept);
            slot.used_at = self.uses;
        }
        choice
    }

    /// Notes that `tokens` were appended to the sequence of `slot`.
    pub(super) fn extend(&mut self, slot: usize, tokens: &[u32]) {
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.tokens.extend_from_slice(tokens);
        }
    }

    fn least_recent(&self) -> usize {
        (0..)
            .zip(&self.slots)
            .min_by_key(|(_, slot)| slot.used_at)
            .map_or(0, |(index, _)| index)
    }
}

fn shared(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::{Choice, SLOTS_MAX, Slots};

    fn run(slots: &mut Slots, prompt: &[u32], system_tokens: usize) -> Choice {
        let choice = slots.choose(prompt, system_tokens);
        slots.extend(choice.slot, prompt.get(choice.kept..).unwrap_or_default());
        choice
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
            Choice {
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
            Choice {
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
            Choice {
                slot: ada.slot,
                kept: 5
            }
        );
        assert_eq!(
            run(&mut slots, &[1, 20, 21, 22, 23, 24], 4),
            Choice {
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
    fn a_history_that_lost_its_beginning_stays_with_its_character() {
        let mut slots = Slots::default();
        let first = run(&mut slots, &[1, 2, 3, 4, 5, 6, 7, 8, 9], 2);
        assert_eq!(
            run(&mut slots, &[1, 2, 6, 7, 8, 9], 2),
            Choice {
                slot: first.slot,
                kept: 2
            }
        );
    }
}
