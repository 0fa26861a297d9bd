use std::time::Duration;

use livekit::{
    ConnectionState, RoomEvent, SimulateScenario,
    track::{RemoteAudioTrack, RemoteTrack},
    webrtc::audio_stream::native::NativeAudioStream,
};
use tokio::time::sleep;

use crate::harness::{Events, hear, hum, join, publish, server, subscribed, until};

/// Waits for the reconnection, and for a new track if it makes one; they come in either order.
async fn reconnected(events: &mut Events, with_track: bool) -> Option<RemoteAudioTrack> {
    let (mut done, mut found) = (false, None);
    until(events, |event| {
        match event {
            RoomEvent::Reconnected => done = true,
            RoomEvent::TrackSubscribed {
                track: RemoteTrack::Audio(track),
                ..
            } => found = Some(track),
            _ => {}
        }
        (done && (found.is_some() || !with_track)).then_some(())
    })
    .await;
    found
}

/// The audio that goes out goes on, and so does the one that comes in.
async fn survives(single: bool, scenario: SimulateScenario) {
    let server = server().await;
    let (alice, mut at_alice) = join(&server, "alice", single).await;
    let (bob, mut at_bob) = join(&server, "bob", single).await;
    let hums = [
        hum(publish(&alice, 100).await.0, 1000.0),
        hum(publish(&bob, 100).await.0, 400.0),
    ];
    let mut from_alice = NativeAudioStream::new(subscribed(&mut at_bob).await.rtc_track(), 48_000, 1);
    let mut from_bob = NativeAudioStream::new(subscribed(&mut at_alice).await.rtc_track(), 48_000, 1);
    hear(&mut from_alice, 1000.0).await;
    hear(&mut from_bob, 400.0).await;
    let full = matches!(
        scenario,
        SimulateScenario::FullReconnect | SimulateScenario::ForceTcp
    );
    alice.simulate_scenario(scenario).await.unwrap();
    let track_of_bob = reconnected(&mut at_alice, full).await;
    if full {
        // The tracks are new on both sides.
        let track = subscribed(&mut at_bob).await;
        from_alice = NativeAudioStream::new(track.rtc_track(), 48_000, 1);
        let track = track_of_bob.unwrap();
        from_bob = NativeAudioStream::new(track.rtc_track(), 48_000, 1);
    }
    // What was heard before is still in the queues.
    sleep(Duration::from_millis(300)).await;
    hear(&mut from_alice, 1000.0).await;
    hear(&mut from_bob, 400.0).await;
    assert_eq!(alice.connection_state(), ConnectionState::Connected);
    hums.iter().for_each(|hum| hum.abort());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_keeps_the_audio() {
    survives(true, SimulateScenario::SignalReconnect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_over_two_peer_connections_keeps_the_audio() {
    survives(false, SimulateScenario::SignalReconnect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_reconnect_publishes_again() {
    survives(true, SimulateScenario::FullReconnect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_reconnect_over_two_peer_connections_publishes_again() {
    survives(false, SimulateScenario::FullReconnect).await;
}
