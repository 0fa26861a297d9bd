use super::config::SAMPLES_PER_MS;

/// Width of a step of the histogram.
const STEP_SAMPLES: i64 = 5 * SAMPLES_PER_MS;
/// Steps of the histogram; the last one holds everything from there on.
const STEPS: usize = 101;
/// The share of packets that shall be there in time.
const QUANTILE: f32 = 0.97;
/// What a packet's weight is multiplied by with every later packet: half is forgotten in 3 s of speech.
const FORGETTING: f32 = 0.995;
/// Added to the quantile: the caller pulls on a grid of 10 ms.
const MARGIN_SAMPLES: i64 = 10 * SAMPLES_PER_MS;
/// Packets of one slot of the sliding minimum, and the number of slots: four seconds of speech.
const SLOT_PACKETS: u32 = 50;
const SLOTS: usize = 4;
/// The same of the sliding maximum: eight seconds of speech.
const HELD_PACKETS: u32 = 100;

/// Learns how long packets travel: the least time (the base) and how far the slow ones lie above it.
///
/// The unit is the sample; a travel time is arrival minus timestamp, so its zero is arbitrary. The base is a
/// sliding minimum, so it follows clocks that drift apart. Counting packets instead of seconds keeps it
/// through silence.
#[derive(Debug)]
pub(crate) struct Delay {
    slots: [i64; SLOTS],
    slot: usize,
    in_slot: u32,
    base: i64,
    histogram: [f32; STEPS],
    packets: u32,
    /// Follows from the histogram.
    due: i64,
    /// Greatest travel times that were due, of late.
    held: [i64; SLOTS],
    held_slot: usize,
    in_held: u32,
}

impl Delay {
    pub(crate) fn new(travel: i64) -> Self {
        Self {
            slots: [travel; SLOTS],
            slot: 0,
            in_slot: 0,
            base: travel,
            histogram: [0.0; STEPS],
            packets: 0,
            due: STEP_SAMPLES + MARGIN_SAMPLES,
            held: [travel + STEP_SAMPLES + MARGIN_SAMPLES; SLOTS],
            held_slot: 0,
            in_held: 0,
        }
    }

    /// The least travel time of late, in samples.
    pub(crate) fn base(&self) -> i64 {
        self.base
    }

    /// Takes the travel time of a packet.
    pub(crate) fn observe(&mut self, travel: i64) {
        self.observe_base(travel);
        let step = usize::try_from((travel - self.base) / STEP_SAMPLES)
            .unwrap_or(0)
            .min(STEPS - 1);
        self.packets = self.packets.saturating_add(1);
        // At first all packets weigh the same.
        let keep = FORGETTING.min(1.0 - 1.0 / (self.packets as f32 + 1.0));
        for (index, weight) in self.histogram.iter_mut().enumerate() {
            *weight *= keep;
            if index == step {
                *weight += 1.0 - keep;
            }
        }
        self.due = self.quantile();
        self.hold();
    }

    /// Begins anew at a travel time, for a timeline that jumped; what is known of the spread stays.
    pub(crate) fn rebase(&mut self, travel: i64) {
        let target = self.target();
        self.slots = [travel; SLOTS];
        self.base = travel;
        self.in_slot = 0;
        self.held = [travel + target; SLOTS];
    }

    /// How far behind the base the quantile of packets is there, in samples.
    pub(crate) fn due(&self) -> i64 {
        self.due
    }

    /// How far behind the base to play, in samples: what was due at most, of late. A network on which the quantile falls
    /// now before, now after the copy that was asked for would have the delay changed all the time, and a change in
    /// speech is heard more than a longer delay.
    pub(crate) fn target(&self) -> i64 {
        self.held
            .iter()
            .copied()
            .max()
            .map_or(self.due, |held| held - self.base)
    }

    /// Travel times are kept, not distances from a base that moves.
    fn hold(&mut self) {
        let due = self.base + self.due;
        self.in_held += 1;
        if self.in_held >= HELD_PACKETS {
            self.in_held = 0;
            self.held_slot = (self.held_slot + 1) % SLOTS;
            if let Some(slot) = self.held.get_mut(self.held_slot) {
                *slot = due;
            }
        } else if let Some(slot) = self.held.get_mut(self.held_slot) {
            *slot = (*slot).max(due);
        }
    }

