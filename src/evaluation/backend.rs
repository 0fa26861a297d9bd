//! Models that always say the same after the same time, behind OpenAI's protocol: what is left of a delay is the
//! delay of whoever asks them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures::StreamExt;
use futures::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

/// Sample rate of the speech, Hz, mono.
const RATE_HZ: u32 = 24_000;
/// Speech is a tone of this pitch, Hz.
const TONE_HZ: f64 = 440.0;
/// Amplitude of the tone.
const AMPLITUDE: f64 = 9_000.0;
/// Speech for one character of text, s.
const SECONDS_PER_CHARACTER: f64 = 0.05;
/// The shortest speech, s.
const SECONDS_MIN: f64 = 0.4;
/// Speech that is handed over at once, s.
const PIECE_S: f64 = 0.1;
/// Largest recording that is taken in, bytes.
const BODY_MAX: usize = 64 << 20;
/// What is always heard.
const TRANSCRIPT: &str = "What can you do for my country?";
/// A short reply: two seconds.
const SHORT: &str = "Sure, I can help you with that now.";
/// A long one, to be interrupted: eleven seconds.
const LONG: &str = "Well, let me explain this slowly and carefully for you, because it is a fairly long story about \
                    a small boat that sailed across a wide and windy sea, and about the people who waited for it on \
                    the other side of the water.";

/// How long answers take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Delays {
    /// Until a transcript, ms.
    pub stt_ms: f64,
    /// Until the first token, ms.
    pub llm_ms: f64,
    /// From token to token, ms.
    pub tok_ms: f64,
    /// Until the first sound, ms.
    pub tts_ms: f64,
    /// Time for one second of speech, s.
    pub tts_rtf: f64,
}

impl Delays {
    /// About those of hosted models.
    pub const USUAL: Self = Self {
        stt_ms: 150.0,
        llm_ms: 300.0,
        tok_ms: 15.0,
        tts_ms: 150.0,
        tts_rtf: 0.3,
    };
    /// None that matter.
    pub const NONE: Self = Self {
        stt_ms: 0.0,
        llm_ms: 0.0,
        tok_ms: 0.0,
        tts_ms: 0.0,
        tts_rtf: 0.1,
    };
}

#[derive(Debug)]
struct Settings {
    delays: Delays,
    reply: String,
}

type Shared = Arc<Mutex<Settings>>;

/// The running server; it stops when dropped.
pub struct Backend {
    address: SocketAddr,
    _task: AbortOnDropHandle<()>,
}

impl Backend {
    /// Starts on a free port of this machine.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start(delays: Delays) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let settings = Settings {
            delays,
            reply: SHORT.to_owned(),
        };
        let router = Router::new()
            .route("/v1/audio/transcriptions", post(transcribe))
            .route("/v1/chat/completions", post(complete))
            .route("/v1/audio/speech", post(speak))
            .route("/config", post(configure))
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .with_state(Arc::new(Mutex::new(settings)));
        let serving = async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "serve the scripted models");
            }
        };
        Ok(Self {
            address,
            _task: AbortOnDropHandle::new(tokio::spawn(serving)),
        })
    }

    /// Base URL of the models.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Where `{"reply": "long"}` asks for long replies.
    pub fn control_url(&self) -> String {
        format!("http://{}/config", self.address)
    }
}

fn delays(shared: &Shared) -> Delays {
    shared.lock().unwrap_or_else(PoisonError::into_inner).delays
}

async fn wait(ms: f64) {
    if ms > 0.0 {
        tokio::time::sleep(Duration::from_secs_f64(ms / 1000.0)).await;
    }
}

async fn configure(State(shared): State<Shared>, wanted: axum::Json<Value>) -> Response {
    if let Some(reply) = wanted["reply"].as_str() {
        let reply = match reply {
            "short" => SHORT,
            "long" => LONG,
            text => text,
        };
        shared.lock().unwrap_or_else(PoisonError::into_inner).reply = reply.to_owned();
    }
    axum::Json(json!({})).into_response()
}

