//! What holds for every provider in every role.

use std::time::Duration;

use futures::{FutureExt, StreamExt};
use troupe::providers::{ProviderError, SPEECH_RATE_HZ, Usage, Voices};

use super::conduct::{Conduct, Patience, SOON};
use super::subject::{Answer, Model, Rig, Role, Subject, gather};

type Case = Box<dyn Subject>;

async fn answer(subject: &Case, conduct: Conduct, patience: Patience) -> Answer {
    Rig::build(subject.as_ref(), &[conduct], patience)
        .await
        .answer()
        .await
}

async fn error(subject: &Case, conduct: Conduct) -> ProviderError {
    let answer = answer(subject, conduct, Patience::LONG).await;
    answer
        .error
        .unwrap_or_else(|| panic!("{conduct:?} is no failure"))
}

pub(super) async fn a_good_answer_is_whole(subject: Case) {
    let answer = answer(&subject, Conduct::Well, Patience::LONG).await;
    assert!(subject.is_whole(&answer), "{answer:?}");
}

/// What a model says that it can do, it does; what it does not say, it does not offer.
pub(super) async fn its_abilities_are_true(subject: Case) {
    let rig = Rig::build(subject.as_ref(), &[Conduct::Well], Patience::LONG).await;
    match &rig.model {
        Model::Hears(model) => {
            let abilities = model.abilities();
            let listening = model.listen("en");
            assert_eq!(listening.is_some(), abilities.streams);
            let Some(listening) = listening else { return };
            let mut partials = listening.partials();
            listening.hear(rig.question.sound.clone().into());
            if abilities.partials {
                partials.wait_for(|partial| !partial.is_empty()).await.unwrap();
            }
            let mut heard = Answer {
                text: listening.words().await.unwrap(),
                ..Answer::default()
            };
            assert!(subject.is_whole(&heard), "{heard:?}");
            listening.forget();
            heard.text = listening.words().await.unwrap();
            assert_eq!(heard.text, "", "nothing was said since");
        }
        Model::Writes(model) => {
            assert_eq!(model.capacity(), rig.backend.capacity(subject.model()));
            assert_eq!(model.stand_in(), None, "one model alone has no other");
        }
        Model::Speaks(model) => {
            let speech = model.begin(&Voices::default(), "en");
            assert_eq!(speech.is_some(), model.abilities().streams);
            let Some(speech) = speech else { return };
            for _ in 0..2 {
                let mut chunks = speech.say(rig.question.text).await.unwrap().chunks;
                let mut said = Answer::default();
                while let Some(pcm) = chunks.next().await {
                    said.samples += pcm.unwrap().len();
                }
                assert!(subject.is_whole(&said), "{said:?}");
            }
        }
    }
}

