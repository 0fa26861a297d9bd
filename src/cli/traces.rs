//! Traces as they are configured.

use std::time::Duration;

use super::Failure;
use crate::config::Config;
use crate::traces::{Service, Traces};

/// Time that the collector is given for the last spans when a process stops.
pub(super) const SPANS_WITHIN: Duration = Duration::from_secs(2);

/// Where spans go; nowhere without a collector.
pub(super) fn traces(config: &Config, service: Service) -> Result<Traces, Failure> {
    let name = config.traces.service_name.as_deref();
    match &config.traces.collector {
        None => Ok(Traces::off()),
        Some(collector) => Traces::start(service, collector.as_str(), name).map_err(Failure::failed),
    }
}
