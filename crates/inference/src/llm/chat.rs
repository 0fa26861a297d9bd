//! Messages to the tokens of a ChatML prompt that fits the context.

use super::error::LlmError;
use super::tokenizer::Tokenizer;

/// Messages leave a too long prompt this many at a time. Dropping one a turn would change the
/// prompt's beginning every turn and void the cache each time.
const DROPPED_AT_ONCE: usize = 8;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Instructions.
    System,
    /// Everyone but the character itself.
    User,
    /// The character's own lines.
    Assistant,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// The tokens of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prompt {
    /// All tokens; never empty.
    pub(super) tokens: Vec<u32>,
    /// How many of them are the system messages at the start.
    pub(super) system_tokens: usize,
}

/// Renders `messages` and the opening of the answer, at most `budget_tokens` long. What does not
/// fit is dropped: the oldest messages that are no system message first, then the middle of what is
/// left.
pub(super) fn render(
    tokenizer: &Tokenizer,
    messages: &[(Role, &str)],
    budget_tokens: usize,
) -> Result<Prompt, LlmError> {
    let newline = tokenizer.encode("\n")?;
    let mut rendered = Vec::with_capacity(messages.len());
    for (role, content) in messages {
        let mut tokens = vec![tokenizer.message_start];
        tokens.extend(tokenizer.encode(&format!("{}\n{content}", role.name()))?);
        tokens.push(tokenizer.message_end);
        tokens.extend_from_slice(&newline);
        rendered.push((*role, tokens));
    }
    let mut opening = vec![tokenizer.message_start];
    opening.extend(tokenizer.encode("assistant\n")?);
    Ok(fit(&rendered, &opening, budget_tokens))
}

fn fit(messages: &[(Role, Vec<u32>)], opening: &[u32], budget_tokens: usize) -> Prompt {
    let speech = messages.iter().filter(|(role, _)| *role != Role::System).count();
    let mut dropped = 0;
    let mut prompt = join(messages, opening, dropped);
    while prompt.tokens.len() > budget_tokens && dropped + 1 < speech {
        dropped = (dropped + DROPPED_AT_ONCE).min(speech - 1);
        prompt = join(messages, opening, dropped);
    }
    let excess = prompt.tokens.len().saturating_sub(budget_tokens);
    if excess > 0 {
        // The start says who speaks, the end what to answer: the middle goes.
        let start = (budget_tokens / 2).min(prompt.tokens.len() - excess);
        prompt.tokens.drain(start..start + excess);
        prompt.system_tokens = prompt.system_tokens.min(start);
    }
    prompt
}

fn join(messages: &[(Role, Vec<u32>)], opening: &[u32], dropped: usize) -> Prompt {
    let mut tokens = Vec::new();
    let mut system_tokens = 0;
    let mut to_drop = dropped;
    for (role, message) in messages {
        if *role != Role::System && to_drop > 0 {
            to_drop -= 1;
            continue;
        }
        let at_start = system_tokens == tokens.len();
        tokens.extend_from_slice(message);
        if *role == Role::System && at_start {
            system_tokens = tokens.len();
        }
    }
    tokens.extend_from_slice(opening);
    Prompt {
        tokens,
        system_tokens,
    }
}

#[cfg(test)]
mod tests {
    use super::{Prompt, Role, fit};

    const OPENING: [u32; 1] = [99];

    fn system(token: u32) -> (Role, Vec<u32>) {
        (Role::System, vec![token; 3])
    }

    fn user(token: u32) -> (Role, Vec<u32>) {
        (Role::User, vec![token; 2])
    }

    #[test]
    fn what_fits_stays_whole() {
        let prompt = fit(&[system(1), user(2)], &OPENING, 100);
        assert_eq!(
            prompt,
            Prompt {
                tokens: vec![1, 1, 1, 2, 2, 99],
                system_tokens: 3
            }
        );
    }

    #[test]
    fn the_oldest_go_first_and_the_system_message_stays() {
        let messages: Vec<_> = std::iter::once(system(1)).chain((10..30).map(user)).collect();
        let prompt = fit(&messages, &OPENING, 30);
        assert_eq!(prompt.tokens.get(..5), Some(&[1, 1, 1, 18, 18][..]));
        assert_eq!(prompt.tokens.last(), Some(&99));
        assert!(prompt.tokens.len() <= 30);
    }

    #[test]
    fn one_more_message_leaves_the_beginning_as_it_was() {
        let messages: Vec<_> = std::iter::once(system(1)).chain((10..32).map(user)).collect();
        let shorter = fit(messages.get(..messages.len() - 1).unwrap_or_default(), &[], 40);
        let longer = fit(&messages, &[], 40);
        assert!(longer.tokens.starts_with(&shorter.tokens));
    }

    #[test]
    fn a_single_message_that_is_too_long_loses_its_middle() {
        let long: Vec<u32> = (0..100).collect();
        let prompt = fit(&[system(1), (Role::User, long)], &OPENING, 20);
        assert_eq!(prompt.tokens.len(), 20);
        assert_eq!(prompt.tokens.get(..4), Some(&[1, 1, 1, 0][..]));
        assert_eq!(prompt.tokens.get(18..), Some(&[99, 99][..]));
    }

    #[test]
    fn a_later_system_message_is_no_part_of_the_start() {
        let prompt = fit(&[system(1), user(2), system(3)], &OPENING, 100);
        assert_eq!(prompt.system_tokens, 3);
    }
}
