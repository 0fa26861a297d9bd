//! An OpenAI-compatible server whose answers are written by the test: words, lines, tones, and faults.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Sample rate of OpenAI's PCM, Hz.
const RATE_HZ: usize = 24_000;
/// Length of a tone for one character of text, s.
const SECONDS_PER_CHARACTER: f64 = 0.03;

/// Time in which what was written leaves for the client.
const LEAVES_WITHIN: Duration = Duration::from_millis(200);

/// How a model misbehaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Fault {
    #[default]
    None,
    /// Answers 500.
    Status,
    /// Answers 429, to be tried again later than anybody waits.
    Busy,
    /// Takes the request and never answers.
    Silent,
    /// Speaks half of a text and breaks off.
    BreaksOff,
    /// Begins an answer and goes on with what is no event.
    Nonsense,
    /// Begins an answer and says no more.
    Hang,
    /// Never answers what it is asked for the first time.
    Stalls,
}

#[derive(Debug, Default)]
struct Script {
    words: String,
    line: String,
    /// A tool that is called, with its arguments, before the line is said.
    tool: Option<(String, Value)>,
    /// What a talk is in short.
    short: String,
    fault: Fault,
    /// Faults of single models.
    faults: HashMap<String, Fault>,
    asked: Vec<String>,
    /// What was to be transcribed last, mono.
    recording: Vec<i16>,
    /// All that was to be transcribed while that stalled.
    stalled: HashSet<Vec<u8>>,
    /// Texts that a voice was to speak, with its model.
    spoken: Vec<(String, String)>,
}

/// The server; it stops with the test's runtime.
#[derive(Clone)]
pub(super) struct Models {
    pub(super) address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

impl Models {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let models = Self {
            address: listener.local_addr().unwrap(),
            script: Arc::default(),
        };
        models.answers("Well, that is a good question, and I am glad that you asked it.");
        let router = Router::new()
            .route("/v1/audio/transcriptions", post(transcribe))
            .route("/v1/chat/completions", post(complete))
            .route("/v1/audio/speech", post(speak))
            .with_state(models.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        models
    }

    pub(super) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// From now on every utterance is transcribed as this.
    pub(super) fn hears(&self, words: &str) {
        self.script.lock().unwrap().words = words.to_owned();
    }

    /// From now on every character says this; `{}` in it is the number of the request.
    pub(super) fn answers(&self, line: &str) {
        self.script.lock().unwrap().line = line.to_owned();
    }

    /// From now on every line is said only when this tool has answered, if the character has it.
    pub(super) fn uses(&self, tool: &str, arguments: Value) {
        self.script.lock().unwrap().tool = Some((tool.to_owned(), arguments));
    }

    /// From now on every talk is this in short.
    pub(super) fn shortens(&self, short: &str) {
        self.script.lock().unwrap().short = short.to_owned();
    }

    /// What the language model was asked so far, oldest first: all messages of a request in one text.
    pub(super) fn asked(&self) -> Vec<String> {
        self.script.lock().unwrap().asked.clone()
    }

    /// What was to be transcribed last, mono PCM at the rate that it came with.
    pub(super) fn recording(&self) -> Vec<i16> {
        self.script.lock().unwrap().recording.clone()
    }

    /// From now on the language model fails like this.
    pub(super) fn fails(&self, fault: Fault) {
        self.script.lock().unwrap().fault = fault;
    }

    /// From now on whatever is asked of the model of this name fails like this.
    pub(super) fn model_fails(&self, model: &str, fault: Fault) {
        self.script.lock().unwrap().faults.insert(model.to_owned(), fault);
    }

    /// What voices were to speak so far, oldest first: the model and the text.
    pub(super) fn spoken(&self) -> Vec<(String, String)> {
        self.script.lock().unwrap().spoken.clone()
    }

