//! Runs prompts and draws answers, keeping what was run.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use candle_core::Tensor;
use candle_core::quantized::gguf_file::Content;

use super::chat::{self, Role};
use super::error::LlmError;
use super::kv_cache::KvCache;
use super::network::Network;
use super::options::{Finish, Options};
use super::slots::{SLOTS_MAX, Slots};
use super::tokenizer::Tokenizer;
use super::writing::{Step, Writing};

/// Longest prompt and answer together, tokens. A full sequence of the 0.5B model takes 100 MB.
const CONTEXT_TOKENS_MAX: usize = 4096;
/// A prompt runs this many tokens at a time; more makes no difference to speed.
const PREFILL_CHUNK_TOKENS: usize = 64;

/// What of an answer counts as how it begins.
const BEGINNING_CHARACTERS: usize = 80;

/// Network, tokenizer and cached sequences.
pub(super) struct Model {
    network: Network,
    tokenizer: Tokenizer,
    context_tokens: usize,
    slots: Slots,
    caches: Vec<KvCache>,
}

impl Model {
    /// Reads a GGUF file and runs one token: the kernels rearrange their weights at first use, which
    /// no caller should wait for.
    pub(super) fn load<R: std::io::Read + std::io::Seek>(reader: &mut R) -> Result<Self, LlmError> {
        let content = Content::read(reader).map_err(|error| LlmError::format("header", error))?;
        let tokenizer = Tokenizer::read(&content)?;
        let network = Network::load(&content, reader, CONTEXT_TOKENS_MAX)?;
        let mut cache = KvCache::new(network.config());
        let token = [tokenizer.message_start];
        if let Some(last) = network.extend(&token, 0, &mut cache, &AtomicBool::new(false))? {
            network.score(&last)?;
        }
        let context_tokens = network.config().context_tokens.min(CONTEXT_TOKENS_MAX);
        let caches = (0..SLOTS_MAX).map(|_| KvCache::new(network.config())).collect();
        Ok(Self {
            network,
            tokenizer,
            context_tokens,
            slots: Slots::default(),
            caches,
        })
    }

    #[cfg(test)]
    pub(super) fn network(&self) -> &Network {
        &self.network
    }

    /// See [`super::Llm::begin`].
    pub(super) fn begin(
        &mut self,
        messages: &[(Role, &str)],
        options: &Options,
    ) -> Result<Option<Writing>, LlmError> {
        let answer_max = options.tokens_max.min(self.context_tokens / 2);
        let prompt = chat::render(&self.tokenizer, messages, self.context_tokens - answer_max)?;
        // One that is merely to be read leaves what follows it as it is.
        if answer_max == 0 && self.slots.has(&prompt.tokens) {
            return Ok(Some(Writing::known(prompt.tokens, options)));
        }
        let Some(choice) = self.slots.choose(&prompt.tokens, prompt.system_tokens) else {
            return Ok(None);
        };
        if let Some(from) = choice.copied_from
            && let Ok([to, from]) = self.caches.get_disjoint_mut([choice.slot, from])
        {
            to.copy(from, choice.kept)
                .inspect_err(|_| self.slots.forget(choice.slot))?;
        }
        let unlike = self.last_answers(messages, options.unlike_last)?;
        Ok(Some(Writing::new(
            prompt.tokens,
            choice,
            answer_max,
            options,
            unlike,
        )))
    }

    /// How the last answers in a prompt begin.
    fn last_answers(&self, messages: &[(Role, &str)], count: usize) -> Result<Vec<Vec<u32>>, LlmError> {
        let answers = messages.iter().rev().filter(|(role, _)| *role == Role::Assistant);
        let beginnings = answers.take(count).map(|(_, text)| {
            let end = text
                .char_indices()
                .nth(BEGINNING_CHARACTERS)
                .map_or(text.len(), |(at, _)| at);
            self.tokenizer.encode(text.get(..end).unwrap_or_default())
        });
        beginnings.collect()
    }

    /// See [`super::Llm::step`].
    pub(super) fn step(&mut self, writing: &mut Writing, cancelled: &AtomicBool) -> Result<Step, LlmError> {
        let (since, was_read) = (Instant::now(), writing.is_read());
        let step = if was_read {
            self.write(writing, cancelled)
        } else {
            self.read(writing, cancelled)
        };
        writing.took(was_read, since);
        if let Ok(Step::Over(finish)) = &step {
            writing.stats.finish = *finish;
        }
        step
    }

    fn read(&mut self, writing: &mut Writing, cancelled: &AtomicBool) -> Result<Step, LlmError> {
        let end = writing.prompt.len().min(writing.position + PREFILL_CHUNK_TOKENS);
        let chunk = writing.prompt.get(writing.position..end).unwrap_or_default();
        writing.last = self.run(writing.choice.slot, writing.position, chunk, cancelled)?;
        if writing.last.is_none() {
            return Ok(Step::Over(Finish::Cancelled));
        }
        writing.position = end;
        Ok(Step::Read)
    }

    fn write(&mut self, writing: &mut Writing, cancelled: &AtomicBool) -> Result<Step, LlmError> {
        if let Some(token) = writing.drawn.take() {
            writing.last = self.run(writing.choice.slot, writing.position, &[token], cancelled)?;
            if writing.last.is_none() {
                return Ok(Step::Over(Finish::Cancelled));
            }
            writing.position += 1;
        }
        let Some(last) = writing
            .last
            .as_ref()
            .filter(|_| writing.stats.answer_tokens < writing.answer_max)
        else {
            return Ok(Step::Over(Finish::Length));
        };
        let drawn = writing.sampler.draw(self.network.score(last)?);
        let Some(token) = drawn.filter(|token| !self.tokenizer.ends(*token)) else {
            return Ok(Step::Over(Finish::Stop));
        };
        writing.drawn = Some(token);
        writing.stats.answer_tokens += 1;
        Ok(Step::Text(writing.text.push(&self.tokenizer.bytes(token))))
    }

    /// Runs `tokens` into a slot and notes them there, unless `cancelled`.
    fn run(
        &mut self,
        slot: usize,
        position: usize,
        tokens: &[u32],
        cancelled: &AtomicBool,
    ) -> Result<Option<Tensor>, LlmError> {
        let Some(cache) = self.caches.get_mut(slot) else {
            return Ok(None);
        };
        let last = self.network.extend(tokens, position, cache, cancelled)?;
        if last.is_some() {
            self.slots.extend(slot, tokens);
        }
        Ok(last)
    }
}
