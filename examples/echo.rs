//! An echo in a room, with the official `livekit` crate alone: `cargo run --example echo`, with LIVEKIT_URL and
//! LIVEKIT_TOKEN set. What the first speaker says comes back a second later.
#![expect(clippy::print_stdout, reason = "an example for a terminal")]

use std::{collections::VecDeque, error::Error};

use futures::StreamExt;
use livekit::{
    options::TrackPublishOptions,
    prelude::*,
    webrtc::{
        audio_source::{AudioSourceOptions, RtcAudioSource, native::NativeAudioSource},
        audio_stream::native::NativeAudioStream,
    },
};

const RATE_HZ: u32 = 48_000;
/// Frames of 10 ms between hearing and saying.
const BEHIND: usize = 100;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (url, token) = (std::env::var("LIVEKIT_URL")?, std::env::var("LIVEKIT_TOKEN")?);
    let (room, mut events) = Room::connect(&url, &token, RoomOptions::default()).await?;
    let source = NativeAudioSource::new(AudioSourceOptions::default(), RATE_HZ, 1, 100);
    let track = LocalAudioTrack::create_audio_track("echo", RtcAudioSource::Native(source.clone()));
    let options = TrackPublishOptions {
        source: TrackSource::Microphone,
        ..Default::default()
    };
    room.local_participant()
        .publish_track(LocalTrack::Audio(track), options)
        .await?;
    while let Some(event) = events.recv().await {
        let RoomEvent::TrackSubscribed {
            track: RemoteTrack::Audio(track),
            participant,
            ..
        } = event
        else {
            continue;
        };
        println!("answering {}", participant.sid());
        let mut frames = NativeAudioStream::new(track.rtc_track(), RATE_HZ.cast_signed(), 1);
        let mut behind = VecDeque::with_capacity(BEHIND + 1);
        while let Some(frame) = frames.next().await {
            behind.push_back(frame);
            if behind.len() > BEHIND
                && let Some(frame) = behind.pop_front()
            {
                source.capture_frame(&frame).await?;
            }
        }
    }
    Ok(())
}
