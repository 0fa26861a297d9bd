//! `troupe bench voices`: the models that hear, write and speak, beside each other.

use std::path::PathBuf;
use std::time::Instant;

use futures::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};

use super::written::ReportArgs;
use crate::audio_file;
use crate::cli::{Context, Failure, Output, models};
use crate::config::Overrides;
use crate::evaluation::caller::{Summary, tenths};
use crate::evaluation::turns::manifest;
use crate::evaluation::words;
use crate::providers::{
    ChatRequest, LanguageModel, Message, Piece, Registry, Role, SPEECH_RATE_HZ, SpeechToText, TextToSpeech,
    Voices, configured,
};

/// Language of what is said and heard.
const LANGUAGE: &str = "en";
/// What is spoken and asked: what characters say, in its usual lengths.
const LINES: [&str; 6] = [
    "Yes, gladly.",
    "I would not do that in your place.",
    "The last boat leaves at seven, so you still have time for a coffee.",
    "When my aunt was young, there was a bakery at that corner.",
    "Ask me again tomorrow; today my head is full of numbers.",
    "First the flour, then the water, and only then a pinch of salt.",
];
/// Longest recording that is transcribed, s.
const SECONDS_MAX: f64 = 30.0;
/// Longest answer that is waited for, tokens.
const TOKENS_MAX: u32 = 60;
/// The shipped recording and its words; see NOTICE for where it is from.
const SHIPPED: (&str, &[u8], &str) = (
    "caller.flac",
    include_bytes!("../../../assets/caller.flac"),
    "How old is the Brooklyn Bridge?",
);

/// Flags of `troupe bench voices`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with manifest.json, its recordings and their transcripts [default: a shipped question]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Models that hear, as provider:model [default: the configured one]
    #[arg(long, value_name = "MODEL", num_args = 1..)]
    stt: Vec<String>,
    /// Models that write
    #[arg(long, value_name = "MODEL", num_args = 1..)]
    llm: Vec<String>,
    /// Models that speak
    #[arg(long, value_name = "MODEL", num_args = 1..)]
    tts: Vec<String>,
    /// The voice that they speak with, where a model has several
    #[arg(long, value_name = "NAME")]
    voice: Option<String>,
    #[command(flatten)]
    report: ReportArgs,
}

/// A recording whose words are known.
struct Clip {
    pcm: Vec<i16>,
    said: String,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    seconds: Option<f64>,
    transcript: Option<String>,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let writing = args.report.open()?;
    let clips = clips(args.folder.as_ref())?;
    let config = context.config(Overrides::default())?;
    models::pull(&config, context.output).await?;
    let registry = configured::registry(&config).map_err(Failure::failed)?;
    let measured = tokio::select! {
        measured = measure(&args, &registry, &clips, context.output) => measured,
        () = context.shutdown.cancelled() => Err(Failure::failed("stopped by a signal")),
    };
    let sections = json!({ "cmd": "troupe bench voices", "env": [], "voices": measured? });
    writing.finish(context.output, "Models beside each other", sections)
}

fn clips(folder: Option<&PathBuf>) -> Result<Vec<Clip>, Failure> {
    let Some(folder) = folder else {
        let (name, bytes, said) = SHIPPED;
        let pcm = audio_file::decode_mono(name.as_ref(), bytes, SPEECH_RATE_HZ).map_err(Failure::failed)?;
        return Ok(vec![Clip {
            pcm,
            said: said.to_owned(),
        }]);
    };
    let entries: Vec<Entry> = manifest::parse(&folder.join("manifest.json")).map_err(Failure::failed)?;
    let mut clips = Vec::new();
    for entry in entries {
        let fits = entry.seconds.is_some_and(|seconds| seconds <= SECONDS_MAX);
        if let (Some(said), true) = (entry.transcript, fits) {
            let pcm =
                audio_file::read_mono(&folder.join(entry.file), SPEECH_RATE_HZ).map_err(Failure::failed)?;
            clips.push(Clip { pcm, said });
        }
    }
    match clips.is_empty() {
        true => Err(Failure::failed(format_args!(
            "no recording in {} has a transcript",
            folder.display()
        ))),
        false => Ok(clips),
    }
}

/// The wanted models, or the configured one.
fn wanted(names: &[String]) -> Vec<Option<&str>> {
    match names {
        [] => vec![None],
        names => names.iter().map(|name| Some(name.as_str())).collect(),
    }
}