    fn quantile(&self) -> i64 {
        let total: f32 = self.histogram.iter().sum();
        let mut sum = 0.0;
        let mut steps = 0;
        for weight in self.histogram {
            steps += 1;
            sum += weight;
            if sum >= QUANTILE * total {
                break;
            }
        }
        steps * STEP_SAMPLES + MARGIN_SAMPLES
    }

    fn observe_base(&mut self, travel: i64) {
        if let Some(slot) = self.slots.get_mut(self.slot) {
            *slot = (*slot).min(travel);
        }
        self.in_slot += 1;
        if self.in_slot >= SLOT_PACKETS {
            self.in_slot = 0;
            self.slot = (self.slot + 1) % SLOTS;
            if let Some(slot) = self.slots.get_mut(self.slot) {
                *slot = travel;
            }
        }
        let base = self.slots.iter().copied().min().unwrap_or(travel);
        let steps = (base - self.base) / STEP_SAMPLES;
        self.base = base;
        for _ in 0..steps.unsigned_abs().min(STEPS as u64) {
            self.shift(steps > 0);
        }
    }

    /// What was slow beside the old base is less slow beside a higher one, and slower beside a lower one.
    fn shift(&mut self, base_rose: bool) {
        if base_rose {
            let [first, second, ..] = &mut self.histogram;
            *second += *first;
            *first = 0.0;
            self.histogram.rotate_left(1);
        } else {
            let [.., before, last] = &mut self.histogram;
            *before += *last;
            *last = 0.0;
            self.histogram.rotate_right(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(delay: &mut Delay, travels: impl Iterator<Item = i64>) -> i64 {
        travels.for_each(|travel| delay.observe(travel));
        delay.target() / SAMPLES_PER_MS
    }

    #[test]
    fn the_target_follows_the_slow_packets() {
        let mut delay = Delay::new(0);
        assert_eq!(learn(&mut delay, (0..100).map(|_| 0)), 15);
        let spread = |n: i64| (n * 37 % 100) * SAMPLES_PER_MS;
        let target = learn(&mut delay, (0..2000).map(spread));
        assert!((100..=115).contains(&target), "{target}");
        assert_eq!(learn(&mut delay, (0..3000).map(|_| 0)), 15);
    }

    #[test]
    fn the_base_follows_a_drift_without_raising_the_target() {
        let mut delay = Delay::new(0);
        for sign in [1, -1] {
            let target = learn(&mut delay, (0..10_000).map(|n| sign * n / 5));
            assert!((15..=17).contains(&target), "{target}");
            assert!((delay.base() - sign * 2000).abs() < 100);
        }
    }

    #[test]
    fn a_quicker_packet_changes_nothing_for_the_slow_ones() {
        let mut delay = Delay::new(0);
        let spread = |n: i64| (100 + n * 37 % 100) * SAMPLES_PER_MS;
        learn(&mut delay, (0..2000).map(spread));
        let due = |delay: &Delay| (delay.base() + delay.due()) / SAMPLES_PER_MS;
        let before = due(&delay);
        learn(&mut delay, std::iter::once(40 * SAMPLES_PER_MS));
        assert_eq!(delay.base() / SAMPLES_PER_MS, 40);
        assert!(
            (due(&delay) - before).abs() <= 5,
            "{} after {before}",
            due(&delay)
        );
    }

    #[test]
    fn what_is_due_now_and_then_is_waited_for_all_the_time() {
        let mut delay = Delay::new(0);
        // The share of slow packets swings around the quantile.
        let slow = |n: i64| n % if n / 150 % 2 == 0 { 50 } else { 20 } == 0;
        let travel = |n: i64| if slow(n) { 200 * SAMPLES_PER_MS } else { 0 };
        learn(&mut delay, (0..1500).map(travel));
        let mut targets: Vec<i64> = (1500..3000)
            .map(|n| {
                delay.observe(travel(n));
                delay.target()
            })
            .collect();
        targets.dedup();
        assert_eq!(targets.len(), 1, "{targets:?}");
    }

    #[test]
    fn a_longer_way_becomes_the_new_base() {
        let mut delay = Delay::new(0);
        learn(&mut delay, (0..500).map(|_| 0));
        learn(&mut delay, (0..201).map(|_| 300 * SAMPLES_PER_MS));
        assert_eq!(delay.base(), 300 * SAMPLES_PER_MS);
        assert_eq!(delay.target() / SAMPLES_PER_MS, 15);
    }
}
