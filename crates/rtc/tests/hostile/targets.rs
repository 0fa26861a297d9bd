//! What comes from outside, each with any bytes. Used by the tests beside it and by the targets in `fuzz/`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Input, Output, Rtc, RtcConfig};
use troupe_rtc::jsep::{DescriptionKind, IceCredentials, Identity, Negotiator};
use troupe_rtc::net::framing::Frames;
use troupe_rtc::net::reflexive::Reflexive;
use troupe_rtc::net::{Policy, ServerUrl};
use troupe_rtc::opus::{Channels, Decoder, Format, PACKET_SAMPLES_MAX, PacketShape, Rate};
use troupe_rtc::receive::{FRAME_SAMPLES, ImmediateReceiver, Receiver, ReceiverConfig, RtpIn};
use troupe_rtc::rtp::{Feedback, RtpHeader, read_feedback, without_padding};
use troupe_rtc::srtp::{MasterKeys, Opener, Profile, Replay, Sealer};
use turn_client_proto::api::{Transmit, TurnClientApi, TurnConfig};
use turn_client_proto::client::TurnClient;
use turn_client_proto::stun::Instant as TurnInstant;
use turn_client_proto::tcp::TurnClientTcp;
use turn_client_proto::types::TurnCredentials;
use turn_client_proto::udp::TurnClientUdp;

/// A target: its name and what it does with any bytes. It may panic only if something is wrong.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// All targets.
pub(crate) const TARGETS: [Target; 9] = [
    ("rtp", rtp),
    ("opus", opus),
    ("sdp", sdp),
    ("candidate", candidate),
    ("stun", stun),
    ("turn", turn),
    ("reports", reports),
    ("sealed", sealed),
    ("transport", transport),
];

const OURS: ([u8; 4], u16) = ([127, 0, 0, 1], 5_000);
const THEIRS: ([u8; 4], u16) = ([127, 0, 0, 1], 6_000);

/// Packets of one stream, each with a header of six bytes: sequence steps, timestamp, length.
pub(crate) fn rtp(mut data: &[u8]) {
    let mut paced = Receiver::new(ReceiverConfig::default()).unwrap();
    let formats = [Rate::Full, Rate::Wide].map(|rate| Format {
        channels: Channels::Stereo,
        rate,
    });
    let mut immediate = formats.map(|format| (ImmediateReceiver::new(format).unwrap(), 0));
    let mut out = [0; FRAME_SAMPLES];
    let (mut now, mut sequence) = (Instant::now(), 0u16);
    while let Some(([step, high, mid, low, wait, length], rest)) = data.split_first_chunk() {
        let (payload, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        sequence = if *step > 250 {
            u16::from_be_bytes([*mid, *low])
        } else {
            sequence.wrapping_add(u16::from(*step) % 4)
        };
        let timestamp = u32::from_be_bytes([0, *high, *mid, *low]).wrapping_mul(97);
        now += Duration::from_millis(u64::from(*wait));
        let packet = RtpIn {
            sequence,
            timestamp,
            payload,
        };
        paced.push(now, packet);
        for (receiver, media) in &mut immediate {
            let mut told = |piece: troupe_rtc::receive::Piece<'_>| {
                if let Some(samples) = piece.media_samples {
                    assert!(samples >= *media, "media time falls");
                    *media = samples + piece.length() as u64;
                }
            };
            receiver.push(now, packet, &mut told);
            receiver.poll(now, &mut told);
        }
        paced.pull(now, &mut out);
        data = rest;
    }
}

/// What the other side reports, decrypted: no more than it has room for.
pub(crate) fn reports(data: &[u8]) {
    let mut told = 0;
    read_feedback(data, |feedback| {
        told += match feedback {
            Feedback::Asked { packets, .. } => packets.sequences().count(),
            Feedback::Received(_) | Feedback::Sent { .. } => 1,
        };
    });
    // Each entry of four bytes asks for 17 packets at most.
    assert!(told <= data.len() / 4 * 17, "{told}");
}

/// A packet as it comes, with each kind of encryption: as it is, and sealed by somebody who has the keys.
pub(crate) fn sealed(data: &[u8]) {
    let profiles = [
        (Profile::Aes128CmSha1, 60),
        (Profile::Aes128Gcm, 56),
        (Profile::Aes256Gcm, 88),
    ];
    for (profile, length) in profiles {
        let [keys, _] = MasterKeys::split(profile, &vec![7; length]).unwrap();
        let (mut sealer, mut opener) = (Sealer::new(&keys).unwrap(), Opener::new(&keys).unwrap());
        assert_eq!(opener.open_rtcp(&mut data.to_vec()), None, "a forged report");
        let mut report = data.to_vec();
        if sealer.seal_rtcp(&mut report).is_some() {
            assert_eq!(opener.open_rtcp(&mut report), Some(data));
        }
        let Some(header) = RtpHeader::read(data) else {
            continue;
        };
        assert!(header.length <= data.len());
        for id in 0..=15 {
            let said = header.extension(data, id);
            assert!(said.is_none_or(|said| said.len() < header.length));
        }
        let (mut replay, id) = (Replay::default(), (header.ssrc, header.sequence));
        let mut forged = data.to_vec();
        assert_eq!(
            opener.open_rtp(&mut replay, id, header.length, &mut forged),
            None,
            "forged audio"
        );
        let mut audio = data.to_vec();
        sealer
            .seal_rtp(header.ssrc, header.sequence.into(), header.length, &mut audio)
            .unwrap();
        let payload = opener
            .open_rtp(&mut replay, id, header.length, &mut audio)
            .unwrap();
        assert_eq!(payload, &data[header.length..]);
        let rest = without_padding(payload);
        assert!(rest.is_none_or(|rest| rest.len() < payload.len()));
    }
}

