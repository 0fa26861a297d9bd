//! Boot: logs, then signals, then the command; its failure decides the exit code.

use std::process::ExitCode;

use clap::Parser;
use troupe::cli::Cli;
use troupe::{shutdown, telemetry};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::init(cli.log_level(), cli.json);
    let shutdown = match shutdown::on_signals() {
        Ok(shutdown) => shutdown,
        Err(error) => {
            tracing::error!(%error, "watch signals");
            return ExitCode::FAILURE;
        }
    };
    match cli.run(shutdown).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
