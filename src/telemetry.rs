//! Logs, to stderr alone: stdout belongs to a command's data.

use tracing::Level;
use tracing_subscriber::EnvFilter;

/// Crates below us whose `info` is noise to somebody who runs a room.
const QUIET: &str =
    "livekit=warn,livekit_api=warn,libwebrtc=warn,str0m=warn,sqlx=warn,hyper=warn,reqwest=warn";

/// Never heard, whatever the filter says: what characters ask tools stands in its lines.
const SILENT: &str = "rmcp=off";

/// Starts logging. `level` is the default; `TROUPE_LOG` (a tracing filter such as `troupe=debug`) wins over it.
///
/// With `json` every log line is one JSON object.
pub fn init(level: Level, json: bool) {
    let filter = EnvFilter::try_from_env("TROUPE_LOG")
        .unwrap_or_else(|_| EnvFilter::new(format!("{},{QUIET}", level.as_str().to_lowercase())));
    let filter = match SILENT.parse() {
        Ok(silent) => filter.add_directive(silent),
        Err(_) => filter,
    };
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    if json {
        logs.json().init();
    } else {
        logs.compact().init();
    }
}
