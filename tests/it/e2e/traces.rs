//! One trace a turn: what a collector gets of a spoken answer, and what a collector that is away costs.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind};
use prost::Message;
use reqwest::Method;
use tokio::sync::watch;

use super::harness::Stack;

/// Time until spans that must come are there.
const SPANS_WITHIN: Duration = Duration::from_secs(60);

/// A collector that takes everything and keeps it, as it came.
#[derive(Clone)]
struct Collector(watch::Sender<Vec<Bytes>>);

impl Collector {
    async fn start() -> (Self, String) {
        let collector = Self(watch::Sender::new(Vec::new()));
        let take = async |State(Collector(kept)): State<Collector>, headers: HeaderMap, body: Bytes| {
            assert_eq!(headers["content-type"], "application/x-protobuf");
            assert_eq!(
                headers["x-tenant"], "one",
                "the standard variable for headers holds"
            );
            kept.send_modify(|kept| kept.push(body));
            StatusCode::OK
        };
        let app = Router::new()
            .route("/v1/traces", post(take))
            .with_state(collector.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (collector, url)
    }

    /// Spans as (service, span) once they are what is waited for.
    async fn spans_until(&self, are_there: impl Fn(&[(String, Span)]) -> bool) -> Vec<(String, Span)> {
        let mut kept = self.0.subscribe();
        let waiting = async {
            loop {
                let spans = spans(&kept.borrow_and_update());
                if are_there(&spans) {
                    return spans;
                }
                kept.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(SPANS_WITHIN, waiting).await {
            Ok(spans) => spans,
            Err(_) => panic!("the spans did not come: {:#?}", spans(&self.0.borrow())),
        }
    }
}

fn spans(requests: &[Bytes]) -> Vec<(String, Span)> {
    let decoded = requests
        .iter()
        .map(|body| ExportTraceServiceRequest::decode(body.clone()).unwrap());
    let mut found = Vec::new();
    for resource in decoded.flat_map(|request| request.resource_spans) {
        let attributes = resource.resource.unwrap().attributes;
        let service = attributes
            .iter()
            .find_map(|attribute| (attribute.key == "service.name").then(|| text(attribute.value.as_ref())));
        let service = service.unwrap();
        for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            found.push((service.clone(), span));
        }
    }
    found
}

fn text(value: Option<&opentelemetry_proto::tonic::common::v1::AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn fact(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    Some(text(found.value.as_ref()))
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Has a question asked and answered; answers room and character.
async fn talk(stack: &Stack) -> (String, String, String) {
    let [(character, name)] = stack.characters().await;
    let room = stack.room(&[&character]).await;
    stack.begin(&room).await;
    let mut person = stack.guest(&room).await;
    let identity = format!("agent-{character}");
    person.has_track(&identity).await;
    stack
        .models
        .hears(&format!("{name}, how old is the Brooklyn Bridge?"));
    stack
        .models
        .answers("It was opened when elephants still walked to work.");
    person.say(&stack.recording()).await;
    person.hears(&identity).await;
    person.hears_out(&identity).await;
    (room, character, name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoken_turn_is_one_trace_from_the_last_sound_to_the_stored_line() {
    let (collector, url) = Collector::start().await;
    let stack = Stack::start_with(|command| {
        command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &url)
            .env("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=one")
            .env("TROUPE_TRACE_URL", "https://traces.example/{traceId}");
    })
    .await;
    let (room, character, name) = talk(&stack).await;
    let entries = stack
        .entries_until(&room, |entries| {
            entries.iter().any(|entry| entry["speakerType"] == "agent")
        })
        .await;
    let entry = entries
        .iter()
        .find(|entry| entry["speakerType"] == "agent")
        .unwrap();
    let trace = entry["traceId"].as_str().unwrap().to_owned();

    let spans = collector
        .spans_until(|spans| {
            let of_trace = |name: &str| {
                let is_it = |(_, span): &&(String, Span)| span.name == name && hex(&span.trace_id) == trace;
                spans.iter().any(|span| is_it(&span))
            };
            of_trace("turn") && of_trace("POST /worker/v1/rooms/{roomId}/entries")
        })
        .await;
    let of_trace: BTreeMap<&str, &(String, Span)> = spans
        .iter()
        .filter(|(_, span)| hex(&span.trace_id) == trace)
        .map(|span| (span.1.name.as_str(), span))
        .collect();
    let root = &of_trace["turn"].1;
    assert_eq!(
        (root.parent_span_id.len(), of_trace["turn"].0.as_str()),
        (0, "troupe-worker")
    );
    assert_eq!(fact(root, "troupe.room.id").as_deref(), Some(room.as_str()));
    assert_eq!(
        fact(root, "troupe.character.id").as_deref(),
        Some(character.as_str())
    );
    assert_eq!(fact(root, "troupe.turn.outcome").as_deref(), Some("whole"));
    for stage in ["end_of_turn", "stt", "llm", "tts", "playout"] {
        let (service, span) = of_trace
            .get(stage)
            .unwrap_or_else(|| panic!("{stage} in {of_trace:#?}"));
        assert_eq!(service, "troupe-worker", "{stage}");
        assert_eq!(span.parent_span_id, root.span_id, "{stage} is part of the turn");
        assert!(span.start_time_unix_nano >= root.start_time_unix_nano, "{stage}");
        assert!(span.end_time_unix_nano <= root.end_time_unix_nano, "{stage}");
    }
    let llm = &of_trace["llm"].1;
    assert_eq!(fact(llm, "gen_ai.request.model").as_deref(), Some("scripted"));
    assert_eq!(fact(llm, "gen_ai.operation.name").as_deref(), Some("chat"));
    assert_eq!(llm.events[0].name, "first_token");
    // Its own decision comes before what is heard of it.
    assert!(of_trace["end_of_turn"].1.end_time_unix_nano <= of_trace["playout"].1.start_time_unix_nano);
    let (service, request) = of_trace["POST /worker/v1/rooms/{roomId}/entries"];
    assert_eq!(service, "troupe-api");
    assert_eq!(
        request.parent_span_id, root.span_id,
        "the API joins the worker's trace"
    );
    assert_eq!(request.kind, SpanKind::Server as i32);
    assert!(
        spans
            .iter()
            .all(|(service, span)| service == "troupe-worker" || !span.parent_span_id.is_empty()),
        "no request begins a trace"
    );

    let bytes: Vec<u8> = collector.0.borrow().concat();
    for private in [
        "Brooklyn",
        "elephants",
        "Guest",
        "guest",
        stack.key.as_str(),
        name.as_str(),
    ] {
        let is_in = bytes
            .windows(private.len())
            .any(|window| window == private.as_bytes());
        assert!(!is_in, "{private} is told");
    }

    // What the worker stored of it is there without any collector.
    let turns = stack
        .call(Method::GET, &format!("/pages/rooms/{room}/turns"), None)
        .await;
    let turn = &turns[0];
    assert_eq!(turn["traceUrl"], format!("https://traces.example/{trace}"));
    assert_eq!(
        (&turn["entryId"], &turn["stages"]["cue"]),
        (&entry["id"], &"answer".into())
    );
    let ms = |field: &str| {
        turn["stages"][field]
            .as_u64()
            .unwrap_or_else(|| panic!("{field} in {turn}"))
    };
    let order = ["askedMs", "firstTokenMs", "voicedMs", "firstSoundMs", "endedMs"].map(ms);
    assert!(order.is_sorted(), "{turn}");
    assert!(
        ms("transcriptMs") <= ms("firstSoundMs") && ms("endOfTurnMs") <= ms("firstSoundMs"),
        "{turn}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_never_answers_costs_spans_and_no_talk() {
    // Connections are taken by the kernel, and nobody ever reads from them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let health = free.local_addr().unwrap().to_string();
    drop(free);
    let stack = Stack::start_with(|command| {
        command
            .env(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                format!("http://{}", silent.local_addr().unwrap()),
            )
            .env("OTEL_EXPORTER_OTLP_TIMEOUT", "500")
            .env("TROUPE_HEALTH", &health);
    })
    .await;
    let (room, ..) = talk(&stack).await;
    stack
        .entries_until(&room, |entries| {
            entries.iter().any(|entry| entry["traceId"].is_string())
        })
        .await;
    let dropped = async {
        loop {
            let page = reqwest::get(format!("http://{health}/metrics")).await.unwrap();
            let page = page.text().await.unwrap();
            let line = page
                .lines()
                .find_map(|line| line.strip_prefix("troupe_spans_dropped_total "));
            if line.is_some_and(|value| value.parse::<u64>().unwrap() > 0) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(SPANS_WITHIN, dropped)
        .await
        .expect("what did not arrive is counted");
}
