//! Which trace something belongs to.

use std::fmt;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use reqwest::header::HeaderMap;

/// The header that carries a trace from one process to another (W3C Trace Context).
pub const TRACEPARENT: &str = "traceparent";

/// Names one trace: 32 hexadecimal digits.
///
/// The root span's id is the second half of the trace's, so that whoever knows the trace knows its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceName(TraceId);

impl TraceName {
    /// From bits drawn by chance.
    pub fn new(chance: u128) -> Self {
        // Neither the trace nor its root may be zero.
        Self(TraceId::from(chance | 1))
    }

    /// Reads 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let id = TraceId::from_hex(text).ok()?;
        let name = Self(id);
        let is_name = text.len() == 32 && text.bytes().all(is_hex) && name.root() != SpanId::INVALID;
        is_name.then_some(name)
    }

    pub(super) fn id(self) -> TraceId {
        self.0
    }

    /// The trace's first span.
    pub(super) fn root(self) -> SpanId {
        let mut half = [0; 8];
        half.copy_from_slice(&self.0.to_bytes()[8..]);
        SpanId::from_bytes(half)
    }

    /// The header's value that puts a request under the trace's root.
    pub fn traceparent(self) -> String {
        format!("00-{}-{}-01", self.0, self.root())
    }
}

impl fmt::Display for TraceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A span of another process under which something here stands.
#[derive(Debug, Clone)]
pub struct Parent(SpanContext);

impl Parent {
    /// What a request's headers say, when its trace is one that is kept.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        headers.get(TRACEPARENT)?;
        let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        let span = context.span().span_context().clone();
        (span.is_valid() && span.is_sampled()).then_some(Self(span))
    }

    /// The root of a trace.
    pub fn root(name: TraceName) -> Self {
        Self(span(name.id(), name.root(), false))
    }

    pub(super) fn context(&self) -> &SpanContext {
        &self.0
    }
}

/// A span of a trace that is kept.
pub(super) fn span(trace: TraceId, span: SpanId, is_remote: bool) -> SpanContext {
    SpanContext::new(trace, span, TraceFlags::SAMPLED, is_remote, TraceState::NONE)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_known_on_the_other_side() {
        let name = TraceName::new(0xabc0_0000_0000_0000_0000_0000_0000_1230);
        assert_eq!(TraceName::parse(&name.to_string()), Some(name));
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, name.traceparent().parse().unwrap());
        let parent = Parent::of(&headers).unwrap();
        assert_eq!(parent.context().trace_id(), name.id());
        assert_eq!(parent.context().span_id(), name.root());
    }

    #[test]
    fn what_is_no_trace_is_none() {
        for text in [
            "",
            "abc",
            "00000000000000000000000000000000",
            "10000000000000000000000000000000",
            "ABC00000000000000000000000001231",
            "+bc00000000000000000000000001231",
        ] {
            assert_eq!(TraceName::parse(text), None, "{text}");
        }
        for value in [
            "nonsense",
            "00-abc00000000000000000000000001231-0000000000001231-00",
            "00-00000000000000000000000000000000-0000000000001231-01",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(TRACEPARENT, value.parse().unwrap());
            assert!(Parent::of(&headers).is_none(), "{value}");
        }
    }
}
