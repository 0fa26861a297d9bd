use std::time::Duration;

use livekit::webrtc::audio_stream::native::NativeAudioStream;
use tokio::time::timeout;

use crate::harness::{
    self, PATIENCE, Server, hear, hear_silence, hum, join, publish, server, server_with, subscribed, tone,
};

async fn two_hear_each_other(single: bool, server: Server) {
    let (alice, mut at_alice) = join(&server, "alice", single).await;
    let (bob, mut at_bob) = join(&server, "bob", single).await;
    let (high, _) = publish(&alice, 100).await;
    let (low, _) = publish(&bob, 100).await;
    let hums = [hum(high, 1000.0), hum(low, 400.0)];
    let mut from_alice = NativeAudioStream::new(subscribed(&mut at_bob).await.rtc_track(), 48_000, 1);
    let mut from_bob = NativeAudioStream::new(subscribed(&mut at_alice).await.rtc_track(), 16_000, 1);
    let (high, low) = tokio::join!(hear(&mut from_alice, 1000.0), hear(&mut from_bob, 400.0));
    // A quarter of full scale is 5793 as RMS.
    for level in [high, low] {
        assert!((4600.0..7300.0).contains(&level), "level {level}");
    }
    hums.iter().for_each(|hum| hum.abort());
    alice.close().await.unwrap();
    bob.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hear_each_other_over_one_peer_connection_each() {
    two_hear_each_other(true, server().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hear_each_other_over_two_peer_connections_each() {
    two_hear_each_other(false, server().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hear_each_other_over_tcp() {
    two_hear_each_other(true, server_with("  force_tcp: true\n").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mute_silences_and_unmute_brings_it_back() {
    let server = server().await;
    let (alice, _at_alice) = join(&server, "alice", true).await;
    let (_bob, mut at_bob) = join(&server, "bob", true).await;
    let (source, track) = publish(&alice, 100).await;
    let hum = hum(source, 1000.0);
    let mut stream = NativeAudioStream::new(subscribed(&mut at_bob).await.rtc_track(), 48_000, 1);
    hear(&mut stream, 1000.0).await;
    track.mute();
    hear_silence(&mut stream).await;
    track.unmute();
    hear(&mut stream, 1000.0).await;
    hum.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn clearing_the_queue_cuts_what_was_to_be_said() {
    let server = server().await;
    let (alice, _at_alice) = join(&server, "alice", true).await;
    let (_bob, mut at_bob) = join(&server, "bob", true).await;
    let (source, _track) = publish(&alice, 10_000).await;
    let track = subscribed(&mut at_bob).await;
    let mut stream = NativeAudioStream::new(track.rtc_track(), 48_000, 1);
    source.capture_frame(&tone(1000.0, 8_000)).await.unwrap();
    hear(&mut stream, 1000.0).await;
    source.clear_buffer();
    let cut = std::time::Instant::now();
    hear_silence(&mut stream).await;
    assert!(cut.elapsed() < Duration::from_secs(2), "{:?}", cut.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_track_taken_back_ends_its_streams_and_the_section_serves_again() {
    let server = server().await;
    let (alice, _at_alice) = join(&server, "alice", true).await;
    let (_bob, mut at_bob) = join(&server, "bob", true).await;
    let (source, track) = publish(&alice, 100).await;
    let first = hum(source, 1000.0);
    let mut stream = NativeAudioStream::new(subscribed(&mut at_bob).await.rtc_track(), 48_000, 1);
    hear(&mut stream, 1000.0).await;
    first.abort();
    alice
        .local_participant()
        .unpublish_track(&track.sid())
        .await
        .unwrap();
    let ended = async { while futures::StreamExt::next(&mut stream).await.is_some() {} };
    timeout(PATIENCE, ended).await.unwrap();
    let (source, _track) = publish(&alice, 100).await;
    let second = harness::hum(source, 600.0);
    let mut stream = NativeAudioStream::new(subscribed(&mut at_bob).await.rtc_track(), 48_000, 1);
    hear(&mut stream, 600.0).await;
    second.abort();
}
