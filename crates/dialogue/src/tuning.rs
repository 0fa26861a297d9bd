//! Every threshold of a conversation, in one place.

use std::time::Duration;

/// How the room plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Characters answer people and each other.
    #[default]
    Freeform,
    /// Characters play a scene by themselves; people may cut in.
    Scripted,
}

/// Thresholds; each says what a larger value costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// Silence after a plain question before it is answered. Larger: fewer false cut-offs, slower
    /// answers. 200–1000 ms.
    pub end_of_question: Duration,
    /// Silence after a finished sentence before it is answered. 250–1500 ms.
    pub end_of_sentence: Duration,
    /// Silence after words that do not end a sentence. 500–3000 ms.
    pub end_of_fragment: Duration,
    /// Voice over a character's speech for this long interrupts it. Larger: coughs and "mhm" cut
    /// less, real interruptions are obeyed later. 100–800 ms.
    pub barge_in: Duration,
    /// Quiet after a character's speech before another character goes on. 300–10 000 ms.
    pub continuation: Duration,
    /// The same when the speech called the other one by name. 100–2000 ms.
    pub continuation_when_named: Duration,
    /// Speeches in a row without a person, after which the characters fall silent. 0–100.
    pub character_run_max: u32,
    /// The same for a scripted scene. 1–500.
    pub scene_run_max: u32,
    /// Time from the start of a scripted room to the first line. 0–10 000 ms.
    pub scene_start: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            end_of_question: Duration::from_millis(300),
            end_of_sentence: Duration::from_millis(450),
            end_of_fragment: Duration::from_millis(1100),
            barge_in: Duration::from_millis(200),
            continuation: Duration::from_millis(1800),
            continuation_when_named: Duration::from_millis(400),
            character_run_max: 6,
            scene_run_max: 60,
            scene_start: Duration::from_millis(500),
        }
    }
}
