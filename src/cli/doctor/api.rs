//! The Rooms API as a worker reaches it.

use secrecy::ExposeSecret;

use super::finding::Finding;
use crate::config::Config;
use crate::worker::{ApiError, probe};

const CHECK: &str = "api";

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let url = &config.worker.api_url;
    let Some(key) = &config.worker.api_key else {
        return vec![Finding::broken(
            CHECK,
            "TROUPE_API_KEY is not set",
            "set it to what `troupe keys create --project NAME --kind worker` prints",
        )];
    };
    vec![match probe(url.as_str(), key.expose_secret().into()).await {
        Ok(()) => Finding::ok(CHECK, format!("{url} answers and takes the worker's key")),
        Err(error @ ApiError::Unreachable { .. }) => Finding::broken(
            CHECK,
            error.to_string(),
            "is `troupe serve` running, and does TROUPE_API_URL name it as this machine reaches it?",
        ),
        Err(error) => Finding::broken(CHECK, error.to_string(), "look into the log of `troupe serve`"),
    }]
}
