//! `troupe bench voices`: the models that hear, write and speak, beside each other.

use std::path::PathBuf;
use std::time::Instant;

use futures::StreamExt;
use serde_json::{Value, json};
use troupe_sound::{Leveller, loudness};

use super::recordings::{self, LANGUAGE};
use super::speakers::{self, Said, Sound};
use super::written::ReportArgs;
use crate::cli::{Context, Failure, Output, models};
use crate::config::Overrides;
use crate::evaluation::caller::{Summary, tenths};
use crate::evaluation::noise::Speech;
use crate::evaluation::process::{Taken, load_average};
use crate::evaluation::words;
use crate::providers::{
    ChatRequest, LanguageModel, Message, Piece, Registry, Role, SPEECH_RATE_HZ, SpeechToText, TextToSpeech,
    Voices, configured,
};

/// What is spoken and asked: what characters say, in its usual lengths.
const LINES: [&str; 6] = [
    "Yes, gladly.",
    "I would not do that in your place.",
    "The last boat leaves at seven, so you still have time for a coffee.",
    "When my aunt was young, there was a bakery at that corner.",
    "Ask me again tomorrow; today my head is full of numbers.",
    "First the flour, then the water, and only then a pinch of salt.",
];
/// Longest answer that is waited for, tokens.
const TOKENS_MAX: u32 = 60;
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
    /// The voices that they speak with, where a model has several; each is measured
    #[arg(long, value_name = "NAME", num_args = 1..)]
    voice: Vec<String>,
    #[command(flatten)]
    report: ReportArgs,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let writing = args.report.open()?;
    let clips = recordings::read(args.folder.as_deref())?;
    let config = context.config(Overrides::default())?;
    models::pull(&config, context.output).await?;
    let registry = configured::registry(&config).map_err(Failure::failed)?;
    let loaded = load_average();
    let measure = async {
        let (rows, said) = measure(&args, &registry, &clips, context.output).await?;
        let likeness = speakers::likeness(&config, context.output, said).await?;
        Ok((rows, likeness))
    };
    let measured = tokio::select! {
        measured = measure => measured,
        () = context.shutdown.cancelled() => Err(Failure::failed("stopped by a signal")),
    };
    let (rows, likeness) = measured?;
    let sections = json!({
        "cmd": "troupe bench voices",
        "env": [],
        "loadAverage": [loaded, load_average()],
        "voices": rows,
        "speakers": likeness,
    });
    writing.finish(context.output, "Models beside each other", sections)
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
    clips: &[Speech],
    output: Output,
) -> Result<(Vec<Value>, Vec<Said>), Failure> {
    let mut rows = Vec::new();
    let mut said = Vec::new();
    for name in wanted(&args.stt) {
        let before = memory_mb();
        let model = registry.speech_to_text(name).await.map_err(Failure::failed)?;
        output.progress(format_args!("hears: {}", name.unwrap_or("configured")));
        let mut row = Measured::default()
            .hears(&*model, clips)
            .await
            .row("speech to text", name);
        row["memory_mb"] = grown_mb(before);
        rows.push(row);
    }
    for name in wanted(&args.llm) {
        let before = memory_mb();
        let model = registry.language_model(name).await.map_err(Failure::failed)?;
        output.progress(format_args!("writes: {}", name.unwrap_or("configured")));
        let mut row = Measured::default()
            .writes(&*model)
            .await
            .row("language model", name);
        row["memory_mb"] = grown_mb(before);
        rows.push(row);
    }
    for name in wanted(&args.tts) {
        let before = memory_mb();
        let model = registry.text_to_speech(name).await.map_err(Failure::failed)?;
        output.progress(format_args!("speaks: {}", name.unwrap_or("configured")));
        for voice in wanted(&args.voice) {
            let (measured, sound) = Measured::default().speaks(&*model, &Voices::any(voice)).await;
            said.push(Said {
                name: called(name, voice, args.tts.len()),
                sound,
            });
            let loudness = json!({ "before": measured.lufs, "after": measured.levelled_lufs });
            let mut row = measured.row("text to speech", name);
            row["voice"] = json!(voice);
            row["lufs"] = loudness;
            row["memory_mb"] = grown_mb(before);
            rows.push(row);
        }
    }
    Ok((rows, said))
}

/// What a voice is called where it is laid beside others, `models` being how many speak.
fn called(model: Option<&str>, voice: Option<&str>, models: usize) -> String {
    let model = model.unwrap_or("configured");
    match voice {
        Some(voice) if models > 1 => format!("{model} {voice}"),
        Some(voice) => voice.to_owned(),
        None => model.to_owned(),
    }
}

/// Memory of this process, MB; `None` where the system doesn't say.
fn memory_mb() -> Option<f64> {
    Some(Taken::of(std::process::id())?.pss_mb)
}

/// What a model and its work took since then: what it shares with a model before it counts there.
fn grown_mb(before: Option<f64>) -> Value {
    let grown = memory_mb().zip(before).map(|(now, before)| tenths(now - before));
    json!(grown.map(|grown| grown.max(0.0)))
}

/// What was measured of one model.
#[derive(Default)]
struct Measured {
    first_ms: Vec<f64>,
    factors: Vec<f64>,
    wrong: usize,
    words: usize,
    failed: usize,
    /// Loudness of all that was spoken, as it came and as people hear it, LUFS.
    lufs: Option<f64>,
    levelled_lufs: Option<f64>,
}

fn since_ms(began: Instant) -> f64 {
    tenths(began.elapsed().as_secs_f64() * 1000.0)
}

impl Measured {
    async fn hears(mut self, model: &dyn SpeechToText, clips: &[Speech]) -> Self {
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

    /// Answers what was spoken as well, as people hear it.
    async fn speaks(mut self, model: &dyn TextToSpeech, voices: &Voices) -> (Self, Sound) {
        let (mut sound, mut levelled) = (Vec::new(), Vec::new());
        let mut leveller = None;
        let mut spoken_hz = 0;
        for line in LINES {
            let began = Instant::now();
            let mut first = None;
            let begin = sound.len();
            let mut rate_hz = 0;
            match model.synthesize(line, voices, LANGUAGE).await {
                Ok(mut stream) => {
                    rate_hz = stream.rate_hz;
                    while let Some(chunk) = stream.chunks.next().await {
                        match chunk {
                            Ok(pcm) if !pcm.is_empty() => {
                                first.get_or_insert_with(|| since_ms(began));
                                sound.extend(pcm);
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
            let mut line = sound.get(begin..).unwrap_or_default().to_vec();
            let samples = line.len();
            if samples > 0 && leveller.is_none() {
                spoken_hz = rate_hz;
                leveller = Leveller::new(rate_hz);
            }
            if let Some(leveller) = &mut leveller {
                leveller.begin();
                leveller.apply(&mut line);
            }
            levelled.push(line);
            if let Some(first) = first {
                let length_s = samples as f64 / f64::from(rate_hz.max(1));
                self.first_ms.push(first);
                self.factors
                    .push(began.elapsed().as_secs_f64() / length_s.max(0.001));
            }
        }
        self.lufs = loudness(&sound, spoken_hz).map(tenths);
        self.levelled_lufs = loudness(&levelled.concat(), spoken_hz).map(tenths);
        let sound = Sound {
            rate_hz: spoken_hz,
            lines: levelled,
        };
        (self, sound)
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
