use crate::run::{END, FAULTS_END, Options, Run};
use crate::signal::{MARK_EVERY, MARK_FIRST, RATE_HZ, onsets};
use std::time::Duration;
use troupe_rtc::receive::Played;

/// Frames of 10 ms after which a decoder has forgotten that packets were lost.
const WHOLE_FRAMES: u32 = 10;

/// Panics with the options if anything does not hold.
pub(crate) fn check(run: &Run) {
    let Run { options, .. } = run;
    sender_accounts_for_everything(run, options);
    immediate_time_is_monotonic_and_true(run, options);
    paced_time_is_even_and_bounded(run, options);
    audio_is_back(run, options);
}

fn sender_accounts_for_everything(run: &Run, options: &Options) {
    let position = run.position;
    let total = position.sent + position.queued + position.cut + position.dropped;
    assert_eq!(total, run.captured, "{options:?} {position:?}");
    // Nothing piles up: at most a packet and the wait for the beat.
    assert!(
        position.queued <= u64::from(options.source_rate_hz) / 20,
        "{options:?} {position:?}"
    );
}

fn immediate_time_is_monotonic_and_true(run: &Run, options: &Options) {
    let (mut media, mut at) = (0, None);
    for (told, frame) in &run.immediate {
        let capture = frame.capture.unwrap();
        assert!(
            at.is_none_or(|at| capture.at >= at),
            "time of capture falls: {options:?}"
        );
        at = Some(capture.at);
        assert!(
            capture.at <= run.epoch + *told,
            "told before it was said: {options:?}"
        );
        if let Some(samples) = capture.media_samples {
            // A reader's frame may begin in the piece before; less than a frame is in doubt.
            assert!(samples + 480 > media, "{samples} after {media}: {options:?}");
            media = samples.max(media);
        }
    }
    let frames = |wanted: fn(Played) -> bool| {
        run.immediate
            .iter()
            .filter(|(_, frame)| wanted(frame.kind))
            .count() as u64
    };
    let spoken = frames(|kind| kind == Played::Speech) * 10;
    let sent = run.packets_sent * u64::from(options.settings.packet_ms);
    assert!(
        spoken <= sent,
        "{spoken} ms of speech from {sent} ms sent: {options:?}"
    );
    // Time is true: marks are where they were put, counted in the sender's samples. A mark whose beginning was
    // lost begins late, and a decoder needs some packets until it is as loud again as the sender: only marks in
    // whole audio count.
    let mut whole = 0;
    let known = run.immediate.iter().filter_map(|(_, frame)| {
        whole = if frame.kind <= Played::Speech {
            whole + 1
        } else {
            0
        };
        let is_whole = whole > WHOLE_FRAMES;
        Some((frame.capture?.media_samples?, frame.samples.as_slice(), is_whole))
    });
    let mut errors: Vec<i64> = onsets(known)
        .into_iter()
        .map(|onset| {
            let phase =
                (onset as i64 + i64::from(run.first_heard) - MARK_FIRST as i64).rem_euclid(MARK_EVERY as i64);
            if phase > MARK_EVERY as i64 / 2 {
                phase - MARK_EVERY as i64
            } else {
                phase
            }
        })
        .collect();
    errors.sort_unstable();
    // What is made up may keep a mark going. The middle one is true.
    if let Some(middle) = errors.get(errors.len() / 2)
        && errors.len() >= 5
    {
        // After a pause the sender's audio falls into its packets as it comes: by one of them more or less.
        let packet = RATE_HZ as i64 / 50;
        let least = if options.pause.is_some() { -packet } else { 0 };
        assert!((least..=packet).contains(middle), "{errors:?} {options:?}");
    }
}

fn paced_time_is_even_and_bounded(run: &Run, options: &Options) {
    let stats = run.at_end.receiver;
    assert!(stats.delay_ms <= 500, "{stats:?} {options:?}");
    let Some((first, _)) = run.paced.first() else {
        assert!(run.packets_lost > 0, "nothing heard: {options:?}");
        return;
    };
    let expected = (END - *first).as_millis() as i64 / 10;
    let heard = run.paced.len() as i64;
    assert!(
        (expected - heard).abs() <= 3,
        "{heard} frames in the time of {expected}: {options:?}"
    );
}

/// Two seconds after the faults nothing is made up any more, and what is said is heard at once.
fn audio_is_back(run: &Run, options: &Options) {
    let settled = FAULTS_END + Duration::from_millis(2_000);
    let late = |frames: &[(Duration, troupe_rtc::audio::PcmFrame)], kinds: &[Played]| {
        frames
            .iter()
            .filter(|(at, frame)| *at > settled && kinds.contains(&frame.kind))
            .count()
    };
    let made_up = [Played::Concealed, Played::Expanded];
    for frames in [&run.immediate, &run.paced] {
        assert_eq!(late(frames, &made_up), 0, "{:?} {options:?}", run.at_end);
        assert!(
            late(frames, &[Played::Speech]) >= 85,
            "{:?} {options:?}",
            run.at_end
        );
    }
    assert!(run.at_end.packets > run.at_faults_end.packets, "{options:?}");
    // 20 ms packet, 30 ms way, the beat, a sender's clock off by 200 ppm: told as soon as it came.
    for (told, frame) in run.immediate.iter().filter(|(at, _)| *at > settled) {
        let age = (run.epoch + *told).duration_since(frame.capture.unwrap().at);
        assert!(age <= Duration::from_millis(60), "{age:?} {options:?}");
    }
    if options.faults.bandwidth_bps.is_none() && options.faults.stall.is_none() {
        let delay_ms = run.at_end.receiver.delay_ms;
        let needed = 60 + options.faults.spread().as_millis() as u32;
        assert!(delay_ms <= needed, "{delay_ms} ms: {options:?}");
    }
}