async fn measure(
    args: &Args,
    registry: &Registry,
    clips: &[Clip],
    output: Output,
) -> Result<Vec<Value>, Failure> {
    let mut rows = Vec::new();
    for name in wanted(&args.stt) {
        let model = registry.speech_to_text(name).await.map_err(Failure::failed)?;
        output.progress(format_args!("hears: {}", name.unwrap_or("configured")));
        rows.push(
            Measured::default()
                .hears(&*model, clips)
                .await
                .row("speech to text", name),
        );
    }
    for name in wanted(&args.llm) {
        let model = registry.language_model(name).await.map_err(Failure::failed)?;
        output.progress(format_args!("writes: {}", name.unwrap_or("configured")));
        rows.push(
            Measured::default()
                .writes(&*model)
                .await
                .row("language model", name),
        );
    }
    for name in wanted(&args.tts) {
        let model = registry.text_to_speech(name).await.map_err(Failure::failed)?;
        output.progress(format_args!("speaks: {}", name.unwrap_or("configured")));
        let voices = Voices::any(args.voice.as_deref());
        let measured = Measured::default().speaks(&*model, &voices).await;
        rows.push(measured.row("text to speech", name));
    }
    Ok(rows)
}

/// What was measured of one model.
#[derive(Default)]
struct Measured {
    first_ms: Vec<f64>,
    factors: Vec<f64>,
    wrong: usize,
    words: usize,
    failed: usize,
}

fn since_ms(began: Instant) -> f64 {
    tenths(began.elapsed().as_secs_f64() * 1000.0)
}

impl Measured {
    async fn hears(mut self, model: &dyn SpeechToText, clips: &[Clip]) -> Self {
        for clip in clips {
            let began = Instant::now();
            match model.transcribe(&clip.pcm, LANGUAGE).await {
                Ok(heard) => {
                    let length_s = clip.pcm.len() as f64 / f64::from(SPEECH_RATE_HZ);
                    self.first_ms.push(since_ms(began));
                    self.factors
                        .push(began.elapsed().as_secs_f64() / length_s.max(0.001));
                    let (wrong, words) = words::errors(&clip.said, &heard);
                    self.wrong += wrong;
                    self.words += words;
                }
                Err(error) => self.fails(&error),
            }
        }
        self
    }

    async fn writes(mut self, model: &dyn LanguageModel) -> Self {
        for line in LINES {
            let message = |role, content: &str| Message {
                role,
                content: content.to_owned(),
            };
            let request = ChatRequest {
                messages: vec![
                    message(
                        Role::System,
                        "You are Ada, a clockmaker. Answer in one short sentence.",
                    ),
                    message(Role::User, line),
                ],
                tokens_max: TOKENS_MAX,
                temperature: 0.0,
                ..ChatRequest::default()
            };
            let began = Instant::now();
            let mut first = None;
            match model.reply(request).await {
                Ok(mut pieces) => {
                    while let Some(piece) = pieces.next().await {
                        match piece {
                            Ok(Piece::Text(text)) if !text.is_empty() => {
                                first.get_or_insert_with(|| since_ms(began));
                            }
                            Ok(_) => {}
                            Err(error) => {
                                self.fails(&error);
                                break;
                            }
                        }
                    }
                }
                Err(error) => self.fails(&error),
            }
            self.first_ms.extend(first);
        }
        self
    }

    async fn speaks(mut self, model: &dyn TextToSpeech, voices: &Voices) -> Self {
        for line in LINES {
            let began = Instant::now();
            let mut first = None;
            let mut samples = 0;
            let mut rate_hz = 0;
            match model.synthesize(line, voices, LANGUAGE).await {
                Ok(mut stream) => {
                    rate_hz = stream.rate_hz;
                    while let Some(chunk) = stream.chunks.next().await {
                        match chunk {
                            Ok(pcm) if !pcm.is_empty() => {
                                first.get_or_insert_with(|| since_ms(began));
                                samples += pcm.len();
                            }
                            Ok(_) => {}
                            Err(error) => {
                                self.fails(&error);
                                break;
                            }
                        }
                    }
                }
                Err(error) => self.fails(&error),
            }
            if let Some(first) = first {
                let length_s = samples as f64 / f64::from(rate_hz.max(1));
                self.first_ms.push(first);
                self.factors
                    .push(began.elapsed().as_secs_f64() / length_s.max(0.001));
            }
        }
        self
    }

    fn fails(&mut self, error: &crate::providers::ProviderError) {
        tracing::warn!(%error, "ask a model");
        self.failed += 1;
    }

    fn row(self, kind: &str, name: Option<&str>) -> Value {
        let factor = Summary::of(self.factors.iter().copied());
        // Two decimals: a summary keeps one.
        let mut factors = self.factors;
        factors.sort_by(f64::total_cmp);
        let median = factors
            .get(factors.len() / 2)
            .map(|factor| (factor * 1000.0).round() / 1000.0);
        json!({
            "kind": kind,
            "model": name.unwrap_or("configured"),
            "first_ms": Summary::of(self.first_ms),
            "rtf": { "n": factor.n, "median": median },
            "wer": (self.words > 0).then(|| self.wrong as f64 / self.words as f64),
            "failed": self.failed,
        })
    }
}
