//! `troupe console`: talk with characters at this terminal, without a server.
//!
//! The session is the worker's own: ears, turn-taking, language model and voices are those of a room; only LiveKit
//! and the Rooms API are left out.

#[cfg(feature = "console")]
mod device;
mod guard;
mod pump;
mod silent;
mod turns;

use std::fmt;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{Context, Failure, Output, agents, models, worker};
use crate::audio_file;
use crate::character::{self, Character};
use crate::config::{Config, Overrides};
use crate::evaluation::caller::RATE_HZ;
use crate::link::console::{self, Ends};
use crate::protocol::NewEntry;
use crate::providers::configured;
use crate::tools::Reach;
use crate::worker::local::{LocalSetup, play};
use pump::{Device, Pump, Step};
use turns::Turns;

/// How often sound is moved.
const TICK: Duration = Duration::from_millis(10);
/// Entries that wait to be printed; more than a talk has in a minute.
const ENTRIES_MAX: usize = 64;

/// Flags of `troupe console`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Who you talk with: ids, or files [default: the first character there is]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// What they call you
    #[arg(long, value_name = "NAME", default_value = "Guest")]
    who: String,
    /// The scene that they find themselves in
    #[arg(long, value_name = "TEXT")]
    scene: Option<String>,
    /// Type instead of speaking; a line is a message
    #[arg(long, conflicts_with = "wav")]
    text: bool,
    /// Play these recordings (WAV or FLAC) as your voice, a turn each, and end
    #[arg(long, value_name = "FILE", num_args = 1..)]
    wav: Vec<PathBuf>,
    /// Keep the talk: you left, the characters right
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Listen while the characters speak: only with headphones, or they hear themselves
    #[arg(long)]
    headphones: bool,
}

/// What is printed.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Printed<'a> {
    /// A line of the transcript: what was heard.
    Said { name: &'a str, text: &'a str },
    /// A character began to answer.
    Delay {
        /// From the end of the person's speech, or line, to the first sound, ms.
        first_audio_ms: u64,
    },
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said { name, text } => write!(f, "{name}: {text}"),
            Self::Delay { first_audio_ms } => write!(f, "    (after {first_audio_ms} ms)"),
        }
    }
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides::default())?;
    // What can't work fails before anything is fetched or loaded.
    let cast = cast(&args.names)?;
    let recordings = recordings(&args.wav)?;
    let device = device(&args)?;
    let has_voice = !args.text;
    let (door, ends) = console::open(&args.who, has_voice);
    let (entries, said) = mpsc::channel(ENTRIES_MAX);
    let setup = tokio::select! {
        setup = setup(&args, &config, context.output, cast, door, entries) => setup?,
        () = context.shutdown.cancelled() => return Ok(()),
    };
    let names: Vec<&str> = setup
        .cast
        .iter()
        .map(|character| character.name.as_str())
        .collect();
    context
        .output
        .progress(format_args!("{}: here. {}", names.join(", "), how(&args)));

    let turns = match (args.text, args.wav.is_empty()) {
        (true, _) => Turns::typed(std::io::stdin().is_terminal()),
        (false, false) => Turns::recorded(recordings),
        (false, true) => Turns::live(),
    };
    // Files and headphones bring nothing of the characters back to the microphone.
    let is_guarded = !args.headphones && !args.text && args.wav.is_empty();
    let pump = Pump::new(device, turns, is_guarded, args.out.is_some());
    let stop = CancellationToken::new();
    let session = tokio::spawn(play(setup, stop.clone()));
    let (pump, said, fault) = talk(pump, ends, said, &context).await;
    stop.cancel();
    session
        .await
        .map_err(|error| Failure::failed(format_args!("the talk failed: {error}")))?
        .map_err(Failure::failed)?;
    print_rest(said, context.output);
    if let Some(path) = &args.out {
        let (person, characters) = pump.sides();
        audio_file::write_stereo(path, RATE_HZ, person, characters).map_err(Failure::failed)?;
        context
            .output
            .progress(format_args!("written: {}", path.display()));
    }
    for loss in pump.losses() {
        context.output.progress(format_args!("{loss}"));
    }
    fault.map_or(Ok(()), |fault| Err(Failure::failed(fault)))
}

/// What the user is to do.
fn how(args: &Args) -> &'static str {
    match (args.text, args.wav.is_empty(), args.headphones) {
        (true, ..) => "A line is a message; Ctrl-D ends the talk.",
        (false, false, _) => "The recordings are played to them.",
        (false, true, true) => "Speak; Ctrl-C ends the talk.",
        (false, true, false) => {
            "Speak when they are done (with headphones, --headphones lets you cut in); Ctrl-C ends the talk."
        }
    }
}

