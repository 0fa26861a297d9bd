//! Where a track's sound belongs on the time line: a pure rule on when it came.

use super::Arrival;
use crate::opus_file::PACKET_SAMPLES;

const MS: u64 = super::RECORDED_RATE_HZ as u64 / 1000;
/// How late received sound may be and still follow the sound before it: more than the 100 ms that wait in a
/// received track's own queue while its reader is held up.
const SLACK: u64 = 200 * MS;
/// How far ahead of its time sound may come: more than a sent track's queue holds.
pub(super) const AHEAD_MAX: u64 = 500 * MS;

#[derive(Debug)]
pub(super) struct Placement {
    slack: u64,
    /// The end of the sound so far; `None` before the first.
    next: Option<u64>,
}

impl Placement {
    pub(super) fn new(arrival: Arrival) -> Self {
        let slack = match arrival {
            Arrival::Received => SLACK,
            Arrival::Paced => 0,
        };
        Self { slack, next: None }
    }

    /// The place of sound that comes `now`; `None` when it is too far ahead to be true.
    pub(super) fn place(&mut self, now: u64, samples: u64) -> Option<u64> {
        let at = match self.next {
            Some(next) if now <= next + self.slack => next,
            _ => now,
        };
        if at > now + AHEAD_MAX {
            return None;
        }
        self.next = Some(at + samples);
        Some(at)
    }

    /// The place from which on sound was not sent because of a cut `now`; `None` when all was. The packet that
    /// is on its way is sent to its end.
    pub(super) fn cut(&mut self, now: u64) -> Option<u64> {
        let next = self.next.filter(|next| *next > now)?;
        let packet = PACKET_SAMPLES as u64;
        let from = next - (next - now) / packet * packet;
        self.next = Some(from);
        (from < next).then_some(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn received_sound_is_one_stretch_in_spite_of_late_wake_ups() {
        let mut placement = Placement::new(Arrival::Received);
        assert_eq!(placement.place(1000, 480), Some(1000));
        assert_eq!(placement.place(1000 + 480 + 100 * MS, 480), Some(1480), "late");
        assert_eq!(
            placement.place(1000 + 480 + 100 * MS, 480),
            Some(1960),
            "and at once"
        );
        assert_eq!(placement.place(480_000, 480), Some(480_000), "after a real gap");
    }

    #[test]
    fn paced_sound_is_sent_back_to_back_and_a_gap_is_kept() {
        let mut placement = Placement::new(Arrival::Paced);
        assert_eq!(placement.place(0, 960), Some(0));
        assert_eq!(placement.place(0, 960), Some(960));
        assert_eq!(placement.place(960, 960), Some(1920));
        assert_eq!(placement.place(5000, 960), Some(5000), "the voice ran dry");
    }

    #[test]
    fn a_cut_takes_back_what_was_not_sent() {
        let mut placement = Placement::new(Arrival::Paced);
        for _ in 0..4 {
            placement.place(0, 960);
        }
        // The packet from 960 to 1920 is on its way.
        assert_eq!(placement.cut(1000), Some(1920));
        assert_eq!(placement.cut(1000), None, "nothing is left to take back");
        assert_eq!(
            placement.place(1100, 960),
            Some(1920),
            "the next speech follows it"
        );
        assert_eq!(placement.cut(100_000), None, "all was sent long ago");
    }

    #[test]
    fn sound_far_ahead_of_its_time_is_not_believed() {
        let mut placement = Placement::new(Arrival::Paced);
        let taken = (0..100).filter(|_| placement.place(0, 960).is_some()).count();
        assert_eq!(taken as u64, AHEAD_MAX / 960 + 1);
    }
}
