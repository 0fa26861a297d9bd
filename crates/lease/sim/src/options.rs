//! What a fleet goes through, drawn from its seed.

use troupe_seeded::Chance;

/// What a fleet goes through.
#[derive(Debug, Clone)]
pub struct Options {
    /// The seed that all follows from.
    pub seed: u64,
    /// Machines that run a worker each.
    pub workers: usize,
    /// Rooms that are started over time.
    pub rooms: usize,
    /// Rooms that one worker may hold.
    pub capacity: usize,
    /// Messages that are lost, percent.
    pub lost: u64,
    /// Messages that come twice, percent.
    pub doubled: u64,
    /// Messages that are late, percent.
    pub late: u64,
    /// How late they are at most, ms.
    pub late_ms_max: u64,
    /// Processes that die, a minute and worker and hundred.
    pub crashes: u64,
    /// Processes that stand still, a minute and worker and hundred.
    pub freezes: u64,
    /// Networks that are cut, a minute and worker and hundred.
    pub cuts: u64,
    /// Workers that are told to stop, a minute and worker and hundred.
    pub drains: u64,
    /// Sessions that fail, a minute and worker and hundred.
    pub failures: u64,
    /// Whether the first room kills every worker that enters it.
    pub poison: bool,
    /// By how much clocks run fast or slow at most, parts in a million.
    pub drift_ppm: u64,
    /// Times that the database's clock is set.
    pub jumps: u64,
    /// By how much it is set at most, ms.
    pub jump_ms_max: u64,
    /// Time after which a worker takes the answer to a heartbeat for lost, ms.
    pub beat_within_ms: i64,
    /// How long all this lasts, ms.
    pub faults_ms: i64,
}

impl Options {
    /// Draws the options of a seed.
    pub fn draw(seed: u64) -> Self {
        let mut chance = Chance::from_seed(seed);
        let mut some = |percent: u64, low: u64, high: u64| {
            let drawn = chance.within(low, high);
            if chance.percent(percent) { drawn } else { 0 }
        };
        Self {
            seed,
            workers: usize::try_from(some(100, 1, 4)).unwrap_or(1),
            rooms: usize::try_from(some(100, 1, 6)).unwrap_or(1),
            capacity: usize::try_from(some(100, 1, 6)).unwrap_or(1),
            lost: some(50, 1, 40),
            doubled: some(30, 1, 20),
            late: some(50, 1, 30),
            late_ms_max: some(100, 50, 15_000),
            crashes: some(60, 20, 600),
            freezes: some(50, 20, 400),
            cuts: some(60, 20, 400),
            drains: some(40, 20, 300),
            failures: some(30, 20, 200),
            poison: some(15, 1, 1) == 1,
            drift_ppm: some(60, 1, 100_000),
            jumps: some(25, 1, 4),
            jump_ms_max: some(100, 100, 20_000),
            beat_within_ms: 2_000 + i64::try_from(some(50, 0, 5_000)).unwrap_or(0),
            faults_ms: i64::try_from(some(100, 30_000, 120_000)).unwrap_or(30_000),
        }
    }
}