/// Moves sound and lines until the talk is over; answers what is left to be written down, and why it had to end.
async fn talk(
    mut pump: Pump,
    mut ends: Ends,
    mut said: mpsc::Receiver<NewEntry>,
    context: &Context,
) -> (Pump, mpsc::Receiver<NewEntry>, Option<String>) {
    let mut ticks = interval(TICK);
    // A device is asked how much it wants, and files keep their time: what was missed is made up for.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut lines = pump.is_typed().then(agents::lines);
    let mut fault = None;
    loop {
        tokio::select! {
            _ = ticks.tick() => match pump.step(&ends) {
                Step::On => {}
                Step::Reply { first_audio_ms } => context.output.data(&Printed::Delay { first_audio_ms }),
                Step::Over => break,
                Step::Failed(why) => {
                    fault = Some(why);
                    break;
                }
            },
            Some(entry) = said.recv() => print(&entry, context.output),
            Some(shown) = ends.shown.recv() => pump.show(shown),
            line = next_line(&mut lines), if pump.takes_line() => match line {
                Some(line) => {
                    let text: String = line.trim().chars().take(agents::MESSAGE_CHARS_MAX).collect();
                    if !text.is_empty() {
                        pump.typed();
                        // Full only while the session is stuck, and then nothing helps.
                        let _ = ends.typed.try_send(text);
                    }
                }
                None => pump.no_more_lines(),
            },
            () = context.shutdown.cancelled() => break,
        }
        if let Some(meter) = pump.meter() {
            context.output.ticker(meter);
        }
    }
    context.output.ticker("");
    (pump, said, fault)
}

async fn next_line(lines: &mut Option<mpsc::Receiver<String>>) -> Option<String> {
    match lines {
        Some(lines) => lines.recv().await,
        None => std::future::pending().await,
    }
}

fn print(entry: &NewEntry, output: Output) {
    output.ticker("");
    output.data(&Printed::Said {
        name: entry.speaker_name.as_deref().unwrap_or_default(),
        text: &entry.content,
    });
}

fn print_rest(mut said: mpsc::Receiver<NewEntry>, output: Output) {
    while let Ok(entry) = said.try_recv() {
        print(&entry, output);
    }
}

/// The wanted characters, or the first one there is.
fn cast(names: &[String]) -> Result<Vec<Character>, Failure> {
    if names.is_empty() {
        let known = character::load(&super::serve::character_folders()).map_err(Failure::failed)?;
        let first = known.into_iter().next();
        return first
            .map(|character| vec![character])
            .ok_or_else(|| Failure::failed("there is no character to talk with"));
    }
    names.iter().map(|name| agents::found(name)).collect()
}

fn recordings(files: &[PathBuf]) -> Result<Vec<Vec<i16>>, Failure> {
    let read: Result<Vec<_>, _> = files
        .iter()
        .map(|file| audio_file::read_mono(file, RATE_HZ))
        .collect();
    read.map_err(Failure::failed)
}

/// What sound goes through.
fn device(args: &Args) -> Result<Box<dyn Device>, Failure> {
    if !args.wav.is_empty() {
        return Ok(Box::new(silent::Silent));
    }
    #[cfg(feature = "console")]
    return match (device::open(!args.text), args.text) {
        (Ok(device), _) => Ok(device),
        // A machine without sound can be typed at all the same.
        (Err(_), true) => Ok(Box::new(silent::Silent)),
        (Err(fault), false) => Err(Failure::failed(fault)),
    };
    #[cfg(not(feature = "console"))]
    match args.text {
        // The answers are made and timed as always, and heard by nobody; `--out` keeps them.
        true => Ok(Box::new(silent::Silent)),
        false => Err(Failure::usage(
            "this troupe was built without sound devices: build it with `--features console` (on Debian after \
             `apt install libasound2-dev`), or use --text or --wav FILE",
        )),
    }
}

/// Fetches and loads what the talk needs.
async fn setup(
    args: &Args,
    config: &Config,
    output: Output,
    cast: Vec<Character>,
    door: console::Door,
    entries: mpsc::Sender<NewEntry>,
) -> Result<LocalSetup, Failure> {
    models::pull(config, output).await?;
    let registry = Arc::new(configured::registry(config).map_err(Failure::failed)?);
    for character in &cast {
        let models = &character.models;
        tokio::try_join!(
            registry.speech_to_text(models.stt.as_deref()),
            registry.language_model(models.llm.as_deref()),
            registry.text_to_speech(models.tts.as_deref()),
        )
        .map_err(Failure::failed)?;
    }
    Ok(LocalSetup {
        cast,
        scene: args.scene.clone(),
        door,
        entries,
        registry,
        memory_tokens: config.worker.memory_tokens,
        spending: config.spending,
        treatment: config.worker.treatment,
        tools: Reach::new(&config.tools).map_err(Failure::failed)?,
        judge: worker::judge(config).await?,
    })
}
