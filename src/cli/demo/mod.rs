//! `troupe demo`: from nothing to a finished conversation.

mod events;
mod level;
mod mixdown;
mod person;
mod recordings;
mod report;

mod scene;
mod script;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use super::client::{Character, Rooms};
use super::stack::{Stack, Storage};
use super::{Context, Failure, Output};
use crate::audio_file;
use crate::config::Overrides;
use mixdown::RATE_HZ;
use person::Person;
use report::Event;
use scene::{Outcome, Scene};

/// Characters of a demo whose user names none.
const CHARACTERS: usize = 2;
/// Most turns of a demo: about half an hour.
const TURNS_MAX: i64 = 200;
/// File of the recording in `--out`.
const RECORDING: &str = "conversation.wav";

/// Flags of `troupe demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recordings (WAV or FLAC), each one turn of the person
    #[arg(long, value_name = "FILE", num_args = 1..)]
    caller: Vec<PathBuf>,
    /// Characters of the room, by id [default: the first two]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    characters: Vec<String>,
    /// Turns taken in all, the person's included
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=TURNS_MAX))]
    turns: u32,
    /// Folder of the recording
    #[arg(long, value_name = "DIR", default_value = "demo-out")]
    out: PathBuf,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).to_string();
    let overrides = Overrides {
        listen: Some(anywhere.clone()),
        health: Some(anywhere),
        ..Overrides::default()
    };
    let config = context.config(overrides)?;
    // What can't work fails before anything is fetched or started.
    let recordings = recordings::read(&args.caller)?;
    std::fs::create_dir_all(&args.out)
        .map_err(|error| Failure::failed(format!("{}: {error}", args.out.display())))?;

    let output = context.output;
    let mut stack = tokio::select! {
        stack = Stack::start(config, Storage::Temporary, output) => stack?,
        () = context.shutdown.cancelled() => return Err(Failure::failed("stopped before it began")),
    };
    let rooms = Rooms::new(stack.api_url.clone(), stack.key.clone());
    let played = tokio::select! {
        played = play(&args, recordings, &rooms, output) => played,
        failure = stack.broken() => Err(failure),
        () = context.shutdown.cancelled() => Err(Failure::failed("stopped by a signal")),
    };
    stack.stop().await;
    played
}

/// Makes the room, plays the scene in it, and ends it.
async fn play(args: &Args, recordings: Vec<Vec<i16>>, rooms: &Rooms, output: Output) -> Result<(), Failure> {
    let cast = cast(rooms, &args.characters).await?;
    let room = rooms.create("Demo").await?;
    for character in &cast {
        rooms.add(&room, &character.id).await?;
    }
    let names: Vec<String> = cast.iter().map(|character| character.name.clone()).collect();
    output.data(&Event::Room {
        room_id: &room,
        characters: &names,
    });
    let join = rooms.token(&room, "demo-person", "You").await?;
    let person = Person::join(&join).await?;
    rooms.start(&room).await?;

    let outcome = Scene::new(&cast, recordings, args.turns, output)
        .play(person, rooms.clone(), &room)
        .await;
    let ended = rooms.end(&room).await;
    let recording = record(&outcome, &args.out);
    output.data(&Event::End {
        ok: outcome.failure.is_none() && recording.is_ok(),
        reason: outcome.failure.as_deref(),
        turns: outcome.turns,
        characters: outcome.heard.iter().map(String::as_str).collect(),
        first_audio_median_ms: report::median(&outcome.first_audio_ms),
        recording: recording.as_ref().ok().map(|path| path.display().to_string()),
        duration_ms: outcome.duration_ms,
    });
    match outcome.failure {
        Some(reason) => Err(Failure::failed(reason)),
        None => recording.map(drop).and(ended),
    }
}

fn record(outcome: &Outcome, folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.join(RECORDING);
    let (person, characters) = outcome.mixdown.sides();
    audio_file::write_stereo(&path, RATE_HZ, person, characters).map_err(Failure::failed)?;
    Ok(path)
}

/// The characters with the wanted ids, in that order, or the first ones there are.
async fn cast(rooms: &Rooms, wanted: &[String]) -> Result<Vec<Character>, Failure> {
    let known = rooms.characters().await?;
    if wanted.is_empty() {
        return Ok(known.into_iter().take(CHARACTERS).collect());
    }
    let mut found = Vec::with_capacity(wanted.len());
    for id in wanted {
        let Some(character) = known.iter().find(|character| character.id == *id) else {
            let ids: Vec<&str> = known.iter().map(|character| character.id.as_str()).collect();
            return Err(Failure::usage(format!(
                "--characters: no character {id}; there are {}",
                ids.join(", ")
            )));
        };
        found.push(character.clone());
    }
    Ok(found)
}
