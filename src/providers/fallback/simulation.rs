//! Chains on virtual time: models with known faults, and what whoever asks gets to wait.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::time::Instant;

use super::{Common, Counts, FallbackLanguageModel, FallbackSpeechToText, FallbackTextToSpeech, Link};
use crate::providers::scripted::{Scripted, Step};
use crate::providers::{
    Capacity, ChatRequest, LanguageModel, Piece, ProviderError, SpeechToText, TextToSpeech, TokenStream,
    Voices,
};

/// Calls of one simulation.
const CALLS: usize = 1_500;

/// A model whose first piece comes after a time by chance, as times of servers are: most alike, a few much longer.
struct Weather {
    chance: Mutex<StdRng>,
    median_ms: f64,
    /// Share of calls that are never answered.
    stalls: f64,
    asked: AtomicUsize,
    dropped: Arc<AtomicUsize>,
}

impl Weather {
    fn new(seed: u64, median_ms: f64, stalls: f64) -> Arc<Self> {
        Arc::new(Self {
            chance: Mutex::new(StdRng::seed_from_u64(seed)),
            median_ms,
            stalls,
            asked: AtomicUsize::new(0),
            dropped: Arc::default(),
        })
    }
}

/// Counts what is given up.
struct Dropped(Option<Arc<AtomicUsize>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        if let Some(count) = &self.0 {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[async_trait]
impl LanguageModel for Weather {
    async fn reply(&self, _: ChatRequest) -> Result<TokenStream, ProviderError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let (wait, stalls) = {
            let mut chance = self.chance.lock().unwrap();
            // A sum of twelve even chances is close to normal; its exponential has the long tail.
            let normal: f64 = (0..12).map(|_| chance.random::<f64>()).sum::<f64>() - 6.0;
            let wait = Duration::from_secs_f64(self.median_ms * (0.5 * normal).exp() / 1000.0);
            (wait, chance.random::<f64>() < self.stalls)
        };
        let mut dropped = Dropped(Some(Arc::clone(&self.dropped)));
        if stalls {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(wait).await;
        dropped.0 = None;
        Ok(stream::iter([Ok(Piece::Text("Well.".into()))]).boxed())
    }
}

fn link<M: ?Sized + Send + Sync + 'static>(name: &str, capacity: Capacity, model: Arc<M>) -> Arc<Link<M>> {
    let make = move || -> futures::future::BoxFuture<'static, _> {
        let model = Arc::clone(&model);
        Box::pin(async move { Ok(model) })
    };
    Arc::new(Link::new(name.to_owned(), capacity, Box::new(make)))
}

async fn writes(models: Vec<(Capacity, Arc<dyn LanguageModel>)>) -> FallbackLanguageModel {
    let links = models
        .into_iter()
        .enumerate()
        .map(|(index, (capacity, model))| link(&format!("link:{index}"), capacity, model))
        .collect();
    FallbackLanguageModel::ready(links, Common::new(Counts::default()))
        .await
        .unwrap()
}

