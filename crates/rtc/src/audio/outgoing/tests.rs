#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::audio::{AudioSource, AudioSourceConfig, CaptureError};

const PACKET: Duration = Duration::from_millis(PACKET_MS as u64);

fn outgoing(queue_ms: u32) -> (AudioSource, Outgoing) {
    outgoing_of(queue_ms, 1, EncoderSettings::default())
}

fn outgoing_of(queue_ms: u32, channels: u32, settings: EncoderSettings) -> (AudioSource, Outgoing) {
    let source = AudioSource::new(AudioSourceConfig {
        sample_rate_hz: 24_000,
        channels,
        queue_ms,
    });
    let track = LocalAudio::new("t".into(), source.clone());
    let outgoing = Outgoing::new(track, settings, Arc::new(Doorbell::default()), 1000);
    (source, outgoing)
}

fn run(outgoing: &mut Outgoing, from: Instant, span: Duration) -> Vec<(Instant, OutgoingPacket<'static>)> {
    let (mut out, mut now) = (Vec::new(), from);
    while now < from + span {
        outgoing.poll(now, |packet| {
            let payload = packet.payload.to_vec().leak();
            out.push((now, OutgoingPacket { payload, ..packet }));
        });
        match outgoing.deadline() {
            Some(at) => now = at.max(now + Duration::from_micros(100)),
            None => break,
        }
    }
    out
}

fn noise(samples: usize) -> Vec<i16> {
    (0..samples)
        .map(|i| ((i * 7919 % 20_011) as i32 - 10_000) as i16)
        .collect()
}

#[tokio::test]
async fn paces_a_burst_and_stops_when_it_is_over() {
    let (source, mut outgoing) = outgoing(1000);
    source.capture(&noise(2400)).await.unwrap();
    let start = Instant::now();
    let packets = run(&mut outgoing, start, Duration::from_secs(5));
    let audio: Vec<_> = packets.iter().filter(|(_, p)| p.level_db > -100).collect();
    // The resampler's last samples come in a packet of their own.
    assert!((5..=6).contains(&audio.len()), "{}", audio.len());
    for (n, (at, packet)) in audio.iter().take(5).enumerate() {
        // The second packet may wait for the common beat.
        let expected = PACKET * n as u32;
        assert!((expected..expected + pace::BEAT).contains(&(*at - start)), "{n}");
        assert_eq!(packet.timestamp, 1000 + 960 * n as u32);
        assert_eq!(packet.marker, n == 0);
    }
    assert!(packets.len() <= 5 + usize::from(TAIL_PACKETS));
    assert_eq!(outgoing.deadline(), None);
}

#[tokio::test]
async fn the_timestamp_counts_a_pause() {
    let (source, mut outgoing) = outgoing(1000);
    let start = Instant::now();
    source.capture(&noise(480)).await.unwrap();
    run(&mut outgoing, start, Duration::from_secs(5));
    source.capture(&noise(480)).await.unwrap();
    let later = run(
        &mut outgoing,
        start + Duration::from_secs(10),
        Duration::from_secs(5),
    );
    assert_eq!(later[0].1.timestamp, 1000 + 480_000);
    assert!(later[0].1.marker);
}

#[tokio::test]
async fn sends_nothing_while_muted_but_reads_on() {
    let (source, mut outgoing) = outgoing(1000);
    outgoing.track.enabled.store(false, Ordering::Relaxed);
    source.capture(&noise(2400)).await.unwrap();
    assert!(run(&mut outgoing, Instant::now(), Duration::from_secs(1)).is_empty());
    assert_eq!(source.queued_samples(), 0);
}

#[tokio::test]
async fn a_direct_source_sends_at_once() {
    let (source, mut outgoing) = outgoing(0);
    let now = Instant::now();
    let mut sent = 0;
    source.capture(&noise(240)).await.unwrap();
    outgoing.poll(now, |_| sent += 1);
    assert_eq!(sent, 0);
    source.capture(&noise(240)).await.unwrap();
    outgoing.poll(now, |_| sent += 1);
    assert_eq!((sent, outgoing.deadline()), (1, None));
}

