//! What holds for every service that speaks.

use std::sync::Arc;
use std::time::Duration;

use troupe_vendors::speaking::{Piece, RATE_HZ, Sound, Speaker};
use troupe_vendors::{Config, Deadline, Fault, Timing};

use crate::dialects::{Cartesia, ElevenLabs};
use crate::server::{Conduct, Script, Server, Trouble};
use crate::{KEY, LINE, SOON, config, patient, refusals};

/// A service as the suite sees it.
pub(crate) trait Dialect: Send + Sync + 'static {
    fn speaker(&self, config: Config) -> Speaker;
    /// The header that a handshake needs.
    fn key(&self) -> (&'static str, String);
    fn script(&self) -> Box<dyn Script>;
}

type Service = Arc<dyn Dialect>;

/// The servers make a second of sound of every text.
const SECOND: usize = RATE_HZ as usize;

async fn server(service: &Service, conducts: &[Conduct]) -> Server {
    let script = Arc::clone(service);
    Server::start(service.key(), conducts, move || script.script()).await
}

fn speaker(service: &Service, server: &Server, timing: Timing) -> Speaker {
    service.speaker(config(&server.url, timing))
}

#[derive(Debug, Default)]
struct Heard {
    samples: usize,
    words: Vec<(String, Duration)>,
    fault: Option<Fault>,
}

async fn all(mut sound: Sound) -> Heard {
    let mut heard = Heard::default();
    while let Some(piece) = sound.next().await {
        match piece {
            Ok(Piece::Pcm(pcm)) => heard.samples += pcm.len(),
            Ok(Piece::Words(words)) => heard
                .words
                .extend(words.into_iter().map(|word| (word.text, word.start))),
            Err(fault) => {
                let told = format!("{fault} {fault:?}");
                assert!(!told.contains(KEY) && !told.contains(LINE), "{told}");
                heard.fault = Some(fault);
            }
        }
    }
    assert!(sound.next().await.is_none(), "an end is an end");
    heard
}

async fn spoken(service: &Service, timing: Timing, conducts: &[Conduct]) -> (Heard, usize) {
    let server = server(service, conducts).await;
    let speech = speaker(service, &server, timing).begin(None, "en");
    let heard = all(speech.say(LINE)).await;
    (heard, server.seen().connections)
}

async fn fault(service: &Service, timing: Timing, conduct: Conduct) -> Fault {
    let (heard, _) = spoken(service, timing, &[conduct]).await;
    heard.fault.unwrap()
}

async fn texts_become_sound_with_the_times_of_words(service: Service) {
    let server = server(&service, &[Conduct::Well]).await;
    let speech = speaker(&service, &server, patient()).begin(Some("v"), "en");
    let sounds = [speech.say(LINE), speech.say("four five"), speech.say("six")];
    drop(speech);
    let expect: [&[&str]; 3] = [&["one", "two", "three"], &["four", "five"], &["six"]];
    for (sound, expect) in sounds.into_iter().zip(expect) {
        let heard = all(sound).await;
        assert_eq!((heard.samples, &heard.fault), (SECOND, &None));
        let words: Vec<_> = heard.words.iter().map(|(word, _)| word.as_str()).collect();
        assert_eq!(words, expect);
        assert_eq!(
            heard.words[0].1,
            Duration::ZERO,
            "times count from the beginning of each text"
        );
    }
}

async fn a_connection_is_used_again_where_it_can_be(service: Service) {
    let server = server(&service, &[Conduct::Well]).await;
    let speaker = speaker(&service, &server, patient());
    const SPEECHES: usize = 10;
    for _ in 0..SPEECHES {
        let speech = speaker.begin(None, "en");
        assert_eq!(all(speech.say(LINE)).await.samples, SECOND);
    }
    if speaker.abilities().is_reused {
        assert!(server.seen().connections < SPEECHES);
    }
}

async fn a_slow_start_is_waited_for(service: Service) {
    let (heard, _) = spoken(&service, patient(), &[Conduct::Slow]).await;
    assert_eq!((heard.samples, heard.fault), (SECOND, None));
}

async fn a_bad_key_is_told_as_such(service: Service) {
    refusals::a_bad_key_is_told_as_such(async |conduct| fault(&service, patient(), conduct).await).await;
}

async fn a_rate_limit_is_told_with_its_pause(service: Service) {
    let fault = async |conduct| fault(&service, patient(), conduct).await;
    let limited = refusals::a_rate_limit_is_told_with_its_pause(fault).await;
    assert!(matches!(limited, Fault::RateLimited { .. }), "{limited}");
}

async fn trouble_of_theirs_passes(service: Service) {
    let busy = fault(&service, patient(), Conduct::Status(503, None)).await;
    assert_eq!(busy, Fault::Status { status: 503 });
    for conduct in [
        Conduct::Status(503, None),
        Conduct::Complains(Trouble::Theirs),
        Conduct::Dies,
    ] {
        let (heard, _) = spoken(&service, patient(), &[conduct, conduct, Conduct::Well]).await;
        // A connection that is made before there is a text may fail unnoticed.
        let is_told = heard.fault.as_ref().is_some_and(Fault::is_passing);
        assert!(is_told || heard.samples == SECOND, "{conduct:?}: {heard:?}");
    }
}