async fn transcribe(State(shared): State<Shared>, _recording: Bytes) -> Response {
    wait(delays(&shared).stt_ms).await;
    axum::Json(json!({ "text": TRANSCRIPT })).into_response()
}

async fn complete(State(shared): State<Shared>, request: axum::Json<Value>) -> Response {
    let (delays, reply) = {
        let settings = shared.lock().unwrap_or_else(PoisonError::into_inner);
        (settings.delays, settings.reply.clone())
    };
    wait(delays.llm_ms).await;
    let head = json!({ "id": "c", "created": 0, "model": request["model"] });
    if request["stream"] != true {
        let mut whole = head;
        whole["object"] = json!("chat.completion");
        let message = json!({ "role": "assistant", "content": reply });
        whole["choices"] = json!([{ "index": 0, "finish_reason": "stop", "message": message }]);
        return axum::Json(whole).into_response();
    }
    let chunk = move |delta: Value, finish: Value| {
        let mut chunk = head.clone();
        chunk["object"] = json!("chat.completion.chunk");
        chunk["choices"] = json!([{ "index": 0, "delta": delta, "finish_reason": finish }]);
        format!("data: {chunk}\n\n")
    };
    let mut events = vec![(
        0.0,
        chunk(json!({ "role": "assistant", "content": "" }), Value::Null),
    )];
    for (place, word) in reply.split_inclusive(' ').enumerate() {
        let pause = if place == 0 { 0.0 } else { delays.tok_ms };
        events.push((pause, chunk(json!({ "content": word }), Value::Null)));
    }
    events.push((0.0, chunk(json!({}), json!("stop"))));
    events.push((0.0, "data: [DONE]\n\n".to_owned()));
    let events = stream::iter(events).then(|(pause, event)| async move {
        wait(pause).await;
        Ok::<_, io::Error>(event)
    });
    ([("content-type", "text/event-stream")], Body::from_stream(events)).into_response()
}

async fn speak(State(shared): State<Shared>, request: axum::Json<Value>) -> Response {
    let delays = delays(&shared);
    let characters = request["input"].as_str().unwrap_or_default().chars().count();
    let seconds = (characters as f64 * SECONDS_PER_CHARACTER).max(SECONDS_MIN);
    let pcm = tone(seconds);
    let is_wav = request["response_format"] == "wav";
    let mut sound = if is_wav { endless_wav_head() } else { Vec::new() };
    sound.extend(pcm);
    wait(delays.tts_ms).await;
    let piece = ((sound.len() as f64 / seconds * PIECE_S) as usize & !1).max(2);
    let pieces: Vec<Bytes> = sound.chunks(piece).map(Bytes::copy_from_slice).collect();
    let began = Instant::now();
    let sound = stream::iter(pieces.into_iter().enumerate()).then(move |(place, piece)| async move {
        let due = Duration::from_secs_f64(place as f64 * PIECE_S * delays.tts_rtf);
        tokio::time::sleep_until(began + due).await;
        Ok::<_, io::Error>(piece)
    });
    let kind = if is_wav { "audio/wav" } else { "audio/pcm" };
    ([("content-type", kind)], Body::from_stream(sound)).into_response()
}

fn tone(seconds: f64) -> impl Iterator<Item = u8> {
    let step = std::f64::consts::TAU * TONE_HZ / f64::from(RATE_HZ);
    let samples = (seconds * f64::from(RATE_HZ)) as u32;
    (0..samples).flat_map(move |n| (((f64::from(n) * step).sin() * AMPLITUDE) as i16).to_le_bytes())
}

/// The head of a WAV file whose length is not known yet.
fn endless_wav_head() -> Vec<u8> {
    let mut head = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    head.extend(RATE_HZ.to_le_bytes());
    head.extend((RATE_HZ * 2).to_le_bytes());
    head.extend(b"\x02\0\x10\0data\xff\xff\xff\xff");
    head
}
