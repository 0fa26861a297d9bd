//! What holds for every service that hears.

use std::sync::Arc;
use std::time::Duration;

use tokio_tungstenite::tungstenite::Message;
use troupe_vendors::hearing::{Hearer, Listening};
use troupe_vendors::{Config, Fault, Timing};

use crate::dialects::{AssemblyAi, Deepgram};
use crate::server::{Conduct, Script, Server, Trouble};
use crate::{KEY, LINE, SOON, config, patient, refusals};

/// A service as the suite sees it.
pub(crate) trait Dialect: Send + Sync + 'static {
    fn hearer(&self, config: Config) -> Hearer;
    /// The header that a handshake needs.
    fn key(&self) -> (&'static str, String);
    fn script(&self) -> Box<dyn Script>;
    /// The message that keeps a silent connection open, if it needs one.
    fn keeps_alive_by(&self) -> Option<&'static str>;
    /// The message that ends one.
    fn goodbye(&self) -> &'static str;
}

type Service = Arc<dyn Dialect>;

async fn server(service: &Service, conducts: &[Conduct]) -> Server {
    let script = Arc::clone(service);
    Server::start(service.key(), conducts, move || script.script()).await
}

fn listen(service: &Service, server: &Server, timing: Timing) -> Listening {
    service.hearer(config(&server.url, timing)).listen("en-GB")
}

/// A tenth of a second of sound.
fn sound() -> Arc<[i16]> {
    vec![1; 1_600].into()
}

fn sent_samples(server: &Server) -> usize {
    let frames = server.seen().frames;
    let bytes = frames.iter().filter(|frame| frame.is_binary()).map(Message::len);
    bytes.sum::<usize>() / 2
}

fn orders(server: &Server, kind: &str) -> usize {
    let frames = server.seen().frames;
    let is_it = |frame: &&Message| frame.to_text().is_ok_and(|text| text.contains(kind));
    frames.iter().filter(is_it).count()
}

/// Says something and asks for the words; what is said of a failure must tell nothing.
async fn heard(listening: &Listening) -> Result<String, Fault> {
    listening.hear(sound());
    let words = listening.words().await;
    if let Err(fault) = &words {
        let told = format!("{fault} {fault:?}");
        assert!(!told.contains(KEY) && !told.contains(LINE), "{told}");
    }
    words.map(|words| words.text)
}

async fn fault(service: &Service, timing: Timing, conduct: Conduct) -> Fault {
    let server = server(service, &[conduct]).await;
    heard(&listen(service, &server, timing)).await.unwrap_err()
}

async fn words_come_while_somebody_speaks(service: Service) {
    let server = server(&service, &[Conduct::Well]).await;
    let listening = listen(&service, &server, patient());
    let mut partials = listening.partials();
    listening.hear(sound());
    partials.wait_for(|partial| &**partial == "one").await.unwrap();
    let words = listening.words().await.unwrap();
    assert_eq!(words.text, LINE);
    let times: Vec<_> = words
        .words
        .iter()
        .map(|word| (word.text.as_str(), word.start.as_millis()))
        .collect();
    assert_eq!(times, [("one", 0), ("two", 500), ("three", 1_000)]);
    assert_eq!(&**partials.borrow(), LINE);
}

async fn turns_follow_on_one_connection(service: Service) {
    let server = server(&service, &[Conduct::Well]).await;
    let listening = listen(&service, &server, patient());
    assert_eq!(heard(&listening).await.unwrap(), LINE);
    assert_eq!(
        heard(&listening).await.unwrap(),
        format!("{LINE} {LINE}"),
        "one turn of two breaths"
    );
    listening.forget();
    assert_eq!(heard(&listening).await.unwrap(), LINE);
    assert_eq!(
        listening.words().await.unwrap().text,
        LINE,
        "nothing was said since"
    );
    listening.forget();
    assert_eq!(
        listening.words().await.unwrap().text,
        "",
        "nothing was said at all"
    );
    assert_eq!(server.seen().connections, 1);
}

