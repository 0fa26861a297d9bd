//! When to stop: the first SIGTERM or SIGINT asks, the second insists.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancelled once the process shall stop. Clones see the same; child tokens stop a part alone.
pub type Shutdown = CancellationToken;

/// Exit code of a process that was told to stop twice: 128 + SIGINT.
const INSISTED: i32 = 130;

/// Watches SIGTERM and SIGINT from now on.
///
/// # Errors
/// When the process may not install signal handlers.
pub fn on_signals() -> std::io::Result<Shutdown> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let shutdown = Shutdown::new();
    let asked = shutdown.clone();
    tokio::spawn(async move {
        for insisted in [false, true] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if insisted {
                std::process::exit(INSISTED);
            }
            // First: writing the line fails when nobody reads our logs any more.
            asked.cancel();
            tracing::info!("stopping; a second signal stops at once");
        }
    });
    Ok(shutdown)
}
