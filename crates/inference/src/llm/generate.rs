//! Runs prompts and draws answers, keeping what was run.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use candle_core::Tensor;
use candle_core::quantized::gguf_file::Content;

use super::chat::{self, Role};
use super::error::LlmError;
use super::kv_cache::KvCache;
use super::network::Network;
use super::options::{Finish, OnText, Options, Stats};
use super::sampler::{Sampler, Sampling};
use super::slots::{Choice, SLOTS_MAX, Slots};
use super::text_stream::TextStream;
use super::tokenizer::Tokenizer;

/// Longest prompt and answer together, tokens. A full sequence of the 0.5B model takes 100 MB.
const CONTEXT_TOKENS_MAX: usize = 4096;
/// A prompt runs this many tokens at a time; more makes no difference to speed.
const PREFILL_CHUNK_TOKENS: usize = 64;

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

    /// See [`super::Llm::generate`].
    pub(super) fn generate(
        &mut self,
        messages: &[(Role, &str)],
        options: &Options,
        cancelled: &AtomicBool,
        on_text: OnText<'_>,
    ) -> Result<Stats, LlmError> {
        let started = Instant::now();
        let answer_max = options.tokens_max.min(self.context_tokens / 2);
        let prompt = chat::render(&self.tokenizer, messages, self.context_tokens - answer_max)?;
        let choice = self.slots.choose(&prompt.tokens, prompt.system_tokens);
        let mut stats = Stats {
            prompt_tokens: prompt.tokens.len(),
            cached_tokens: choice.kept,
            answer_tokens: 0,
            prefill: Duration::ZERO,
            decode: Duration::ZERO,
            finish: Finish::Cancelled,
        };
        let last = self.prefill(&prompt.tokens, choice, cancelled)?;
        stats.prefill = started.elapsed();
        if let Some(last) = last {
            let mut answer = Answer {
                options,
                on_text,
                position: prompt.tokens.len(),
                slot: choice.slot,
            };
            (stats.answer_tokens, stats.finish) = self.answer(&mut answer, answer_max, last, cancelled)?;
        }
        stats.decode = started.elapsed().saturating_sub(stats.prefill);
        Ok(stats)
    }

    fn prefill(
        &mut self,
        prompt: &[u32],
        choice: Choice,
        cancelled: &AtomicBool,
    ) -> Result<Option<Tensor>, LlmError> {
        let mut last = None;
        let mut position = choice.kept;
        for chunk in prompt
            .get(choice.kept..)
            .unwrap_or_default()
            .chunks(PREFILL_CHUNK_TOKENS)
        {
            last = self.run(choice.slot, position, chunk, cancelled)?;
            if last.is_none() {
                break;
            }
            position += chunk.len();
        }
        Ok(last)
    }

    fn answer(
        &mut self,
        answer: &mut Answer<'_>,
        answer_max: usize,
        mut last: Tensor,
        cancelled: &AtomicBool,
    ) -> Result<(usize, Finish), LlmError> {
        let Options {
            temperature,
            top_p,
            repeat_penalty,
            seed,
            ..
        } = *answer.options;
        let mut sampler = Sampler::new(
            Sampling {
                temperature,
                top_p,
                repeat_penalty,
            },
            seed,
        );
        let mut text = TextStream::default();
        for count in 0..answer_max {
            let Some(token) = sampler.draw(self.network.score(&last)?) else {
                return Ok((count, Finish::Stop));
            };
            if self.tokenizer.ends(token) {
                return Ok((count, Finish::Stop));
            }
            let piece = text.push(&self.tokenizer.bytes(token));
            if !piece.is_empty() && (answer.on_text)(&piece).is_break() {
                return Ok((count + 1, Finish::Cancelled));
            }
            match self.run(answer.slot, answer.position + count, &[token], cancelled)? {
                Some(next) => last = next,
                None => return Ok((count + 1, Finish::Cancelled)),
            }
        }
        Ok((answer_max, Finish::Length))
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

struct Answer<'a> {
    options: &'a Options,
    on_text: OnText<'a>,
    position: usize,
    slot: usize,
}