async fn a_turn_that_is_over_is_heard_as_well(service: Service) {
    let server = server(&service, &[Conduct::Well]).await;
    let hearer = service.hearer(config(&server.url, patient()));
    let words = hearer.transcribe(&[1; 4_000], "en").await.unwrap();
    assert_eq!(words.text, LINE);
    assert!(sent_samples(&server) >= 4_000);
    server.sees("the end", |seen| seen.over == 1).await;
}

async fn a_slow_start_loses_nothing(service: Service) {
    let server = server(&service, &[Conduct::Slow]).await;
    let listening = listen(&service, &server, patient());
    for _ in 0..5 {
        listening.hear(sound());
    }
    assert_eq!(listening.words().await.unwrap().text, LINE);
    assert_eq!(sent_samples(&server), 5 * sound().len());
}

async fn a_bad_key_is_told_as_such(service: Service) {
    refusals::a_bad_key_is_told_as_such(async |conduct| fault(&service, patient(), conduct).await).await;
}

async fn a_rate_limit_is_told_with_its_pause(service: Service) {
    let fault = async |conduct| fault(&service, patient(), conduct).await;
    let limited = refusals::a_rate_limit_is_told_with_its_pause(fault).await;
    let is_known = matches!(limited, Fault::RateLimited { .. } | Fault::BrokenOff);
    assert!(is_known && limited.is_passing(), "{limited}");
}

async fn trouble_of_theirs_passes(service: Service) {
    let busy = fault(&service, patient(), Conduct::Status(503, None)).await;
    assert_eq!(busy, Fault::Status { status: 503 });
    let trouble = fault(&service, patient(), Conduct::Complains(Trouble::Theirs)).await;
    assert!(busy.is_passing() && trouble.is_passing(), "{trouble}");
}

async fn nobody_waits_for_ever(service: Service) {
    let hasty = Timing {
        connect: SOON,
        ..patient()
    };
    let deaf = fault(&service, hasty, Conduct::Deaf).await;
    assert!(matches!(deaf, Fault::Unreachable { .. }), "{deaf}");
    let hasty = Timing {
        words: SOON,
        ..patient()
    };
    for conduct in [Conduct::Silent, Conduct::Stalls] {
        let fault = fault(&service, hasty, conduct).await;
        assert_eq!(fault, Fault::Late { waited: SOON }, "{conduct:?}");
    }
}

async fn an_end_in_the_middle_is_told(service: Service) {
    for conduct in [Conduct::HalfClosed, Conduct::BreaksOff, Conduct::Dies] {
        assert_eq!(
            fault(&service, patient(), conduct).await,
            Fault::BrokenOff,
            "{conduct:?}"
        );
    }
}

async fn the_next_turn_is_heard_over_a_new_connection(service: Service) {
    let server = server(&service, &[Conduct::BreaksOff, Conduct::Well]).await;
    let listening = listen(&service, &server, patient());
    assert!(heard(&listening).await.is_err());
    assert!(heard(&listening).await.is_err(), "this turn is lost");
    listening.forget();
    assert_eq!(heard(&listening).await.unwrap(), LINE);
    assert_eq!(server.seen().connections, 2);
}

async fn a_service_that_failed_is_left_alone(service: Service) {
    let server = server(&service, &[Conduct::Status(503, None)]).await;
    let resting = Timing {
        rest: Duration::from_secs(600),
        rest_max: Duration::from_secs(600),
        ..patient()
    };
    let listening = listen(&service, &server, resting);
    for _ in 0..3 {
        assert!(heard(&listening).await.is_err());
        listening.forget();
    }
    assert_eq!(server.seen().connections, 1);
}

async fn nonsense_is_told_as_such(service: Service) {
    for conduct in [Conduct::Nonsense, Conduct::Bytes, Conduct::Endless] {
        let fault = fault(&service, patient(), conduct).await;
        assert!(matches!(fault, Fault::Unreadable { .. }), "{conduct:?}: {fault}");
    }
}

async fn what_nobody_knows_is_passed_over(service: Service) {
    let server = server(&service, &[Conduct::Chatty]).await;
    assert_eq!(heard(&listen(&service, &server, patient())).await.unwrap(), LINE);
}

