//! What a worker tells Prometheus; LiveKit's names where there are any.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use troupe_dialogue::Fate;

use super::turn::fate_word;
use crate::metrics::{ProcessCollector, delays};
use crate::protocol::ReleaseReason;
use crate::providers::{Costs, Counts};

/// Which of the models a worker asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(super) enum Role {
    /// Speech to text.
    Stt,
    /// Language model.
    Llm,
    /// Text to speech.
    Tts,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRole {
    role: Role,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfOutcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Released {
    reason: &'static str,
}

/// Counters and delays; clones count together.
#[derive(Debug, Clone)]
pub(super) struct Metrics {
    rooms: Gauge,
    /// Rooms that were played and are over; of several that end at once perhaps one.
    over: Arc<AtomicU64>,
    load: Gauge<f64, AtomicU64>,
    pub(super) claimed: Counter,
    released: Family<Released, Counter>,
    /// Rooms that somebody else held by the time we asked, or that we left because the API was silent.
    pub(super) lost: Counter,
    pub(super) heartbeats_failed: Counter,
    failures: Family<OfRole, Counter>,
    turns: Family<OfOutcome, Counter>,
    alarms: Family<OfKind, Counter>,
    cost: Family<OfRole, Counter<f64, std::sync::atomic::AtomicU64>>,
    out_of_budget: Counter,
    short_of_memory: Gauge,
    short_of_models: Gauge,
    busy: Gauge<f64, AtomicU64>,
    chains: Counts,
    joined: Histogram,
    end_of_turn: Histogram,
    first_audio: Histogram,
    cut: Histogram,
    transcription: Histogram,
    llm_ttft: Histogram,
    tts_ttfb: Histogram,
}

impl Metrics {
    /// With what the chains of models count themselves.
    pub(super) fn new(chains: &Counts) -> Self {
        Self {
            chains: chains.clone(),
            turns: Family::default(),
            alarms: Family::default(),
            cost: Family::default(),
            out_of_budget: Counter::default(),
            short_of_memory: Gauge::default(),
            short_of_models: Gauge::default(),
            busy: Gauge::default(),
            rooms: Gauge::default(),
            over: Arc::default(),
            load: Gauge::default(),
            claimed: Counter::default(),
            released: Family::default(),
            lost: Counter::default(),
            heartbeats_failed: Counter::default(),
            failures: Family::default(),
            joined: delays(),
            end_of_turn: delays(),
            first_audio: delays(),
            cut: delays(),
            transcription: delays(),
            llm_ttft: delays(),
            tts_ttfb: delays(),
        }
    }

    /// A registry of all of them, and of the process.
    pub(super) fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        registry.register(
            "lk_agents_active_job_count",
            "Rooms that are played",
            self.rooms.clone(),
        );
        registry.register(
            "lk_agents_worker_load",
            "Share of the rooms that this worker may play at once, 0 to 1",
            self.load.clone(),
        );
        registry.register("troupe_rooms_claimed", "Rooms taken", self.claimed.clone());
        registry.register(
            "troupe_rooms_released",
            "Rooms let go of, by reason",
            self.released.clone(),
        );
        registry.register(
            "troupe_rooms_lost",
            "Rooms left without a word because another worker holds them or the API was silent",
            self.lost.clone(),
        );
        registry.register(
            "troupe_heartbeats_failed",
            "Heartbeats without an answer",
            self.heartbeats_failed.clone(),
        );
        registry.register(
            "troupe_model_failures",
            "Requests to models that failed, by role",
            self.failures.clone(),
        );
        registry.register(
            "troupe_turns",
            "Turns of people that are closed: answered, or why not",
            self.turns.clone(),
        );
        registry.register(
            "troupe_watchdog_alarms",
            "Times that something in a room stood still and was helped on, by kind",
            self.alarms.clone(),
        );
        registry.register(
            "troupe_cost",
            "What models have cost by the prices that are set, by role, in the operator's currency",
            self.cost.clone(),
        );
        registry.register(
            "troupe_rooms_out_of_budget",
            "Rooms that used up their budget",
            self.out_of_budget.clone(),
        );
        registry.register(
            "troupe_memory_short",
            "1 while no rooms are taken because the memory is nearly used up",
            self.short_of_memory.clone(),
        );
        registry.register(
            "troupe_models_short",
            "1 while no rooms are taken because local models would serve another one too late",
            self.short_of_models.clone(),
        );
        registry.register(
            "troupe_models_busy",
            "Share of its time that the busiest local model works",
            self.busy.clone(),
        );
        self.chains.register(&mut registry);
        let delays = [
            (
                "troupe_join",
                "From knowing of a character to its place in the room, track published",
                &self.joined,
            ),
            (
                "troupe_end_of_turn_delay",
                "From the last sound of others to the decision that the turn is over and its answer may be heard",
                &self.end_of_turn,
            ),
            (
                "troupe_first_audio_delay",
                "From the last sound of others to the first sound of a character",
                &self.first_audio,
            ),
            (
                "troupe_cut_delay",
                "From a person's first sound to a character's silence",
                &self.cut,
            ),
            (
                "troupe_transcription_delay",
                "How long a transcription took",
                &self.transcription,
            ),
            (
                "troupe_llm_ttft",
                "From the question to the language model's first words",
                &self.llm_ttft,
            ),
            (
                "troupe_tts_ttfb",
                "From the first chunk of text to its first sound",
                &self.tts_ttfb,
            ),
        ];
        for (name, help, histogram) in delays {
            registry.register_with_unit(name, help, Unit::Seconds, histogram.clone());
        }
        registry.register_collector(Box::new(ProcessCollector));
        registry
    }

    /// So many of so many rooms are played.
    pub(super) fn rooms(&self, held: usize, rooms_max: u32) {
        let held = i64::try_from(held).unwrap_or(i64::MAX);
        if self.rooms.set(held) > held {
            self.over.fetch_add(1, Ordering::Relaxed);
        }
        self.load.set(held as f64 / f64::from(rooms_max.max(1)));
    }

    /// Grows whenever a room is over.
    pub(super) fn over(&self) -> u64 {
        self.over.load(Ordering::Relaxed)
    }

    /// Rooms that are played.
    pub(super) fn played(&self) -> i64 {
        self.rooms.get()
    }

    pub(super) fn released(&self, reason: ReleaseReason) {
        self.released
            .get_or_create(&Released { reason: word(reason) })
            .inc();
    }

    /// How busy the busiest local model is, and whether that is too much for another room.
    pub(super) fn busy_models(&self, share: f64, is_short: bool) {
        self.busy.set(share);
        self.short_of_models.set(i64::from(is_short));
    }

    /// Whether memory is short.
    pub(super) fn short_of_memory(&self, is_short: bool) {
        self.short_of_memory.set(i64::from(is_short));
    }

    /// A watchdog did something.
    pub(super) fn alarm(&self, kind: &'static str) {
        self.alarms.get_or_create(&OfKind { kind }).inc();
    }

    /// Models have cost so much more.
    pub(super) fn cost(&self, costs: &Costs) {
        let of_roles = [
            (Role::Stt, costs.hearing),
            (Role::Llm, costs.writing),
            (Role::Tts, costs.speaking),
        ];
        for (role, cost) in of_roles.into_iter().filter(|(_, cost)| *cost > 0.0) {
            self.cost.get_or_create(&OfRole { role }).inc_by(cost);
        }
    }

    /// A room has used up its budget.
    pub(super) fn out_of_budget(&self) {
        self.out_of_budget.inc();
    }

    /// A turn of people is closed.
    pub(super) fn turn_closed(&self, fate: Fate) {
        let outcome = fate_word(fate);
        self.turns.get_or_create(&OfOutcome { outcome }).inc();
    }

    pub(super) fn failed(&self, role: Role) {
        self.failures.get_or_create(&OfRole { role }).inc();
    }

    pub(super) fn joined(&self, after: Duration) {
        self.joined.observe(after.as_secs_f64());
    }

    pub(super) fn end_of_turn(&self, after: Duration) {
        self.end_of_turn.observe(after.as_secs_f64());
    }

    pub(super) fn first_audio(&self, after: Duration) {
        self.first_audio.observe(after.as_secs_f64());
    }

    pub(super) fn cut(&self, after: Duration) {
        self.cut.observe(after.as_secs_f64());
    }

    /// A model gave its first result.
    pub(super) fn answered(&self, role: Role, after: Duration) {
        let histogram = match role {
            Role::Stt => &self.transcription,
            Role::Llm => &self.llm_ttft,
            Role::Tts => &self.tts_ttfb,
        };
        histogram.observe(after.as_secs_f64());
    }
}

const fn word(reason: ReleaseReason) -> &'static str {
    match reason {
        ReleaseReason::Ended => "ended",
        ReleaseReason::Empty => "empty",
        ReleaseReason::MaxDuration => "max_duration",
        ReleaseReason::Draining => "draining",
        ReleaseReason::Failed => "failed",
    }
}