/// One payload, decoded by itself and as what restores a lost one.
pub(crate) fn opus(data: &[u8]) {
    for rate in [Rate::Full, Rate::Wide] {
        let channels = Channels::Mono;
        let mut decoder = Decoder::new(Format { channels, rate }).unwrap();
        let mut pcm = vec![0; PACKET_SAMPLES_MAX];
        if let Some(shape) = PacketShape::read(data) {
            assert!(shape.samples <= PACKET_SAMPLES_MAX && shape.frame_samples <= shape.samples);
            let frame = shape.frame_samples / rate.ticks();
            decoder.decode_fec(data, &mut pcm[..frame]).ok();
        }
        if let Ok(samples) = decoder.decode(data, &mut pcm) {
            assert!(samples * rate.ticks() <= PACKET_SAMPLES_MAX);
        }
    }
}

/// A description as an offer, answered, and as an answer to an offer of ours.
pub(crate) fn sdp(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let identity = || Identity {
        ice: IceCredentials {
            ufrag: "u".into(),
            password: "p".into(),
        },
        fingerprint: "sha-256 AA".into(),
        candidates: Vec::new(),
        policy: Policy::All,
        session_id: 1,
        cname: "c".into(),
    };
    let mut answering = Negotiator::new(identity());
    if answering.set_remote(DescriptionKind::Offer, text.clone()).is_ok()
        && let Ok(answer) = answering.create_answer()
    {
        answering.set_local(DescriptionKind::Answer, answer).ok();
    }
    let mut offering = Negotiator::new(identity());
    offering.want_data();
    let offer = offering.create_offer(None).unwrap();
    offering.set_local(DescriptionKind::Offer, offer).unwrap();
    offering.set_remote(DescriptionKind::Answer, text).ok();
}

/// A candidate line, and a server's URL.
pub(crate) fn candidate(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    Candidate::from_sdp_string(&text).ok();
    text.parse::<ServerUrl>().ok();
}

/// A STUN server's answer.
pub(crate) fn stun(data: &[u8]) {
    let now = Instant::now();
    let (ours, theirs) = (SocketAddr::from(OURS), SocketAddr::from(THEIRS));
    let mut transaction = [7; 12];
    if let Some(known) = data.get(8..20) {
        transaction.copy_from_slice(known);
    }
    let mut reflexive = Reflexive::new(ours, theirs, transaction, now);
    reflexive.request(now);
    reflexive.answer(theirs, ours, data);
}

/// What a TURN server sends, over UDP in one piece and over TCP in two.
pub(crate) fn turn(data: &[u8]) {
    let (ours, theirs) = (SocketAddr::from(OURS), SocketAddr::from(THEIRS));
    let config = || TurnConfig::new(TurnCredentials::new("user", "password"));
    let clients: [TurnClient; 2] = [
        TurnClientUdp::allocate(ours, theirs, config()).into(),
        TurnClientTcp::allocate(ours, theirs, config()).into(),
    ];
    let [mut over_udp, mut over_tcp] = clients;
    let mut now = TurnInstant::ZERO;
    hand_over(&mut over_udp, data, &mut now);
    let (mut frames, mut now) = (Frames::default(), TurnInstant::ZERO);
    for part in data.chunks(data.len().div_ceil(2).max(1)) {
        frames.push(part);
        while let Ok(Some(frame)) = frames.next_frame() {
            hand_over(&mut over_tcp, frame, &mut now);
            assert!(over_tcp.poll_recv(now).is_none(), "the client keeps a part");
        }
    }
}

/// Hands a client what its server sends, and lets it do what is due.
fn hand_over(client: &mut TurnClient, data: &[u8], now: &mut TurnInstant) {
    let _ = client.poll(*now);
    while client.poll_transmit(*now).is_some() {}
    let received = Transmit::new(data, client.transport(), THEIRS.into(), OURS.into());
    let _ = client.recv(received, *now);
    *now += Duration::from_millis(600);
    let _ = client.poll(*now);
    while client.poll_transmit(*now).is_some() || client.poll_event().is_some() {}
}

/// Datagrams to a connection that waits for the other side: STUN, DTLS, RTP and RTCP.
pub(crate) fn transport(data: &[u8]) {
    let now = Instant::now();
    let mut rtc: Rtc = RtcConfig::new().set_rtp_mode(true).build(now);
    rtc.add_local_candidate(Candidate::host(OURS.into(), "udp").unwrap());
    rtc.add_remote_candidate(Candidate::host(THEIRS.into(), "udp").unwrap());
    let mut api = rtc.direct_api();
    api.set_remote_ice_credentials(str0m::IceCreds {
        ufrag: "u".into(),
        pass: "p".repeat(24),
    });
    api.set_ice_controlling(true);
    api.start_dtls(false).unwrap();
    api.start_sctp(false);
    for (at, datagram) in (1..).zip(data.chunks(1_200)) {
        let now = now + Duration::from_millis(at);
        while let Ok(Output::Transmit(_) | Output::Event(_)) = rtc.poll_output() {}
        if let Ok(receive) = Receive::new(Protocol::Udp, THEIRS.into(), OURS.into(), datagram) {
            rtc.handle_input(Input::Receive(now, receive)).ok();
        }
    }
}
