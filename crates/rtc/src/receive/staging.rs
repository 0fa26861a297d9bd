use super::stretch::stretch;
use std::collections::VecDeque;

/// What a pulled frame holds. A frame of several kinds is told as the last of them in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Played {
    /// The sender is silent, or there is no sender: zeros.
    Silence,
    /// What was sent.
    Speech,
    /// A lost packet, restored from the redundant copy in a later one.
    Recovered,
    /// Made up for a packet known to be missing.
    Concealed,
    /// Made up while nothing had arrived; the next packet tells whether it was late, lost or never sent.
    Expanded,
}

/// PCM that is decoded and not yet pulled, and what each part of it is.
#[derive(Debug)]
pub(crate) struct Staging {
    channels: usize,
    pcm: Vec<i16>,
    read: usize,
    parts: VecDeque<(Played, usize)>,
}

impl Staging {
    pub(crate) fn new(channels: usize) -> Self {
        Self {
            channels,
            pcm: Vec::new(),
            read: 0,
            parts: VecDeque::new(),
        }
    }

    /// Samples per channel that wait.
    pub(crate) fn len(&self) -> usize {
        self.pcm.len().saturating_sub(self.read) / self.channels
    }

    /// Makes room for `samples` per channel at the end, to be filled by `write`, which gives how many of
    /// them it wrote and what they are.
    pub(crate) fn append(
        &mut self,
        samples: usize,
        write: impl FnOnce(&mut [i16]) -> Option<(Played, usize)>,
    ) {
        self.pcm.drain(..self.read.min(self.pcm.len()));
        self.read = 0;
        let end = self.pcm.len();
        self.pcm.resize(end + samples * self.channels, 0);
        let written = self.pcm.get_mut(end..).and_then(write);
        let (kind, written) = written.unwrap_or((Played::Silence, 0));
        let written = written.min(samples);
        self.pcm.truncate(end + written * self.channels);
        match self.parts.back_mut() {
            Some((last, count)) if *last == kind => *count += written,
            _ if written > 0 => self.parts.push_back((kind, written)),
            _ => {}
        }
    }

    /// Drops the first `samples` per channel of what `append` wrote last, `of` samples long.
    pub(crate) fn trim(&mut self, of: usize, samples: usize) {
        let (of, samples) = (of * self.channels, samples.min(of) * self.channels);
        let start = self.pcm.len().saturating_sub(of);
        self.pcm.drain(start..(start + samples).min(self.pcm.len()));
        if let Some((_, count)) = self.parts.back_mut() {
            *count = count.saturating_sub(samples / self.channels);
        }
        self.parts.pop_back_if(|(_, count)| *count == 0);
    }

    /// The loudest sample of the first `samples` per channel.
    pub(crate) fn peak(&self, samples: usize) -> u16 {
        let waiting = self.pcm.get(self.read..).unwrap_or_default();
        waiting
            .iter()
            .take(samples * self.channels)
            .map(|sample| sample.unsigned_abs())
            .max()
            .unwrap_or(0)
    }

    /// The loudest sample of the last `samples` per channel.
    pub(crate) fn tail_peak(&self, samples: usize) -> u16 {
        let waiting = self.pcm.get(self.read..).unwrap_or_default();
        let last = waiting.iter().rev().take(samples * self.channels);
        last.map(|sample| sample.unsigned_abs()).max().unwrap_or(0)
    }

    /// Nothing but silence waits.
    pub(crate) fn is_silent(&self) -> bool {
        self.parts.iter().all(|(kind, _)| *kind == Played::Silence)
    }

    /// Takes `samples` per channel, spread over `out`; gives what they are.
    pub(crate) fn take(&mut self, samples: usize, out: &mut [i16]) -> Played {
        let end = self.pcm.len().min(self.read + samples * self.channels);
        match self.pcm.get(self.read..end) {
            Some(waiting) => stretch(waiting, out, self.channels),
            None => out.fill(0),
        }
        self.skip(samples)
    }

    /// Drops the first `samples` per channel; gives what they are.
    pub(crate) fn skip(&mut self, samples: usize) -> Played {
        self.read = self.pcm.len().min(self.read + samples * self.channels);
        let mut left = samples;
        let mut kind = Played::Silence;
        while let Some((part, count)) = self.parts.front_mut() {
            if *count > left {
                if left > 0 {
                    kind = kind.max(*part);
                }
                *count -= left;
                break;
            }
            if *count > 0 {
                kind = kind.max(*part);
            }
            left -= *count;
            self.parts.pop_front();
        }
        kind
    }
}
