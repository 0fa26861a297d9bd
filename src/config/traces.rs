//! Where spans go, and where they are looked at.

use std::str::FromStr;

use reqwest::Url;

use super::setting as s;
use super::sources::Sources;

/// Path of spans at a collector of all signals.
const SPANS: &str = "v1/traces";
/// What stands for a trace's id in a [`TraceUrl`].
const PLACE: &str = "{traceId}";

/// Traces, each turn one.
#[derive(Debug, Clone, Default)]
pub struct Traces {
    /// Where spans are sent, with the path; without one nothing is traced.
    pub collector: Option<Collector>,
    /// Under which name, when it is not our own.
    pub service_name: Option<String>,
    /// Where people look at a trace.
    pub url: Option<TraceUrl>,
}

impl Traces {
    pub(super) fn read(from: &mut Sources<'_>) -> Self {
        let of_all: Option<Collector> = from.parsed(s::OTLP_ENDPOINT, None);
        let of_spans = from.parsed(s::OTLP_TRACES_ENDPOINT, None);
        Self {
            collector: of_spans.or(of_all.map(|collector| collector.of_spans())),
            service_name: from.text(s::SERVICE_NAME, None),
            url: from.parsed(s::TRACE_URL, None),
        }
    }
}

/// Address of an OpenTelemetry collector that takes OTLP over HTTP. It holds no credentials: those go into
/// `OTEL_EXPORTER_OTLP_HEADERS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collector(String);

impl Collector {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where it takes spans, when it takes everything.
    fn of_spans(self) -> Self {
        Self(format!("{}/{SPANS}", self.0.trim_end_matches('/')))
    }
}

impl FromStr for Collector {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = web_address(text)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold credentials; put them into OTEL_EXPORTER_OTLP_HEADERS");
        }
        Ok(Self(text.to_owned()))
    }
}

/// Where people look at a trace: an address in which `{traceId}` stands for the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceUrl(String);

impl TraceUrl {
    /// The address of one trace.
    pub fn of(&self, trace_id: &str) -> String {
        self.0.replace(PLACE, trace_id)
    }
}

impl FromStr for TraceUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.contains(PLACE) {
            return Err("must hold {traceId}, such as https://jaeger.example.com/trace/{traceId}");
        }
        // Only as part of a path or a query: a page must not be led to another host by it.
        let [first, second] = ["0", "1"].map(|id| web_address(&text.replace(PLACE, id)));
        if first?.origin() != second?.origin() {
            return Err("must hold {traceId} after its host");
        }
        Ok(Self(text.to_owned()))
    }
}

fn web_address(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "must be a URL such as https://example.com")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with http:// or https://");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("must name a host");
    }
    Ok(url)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_collector_of_everything_takes_spans_below_its_address() {
        let collector: Collector = "http://127.0.0.1:4318/".parse().unwrap();
        assert_eq!(collector.of_spans().as_str(), "http://127.0.0.1:4318/v1/traces");
        for bad in ["127.0.0.1:4318", "grpc://host", "https://user:word@host"] {
            assert!(bad.parse::<Collector>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_trace_is_looked_at_where_its_id_stands() {
        let url: TraceUrl = "https://jaeger.example.com/trace/{traceId}?uiFind={traceId}"
            .parse()
            .unwrap();
        assert_eq!(url.of("ab"), "https://jaeger.example.com/trace/ab?uiFind=ab");
        for bad in [
            "https://example.com/trace",
            "https://{traceId}.example.com/",
            "javascript:{traceId}",
        ] {
            assert!(bad.parse::<TraceUrl>().is_err(), "{bad}");
        }
    }
}
