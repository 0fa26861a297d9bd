use super::*;

fn source(queue_ms: u32) -> AudioSource {
    AudioSource::new(AudioSourceConfig {
        sample_rate_hz: 16_000,
        channels: 1,
        queue_ms,
    })
}

#[tokio::test]
async fn clear_empties_the_queue_and_frees_the_waiting() {
    let source = source(10);
    let _id = source.attach(Arc::new(Doorbell::default()));
    let waiting = tokio::spawn({
        let source = source.clone();
        async move { source.capture(&[1; 16_000]).await }
    });
    while source.queued_samples() == 0 {
        tokio::task::yield_now().await;
    }
    source.clear();
    waiting.await.unwrap().unwrap();
    assert_eq!(source.queued_samples(), source.samples_in(FADE_MS));
}

#[test]
fn a_cut_fades_and_every_sample_is_accounted_for() {
    let source = source(1000);
    let reader = source.attach(Arc::new(Doorbell::default()));
    source.push(&[1_000; 1_600]).unwrap();
    let mut out = Vec::new();
    source.take(reader, 320, 320, &mut out);
    assert_eq!(source.clear(), 1_200);
    out.clear();
    // What is left is less than asked for, and comes at once all the same.
    source.take(reader, 320, 320, &mut out);
    assert_eq!((out.len(), out.first(), out.last()), (80, Some(&987), Some(&0)));
    assert!(out.is_sorted_by(|a, b| a >= b));
    let expected = PlaybackPosition {
        sent: 400,
        queued: 0,
        cut: 1_200,
        dropped: 0,
    };
    assert_eq!(source.position(), expected);
}

#[tokio::test]
async fn a_direct_source_keeps_the_newest_audio_only() {
    let source = source(0);
    for _ in 0..50 {
        source.capture(&[0; 160]).await.unwrap();
    }
    assert_eq!(source.queued_samples(), 1600);
    assert_eq!(source.dropped_samples(), 40 * 160);
}

#[tokio::test(start_paused = true)]
async fn without_a_reader_time_passes_and_the_limit_holds() {
    let source = source(100);
    let start = tokio::time::Instant::now();
    for _ in 0..5 {
        source.capture(&[0; 1600]).await.unwrap();
    }
    assert_eq!(source.queued_samples(), 1600);
    assert!(start.elapsed() >= Duration::from_millis(390));
}

#[test]
fn only_the_latest_reader_gets_audio() {
    let source = source(0);
    let old = source.attach(Arc::new(Doorbell::default()));
    let new = source.attach(Arc::new(Doorbell::default()));
    source.push(&[7; 160]).unwrap();
    let mut out = Vec::new();
    assert_eq!(source.take(old, 160, 1, &mut out).waiting, 0);
    source.detach(old);
    assert_eq!(source.take(new, 160, 1, &mut out).waiting, 160);
    assert_eq!(out.len(), 160);
}

#[test]
fn between_threads_every_sample_is_sent_waits_or_was_cut() {
    let source = source(1000);
    let reader = source.attach(Arc::new(Doorbell::default()));
    let is_over = std::sync::atomic::AtomicBool::new(false);
    let (taken, captured) = std::thread::scope(|scope| {
        let taking = scope.spawn(|| {
            let (mut out, mut taken) = (Vec::new(), 0);
            loop {
                let was_over = is_over.load(Ordering::Acquire);
                out.clear();
                let found = source.take(reader, 320, 1, &mut out);
                assert!(found.waiting >= out.len());
                // What is said is 1000, and fades to 0 where it is cut.
                assert!(out.iter().all(|sample| (0..=1_000).contains(sample)), "{out:?}");
                taken += out.len() as u64;
                if was_over && found.waiting == 0 {
                    return taken;
                }
            }
        });
        let mut captured = 0;
        for round in 0..5_000_usize {
            let block = [1_000; 160];
            let block = &block[..round % 160];
            source.push(block).unwrap();
            captured += block.len() as u64;
            if round % 5 == 0 {
                source.clear();
            }
            let position = source.position();
            let told = position.sent + position.queued + position.cut;
            assert_eq!((told, position.dropped), (captured, 0));
        }
        is_over.store(true, Ordering::Release);
        (taking.join().unwrap(), captured)
    });
    let position = source.position();
    assert_eq!((position.sent, position.queued), (taken, 0));
    assert_eq!(position.sent + position.cut, captured);
}
