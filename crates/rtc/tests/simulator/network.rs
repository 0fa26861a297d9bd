use std::time::Duration;

/// What a network does. Drawn from a seed, and printed when a run fails.
#[derive(Debug, Clone)]
pub(crate) struct Faults {
    /// Every packet on its own.
    pub(crate) loss: f64,
    /// A burst begins with a packet; then packets are lost until it ends with the other chance.
    pub(crate) burst: Option<(f64, f64)>,
    /// Added to every packet's way, evenly spread, and never overtaking.
    pub(crate) jitter: Duration,
    /// A packet that takes this much longer and is overtaken.
    pub(crate) reorder: (f64, Duration),
    pub(crate) duplicate: f64,
    /// Bits a second, with 200 ms of queue.
    pub(crate) bandwidth_bps: Option<u64>,
    /// Longer packets vanish.
    pub(crate) mtu: usize,
    /// Everything stops for this long, then comes at once.
    pub(crate) stall: Option<(Duration, Duration)>,
}

const WAY: Duration = Duration::from_millis(30);
const QUEUE: Duration = Duration::from_millis(200);
/// RTP, its extensions, SRTP, UDP and IP.
const HEADERS: usize = 12 + 8 + 10 + 28;

impl Faults {
    pub(crate) fn none() -> Self {
        Self {
            loss: 0.0,
            burst: None,
            jitter: Duration::ZERO,
            reorder: (0.0, Duration::ZERO),
            duplicate: 0.0,
            bandwidth_bps: None,
            mtu: usize::MAX,
            stall: None,
        }
    }

    /// How much longer one packet may be on its way than another, stalls and full queues left out: one that is
    /// overtaken has its share of jitter as well.
    pub(crate) fn spread(&self) -> Duration {
        let (chance, behind) = self.reorder;
        self.jitter + if chance > 0.0 { behind } else { Duration::ZERO }
    }

    pub(crate) fn draw(random: &mut fastrand::Rng) -> Self {
        let ms = |ms: f64| Duration::from_secs_f64(ms / 1000.0);
        let mut or_zero = |share: f64| if random.f64() < share { random.f64() } else { 0.0 };
        let [loss, burst, jitter, reorder, duplicate] = [0.6, 0.3, 0.7, 0.4, 0.3].map(&mut or_zero);
        Self {
            loss: loss * 0.25,
            burst: (burst > 0.0).then_some((0.02 * burst, 0.15 + random.f64() * 0.5)),
            jitter: ms(jitter * 200.0),
            reorder: (reorder * 0.15, ms(random.f64() * 120.0)),
            duplicate: duplicate * 0.2,
            bandwidth_bps: random.bool().then(|| random.u64(50_000..300_000)),
            mtu: if random.f64() < 0.2 { 576 } else { 1_200 },
            stall: (random.f64() < 0.2)
                .then(|| (ms(500.0 + random.f64() * 1500.0), ms(random.f64() * 900.0))),
        }
    }
}

/// A way from one end to the other.
#[derive(Debug)]
pub(crate) struct Network {
    random: fastrand::Rng,
    pub(crate) faults: Faults,
    in_burst: bool,
    line_free_at: Duration,
    last_arrival: Duration,
    pub(crate) lost: u64,
}

impl Network {
    pub(crate) fn new(seed: u64, faults: Faults) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
            faults,
            in_burst: false,
            line_free_at: Duration::ZERO,
            last_arrival: Duration::ZERO,
            lost: 0,
        }
    }

    /// When a packet sent at `at` arrives: never, once or twice.
    pub(crate) fn carry(&mut self, at: Duration, bytes: usize) -> Vec<Duration> {
        let Some(arrival) = self.arrival(at, bytes + HEADERS) else {
            self.lost += 1;
            return Vec::new();
        };
        if self.random.f64() < self.faults.duplicate {
            let again = arrival + Duration::from_micros(self.random.u64(0..30_000));
            return vec![arrival, again];
        }
        vec![arrival]
    }

    fn arrival(&mut self, at: Duration, bytes: usize) -> Option<Duration> {
        if let Some((begins, ends)) = self.faults.burst {
            let chance = if self.in_burst { ends } else { begins };
            self.in_burst ^= self.random.f64() < chance;
        } else {
            self.in_burst = false;
        }
        if self.in_burst || self.random.f64() < self.faults.loss || bytes > self.faults.mtu {
            return None;
        }
        let mut leaves = at;
        if let Some(bandwidth_bps) = self.faults.bandwidth_bps {
            leaves = leaves.max(self.line_free_at);
            if leaves - at > QUEUE {
                return None;
            }
            leaves += Duration::from_secs_f64(bytes as f64 * 8.0 / bandwidth_bps as f64);
            self.line_free_at = leaves;
        }
        let mut arrival = leaves + WAY + self.faults.jitter.mul_f64(self.random.f64());
        if self.random.f64() < self.faults.reorder.0 {
            return Some(arrival + self.faults.reorder.1);
        }
        if let Some((begins, length)) = self.faults.stall
            && (begins..begins + length).contains(&arrival)
        {
            arrival = begins + length;
        }
        self.last_arrival = self.last_arrival.max(arrival);
        Some(self.last_arrival)
    }
}
