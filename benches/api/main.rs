//! What the API bears: transcript reads and entry writes at a steady rate, half of each, against our own binary
//! on SQLite and on Postgres, with this load generator beside it.
//!
//! `cargo bench --bench api -- [SECONDS] [RATE] [sqlite|postgres]`; without arguments 10 s at 1 000 a second on
//! both. A request's time counts from when it was due, so that a slow server can't hide behind a slow client.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints its figures or fails"
)]

mod figures;
mod load;
#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/packages/mod.rs"]
mod packages;
#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/postgres/mod.rs"]
mod postgres;
mod server;

use std::time::Duration;

use troupe::rooms::store::{self, Location};

use crate::load::{Load, Plan};
use crate::postgres::Cluster;
use crate::server::Server;

/// Requests a second when nothing is said.
const RATE: u32 = 1_000;
/// Duration when nothing is said, s.
const SECONDS: u64 = 10;

#[tokio::main]
async fn main() {
    let (mut numbers, mut only) = (Vec::new(), None);
    // cargo adds flags of its own.
    for argument in std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
    {
        match argument.parse::<u64>() {
            Ok(number) => numbers.push(number),
            Err(_) => only = Some(argument),
        }
    }
    let plan = Plan {
        span: Duration::from_secs(numbers.first().copied().unwrap_or(SECONDS)),
        rate: numbers.get(1).map_or(RATE, |rate| u32::try_from(*rate).unwrap()),
    };
    println!(
        "{} requests a second for {} s, half reads and half writes",
        plan.rate,
        plan.span.as_secs()
    );
    for kind in ["sqlite", "postgres"] {
        if only.as_deref().is_none_or(|only| only == kind) {
            measure(kind, plan).await;
        }
    }
}

async fn measure(kind: &str, plan: Plan) {
    let folder = tempfile::tempdir().unwrap();
    // As in production: what is acknowledged is on the disk.
    let cluster = (kind == "postgres").then(|| Cluster::start("fsync = on\n"));
    let url = match &cluster {
        Some(cluster) => cluster.url("postgres"),
        None => format!("sqlite:{}", folder.path().join("t.sqlite").display()),
    };
    let store = store::open(&Location::parse(&url).unwrap()).await.unwrap();
    let load = Load::prepare(&store, plan).await;
    store.close().await;
    let server = Server::start(&url).await;
    let figures = load.run(&server).await;
    println!("\n{kind}\n{figures}");
}