async fn a_text_is_sent_again_when_nothing_was_heard(service: Service) {
    let (heard, connections) = spoken(&service, patient(), &[Conduct::Dies, Conduct::Well]).await;
    assert_eq!((heard.samples, heard.fault), (SECOND, None));
    assert!(connections >= 2);
}

async fn nobody_waits_for_ever(service: Service) {
    let hasty = Timing {
        connect: SOON,
        ..patient()
    };
    let deaf = fault(&service, hasty, Conduct::Deaf).await;
    assert!(matches!(deaf, Fault::Unreachable { .. }), "{deaf}");
    let hasty = Timing {
        sound: Deadline {
            first: SOON,
            between: SOON,
        },
        ..patient()
    };
    let silent = fault(&service, hasty, Conduct::Silent).await;
    assert_eq!(silent, Fault::Late { waited: SOON });
    let (stalled, _) = spoken(&service, hasty, &[Conduct::Stalls]).await;
    assert_eq!(
        (stalled.samples, stalled.fault),
        (SECOND / 2, Some(Fault::Late { waited: SOON }))
    );
}

async fn an_answer_that_breaks_off_is_not_begun_anew(service: Service) {
    for conduct in [Conduct::HalfClosed, Conduct::BreaksOff] {
        let (heard, _) = spoken(&service, patient(), &[conduct, Conduct::Well]).await;
        assert_eq!(heard.fault, Some(Fault::BrokenOff), "{conduct:?}");
        assert_eq!(
            heard.samples,
            SECOND / 2,
            "{conduct:?}: what was said is kept, and nothing is said twice"
        );
    }
}

async fn a_speech_goes_on_after_a_failure(service: Service) {
    let server = server(&service, &[Conduct::BreaksOff, Conduct::Well]).await;
    let speech = speaker(&service, &server, patient()).begin(None, "en");
    assert!(all(speech.say(LINE)).await.fault.is_some());
    assert_eq!(all(speech.say(LINE)).await.samples, SECOND);
}

async fn nonsense_is_told_as_such(service: Service) {
    for conduct in [Conduct::Nonsense, Conduct::Bytes, Conduct::Endless] {
        let fault = fault(&service, patient(), conduct).await;
        assert!(matches!(fault, Fault::Unreadable { .. }), "{conduct:?}: {fault}");
    }
}

async fn what_nobody_knows_is_passed_over(service: Service) {
    let (heard, _) = spoken(&service, patient(), &[Conduct::Chatty]).await;
    assert_eq!((heard.samples, heard.fault), (SECOND, None));
}

async fn a_text_that_nobody_wants_is_taken_back(service: Service) {
    let server = server(&service, &[Conduct::Silent, Conduct::Well]).await;
    let speech = speaker(&service, &server, patient()).begin(None, "en");
    let sound = speech.say(LINE);
    let is_asked = |seen: &crate::server::Seen| {
        let mut texts = seen.frames.iter().filter_map(|frame| frame.to_text().ok());
        texts.any(|text| text.contains(LINE))
    };
    server.sees("the text", is_asked).await;
    drop(sound);
    server.sees("the end", |seen| seen.over == 1).await;
    assert_eq!(
        all(speech.say("four")).await.samples,
        SECOND,
        "the speech goes on without it"
    );
}

async fn a_key_can_be_tried(service: Service) {
    let conducts = [
        Conduct::Well,
        Conduct::Status(401, None),
        Conduct::Status(503, None),
    ];
    let server = server(&service, &conducts).await;
    let made = speaker(&service, &server, patient());
    assert_eq!(made.try_door().await, Ok(()));
    assert_eq!(made.try_door().await, Err(Fault::KeyRefused { status: 401 }));
    assert_eq!(made.try_door().await, Err(Fault::Status { status: 503 }));
}

/// A test of each case for each service.
macro_rules! suite {
    ($($service:ident: $dialect:expr;)*) => {
        $(mod $service {
            use super::*;
            crate::hearing::cases! { $dialect;
                texts_become_sound_with_the_times_of_words a_connection_is_used_again_where_it_can_be
                a_slow_start_is_waited_for a_bad_key_is_told_as_such a_rate_limit_is_told_with_its_pause
                trouble_of_theirs_passes a_text_is_sent_again_when_nothing_was_heard nobody_waits_for_ever
                an_answer_that_breaks_off_is_not_begun_anew a_speech_goes_on_after_a_failure
                nonsense_is_told_as_such what_nobody_knows_is_passed_over a_text_that_nobody_wants_is_taken_back
                a_key_can_be_tried
            }
        })*
    };
}

suite! {
    elevenlabs: ElevenLabs;
    cartesia: Cartesia;
}