pub(super) async fn a_bad_key_is_told_with_its_variable(subject: Case) {
    for status in [401, 403] {
        let error = error(&subject, Conduct::Refused(status, None)).await;
        let ProviderError::Unauthorized { variable, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(variable, format!("{}_API_KEY", subject.provider().to_uppercase()));
    }
}

pub(super) async fn a_rate_limit_is_told_with_its_pause(subject: Case) {
    let error = error(&subject, Conduct::Refused(429, Some("7"))).await;
    let ProviderError::RateLimited { retry_after, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
    assert!(error.is_transient());
}

pub(super) async fn trouble_of_theirs_may_pass(subject: Case) {
    let error = error(&subject, Conduct::Refused(503, None)).await;
    assert!(
        matches!(error, ProviderError::Status { status: 503, .. }),
        "{error:?}"
    );
    assert!(error.is_transient() && !error.is_of_the_request());
}

pub(super) async fn a_slow_start_is_waited_for(subject: Case) {
    let answer = answer(&subject, Conduct::Slow, Patience::LONG).await;
    assert!(subject.is_whole(&answer), "{answer:?}");
}

pub(super) async fn nobody_waits_for_ever(subject: Case) {
    let answer = answer(&subject, Conduct::Silent, Patience::SHORT).await;
    let error = answer.error.as_ref();
    assert!(
        matches!(error, Some(ProviderError::Timeout { waited: SOON, .. })),
        "{answer:?}"
    );
    assert!(!answer.is_begun());
}

pub(super) async fn a_stall_in_the_middle_has_an_end(subject: Case) {
    // A transcript comes whole: its first piece is all of it.
    let patience = match subject.role() {
        Role::Hears => Patience::SHORT,
        Role::Writes | Role::Speaks => Patience::SHORT_BETWEEN,
    };
    let answer = answer(&subject, Conduct::Stalls, patience).await;
    let error = answer.error.as_ref();
    assert!(
        matches!(error, Some(ProviderError::Timeout { waited: SOON, .. })),
        "{answer:?}"
    );
    assert_eq!(answer.is_begun(), subject.role() != Role::Hears);
}

/// It is told from a whole answer, and what came before it is kept and not begun anew.
pub(super) async fn an_end_in_the_middle_is_told(subject: Case) {
    for conduct in [Conduct::HalfClosed, Conduct::BreaksOff] {
        let rig = Rig::build(
            subject.as_ref(),
            &[conduct, conduct, Conduct::Well],
            Patience::LONG,
        )
        .await;
        let answer = rig.answer().await;
        let error = answer.error.as_ref();
        assert!(
            matches!(error, Some(ProviderError::BrokenOff { .. })),
            "{conduct:?}: {answer:?}"
        );
        assert_eq!(answer.is_begun(), subject.role() != Role::Hears);
    }
}

pub(super) async fn nonsense_is_told_as_such(subject: Case) {
    let error = error(&subject, Conduct::Nonsense).await;
    assert!(matches!(error, ProviderError::Malformed { .. }), "{error:?}");
    assert!(!error.is_transient(), "it would be the same again");
}

/// A server that never stops is left, and a model in the process stops where it was told to.
pub(super) async fn an_answer_without_end_is_bounded(subject: Case) {
    let mut rig = Rig::build(subject.as_ref(), &[Conduct::Endless], Patience::LONG).await;
    let Some(server) = &rig.server else {
        rig.question.tokens_max = 3;
        let few = rig.answer().await;
        assert!(
            few.error.is_none() && few.text.split_whitespace().count() <= 3,
            "{few:?}"
        );
        return;
    };
    let error = rig.answer().await.error;
    assert!(
        matches!(error, Some(ProviderError::Malformed { .. })),
        "{error:?}"
    );
    server.is_left().await;
}

/// Dropping an answer ends it at the other side, and the next question is answered.
pub(super) async fn whoever_leaves_ends_the_request(subject: Case) {
    let rig = Rig::build(
        subject.as_ref(),
        &[Conduct::Silent, Conduct::Well],
        Patience::LONG,
    )
    .await;
    let mut pieces = rig.model.pieces(rig.question.clone());
    match &rig.server {
        Some(server) => tokio::select! {
            piece = pieces.next() => panic!("nothing was answered, and there is {piece:?}"),
            () = server.is_asked() => {}
        },
        None => assert!(pieces.next().now_or_never().is_none()),
    }
    drop(pieces);
    if let Some(server) = &rig.server {
        server.is_left().await;
    }
    let answer = rig.answer().await;
    assert!(subject.is_whole(&answer), "{answer:?}");
}

/// Whatever the provider, in the units of its bill; tokens as the model tells them, or else estimated.
pub(super) async fn what_is_used_is_counted(subject: Case) {
    let mut rig = Rig::build(subject.as_ref(), &[Conduct::Well], Patience::LONG).await;
    let usage = Usage::default();
    rig.model = rig.model.counted(&usage);
    let answer = rig.answer().await;
    assert!(subject.is_whole(&answer), "{answer:?}");
    let units = usage.units();
    match subject.role() {
        Role::Hears => {
            let samples = rig.question.sound.len() as u64;
            let length = Duration::from_micros(samples * 1_000_000 / u64::from(SPEECH_RATE_HZ));
            assert_eq!(units.heard, length);
        }
        Role::Writes => match subject.tokens() {
            Some(told) => assert_eq!(units.tokens, told),
            None => assert!(units.tokens.read > 5 && units.tokens.written > 0, "{units:?}"),
        },
        Role::Speaks => assert_eq!(units.spoken_characters, rig.question.text.len() as u64),
    }
}

/// No sound is no words, and no text is no sound. A prompt is never empty; an empty line in it changes nothing.
pub(super) async fn nothing_asked_is_nothing_answered(subject: Case) {
    let mut rig = Rig::build(subject.as_ref(), &[Conduct::Well], Patience::LONG).await;
    rig.question.sound.clear();
    for blank in ["", " \n"] {
        rig.question.text = blank;
        let answer = gather(rig.model.pieces(rig.question.clone())).await;
        assert!(answer.error.is_none(), "{answer:?}");
        assert_eq!(answer.is_begun(), subject.role() == Role::Writes, "{answer:?}");
    }
}
