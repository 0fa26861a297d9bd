//! When to stop: the first SIGTERM or SIGINT asks, the second insists.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancelled once the process shall stop. Clones see the same; child tokens stop a part alone.
pub type Shutdown = CancellationToken;

/// Exit code of a process that was told to stop once too often: 128 + SIGINT.
const INSISTED: i32 = 130;

/// What a second signal does: it ends the process, unless somebody heeds it; then the third does.
#[derive(Debug, Clone, Default)]
pub struct Insisted {
    token: CancellationToken,
    is_heeded: Arc<AtomicBool>,
}

impl Insisted {
    /// Cancelled by the second signal, which does not end the process any more.
    pub fn heed(&self) -> CancellationToken {
        self.is_heeded.store(true, Ordering::Release);
        self.token.clone()
    }
}

/// Watches SIGTERM and SIGINT from now on.
///
/// # Errors
/// When the process may not install signal handlers.
pub fn on_signals() -> std::io::Result<(Shutdown, Insisted)> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (shutdown, insisted) = (Shutdown::new(), Insisted::default());
    let (asked, again) = (shutdown.clone(), insisted.clone());
    tokio::spawn(async move {
        for number in 1.. {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            // First: writing the line fails when nobody reads our logs any more.
            match number {
                1 => asked.cancel(),
                2 if again.is_heeded.load(Ordering::Acquire) => again.token.cancel(),
                _ => std::process::exit(INSISTED),
            }
            tracing::info!("stopping; another signal stops at once");
        }
    });
    Ok((shutdown, insisted))
}
