use livekit::{
    DataPacket, DataPacketKind, Room, RoomEvent,
    data_stream::api::{SendTextOptions, StreamReader},
};
use tokio::time::timeout;

use crate::harness::{Events, PATIENCE, join, server, until};

async fn send(room: &Room, text: &str, reliable: bool) {
    let packet = DataPacket {
        payload: text.into(),
        topic: Some("t".into()),
        reliable,
        ..Default::default()
    };
    let participant = room.local_participant();
    timeout(PATIENCE, participant.publish_data(packet))
        .await
        .unwrap()
        .unwrap();
}

async fn received(events: &mut Events) -> (String, DataPacketKind) {
    until(events, |event| match event {
        RoomEvent::DataReceived { payload, kind, .. } => {
            Some((String::from_utf8(payload.to_vec()).unwrap(), kind))
        }
        _ => None,
    })
    .await
}

async fn data_goes_both_ways(single: bool) {
    let server = server().await;
    let (alice, mut at_alice) = join(&server, "alice", single).await;
    let (bob, mut at_bob) = join(&server, "bob", single).await;
    for (reliable, kind) in [(true, DataPacketKind::Reliable), (false, DataPacketKind::Lossy)] {
        send(&alice, "hello", reliable).await;
        assert_eq!(received(&mut at_bob).await, ("hello".to_owned(), kind));
        send(&bob, "well", reliable).await;
        assert_eq!(received(&mut at_alice).await, ("well".to_owned(), kind));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs livekit-server"]
async fn data_goes_both_ways_over_one_peer_connection() {
    data_goes_both_ways(true).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs livekit-server"]
async fn data_goes_both_ways_over_two_peer_connections() {
    data_goes_both_ways(false).await;
}

/// More than the buffers hold: flow control has to work, and nothing may be lost.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs livekit-server"]
async fn a_long_text_arrives_whole() {
    let server = server().await;
    let (alice, _at_alice) = join(&server, "alice", true).await;
    let (_bob, mut at_bob) = join(&server, "bob", true).await;
    let text: String = (0..400_000)
        .map(|i| char::from(b'a' + (i * 7 % 26) as u8))
        .collect();
    let options = SendTextOptions::new_with_topic("lines");
    let participant = alice.local_participant();
    let sent = participant.send_text(&text, options);
    let reader = until(&mut at_bob, |event| match event {
        RoomEvent::TextStreamOpened { reader, .. } => reader.take(),
        _ => None,
    });
    let (sent, reader) = tokio::join!(timeout(PATIENCE, sent), reader);
    sent.unwrap().unwrap();
    assert_eq!(timeout(PATIENCE, reader.read_all()).await.unwrap().unwrap(), text);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs livekit-server"]
async fn many_reliable_packets_keep_their_order() {
    let server = server().await;
    let (alice, _at_alice) = join(&server, "alice", true).await;
    let (_bob, mut at_bob) = join(&server, "bob", true).await;
    // The other side's subscription may still be on its way when the first packet goes.
    send(&alice, "first", true).await;
    received(&mut at_bob).await;
    for number in 0..500 {
        send(&alice, &number.to_string(), true).await;
    }
    for number in 0..500 {
        assert_eq!(received(&mut at_bob).await.0, number.to_string());
    }
}
