//! What a caller writes down, field by field as other black-box callers do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Summary, ms};
use crate::protocol::TurnStages;

/// Events of a room that joining is measured by.
pub const JOIN_EVENTS: [&str; 3] = ["agent_joined", "track_published", "track_subscribed"];

/// One turn of the caller and what came back. Times are s since 1970.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Turn {
    /// Counted from 0.
    pub turn: usize,
    /// What was said: a file's name.
    pub utt: String,
    /// When its first sample was handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub t_start: Option<f64>,
    /// When its last one was.
    pub eos: f64,
    /// When the reply began.
    #[serde(default)]
    pub onset: Option<f64>,
    /// From end of speech to onset, ms; nothing when there was no reply.
    #[serde(default)]
    pub latency_ms: Option<f64>,
    /// Length of the reply, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_s: Option<f64>,
    /// Gaps in the reply: where and how long, s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<(f64, f64)>,
    /// Sounds too short to be speech: when and how long, s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blips: Vec<(f64, f64)>,
    /// Whether the character spoke when it was interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub talking: Option<bool>,
    /// When the interrupting speech began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barge_start: Option<f64>,
    /// When the interrupted speech was last heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<f64>,
    /// From the one to the other, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_ms: Option<f64>,
    /// Length of the reply to the interruption, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_s: Option<f64>,
    /// Share of idle processor time in the turn, %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_pct: Option<i64>,
    /// Share of the turn in which somebody waited for a processor, %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub psi_pct: Option<i64>,
}

/// One room.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RoomRun {
    /// Its name.
    pub room: String,
    /// What happened when, s since 1970.
    #[serde(default)]
    pub events: BTreeMap<String, f64>,
    /// The most by which a frame of the microphone was late, ms.
    #[serde(default)]
    pub mic_late_ms: f64,
    /// The turns.
    #[serde(default)]
    pub turns: Vec<Turn>,
    /// From the start of the room to each of [`JOIN_EVENTS`], ms.
    #[serde(default)]
    pub join_ms: BTreeMap<String, f64>,
    /// When the stages of the character's turns were reached, where whoever answered tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<TurnStages>,
    /// Why nothing came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl RoomRun {
    /// Works out what joining took.
    pub fn joined(&mut self) {
        let Some(from) = self.events.get("dispatch").copied() else {
            return;
        };
        for event in JOIN_EVENTS {
            if let Some(at) = self.events.get(event) {
                self.join_ms.insert(event.to_owned(), ms(from, *at));
            }
        }
    }
}

/// A whole run in one mode: `latency`, `bargein`, `join` or `load`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CallerRun {
    /// Which.
    pub mode: String,
    /// Who was measured.
    #[serde(default)]
    pub label: String,
    /// How.
    #[serde(default)]
    pub args: Value,
    /// Share of the turns in which somebody waited for a processor, %.
    #[serde(default)]
    pub psi_pct: Summary,
    /// Idle processor time, %.
    #[serde(default)]
    pub idle_pct: Summary,
    /// Turns without a reply.
    #[serde(default)]
    pub missed: usize,
    /// Replies that began before the end of speech.
    #[serde(default)]
    pub early: usize,
    /// First-audio delays, ms.
    #[serde(default)]
    pub latency_ms: Summary,
    /// The rooms.
    #[serde(default)]
    pub rooms: Vec<RoomRun>,
    /// Cut delays, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_ms: Option<Summary>,
    /// Until the character was seen in the room, ms.
    #[serde(default)]
    pub join_agent_joined_ms: Summary,
    /// Until its track was published, ms.
    #[serde(default)]
    pub join_track_published_ms: Summary,
    /// Until its track could be heard, ms.
    #[serde(default)]
    pub join_track_subscribed_ms: Summary,
}

impl CallerRun {
    /// Sums up rooms.
    pub fn of(mode: &str, label: &str, args: Value, rooms: Vec<RoomRun>) -> Self {
        let turns = || rooms.iter().flat_map(|room| &room.turns);
        let join =
            |event: &str| Summary::of(rooms.iter().filter_map(|room| room.join_ms.get(event).copied()));
        // A character that was silent when it was to be interrupted says nothing of interruptions.
        let stops = turns()
            .filter(|turn| turn.talking != Some(false))
            .filter_map(|turn| turn.stop_ms);
        Self {
            mode: mode.to_owned(),
            label: label.to_owned(),
            args,
            psi_pct: Summary::of(turns().filter_map(|turn| turn.psi_pct).map(|pct| pct as f64)),
            idle_pct: Summary::of(turns().filter_map(|turn| turn.idle_pct).map(|pct| pct as f64)),
            missed: turns().filter(|turn| turn.latency_ms.is_none()).count(),
            early: turns()
                .filter(|turn| turn.latency_ms.is_some_and(|ms| ms < 0.0))
                .count(),
            latency_ms: Summary::of(turns().filter_map(|turn| turn.latency_ms)),
            stop_ms: (mode == "bargein").then(|| Summary::of(stops)),
            join_agent_joined_ms: join("agent_joined"),
            join_track_published_ms: join("track_published"),
            join_track_subscribed_ms: join("track_subscribed"),
            rooms,
        }
    }
}