/// The level of each packet's own audio, decoded.
fn levels(packets: &[(Instant, OutgoingPacket<'_>)], channels: Channels) -> Vec<f64> {
    let mut decoder = crate::opus::Decoder::new(channels).unwrap();
    let level = |(_, packet): &(Instant, OutgoingPacket<'_>)| {
        // It announces silence; a decoder would only make something up.
        if packet.payload.len() <= crate::opus::DTX_PACKET_BYTES_MAX {
            return 0.0;
        }
        let mut pcm = vec![0; 960 * channels.count()];
        let samples = decoder.decode(packet.payload, &mut pcm).unwrap() * channels.count();
        (pcm[..samples].iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / samples.max(1) as f64).sqrt()
    };
    packets.iter().map(level).collect()
}

#[tokio::test]
async fn a_cut_is_silent_on_the_wire_within_20_ms() {
    for (packet_ms, dtx) in [(10, true), (20, true), (10, false), (20, false)] {
        let settings = EncoderSettings {
            packet_ms,
            dtx,
            ..EncoderSettings::default()
        };
        let (source, mut outgoing) = outgoing_of(10_000, 1, settings);
        source.push(&noise(24_000 * 4)).unwrap();
        let start = Instant::now();
        let mut packets = run(&mut outgoing, start, Duration::from_millis(507));
        let cut_at = start + Duration::from_millis(507);
        let cut = source.clear();
        packets.extend(run(&mut outgoing, cut_at, Duration::from_secs(1)));
        eprintln!("{packet_ms} ms, DTX {dtx}");
        let levels = levels(&packets, Channels::Mono);
        for ((at, packet), level) in packets.iter().zip(&levels) {
            let after = at.saturating_duration_since(cut_at);
            if after > Duration::ZERO {
                eprintln!(
                    "{after:?}: {level:.0}, {} bytes, {} dB",
                    packet.payload.len(),
                    packet.level_db
                );
            }
            // What goes into the codec is silent; its own tail is 20 dB down in the next packet, then gone.
            if after >= Duration::from_millis(20) {
                assert!(
                    packet.level_db < -90 && *level < 600.0,
                    "{level} {after:?} after the cut"
                );
            }
            if after >= Duration::from_millis(40) {
                assert!(*level < 100.0, "{level} {after:?} after the cut");
            }
            if *at > start + Duration::from_millis(60) && *at < cut_at {
                assert!(*level > 3_000.0, "{level}");
            }
        }
        let position = source.position();
        assert_eq!(position.sent + cut, 24_000 * 4);
        assert_eq!(position.cut, cut);
    }
}

#[tokio::test]
async fn packets_may_be_10_ms_long() {
    let settings = EncoderSettings {
        packet_ms: 10,
        ..EncoderSettings::default()
    };
    let (source, mut outgoing) = outgoing_of(1000, 1, settings);
    source.push(&noise(2400)).unwrap();
    let packets = run(&mut outgoing, Instant::now(), Duration::from_millis(90));
    let steps: Vec<u32> = packets
        .windows(2)
        .map(|p| p[1].1.timestamp - p[0].1.timestamp)
        .collect();
    assert!(
        packets.len() >= 8 && steps.iter().all(|step| *step == 480),
        "{steps:?}"
    );
}

#[tokio::test]
async fn two_channels_are_sent_as_two() {
    let (source, mut outgoing) = outgoing_of(1000, 2, EncoderSettings::default());
    // The left one speaks.
    let stereo: Vec<i16> = noise(12_000).into_iter().flat_map(|sample| [sample, 0]).collect();
    source.push(&stereo).unwrap();
    let packets = run(&mut outgoing, Instant::now(), Duration::from_millis(450));
    let mut decoder = crate::opus::Decoder::new(Channels::Stereo).unwrap();
    let mut power = [0.0f64; 2];
    for (_, packet) in &packets {
        let mut pcm = vec![0; 1920];
        decoder.decode(packet.payload, &mut pcm).unwrap();
        for pair in pcm.chunks_exact(2) {
            power[0] += f64::from(pair[0]).powi(2);
            power[1] += f64::from(pair[1]).powi(2);
        }
    }
    assert!(power[0] > 20.0 * power[1], "{power:?}");
}

#[tokio::test]
async fn a_bit_rate_set_is_followed() {
    let (source, mut outgoing) = outgoing(10_000);
    source.push(&noise(24_000 * 4)).unwrap();
    let start = Instant::now();
    let bytes = |packets: &[(Instant, OutgoingPacket<'_>)]| -> usize {
        packets.iter().map(|(_, packet)| packet.payload.len()).sum()
    };
    let before = bytes(&run(&mut outgoing, start, Duration::from_secs(1)));
    outgoing.track.bitrate_bps.store(96_000, Ordering::Relaxed);
    let after = bytes(&run(
        &mut outgoing,
        start + Duration::from_secs(1),
        Duration::from_secs(1),
    ));
    assert!(after > 2 * before, "{before} {after}");
}

#[test]
fn nothing_at_all_that_was_encoded_beforehand_is_never_due() {
    let audio = Arc::new(EncodedAudio::encode(&[], EncoderConfig::default()).unwrap());
    let track = LocalAudio::new("t".into(), AudioSource::of_encoded(audio));
    let wake = Arc::new(Doorbell::default());
    let mut outgoing = Outgoing::new(track, EncoderSettings::default(), wake, 1_000);
    outgoing.poll(Instant::now(), |packet| unreachable!("{packet:?}"));
    assert_eq!(outgoing.deadline(), None);
}

#[test]
fn what_was_encoded_beforehand_is_played_in_a_loop() {
    let pcm: Vec<i16> = (0..48_000 / 10)
        .map(|n| ((n * 7919 % 20_011) - 10_000) as i16)
        .collect();
    let audio = Arc::new(EncodedAudio::encode(&pcm, EncoderConfig::default()).unwrap());
    let source = AudioSource::of_encoded(Arc::clone(&audio));
    assert_eq!(source.push(&[0; 480]), Err(CaptureError::Encoded));
    let track = LocalAudio::new("t".into(), source);
    let wake = Arc::new(Doorbell::default());
    let mut outgoing = Outgoing::new(track, EncoderSettings::default(), wake, 1_000);
    let packets = run(&mut outgoing, Instant::now(), Duration::from_secs(1));
    assert!((49..=51).contains(&packets.len()), "{}", packets.len());
    for (n, (_, packet)) in packets.iter().enumerate() {
        assert_eq!(packet.payload, audio.at(n % 5).unwrap().payload);
        assert_eq!(packet.timestamp, 1_000 + 960 * n as u32);
    }
}
