//! A run that is given up in its middle.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ort::session::RunOptions;

/// Gives up the run that it was handed to, from any thread, before or while it is under way. Clones mean the same.
#[derive(Clone, Default)]
pub struct Cancel(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    is_cancelled: bool,
    running: Option<Arc<RunOptions>>,
}

impl Cancel {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run at the next node of its network; one that is over or has not begun as well.
    pub fn cancel(&self) {
        let mut state = self.state();
        state.is_cancelled = true;
        if let Some(running) = &state.running {
            // It would go on to its end.
            let _ = running.terminate();
        }
    }

    /// Whether a run is under way.
    pub fn is_running(&self) -> bool {
        self.state().running.is_some()
    }

    /// Cancels when what is answered is dropped.
    #[must_use]
    pub fn on_drop(&self) -> CancelOnDrop {
        CancelOnDrop(self.clone())
    }

    /// Has `run` done with options that end it; ONNX Runtime must be loaded.
    pub(crate) fn run<T>(&self, run: impl FnOnce(&RunOptions) -> ort::Result<T>) -> ort::Result<T> {
        let options = Arc::new(RunOptions::new()?);
        {
            let mut state = self.state();
            if state.is_cancelled {
                return Err(ort::Error::new("it was cancelled"));
            }
            state.running = Some(Arc::clone(&options));
        }
        let _over = Over(self);
        run(&options)
    }
}

/// A run is over, however it ended.
struct Over<'a>(&'a Cancel);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.state().running = None;
    }
}

/// Cancels when it is dropped.
pub struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
