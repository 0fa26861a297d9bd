//! Every service through the same cases, against servers that speak its protocol as it is documented.
//!
//! A case is a function over a [`hearing::Dialect`] or [`speaking::Dialect`]; the tables at the end of both files say
//! which services go through it. The services themselves were never asked.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod dialects;
mod hearing;
mod refusals;
mod scripts;
mod server;
mod speaking;

use std::time::Duration;

use troupe_vendors::{Config, Deadline, Timing};

/// What opens the servers.
const KEY: &str = "key-that-must-not-be-seen";
/// What a person says and a character is to say; no fault may name it.
const LINE: &str = "one two three";

/// Time bounds that a test can't run into by accident.
fn patient() -> Timing {
    let long = Duration::from_secs(30);
    Timing {
        connect: long,
        send: long,
        words: long,
        quiet: long,
        sound: Deadline {
            first: long,
            between: long,
        },
        keep_alive: long,
        idle: long,
        rest: Duration::ZERO,
        rest_max: Duration::ZERO,
        again: Duration::ZERO,
    }
}

/// Soon, for what is to happen in time.
const SOON: Duration = Duration::from_millis(200);

fn config(url: &str, timing: Timing) -> Config {
    Config {
        base_url: Some(url.to_owned()),
        timing,
        ..Config::new(KEY.to_owned().into())
    }
}
