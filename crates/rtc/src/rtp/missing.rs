use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets waited for at once: two seconds of them. The oldest goes for a newer one.
const PACKETS_MAX: usize = 100;
/// How often one packet is asked for.
const TIMES_MAX: u8 = 5;
/// How long one packet is asked for, on networks whose answers still help.
const ASKS_FOR: Duration = Duration::from_millis(600);
/// The round trip where none is known.
const ROUND_TRIP: Duration = Duration::from_millis(100);
/// What an answer may take beyond the round trip.
const MARGIN: Duration = Duration::from_millis(5);
/// The least time between two questions for one packet.
const APART_MIN: Duration = Duration::from_millis(33);

/// Packets of one source that did not come, and when to ask for each: at once, and again when an answer would have come.
#[derive(Debug, Default)]
pub struct Missing {
    newest: Option<u64>,
    packets: VecDeque<Gone>,
}

#[derive(Debug)]
struct Gone {
    index: u64,
    since: Instant,
    ask_at: Instant,
    times: u8,
}

impl Missing {
    /// The packet of this extended sequence number came.
    pub fn on_packet(&mut self, index: u64, now: Instant) {
        let Some(newest) = self.newest else {
            self.newest = Some(index);
            return;
        };
        if index <= newest {
            self.packets.retain(|packet| packet.index != index);
            return;
        }
        let gap = (newest + 1).max(index.saturating_sub(PACKETS_MAX as u64))..index;
        for index in gap {
            if self.packets.len() >= PACKETS_MAX {
                self.packets.pop_front();
            }
            self.packets.push_back(Gone {
                index,
                since: now,
                ask_at: now,
                times: 0,
            });
        }
        self.newest = Some(index);
    }

    /// When there is something to ask for next.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.packets.iter().map(|packet| packet.ask_at).min()
    }

    /// Writes the sequence numbers that are to be asked for now to the end of `sequences`.
    pub fn ask(&mut self, now: Instant, round_trip: Option<Duration>, sequences: &mut Vec<u16>) {
        let apart = (round_trip.unwrap_or(ROUND_TRIP) + MARGIN).max(APART_MIN);
        self.packets.retain_mut(|packet| {
            if packet.ask_at > now {
                return true;
            }
            if now.saturating_duration_since(packet.since) >= ASKS_FOR || packet.times >= TIMES_MAX {
                return false;
            }
            sequences.push(packet.index as u16);
            packet.times += 1;
            packet.ask_at = now + apart;
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(missing: &mut Missing, now: Instant) -> Vec<u16> {
        let mut sequences = Vec::new();
        missing.ask(now, Some(Duration::from_millis(40)), &mut sequences);
        sequences
    }

    #[test]
    fn what_did_not_come_is_asked_for_until_it_comes_or_is_of_no_use() {
        let (mut missing, at) = (Missing::default(), Instant::now());
        let after = |ms| at + Duration::from_millis(ms);
        for index in [65_534, 65_535, 65_536, 65_535] {
            missing.on_packet(index, at);
        }
        assert_eq!(missing.deadline(), None, "nothing is missing");
        missing.on_packet(65_539, at);
        assert_eq!(missing.deadline(), Some(at));
        assert_eq!(ask(&mut missing, at), [1, 2]);
        assert_eq!(ask(&mut missing, after(44)), [], "an answer may be under way");
        assert_eq!(missing.deadline(), Some(after(45)));
        assert_eq!(ask(&mut missing, after(45)), [1, 2]);
        missing.on_packet(65_538, after(46));
        let times = (46..10_000).filter(|ms| ask(&mut missing, after(*ms)) == [1]);
        assert_eq!(times.count(), usize::from(TIMES_MAX) - 2);
        assert_eq!(missing.deadline(), None, "given up");
    }

    #[test]
    fn no_more_is_waited_for_than_there_is_room_for() {
        let (mut missing, at) = (Missing::default(), Instant::now());
        for index in [0, u64::from(u16::MAX), 1 << 40] {
            missing.on_packet(index, at);
        }
        let asked = ask(&mut missing, at);
        assert_eq!(asked.len(), PACKETS_MAX);
        assert_eq!(asked.last(), Some(&u16::MAX));
        missing.on_packet(5, at);
        assert_eq!(missing.packets.len(), PACKETS_MAX);
    }

    #[test]
    fn a_slow_network_is_asked_for_no_longer_than_it_helps() {
        let (mut missing, at) = (Missing::default(), Instant::now());
        missing.on_packet(1, at);
        missing.on_packet(3, at);
        let slow = Some(Duration::from_millis(500));
        let mut sequences = Vec::new();
        for ms in 0..2_000 {
            missing.ask(at + Duration::from_millis(ms), slow, &mut sequences);
        }
        assert_eq!(sequences, [2, 2]);
    }
}