/// The time to the first piece that all but five of a hundred calls kept.
async fn p95(model: &dyn LanguageModel) -> Duration {
    let mut waited = Vec::new();
    for _ in 0..CALLS {
        let asked = Instant::now();
        let mut pieces = model.reply(ChatRequest::default()).await.unwrap();
        pieces.next().await.unwrap().unwrap();
        waited.push(asked.elapsed());
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    waited.sort_unstable();
    waited[CALLS * 95 / 100]
}

#[tokio::test(start_paused = true)]
async fn a_model_that_stalls_in_a_tenth_of_its_calls_is_hardly_noticed() {
    for seed in 0..5 {
        let healthy = p95(&*Weather::new(seed, 350.0, 0.0)).await;
        let stalling = Weather::new(seed, 350.0, 0.1);
        // The next one of a chain is the smaller model as a rule, and faster.
        let other = Weather::new(seed + 1_000, 220.0, 0.0);
        let chain = writes(vec![
            (Capacity::Full, stalling.clone()),
            (Capacity::Full, other.clone()),
        ])
        .await;
        let hedged = p95(&chain).await;
        let times = hedged.as_secs_f64() / healthy.as_secs_f64();
        let extra = stalling.asked.load(Ordering::Relaxed) + other.asked.load(Ordering::Relaxed) - CALLS;
        assert!(times <= 1.3, "seed {seed}: {healthy:?} became {hedged:?}");
        assert!(extra * 100 <= CALLS * 21, "seed {seed}: {extra} extra calls");
        assert!(
            stalling.dropped.load(Ordering::Relaxed) * 10 >= CALLS,
            "seed {seed}: whoever lost is cancelled"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_model_that_is_well_is_seldom_asked_twice() {
    let (well, other) = (Weather::new(1, 350.0, 0.0), Weather::new(2, 220.0, 0.0));
    let chain = writes(vec![
        (Capacity::Full, well.clone()),
        (Capacity::Full, other.clone()),
    ])
    .await;
    p95(&chain).await;
    assert_eq!(well.asked.load(Ordering::Relaxed), CALLS);
    let extra = other.asked.load(Ordering::Relaxed);
    assert!(extra * 100 <= CALLS * 14, "{extra} extra calls");
}

fn failed() -> ProviderError {
    ProviderError::Status {
        provider: "scripted",
        status: 503,
    }
}

fn piece(text: &str) -> Step<String> {
    Step::Piece(text.to_owned())
}

/// The text of an answer, and whether it ended well.
async fn written(model: &dyn LanguageModel, request: ChatRequest) -> (String, bool) {
    let Ok(mut pieces) = model.reply(request).await else {
        return (String::new(), false);
    };
    let mut text = String::new();
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(Piece::Text(piece)) => text.push_str(&piece),
            Ok(Piece::StandIn) => text.push_str("(in its place) "),
            Ok(Piece::Call(_) | Piece::Used(_)) => {}
            Err(_) => return (text, false),
        }
    }
    (text, true)
}

async fn pair(first: &Scripted, second: &Scripted) -> FallbackLanguageModel {
    writes(vec![
        (Capacity::Full, Arc::new(first.clone())),
        (Capacity::Full, Arc::new(second.clone())),
    ])
    .await
}

#[tokio::test(start_paused = true)]
async fn the_next_one_answers_whatever_is_wrong_with_the_first() {
    for steps in [
        vec![Step::Fail(failed())],
        vec![Step::Wait(900), Step::Fail(failed())],
        vec![Step::Hang],
        vec![Step::Wait(60_000), piece("Late.")],
    ] {
        let first = Scripted::new("first").says(steps.clone());
        let second = Scripted::new("second").says(vec![Step::Wait(100), piece("Here.")]);
        let chain = pair(&first, &second).await;
        let asked = Instant::now();
        let answer = written(&chain, ChatRequest::default()).await;
        assert_eq!(answer, ("Here.".to_owned(), true), "{steps:?}");
        assert!(asked.elapsed() < Duration::from_secs(2), "{steps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_has_begun_is_never_replaced() {
    for end in [Step::Fail(failed()), Step::Hang] {
        let first = Scripted::new("first").says(vec![piece("It was "), end]);
        let second = Scripted::new("second").says(vec![piece("Here.")]);
        let chain = pair(&first, &second).await;
        let answer = written(&chain, ChatRequest::default()).await;
        assert_eq!(answer, ("It was ".to_owned(), false));
        assert_eq!(second.requests().len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn who_keeps_failing_is_left_alone_and_comes_back() {
    let down = Scripted::new("first")
        .says(vec![Step::Fail(failed())])
        .says(vec![Step::Fail(failed())])
        .says(vec![Step::Fail(failed())])
        .says(vec![piece("Back.")]);
    let second = Scripted::new("second").says(vec![piece("Here.")]);
    let chain = pair(&down, &second).await;
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(written(&chain, ChatRequest::default()).await.0);
        tokio::time::sleep(Duration::from_millis(2_500)).await;
    }
    // Asked at 0, 2.5 and 5 s, left alone until 10 s.
    let expect = [
        "Here.", "Here.", "Here.", "Here.", "Back.", "Back.", "Back.", "Back.",
    ];
    assert_eq!(answers, expect);
    assert_eq!(down.requests().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn where_all_are_down_all_are_asked_and_the_last_error_is_told() {
    let down = Scripted::new("first").says(vec![Step::Fail(failed())]);
    let other = Scripted::new("second").says(vec![Step::Fail(failed())]);
    let chain = pair(&down, &other).await;
    for _ in 0..6 {
        assert_eq!(
            written(&chain, ChatRequest::default()).await,
            (String::new(), false)
        );
    }
    assert_eq!((down.requests().len(), other.requests().len()), (6, 6));
}

#[tokio::test(start_paused = true)]
async fn a_smaller_model_answers_only_what_is_put_for_it() {
    let down = Scripted::new("first").says(vec![Step::Fail(failed())]);
    let small = Scripted::new("second").says(vec![piece("Hm.")]);
    let chain = writes(vec![
        (Capacity::Full, Arc::new(down)),
        (Capacity::Small, Arc::new(small.clone())),
    ])
    .await;
    assert_eq!(chain.stand_in(), Some(Capacity::Small));
    assert_eq!(
        written(&chain, ChatRequest::default()).await,
        (String::new(), false)
    );
    let request = ChatRequest {
        stand_in: Some(Box::new(ChatRequest {
            tokens_max: 7,
            ..ChatRequest::default()
        })),
        ..ChatRequest::default()
    };
    assert_eq!(
        written(&chain, request).await,
        ("(in its place) Hm.".to_owned(), true)
    );
    let asked: Vec<_> = small
        .requests()
        .iter()
        .map(|request| request.tokens_max)
        .collect();
    assert_eq!(asked, [7]);
}

/// Keeps what it hears.
#[derive(Default)]
struct Notes(Mutex<Vec<Vec<i16>>>);

#[async_trait]
impl SpeechToText for Notes {
    async fn transcribe(&self, pcm: &[i16], _: &str) -> Result<String, ProviderError> {
        self.0.lock().unwrap().push(pcm.to_vec());
        Ok("hello".to_owned())
    }
}

#[tokio::test(start_paused = true)]
async fn what_one_does_not_hear_in_time_the_next_one_hears_again() {
    let deaf: Arc<dyn SpeechToText> = Arc::new(Scripted::new("first").hears(vec![Step::Hang]));
    let notes = Arc::new(Notes::default());
    let links = vec![
        link("link:0", Capacity::Full, deaf),
        link("link:1", Capacity::Full, notes.clone() as Arc<dyn SpeechToText>),
    ];
    let chain = FallbackSpeechToText::ready(links, Common::new(Counts::default()))
        .await
        .unwrap();
    assert_eq!(chain.transcribe(&[1, 2, 3], "en").await.unwrap(), "hello");
    assert_eq!(*notes.0.lock().unwrap(), [[1, 2, 3]]);
}

#[tokio::test(start_paused = true)]
async fn a_voice_is_replaced_before_its_first_sound_and_not_after() {
    let voice = |steps| Arc::new(Scripted::new("voice").speaks(steps)) as Arc<dyn TextToSpeech>;
    let heard = async |first: Vec<Step<Vec<i16>>>| {
        let links = vec![
            link("link:0", Capacity::Full, voice(first)),
            link("link:1", Capacity::Full, voice(vec![Step::Piece(vec![2])])),
        ];
        let chain = FallbackTextToSpeech::ready(links, Common::new(Counts::default()))
            .await
            .unwrap();
        let speech = chain
            .synthesize("Hello.", &Voices::default(), "en")
            .await
            .unwrap();
        let pieces: Vec<_> = speech.chunks.map(Result::ok).collect().await;
        pieces
    };
    assert_eq!(heard(vec![Step::Fail(failed())]).await, [Some(vec![2])]);
    assert_eq!(heard(vec![Step::Hang]).await, [Some(vec![2])]);
    let broken = vec![Step::Piece(vec![1]), Step::Fail(failed())];
    assert_eq!(heard(broken).await, [Some(vec![1]), None]);
}

#[tokio::test(start_paused = true)]
async fn a_model_that_can_not_be_made_is_left_out() {
    let make = || -> futures::future::BoxFuture<'static, Result<Arc<dyn LanguageModel>, ProviderError>> {
        Box::pin(async { Err(failed()) })
    };
    let second: Arc<dyn LanguageModel> = Arc::new(Scripted::new("second").says(vec![piece("Here.")]));
    let links = vec![
        Arc::new(Link::new("link:0".to_owned(), Capacity::Full, Box::new(make))),
        link("link:1", Capacity::Full, second),
    ];
    let chain = FallbackLanguageModel::ready(links, Common::new(Counts::default()))
        .await
        .unwrap();
    assert_eq!(
        written(&chain, ChatRequest::default()).await,
        ("Here.".to_owned(), true)
    );
}
