//! Asks the end-of-turn model about pauses, on a thread of its own: neither the ears nor a room ever wait for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use troupe_inference::end_of_turn::{SmartTurn, WINDOW_SAMPLES};

use super::EarError;

/// The model's name among the local models.
pub const MODEL: &str = "smart-turn";

/// Pauses that may wait for the model. At 25 to 50 ms each, more would be judged too late to matter: the pause is
/// decided without.
const WAITING_MAX: usize = 4;

struct Question {
    turn: Arc<[i16]>,
    judged: Box<dyn FnOnce(f32) + Send>,
}

/// Judges pauses; all clones share one thread, which ends with the last of them.
#[derive(Clone)]
pub struct Judge {
    questions: SyncSender<Question>,
}

impl Judge {
    /// Loads the model from its file and starts the thread.
    ///
    /// # Errors
    /// When the model or the thread can't be had.
    pub fn start(file: PathBuf) -> Result<Self, EarError> {
        let mut model = SmartTurn::load(&file).map_err(|error| EarError(error.to_string()))?;
        let (questions, asked) = sync_channel::<Question>(WAITING_MAX);
        let work = move || {
            for Question { turn, judged } in asked {
                let newest = turn
                    .get(turn.len().saturating_sub(WINDOW_SAMPLES)..)
                    .unwrap_or_default();
                let speech: Vec<f32> = newest
                    .iter()
                    .map(|sample| f32::from(*sample) / 32_768.0)
                    .collect();
                // A panic costs this answer: the model keeps nothing from one question to the next.
                match catch_unwind(AssertUnwindSafe(|| model.probability(&speech))) {
                    Ok(Ok(probability)) => judged(probability),
                    Ok(Err(error)) => tracing::warn!(%error, "judge a pause"),
                    Err(_) => tracing::error!("judge a pause: the model broke"),
                }
            }
        };
        std::thread::Builder::new()
            .name("end-of-turn".into())
            .spawn(work)
            .map_err(|error| EarError(error.to_string()))?;
        Ok(Self { questions })
    }

    /// Asks how likely a turn is over that sounds like this so far, mono at 16 kHz. `judged` is called on the
    /// judge's thread and must not wait; it is not called when the model is too busy or fails.
    pub fn ask(&self, turn: Arc<[i16]>, judged: impl FnOnce(f32) + Send + 'static) {
        let judged = Box::new(judged);
        if self.questions.try_send(Question { turn, judged }).is_err() {
            tracing::debug!("judge a pause: the model is busy");
        }
    }
}
