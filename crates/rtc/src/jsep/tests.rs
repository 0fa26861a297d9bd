#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use super::*;
use crate::{
    audio::{AudioSource, AudioSourceConfig, LocalAudio},
    sdp::Direction,
};

fn identity(name: &str) -> Identity {
    Identity {
        ice: IceCredentials {
            ufrag: name.into(),
            password: "p".into(),
        },
        fingerprint: "sha-256 AA".into(),
        candidates: vec![],
        policy: crate::net::Policy::All,
        session_id: 1,
        cname: "c".into(),
    }
}

fn send_track(id: &str) -> SendTrack {
    let source = AudioSource::new(AudioSourceConfig {
        sample_rate_hz: 48_000,
        channels: 1,
        queue_ms: 0,
    });
    let audio = LocalAudio::new(id.into(), source);
    SendTrack {
        stream_id: "-".into(),
        track_id: id.into(),
        ssrc: 7,
        audio: Some(audio),
        bitrate_bps: None,
    }
}

/// Offers with `a` and answers with `b`; the plans of both.
fn exchange(a: &mut Negotiator, b: &mut Negotiator, restart: Option<IceCredentials>) -> (Plan, Plan) {
    let offer = a.create_offer(restart).unwrap();
    a.set_local(DescriptionKind::Offer, offer.clone()).unwrap();
    let mut remote = b.set_remote(DescriptionKind::Offer, offer).unwrap();
    let answer = b.create_answer().unwrap();
    let finish = b.set_local(DescriptionKind::Answer, answer.clone()).unwrap();
    remote.start = finish.start;
    remote.restart = finish.restart;
    (a.set_remote(DescriptionKind::Answer, answer).unwrap(), remote)
}

#[test]
fn an_offered_track_is_sent_on_one_side_and_received_on_the_other() {
    let (mut a, mut b) = (Negotiator::new(identity("a")), Negotiator::new(identity("b")));
    a.want_data();
    a.add_transceiver(MediaKind::Audio, false, Some(send_track("t1")));
    let (sent, received) = exchange(&mut a, &mut b, None);
    assert!(matches!(&sent.media[..], [MediaChange::Send { ssrc: 7, .. }]));
    assert!(matches!(&received.media[..], [MediaChange::Receive { ssrcs, .. }] if ssrcs == &[7]));
    assert_eq!(received.tracks.len(), 1);
    let (sent, received) = (sent.start.unwrap(), received.start.unwrap());
    assert!(sent.ice_controlling && !sent.dtls_active);
    assert!(!received.ice_controlling && received.dtls_active);
}

#[test]
fn sections_stay_in_place_and_offers_never_applied_change_nothing() {
    let mut a = Negotiator::new(identity("a"));
    a.add_transceiver(MediaKind::Audio, true, None);
    let mids = |text: &str| {
        text.lines()
            .filter(|l| l.starts_with("a=mid:"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let first = mids(&a.create_offer(None).unwrap());
    a.add_transceiver(MediaKind::Video, true, None);
    let second = mids(&a.create_offer(None).unwrap());
    assert_eq!(first[..], second[..1]);
    assert_eq!(second.len(), 2);
}

#[test]
fn removing_a_track_stops_it_at_once() {
    let (mut a, mut b) = (Negotiator::new(identity("a")), Negotiator::new(identity("b")));
    let id = a.add_transceiver(MediaKind::Audio, false, Some(send_track("t1")));
    let (_, received) = exchange(&mut a, &mut b, None);
    let MediaChange::Receive { remote, .. } = &received.media[0] else {
        panic!("receives")
    };
    assert!(matches!(
        &a.remove_track(id).media[..],
        [MediaChange::StopSend { .. }]
    ));
    let (_, stopped) = exchange(&mut a, &mut b, None);
    assert!(matches!(&stopped.media[..], [MediaChange::StopReceive { .. }]));
    assert!(remote.ended());
}

#[test]
fn the_old_answer_set_again_takes_an_offer_back() {
    let (mut a, mut b) = (Negotiator::new(identity("a")), Negotiator::new(identity("b")));
    a.want_data();
    exchange(&mut a, &mut b, None);
    let old = a.remote_description().unwrap().1;
    let offer = a.create_offer(None).unwrap();
    a.set_local(DescriptionKind::Offer, offer).unwrap();
    assert_eq!(a.signalling(), Signalling::HaveLocalOffer);
    a.set_remote(DescriptionKind::Answer, old).unwrap();
    assert_eq!(a.signalling(), Signalling::Stable);
}

#[test]
fn a_restart_brings_new_credentials_into_force_with_the_answer() {
    let (mut a, mut b) = (Negotiator::new(identity("a")), Negotiator::new(identity("b")));
    a.want_data();
    exchange(&mut a, &mut b, None);
    let fresh = IceCredentials {
        ufrag: "a2".into(),
        password: "p2".into(),
    };
    let (sent, received) = exchange(&mut a, &mut b, Some(fresh.clone()));
    assert_eq!(sent.restart.unwrap().0, fresh);
    assert_eq!(received.restart.unwrap().1, fresh);
}

#[test]
fn a_section_that_changes_hands_ends_the_old_track() {
    let (mut a, mut b) = (Negotiator::new(identity("a")), Negotiator::new(identity("b")));
    let id = a.add_transceiver(MediaKind::Audio, false, Some(send_track("t1")));
    let (_, first) = exchange(&mut a, &mut b, None);
    let MediaChange::Receive { remote, .. } = &first.media[0] else {
        panic!("receives")
    };
    a.remove_track(id);
    a.transceiver_mut(id).unwrap().send = Some(send_track("t2"));
    let (_, second) = exchange(&mut a, &mut b, None);
    assert!(remote.ended());
    assert_eq!(second.tracks, [RemoteTrackAdded { transceiver: id }]);
    assert_eq!(b.transceiver(id).unwrap().current, Some(Direction::RecvOnly));
}
