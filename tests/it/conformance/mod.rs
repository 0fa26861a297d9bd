//! Every provider that a registry can build, through the same cases, over the traits that the product itself uses.
//!
//! - `subject`: a model of a provider, what it is asked, and what came of it
//! - `conduct`: how the other side behaves, and how long that is borne
//! - `cases`: what holds for all of them
//! - `excuses`: which cases do not apply to whom, and why
//! - `http`, `openai`: the OpenAI-compatible server, from a script
//! - `vendors`: speech services, from the scripts of their own crate
//! - `local`, `scripted`: models of this process
//!
//! What is one provider's alone is tested beside this: `openai`, and `crates/vendors/tests/conformance`.

mod cases;
mod conduct;
mod excuses;
mod http;
mod local;
mod openai;
mod scripted;
mod subject;
mod vendors;

use subject::Subject;

/// Runs a case, unless it does not apply.
async fn run<F>(subject: impl Subject + 'static, case: &'static str, body: impl FnOnce(Box<dyn Subject>) -> F)
where
    F: Future<Output = ()>,
{
    if excuses::of(subject.provider(), subject.role(), case).is_none() {
        body(Box::new(subject)).await;
    }
}

/// A test of each case for each subject, and their names.
macro_rules! suite {
    (cases: $cases:tt $($module:ident: $subject:expr;)*) => {
        suite!(@names $cases $($subject;)*);
        $(mod $module {
            suite!(@tests $cases $subject);
        })*
    };
    (@names [$($case:ident)*] $($subject:expr;)*) => {
        const CASES: &[&str] = &[$(stringify!($case)),*];

        fn subjects() -> Vec<Box<dyn Subject>> {
            vec![$(Box::new($subject)),*]
        }
    };
    (@tests [$($case:ident)*] $subject:expr) => {
        $(#[tokio::test]
        async fn $case() {
            use super::*;
            run($subject, stringify!($case), cases::$case).await;
        })*
    };
}

suite! {
    cases: [
        a_good_answer_is_whole
        its_abilities_are_true
        a_bad_key_is_told_with_its_variable
        a_rate_limit_is_told_with_its_pause
        trouble_of_theirs_may_pass
        a_slow_start_is_waited_for
        nobody_waits_for_ever
        a_stall_in_the_middle_has_an_end
        an_end_in_the_middle_is_told
        nonsense_is_told_as_such
        an_answer_without_end_is_bounded
        whoever_leaves_ends_the_request
        nothing_asked_is_nothing_answered
        what_is_used_is_counted
    ]
    openai_hears: openai::Model::HEARS;
    openai_writes: openai::Model::WRITES;
    openai_speaks: openai::Model::SPEAKS;
    deepgram: vendors::Service::Deepgram;
    assemblyai: vendors::Service::AssemblyAi;
    elevenlabs: vendors::Service::ElevenLabs;
    cartesia: vendors::Service::Cartesia;
    moonshine: local::Model::MOONSHINE;
    qwen: local::Model::QWEN;
    piper: local::Model::PIPER;
    kokoro: local::Model::KOKORO;
    scripted_hears: scripted::Model::HEARS;
    scripted_writes: scripted::Model::WRITES;
    scripted_speaks: scripted::Model::SPEAKS;
}

#[test]
fn no_provider_of_a_configuration_is_left_out() {
    let fault = "nobody:model".parse::<troupe::config::ModelName>().unwrap_err();
    let (_, known) = fault.split_once("known are ").unwrap();
    let tried: Vec<_> = subjects().iter().map(|subject| subject.provider()).collect();
    for provider in known.split(", ") {
        assert!(tried.contains(&provider), "{provider} goes through no case");
    }
}

#[test]
fn every_excuse_is_of_somebody_for_something() {
    for excuse in excuses::ALL {
        let mut subjects = subjects().into_iter();
        assert!(
            subjects.any(|subject| excuse.is_for(subject.provider(), subject.role())),
            "{excuse:?}"
        );
        assert!(
            excuse.cases.iter().all(|case| CASES.contains(case)) && !excuse.why.is_empty(),
            "{excuse:?}"
        );
    }
}