    fn fault_of(&self, model: &str) -> Fault {
        self.script
            .lock()
            .unwrap()
            .faults
            .get(model)
            .copied()
            .unwrap_or_default()
    }
}

/// What every role does alike when it has a fault.
async fn refusal(fault: Fault) -> Option<Response> {
    let error = |kind| axum::Json(json!({ "error": { "message": "broken on purpose", "type": kind } }));
    match fault {
        Fault::Status => Some((StatusCode::INTERNAL_SERVER_ERROR, error("server_error")).into_response()),
        Fault::Busy => {
            let later = [("retry-after", "60")];
            Some((StatusCode::TOO_MANY_REQUESTS, later, error("rate_limit_exceeded")).into_response())
        }
        Fault::Silent => std::future::pending().await,
        Fault::None | Fault::Stalls | Fault::Nonsense | Fault::Hang | Fault::BreaksOff => None,
    }
}

async fn transcribe(State(models): State<Models>, form: Bytes) -> Response {
    // The model's name stands in the form as it is; the recording holds no such text.
    let faulty = {
        let script = models.script.lock().unwrap();
        let is_asked = |name: &str| {
            let field = format!("name=\"model\"\r\n\r\n{name}\r\n");
            form.windows(field.len()).any(|part| part == field.as_bytes())
        };
        script
            .faults
            .iter()
            .find(|(name, _)| is_asked(name))
            .map(|(_, fault)| *fault)
    };
    if let Some(refusal) = refusal(faulty.unwrap_or_default()).await {
        return refusal;
    }
    if faulty == Some(Fault::Nonsense) {
        return axum::Json(json!({ "words": 7 })).into_response();
    }
    if faulty == Some(Fault::Stalls) {
        // The boundary of the form is another one each time.
        let wav = form.windows(4).position(|word| word == b"RIFF").unwrap();
        let sound = form[wav..form.len().min(wav + 8_000)].to_vec();
        if models.script.lock().unwrap().stalled.insert(sound) {
            return std::future::pending().await;
        }
    }
    let mut script = models.script.lock().unwrap();
    let file = form.windows(4).position(|word| word == b"RIFF");
    if let Some(wav) = file.and_then(|at| hound::WavReader::new(&form[at..]).ok()) {
        script.recording = wav.into_samples().map_while(Result::ok).collect();
    }
    axum::Json(json!({ "text": script.words })).into_response()
}

async fn complete(State(models): State<Models>, request: axum::Json<Value>) -> Response {
    let (line, call, fault) = {
        let mut script = models.script.lock().unwrap();
        script.asked.push(text_of(&request["messages"]));
        let number = script.asked.len().to_string();
        let has_answered = request["messages"]
            .as_array()
            .and_then(|messages| messages.last())
            .is_some_and(|last| last["role"] == "tool");
        let tools = request["tools"].as_array().into_iter().flatten();
        let names: Vec<&Value> = tools.map(|tool| &tool["function"]["name"]).collect();
        let call = script
            .tool
            .clone()
            .filter(|(name, _)| !has_answered && names.iter().any(|known| *known == name));
        let is_for_minutes = request["messages"][0]["content"]
            .as_str()
            .is_some_and(|system| system.contains("You keep the minutes"));
        let line = if is_for_minutes {
            &script.short
        } else {
            &script.line
        };
        let model = request["model"].as_str().unwrap_or_default();
        let fault = script.faults.get(model).copied().unwrap_or(script.fault);
        (line.replace("{}", &number), call, fault)
    };
    if let Some(refusal) = refusal(fault).await {
        return refusal;
    }
    let head = json!({ "id": "c", "created": 0, "model": request["model"] });
    let chunk = |delta: Value, finish: Value| {
        let mut chunk = head.clone();
        chunk["object"] = json!("chat.completion.chunk");
        chunk["choices"] = json!([{ "index": 0, "delta": delta, "finish_reason": finish }]);
        format!("data: {chunk}\n\n")
    };
    if request["stream"] != true {
        let message = json!({ "role": "assistant", "content": line });
        let mut whole = head.clone();
        whole["object"] = json!("chat.completion");
        whole["choices"] = json!([{ "index": 0, "finish_reason": "stop", "message": message }]);
        return axum::Json(whole).into_response();
    }
    let mut events = vec![chunk(json!({ "role": "assistant", "content": "" }), Value::Null)];
    match fault {
        Fault::Nonsense => events.push("data: {\"choices\": 7\n\n<html>\n\n".to_owned()),
        Fault::Hang => {}
        _ if call.is_some() => {
            let (name, arguments) = call.unwrap();
            // The arguments come in pieces, as real servers send them.
            let arguments = arguments.to_string();
            let (head, tail) = arguments.split_at(arguments.len() / 2);
            let begin = json!({ "index": 0, "id": "call_a", "type": "function",
                "function": { "name": name, "arguments": head } });
            let more = json!({ "index": 0, "function": { "arguments": tail } });
            for delta in [begin, more] {
                events.push(chunk(json!({ "tool_calls": [delta] }), Value::Null));
            }
            events.push(chunk(json!({}), json!("tool_calls")));
            events.push("data: [DONE]\n\n".to_owned());
        }
        _ => {
            let words = line.split_inclusive(' ');
            events.extend(words.map(|word| chunk(json!({ "content": word }), Value::Null)));
            events.push(chunk(json!({}), json!("stop")));
            events.push("data: [DONE]\n\n".to_owned());
        }
    }
    let hang = fault == Fault::Hang;
    let stream = futures::stream::unfold(events.into_iter(), move |mut events| async move {
        match events.next() {
            Some(event) => Some((Ok::<_, std::io::Error>(event), events)),
            None if hang => std::future::pending().await,
            None => None,
        }
    });
    ([("content-type", "text/event-stream")], Body::from_stream(stream)).into_response()
}

fn text_of(messages: &Value) -> String {
    let messages = messages.as_array().into_iter().flatten();
    let texts = messages.map(|message| message["content"].as_str().unwrap_or_default());
    texts.collect::<Vec<_>>().join("\n")
}

async fn speak(State(models): State<Models>, request: axum::Json<Value>) -> Response {
    let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
    let fault = models.fault_of(&text("model"));
    models
        .script
        .lock()
        .unwrap()
        .spoken
        .push((text("model"), text("input")));
    if let Some(refusal) = refusal(fault).await {
        return refusal;
    }
    let characters = request["input"].as_str().unwrap_or_default().chars().count();
    let length = Duration::from_secs_f64((characters as f64 * SECONDS_PER_CHARACTER).max(0.3));
    // Each voice has a pitch of its own, so that a recording can be told apart by ear.
    let voice = request["voice"].as_str().unwrap_or_default();
    let hz = 300 + voice.bytes().map(u64::from).sum::<u64>() % 400;
    let step = std::f64::consts::TAU * hz as f64 / RATE_HZ as f64;
    let samples = (length.as_secs_f64() * RATE_HZ as f64) as usize;
    let pcm: Vec<u8> = (0..samples)
        .flat_map(|n| (((n as f64 * step).sin() * 9000.0) as i16).to_le_bytes())
        .collect();
    if request["response_format"] == "wav" {
        let mut wav = std::io::Cursor::new(Vec::new());
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: RATE_HZ as u32,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::new(&mut wav, spec).unwrap();
        for sample in pcm.chunks_exact(2) {
            writer
                .write_sample(i16::from_le_bytes([sample[0], sample[1]]))
                .unwrap();
        }
        writer.finalize().unwrap();
        return ([("content-type", "audio/wav")], wav.into_inner()).into_response();
    }
    if fault == Fault::BreaksOff {
        let half = pcm[..pcm.len() / 4 * 2].to_vec();
        let pieces = futures::stream::unfold(Some(half), |half| async move {
            match half {
                Some(half) => Some((Ok(half), None)),
                None => {
                    // What was written before has to leave first.
                    tokio::time::sleep(LEAVES_WITHIN).await;
                    Some((Err(std::io::Error::other("broken on purpose")), None))
                }
            }
        });
        return ([("content-type", "audio/pcm")], Body::from_stream(pieces)).into_response();
    }
    ([("content-type", "audio/pcm")], pcm).into_response()
}
