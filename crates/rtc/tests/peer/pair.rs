use std::f32::consts::PI;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use troupe_rtc::audio::{
    AudioReader, AudioSource, AudioSourceConfig, Delivery, LocalAudio, PcmFrame, RemoteAudio, reader,
};
use troupe_rtc::jsep::{DescriptionKind, SendTrack};
use troupe_rtc::net::IceConfig;
use troupe_rtc::peer::{ChannelOptions, DataChannel, Event, Peer, PeerState};
use troupe_rtc::sdp::MediaKind;

use crate::way::Way;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A speaks to B.
pub(crate) struct Pair {
    pub(crate) a: Arc<Peer>,
    pub(crate) b: Arc<Peer>,
    pub(crate) source: AudioSource,
    pub(crate) heard: AudioReader,
    track: Arc<RemoteAudio>,
    _channel: DataChannel,
}

fn peer() -> (Arc<Peer>, mpsc::Receiver<Event>) {
    let (events, receiver) = mpsc::channel(256);
    let handler = Box::new(move |event| drop(events.try_send(event)));
    (Peer::new(IceConfig::default(), handler).unwrap(), receiver)
}

async fn until_connected(events: &mut mpsc::Receiver<Event>) {
    let connected =
        async { while !matches!(events.recv().await.unwrap(), Event::State(PeerState::Connected)) {} };
    timeout(PATIENCE, connected).await.unwrap();
}

/// Connects two peers, A offering.
pub(crate) async fn pair() -> Pair {
    pair_through(&[]).await
}

/// The same; with ways, all packets go through one of them.
pub(crate) async fn pair_through(ways: &[Way]) -> Pair {
    let ((a, mut at_a), (b, mut at_b)) = (peer(), peer());
    let channel = a.create_channel(ChannelOptions {
        label: "c".into(),
        negotiated_id: Some(1),
        ..ChannelOptions::default()
    });
    let source = AudioSource::new(AudioSourceConfig {
        sample_rate_hz: 48_000,
        channels: 1,
        queue_ms: 100,
    });
    let send = SendTrack {
        stream_id: "s".into(),
        track_id: "t".into(),
        ssrc: 7,
        audio: Some(LocalAudio::new("t".into(), source.clone())),
        bitrate_bps: None,
    };
    a.with_negotiator(|n| n.add_transceiver(MediaKind::Audio, false, Some(send)));
    let offer = a.create_offer(false).unwrap();
    a.set_local(DescriptionKind::Offer, offer.clone()).unwrap();
    let offer = match ways {
        [] => offer,
        _ => without_candidates(&offer),
    };
    let added = b.set_remote(DescriptionKind::Offer, offer).unwrap();
    let mut answer = b.with_negotiator(|n| n.create_answer()).unwrap();
    b.set_local(DescriptionKind::Answer, answer.clone()).unwrap();
    if !ways.is_empty() {
        let to = candidate(&answer);
        answer = without_candidates(&answer);
        for way in ways {
            answer = way.open(&answer, to).await;
        }
    }
    a.set_remote(DescriptionKind::Answer, answer).unwrap();
    let (sink, heard) = reader(Delivery::Immediate, 16_000, 1, 100);
    let track = b.with_negotiator(|n| {
        let transceiver = n.transceiver(added.first().unwrap().transceiver).unwrap();
        Arc::clone(&transceiver.remote.as_ref().unwrap().audio)
    });
    track.add_sink(sink);
    tokio::join!(until_connected(&mut at_a), until_connected(&mut at_b));
    Pair {
        a,
        b,
        source,
        heard,
        track,
        _channel: channel,
    }
}

impl Pair {
    /// Speaks so many blocks of 10 ms, and waits until they are said.
    pub(crate) async fn speak(&self, blocks: u32) {
        for block in 0..blocks {
            let wave =
                (0..480).map(|n| 8_000.0 * (2.0 * PI * 500.0 * (n + block * 480) as f32 / 48_000.0).sin());
            let wave: Vec<i16> = wave.map(|sample| sample as i16).collect();
            self.source.capture(&wave).await.unwrap();
        }
    }

    pub(crate) async fn next_frame(&self) -> PcmFrame {
        let next = std::future::poll_fn(|context| self.heard.poll_frame(context));
        let next = timeout(PATIENCE, next).await.map_err(|_| self.state());
        next.unwrap().unwrap()
    }

    /// Waits until a frame is loud.
    pub(crate) async fn hear(&self) -> PcmFrame {
        loop {
            let frame = self.next_frame().await;
            if frame.samples.iter().any(|sample| sample.unsigned_abs() > 2_000) {
                return frame;
            }
        }
    }

    /// What became of what was said, for whoever has to find out why it was not heard.
    fn state(&self) -> String {
        let ends = [&self.a, &self.b].map(|end| format!("{:?} {:?}", end.state(), end.vitals()));
        let (said, dropped) = (self.source.position(), self.heard.dropped_frames());
        let received = &self.track.traffic;
        format!(
            "{said:?}, {received:?}, {dropped} frames dropped, A {}, B {}",
            ends[0], ends[1]
        )
    }

    /// Where B listens.
    pub(crate) fn address_of_b(&self) -> SocketAddr {
        let (_, text) = self.b.with_negotiator(|n| n.local_description()).unwrap();
        candidate(&text)
    }
}

/// The first address that a description offers.
fn candidate(description: &str) -> SocketAddr {
    let mut lines = description.lines();
    let line = lines.find(|line| line.starts_with("a=candidate")).unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    SocketAddr::new(words[4].parse().unwrap(), words[5].parse().unwrap())
}

fn without_candidates(description: &str) -> String {
    let lines = description
        .lines()
        .filter(|line| !line.starts_with("a=candidate"));
    lines.map(|line| format!("{line}\r\n")).collect()
}
