//! Entries that wait for the API: state without I/O.

use std::collections::VecDeque;

use crate::protocol::NewEntry;

/// Bytes of text that wait in one room: at two lines of 200 bytes every ten seconds, a day and a half without an
/// API. Full: the newest is lost, and all that come after it until there is space, so that no gap is ever sent.
const BYTES_MAX: usize = 4 << 20;

/// One room's entries.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    waiting: VecDeque<NewEntry>,
    bytes: usize,
    /// How far numbers fell behind those of the session, for entries that were lost.
    lost: u64,
}

fn bytes_of(entry: &NewEntry) -> usize {
    entry.content.len() + 200
}

impl Backlog {
    /// Keeps an entry; gives it back when there is no space.
    ///
    /// # Errors
    /// The entry, when too many wait.
    pub(super) fn push(&mut self, mut entry: NewEntry) -> Result<(), Box<NewEntry>> {
        let bytes = bytes_of(&entry);
        if self.bytes + bytes > BYTES_MAX {
            self.lost += 1;
            return Err(Box::new(entry));
        }
        entry.sequence = entry.sequence.saturating_sub(self.lost);
        self.bytes += bytes;
        self.waiting.push_back(entry);
        Ok(())
    }

    /// The oldest ones.
    pub(super) fn first(&self, count: usize) -> Vec<NewEntry> {
        self.waiting.iter().take(count).cloned().collect()
    }

    /// Everything up to this one is stored.
    pub(super) fn acknowledge(&mut self, until: u64) {
        while let Some(entry) = self.waiting.pop_front_if(|entry| entry.sequence <= until) {
            self.bytes -= bytes_of(&entry);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::protocol::SpeakerType;

    fn entry(sequence: u64, bytes: usize) -> NewEntry {
        NewEntry {
            sequence,
            speaker_type: SpeakerType::User,
            character_id: None,
            speaker_identity: None,
            speaker_name: None,
            content: "x".repeat(bytes),
            turn: None,
        }
    }

    #[test]
    fn what_is_acknowledged_makes_space() {
        let mut backlog = Backlog::default();
        for sequence in 1..=3 {
            backlog.push(entry(sequence, 10)).unwrap();
        }
        backlog.acknowledge(2);
        assert_eq!((backlog.len(), backlog.first(50)[0].sequence), (1, 3));
        backlog.acknowledge(1);
        assert_eq!(backlog.len(), 1, "an older answer changes nothing");
    }

    #[test]
    fn a_full_backlog_loses_the_newest_and_leaves_no_gap() {
        let mut backlog = Backlog::default();
        backlog.push(entry(1, BYTES_MAX - 1_000)).unwrap();
        assert_eq!(backlog.push(entry(2, 2_000)).unwrap_err().sequence, 2);
        backlog.acknowledge(1);
        backlog.push(entry(3, 10)).unwrap();
        assert_eq!(backlog.first(50)[0].sequence, 2);
    }
}
