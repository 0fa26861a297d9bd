//! What recording costs: ten rooms of a person and a character who take turns. Run with
//! `cargo bench --bench recording`; it takes a minute.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its figures or fails"
)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use troupe::audio_file::read_mono;
use troupe::protocol::TrackKind;
use troupe::recorder::{Arrival, RECORDED_RATE_HZ, Recorder, RoomRecorder, Taped, TrackInfo, TrackInput};

const ROOMS: usize = 10;
const SPAN: Duration = Duration::from_secs(60);
/// Length of a turn, blocks of 10 ms: nobody pauses, which is the most that two can talk.
const TURN_BLOCKS: usize = 300;
const BLOCK: Duration = Duration::from_millis(10);
const BLOCK_SAMPLES: usize = RECORDED_RATE_HZ as usize / 100;

/// Processor time of this process so far, s.
fn processor_s() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
}

fn track(room: &RoomRecorder, identity: &str, arrival: Arrival) -> TrackInput {
    let info = TrackInfo {
        kind: TrackKind::Participant,
        identity: identity.into(),
        name: None,
        character_id: None,
    };
    room.track(info, arrival).unwrap()
}

fn main() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/caller.flac");
    let speech = read_mono(&shipped, RECORDED_RATE_HZ).unwrap();
    let speech: Vec<&[i16]> = speech.chunks_exact(BLOCK_SAMPLES).collect();
    let silence = [0; BLOCK_SAMPLES];
    let recorder = Recorder::start().unwrap();
    let began = Instant::now();
    let mut inboxes = Vec::new();
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        let (out, taped) = mpsc::channel(256);
        let room = recorder.record(began, 0, out).unwrap();
        let tracks = (
            track(&room, "guest", Arrival::Received),
            track(&room, "agent-ada", Arrival::Paced),
        );
        rooms.push((room, tracks));
        inboxes.push(taped);
    }
    let before = processor_s();
    let blocks = SPAN.as_millis() / BLOCK.as_millis();
    for block in 0..usize::try_from(blocks).unwrap() {
        let due = BLOCK * u32::try_from(block).unwrap();
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        let sound = speech[block % speech.len()];
        let is_persons_turn = block / TURN_BLOCKS % 2 == 0;
        for (_, (person, character)) in &mut rooms {
            // A person's microphone goes on through pauses, a character's track does not.
            if is_persons_turn {
                person.push(sound);
            } else {
                person.push(&silence);
                character.push(sound);
            }
        }
    }
    drop(rooms);
    let (mut bytes, mut faults) = ([0; 3], 0);
    for mut taped in inboxes {
        while let Some(one) = taped.blocking_recv() {
            match one {
                Taped::Segment(segment) => bytes[segment.track as usize] += segment.file.len(),
                Taped::Ended(end) => faults += usize::from(end.fault.is_some()),
                Taped::Track { .. } => {}
            }
        }
    }
    let minutes = ROOMS as f64 * began.elapsed().as_secs_f64() / 60.0;
    let [mix, person, character] = bytes.map(|bytes| bytes as f64 / minutes / 1000.0);
    println!(
        "{:.2} s of processor time for a room-minute; KB a minute: mix {mix:.0}, person {person:.0}, \
         character {character:.0}; {faults} tracks with a fault",
        (processor_s() - before) / minutes
    );
}
