//! Our binary with nothing of the developer's own configuration.

use std::path::Path;
use std::process::Command;

/// What the variables begin with that it reads.
const PREFIXES: [&str; 10] = [
    "TROUPE_",
    "OPENAI_",
    "LIVEKIT_",
    "OTEL_",
    "AWS_",
    "DEEPGRAM_",
    "ASSEMBLYAI_",
    "ELEVENLABS_",
    "CARTESIA_",
    "GEMINI_",
];

/// The binary in a folder, without the variables that it reads.
pub(crate) fn troupe(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_troupe"));
    for (variable, _) in std::env::vars() {
        if PREFIXES.iter().any(|prefix| variable.starts_with(prefix)) {
            command.env_remove(variable);
        }
    }
    command.current_dir(folder);
    command
}
