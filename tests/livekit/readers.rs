//! Both kinds of reader, and what statistics tell of them.

use futures::StreamExt;
use livekit::webrtc::{
    audio_stream::{immediate::ImmediateAudioStream, native::NativeAudioStream},
    stats::{IceCandidateType, RtcStats},
};
use tokio::time::{Duration, sleep, timeout};

use crate::harness::{PATIENCE, at, hear, hum, join, publish, server, subscribed};

#[tokio::test(flavor = "multi_thread")]
async fn a_track_has_readers_of_both_kinds() {
    let server = server().await;
    let (alice, _at_alice) = join(&server, "alice", true).await;
    let (_bob, mut at_bob) = join(&server, "bob", true).await;
    let hum = hum(publish(&alice, 100).await.0, 1000.0);
    let track = subscribed(&mut at_bob).await.rtc_track();
    let mut paced = NativeAudioStream::new(track.clone(), 48_000, 1);
    let mut immediate = ImmediateAudioStream::new(&track, 16_000, 1);
    hear(&mut paced, 1000.0).await;
    let heard = async {
        let (mut window, mut captured) = (Vec::new(), None);
        loop {
            let frame = immediate.next().await.unwrap();
            let capture = frame.capture.unwrap();
            assert!(captured.is_none_or(|before| capture.at >= before), "time falls");
            captured = Some(capture.at);
            window.extend(frame.samples);
            window.drain(..window.len().saturating_sub(3_200));
            let (share, level) = at(&window, 16_000, 1000.0);
            if window.len() == 3_200 && share > 0.9 && level > 500.0 {
                return;
            }
        }
    };
    timeout(PATIENCE, heard).await.unwrap();
    hum.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_are_true() {
    let server = server().await;
    let (alice, _at_alice) = join(&server, "alice", true).await;
    let (bob, mut at_bob) = join(&server, "bob", true).await;
    let hum = hum(publish(&alice, 100).await.0, 1000.0);
    let track = subscribed(&mut at_bob).await;
    let mut stream = NativeAudioStream::new(track.rtc_track(), 48_000, 1);
    hear(&mut stream, 1000.0).await;
    let complete = async {
        loop {
            let stats = alice.get_stats().await.unwrap().publisher_stats;
            let sent = stats.iter().find_map(|stats| match stats {
                RtcStats::OutboundRtp(stats) => Some((stats.sent.packets_sent, stats.sent.bytes_sent)),
                _ => None,
            });
            let reported = stats
                .iter()
                .any(|stats| matches!(stats, RtcStats::RemoteInboundRtp(_)));
            let pair = stats.iter().find_map(|stats| match stats {
                RtcStats::CandidatePair(stats) => Some(stats.candidate_pair.current_round_trip_time),
                _ => None,
            });
            let kind = stats.iter().find_map(|stats| match stats {
                RtcStats::LocalCandidate(stats) => stats.candidate.candidate_type,
                _ => None,
            });
            if let (Some((packets, bytes)), true, Some(round_trip), Some(kind)) = (sent, reported, pair, kind)
            {
                assert!(
                    packets > 20 && bytes > 20 * packets && bytes < 400 * packets,
                    "{packets} {bytes}"
                );
                assert!((0.0..1.0).contains(&round_trip), "{round_trip}");
                assert_eq!(kind, IceCandidateType::Host);
                return packets;
            }
            sleep(Duration::from_millis(200)).await;
        }
    };
    let sent = timeout(PATIENCE, complete).await.unwrap();
    let inbound = track.get_stats().await.unwrap();
    let [RtcStats::InboundRtp(inbound)] = &inbound[..] else {
        panic!("one stream is received: {inbound:?}")
    };
    let received = inbound.received.packets_received;
    assert!(received > 20 && received <= sent + 100, "{received} of {sent}");
    assert!(inbound.inbound.total_samples_received > 48_000 / 5);
    assert_eq!(inbound.received.packets_lost, 0);
    drop(bob);
    hum.abort();
}