async fn silence_after_the_last_word_is_an_answer(service: Service) {
    let server = server(&service, &[Conduct::Laconic]).await;
    let brisk = Timing {
        quiet: SOON,
        ..patient()
    };
    let listening = listen(&service, &server, brisk);
    let mut partials = listening.partials();
    listening.hear(sound());
    partials.wait_for(|partial| &**partial == LINE).await.unwrap();
    assert_eq!(listening.words().await.unwrap().text, LINE);
}

async fn whoever_leaves_ends_the_connection(service: Service) {
    let server = server(&service, &[Conduct::Well]).await;
    let listening = listen(&service, &server, patient());
    assert_eq!(heard(&listening).await.unwrap(), LINE);
    drop(listening);
    server.sees("the end", |seen| seen.over == 1).await;
}

async fn a_silent_connection_is_kept_alive(service: Service) {
    let server = server(&service, &[Conduct::Well]).await;
    let brisk = Timing {
        keep_alive: Duration::from_millis(20),
        ..patient()
    };
    let listening = listen(&service, &server, brisk);
    assert_eq!(heard(&listening).await.unwrap(), LINE);
    if let Some(kind) = service.keeps_alive_by() {
        let count = |seen: &crate::server::Seen| {
            let is_it = |frame: &&Message| frame.to_text().is_ok_and(|text| text.contains(kind));
            seen.frames.iter().filter(is_it).count()
        };
        server.sees("a sign of life", |seen| count(seen) >= 3).await;
    }
    assert_eq!(server.seen().over, 0);
}

async fn a_connection_that_nobody_needs_is_ended(service: Service) {
    let server = server(&service, &[Conduct::Well]).await;
    let brisk = Timing {
        idle: SOON,
        ..patient()
    };
    let listening = listen(&service, &server, brisk);
    assert_eq!(heard(&listening).await.unwrap(), LINE);
    server.sees("the end", |seen| seen.over == 1).await;
    assert_eq!(orders(&server, service.goodbye()), 1);
    assert_eq!(
        heard(&listening).await.unwrap(),
        format!("{LINE} {LINE}"),
        "the turn goes on"
    );
    assert_eq!(server.seen().connections, 2);
}

async fn a_key_can_be_tried(service: Service) {
    let conducts = [
        Conduct::Well,
        Conduct::Status(401, None),
        Conduct::Status(503, None),
    ];
    let server = server(&service, &conducts).await;
    let made = service.hearer(config(&server.url, patient()));
    assert_eq!(made.try_door("en").await, Ok(()));
    assert_eq!(made.try_door("en").await, Err(Fault::KeyRefused { status: 401 }));
    assert_eq!(made.try_door("en").await, Err(Fault::Status { status: 503 }));
}

/// A test of each of these cases.
macro_rules! cases {
    ($dialect:expr; $($case:ident)*) => {
        $(#[tokio::test]
        async fn $case() {
            super::$case(Arc::new($dialect)).await;
        })*
    };
}

pub(crate) use cases;

/// A test of each case for each service.
macro_rules! suite {
    ($($service:ident: $dialect:expr;)*) => {
        $(mod $service {
            use super::*;
            cases! { $dialect;
                words_come_while_somebody_speaks turns_follow_on_one_connection a_turn_that_is_over_is_heard_as_well
                a_slow_start_loses_nothing a_bad_key_is_told_as_such a_rate_limit_is_told_with_its_pause
                trouble_of_theirs_passes nobody_waits_for_ever an_end_in_the_middle_is_told
                the_next_turn_is_heard_over_a_new_connection a_service_that_failed_is_left_alone
                nonsense_is_told_as_such what_nobody_knows_is_passed_over silence_after_the_last_word_is_an_answer
                whoever_leaves_ends_the_connection a_silent_connection_is_kept_alive
                a_connection_that_nobody_needs_is_ended a_key_can_be_tried
            }
        })*
    };
}

suite! {
    deepgram: Deepgram;
    assemblyai: AssemblyAi;
}
