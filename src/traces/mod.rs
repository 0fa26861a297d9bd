//! Traces for operators: spans on their way to an OpenTelemetry collector (OTLP over HTTP, protobuf).
//!
//! ```text
//! worker: a turn that is over ─┐
//!                              ├─► bounded queue ─► batches ─► collector
//! API: a request of a trace ───┘
//! ```
//!
//! Spans are built from what is known once something is over, so that nothing runs while it is under way. There is no
//! bridge from the logs: what a span says is written out here and in [`crate::worker`], and is ids, numbers and
//! reason codes alone.

mod context;
mod export;
mod queue;

pub use self::context::{Parent, TRACEPARENT, TraceName};
pub use self::export::{Service, TracesError};
pub use self::queue::{Draft, Traces};
