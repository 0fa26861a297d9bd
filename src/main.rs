//! Boot: logs, then threads, signals, the command; its failure decides the exit code.

use std::process::ExitCode;

use clap::Parser;
use troupe::cli::Cli;
use troupe::{shutdown, telemetry};
use troupe_inference::llm;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    troupe_heap::share();
    let cli = Cli::parse();
    telemetry::init(cli.log_level(), cli.json);
    // Several kinds of cryptography are linked, so that rustls has no default of its own; without one, connecting to a
    // LiveKit server over TLS panics.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::warn!("choose the cryptography of TLS: it was chosen before");
    }
    // Before the first thread: the local language model takes its thread count from the environment.
    if let Err(error) = llm::ensure_threads(llm::THREADS_DEFAULT) {
        tracing::warn!(%error, "bound the language model's threads");
    }
    run(cli)
}

#[tokio::main]
async fn run(cli: Cli) -> ExitCode {
    let (shutdown, insisted) = match shutdown::on_signals() {
        Ok(signals) => signals,
        Err(error) => {
            tracing::error!(%error, "watch signals");
            return ExitCode::FAILURE;
        }
    };
    match cli.run(shutdown, insisted).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
