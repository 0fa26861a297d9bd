//! Through the server's own TURN, and nothing else.

use std::{sync::Arc, time::Duration};

use livekit::{
    Room, RoomOptions,
    webrtc::{
        audio_stream::native::NativeAudioStream,
        peer_connection_factory::{IceServer, IceTransportsType, RtcConfiguration},
        stats::{IceCandidateType, RtcStats},
    },
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::harness::{
    Events, FIRST_PORT, PATIENCE, Ports, STAGE, Server, connect, hear, hum, join, publish,
    server_at_own_address, subscribed,
};

/// A certificate for `localhost` that nobody has signed, in a folder of its own.
struct Certificate {
    folder: TempDir,
    der: Arc<[u8]>,
}

impl Certificate {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        std::fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        Self {
            folder,
            der: made.cert.der().to_vec().into(),
        }
    }
}

/// The section of a server's configuration that turns its TURN on; every test has relay ports of its own.
fn turn(ports: Ports, lines: &str) -> String {
    let first = 31_000 + (ports.http - FIRST_PORT) * 4;
    format!(
        "turn:\n  enabled: true\n  relay_range_start: {first}\n  relay_range_end: {}\n{lines}",
        first + 15
    )
}

/// The server's TURN knows everybody who can sign with its secret.
fn credentials() -> (String, String) {
    let password = Sha256::digest(b"secret|PA_test");
    (base62(b"devkey|PA_test"), base62(&password))
}

/// The encoding of LiveKit's TURN credentials: from the end six bits a character, but five where six would
/// make a number over 61.
fn base62(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let bit = |index: usize| (bytes[bytes.len() - 1 - index / 8] >> (index % 8)) & 1;
    let (mut left, mut out) = (bytes.len() * 8, String::new());
    while left > 0 {
        let length = left.min(6);
        let at = bytes.len() * 8 - left;
        let mut value = (0..length).fold(0, |value, n| value | bit(at + n) << n);
        let is_short = value & 0x1e == 0x1e && (left > 6 || value > 0x1f);
        if value & 0x1e == 0x1e {
            value &= 0x1f;
        }
        left -= if is_short { length - 1 } else { length };
        out.push(char::from(ALPHABET[usize::from(value)]));
    }
    out
}

async fn join_by(server: &Server, identity: &str, url: String, roots: Vec<Arc<[u8]>>) -> (Room, Events) {
    let (username, password) = credentials();
    let mut rtc_config = RtcConfiguration::default();
    rtc_config.ice_servers = vec![IceServer {
        urls: vec![url],
        username,
        password,
    }];
    rtc_config.ice_transport_type = IceTransportsType::Relay;
    rtc_config.turn_roots = roots;
    let mut options = RoomOptions::default();
    options.single_peer_connection = true;
    options.rtc_config = rtc_config;
    connect(server, STAGE, identity, options).await
}

/// The kind of our end of the way that packets take; statistics know it after a second.
async fn kind_of_path(room: &Room) -> IceCandidateType {
    let found = async {
        loop {
            let stats = room.get_stats().await.unwrap().publisher_stats;
            let kind = stats.iter().find_map(|stats| match stats {
                RtcStats::LocalCandidate(local) => local.candidate.candidate_type,
                _ => None,
            });
            if let Some(kind) = kind {
                return kind;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, found).await.unwrap()
}

/// Two hear each other, one of them through the relay alone.
async fn through_the_relay(server: &Server, url: String, roots: Vec<Arc<[u8]>>) {
    let (alice, mut at_alice) = join_by(server, "alice", url, roots).await;
    let (bob, mut at_bob) = join(server, "bob", true).await;
    let hums = [
        hum(publish(&alice, 100).await.0, 1000.0),
        hum(publish(&bob, 100).await.0, 400.0),
    ];
    let mut from_alice = NativeAudioStream::new(subscribed(&mut at_bob).await.rtc_track(), 48_000, 1);
    let mut from_bob = NativeAudioStream::new(subscribed(&mut at_alice).await.rtc_track(), 48_000, 1);
    tokio::join!(hear(&mut from_alice, 1000.0), hear(&mut from_bob, 400.0));
    assert_eq!(kind_of_path(&alice).await, IceCandidateType::Relay);
    hums.iter().for_each(|hum| hum.abort());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hear_each_other_through_turn_over_udp() {
    let server = server_at_own_address(|ports| turn(ports, &format!("  udp_port: {}\n", ports.turn)));
    let Some(server) = server.await else { return };
    let url = format!("turn:127.0.0.1:{}?transport=udp", server.ports.turn);
    through_the_relay(&server, url, Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hear_each_other_through_turn_over_tcp() {
    // TLS that ends before the server leaves plain TCP.
    let server = server_at_own_address(|ports| {
        let lines = format!(
            "  domain: turn.example.org\n  tls_port: {}\n  external_tls: true\n",
            ports.turn
        );
        turn(ports, &lines)
    });
    let Some(server) = server.await else { return };
    let url = format!("turn:127.0.0.1:{}?transport=tcp", server.ports.turn);
    through_the_relay(&server, url, Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hear_each_other_through_turn_over_tls() {
    let certificate = Certificate::new();
    let folder = certificate.folder.path().display().to_string();
    let server = server_at_own_address(|ports| {
        let lines = format!(
            "  domain: turn.example.org\n  tls_port: {}\n  cert_file: {folder}/cert.pem\n  \
             key_file: {folder}/key.pem\n",
            ports.turn
        );
        turn(ports, &lines)
    });
    let Some(server) = server.await else { return };
    let url = format!("turns:localhost:{}?transport=tcp", server.ports.turn);
    through_the_relay(&server, url, vec![Arc::clone(&certificate.der)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relay_only_takes_the_relay_that_the_server_names() {
    let server = server_at_own_address(|ports| turn(ports, &format!("  udp_port: {}\n", ports.turn)));
    let Some(server) = server.await else { return };
    let mut options = RoomOptions::default();
    options.single_peer_connection = true;
    options.rtc_config.ice_transport_type = IceTransportsType::Relay;
    let (alice, _at_alice) = connect(&server, STAGE, "alice", options).await;
    let (_bob, mut at_bob) = join(&server, "bob", true).await;
    let hum = hum(publish(&alice, 100).await.0, 1000.0);
    let mut from_alice = NativeAudioStream::new(subscribed(&mut at_bob).await.rtc_track(), 48_000, 1);
    hear(&mut from_alice, 1000.0).await;
    hum.abort();
}
