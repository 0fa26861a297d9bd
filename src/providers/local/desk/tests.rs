#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::Mutex;

use super::*;
use crate::providers::{Message, Role};

/// Writes a letter a step, and notes whose turn it was. A prompt of digits is read one digit a step.
#[derive(Clone, Default)]
struct Toy {
    turns: Arc<Mutex<String>>,
    /// Waits before each step until it is let on, if it is to.
    gate: Option<Arc<Mutex<Receiver<()>>>>,
}

struct Draft {
    name: char,
    to_read: usize,
    to_write: usize,
    is_read_ahead: bool,
}

impl Author for Toy {
    type Draft = Draft;
    const DRAFTS_MAX: usize = 3;

    fn begin(&mut self, request: &ChatRequest, options: &Options) -> Result<Draft, String> {
        let prompt = &request.messages[0].content;
        let name = prompt.chars().next().unwrap();
        match name {
            '!' => panic!("as asked"),
            '?' => Err("can't be read".to_owned()),
            _ => Ok(Draft {
                name,
                to_read: prompt.len() - 1,
                to_write: options.tokens_max,
                is_read_ahead: options.tokens_max == 0,
            }),
        }
    }

    fn step(&mut self, draft: &mut Draft, stop: &AtomicBool) -> Result<Step, String> {
        if let Some(gate) = &self.gate {
            let gate = gate.lock().unwrap();
            // What is read ahead stops in the middle of a step.
            while gate.try_recv().is_err() {
                if draft.is_read_ahead && stop.load(Ordering::Relaxed) {
                    return Ok(Step::Over(Finish::Cancelled));
                }
                std::thread::yield_now();
            }
        }
        self.turns.lock().unwrap().push(draft.name);
        if draft.to_read > 0 {
            draft.to_read -= 1;
            return Ok(Step::Read);
        }
        if draft.to_write == 0 {
            return Ok(Step::Over(Finish::Length));
        }
        draft.to_write -= 1;
        // A clause in one letter: each answer can begin to be spoken after its first step.
        Ok(Step::Text("x".repeat(45)))
    }

    fn stats(_: &Draft) -> Stats {
        Stats {
            prompt_tokens: 0,
            cached_tokens: 0,
            answer_tokens: 0,
            prefill: Duration::ZERO,
            decode: Duration::ZERO,
            finish: Finish::Stop,
        }
    }
}

fn request(prompt: &str) -> ChatRequest {
    ChatRequest {
        messages: vec![Message {
            role: Role::User,
            content: prompt.to_owned(),
        }],
        ..ChatRequest::default()
    }
}

struct Asked {
    pieces: mpsc::Receiver<Result<String, ProviderError>>,
    is_cancelled: Arc<AtomicBool>,
}

fn ask(desk: &Desk, prompt: &str, tokens_max: usize) -> Asked {
    let (sender, pieces) = mpsc::channel(64);
    let is_cancelled = Arc::new(AtomicBool::new(false));
    let question = Question {
        request: request(prompt),
        options: Options {
            tokens_max,
            ..Options::default()
        },
        is_cancelled: Arc::clone(&is_cancelled),
        pieces: sender,
    };
    desk.ask(question).unwrap();
    Asked { pieces, is_cancelled }
}

impl Asked {
    async fn whole(mut self) -> Vec<Result<String, String>> {
        let mut all = Vec::new();
        while let Some(piece) = self.pieces.recv().await {
            all.push(piece.map_err(|error| error.to_string()));
        }
        all
    }
}

/// A desk whose model waits before each step until it is let on.
async fn gated() -> (Desk, Toy, SyncSender<()>) {
    let (go_on, gate) = sync_channel(256);
    let toy = Toy {
        gate: Some(Arc::new(Mutex::new(gate))),
        ..Toy::default()
    };
    let model = toy.clone();
    let desk = Desk::start("toy", move || Ok(model), Models::default())
        .await
        .unwrap();
    (desk, toy, go_on)
}

fn let_on(go_on: &SyncSender<()>, steps: usize) {
    (0..steps).for_each(|_| go_on.send(()).unwrap());
}

#[tokio::test]
async fn a_new_question_comes_between_and_both_are_answered() {
    let (desk, toy, go_on) = gated().await;
    let mut first = ask(&desk, "a", 20);
    let_on(&go_on, 5);
    for _ in 0..5 {
        first.pieces.recv().await.unwrap().unwrap();
    }
    // It is there before the next step but one.
    let second = ask(&desk, "b12", 2);
    let_on(&go_on, 40);
    assert_eq!(second.whole().await.len(), 2);
    assert_eq!(first.whole().await.len(), 15);
    let turns = toy.turns.lock().unwrap().clone();
    let (begun, done) = (turns.find('b').unwrap(), turns.rfind('b').unwrap());
    assert!(begun <= 7 && done < turns.len() - 1, "{turns}");
}

#[tokio::test]
async fn what_is_read_ahead_gives_way_and_is_read_to_its_end() {
    let (desk, toy, go_on) = gated().await;
    desk.read_ahead(request("a123456"));
    desk.read_ahead(request("b12"));
    let_on(&go_on, 2);
    // Read up to there, it waits in the middle of a step.
    while toy.turns.lock().unwrap().len() < 2 {
        tokio::task::yield_now().await;
    }
    let question = ask(&desk, "c", 1);
    let_on(&go_on, 40);
    assert_eq!(question.whole().await.len(), 1);
    let last = ask(&desk, "d", 1);
    last.whole().await;
    while toy.turns.lock().unwrap().matches('b').count() < 3 {
        tokio::task::yield_now().await;
    }
    let turns = toy.turns.lock().unwrap().clone();
    // The step may have been let on before it was stopped.
    assert!(turns.starts_with("aacc") || turns.starts_with("aaacc"), "{turns}");
    assert_eq!(turns.matches('a').count(), 7, "nothing is read twice: {turns}");
}

#[tokio::test]
async fn what_fails_or_is_given_up_costs_its_own_answer() {
    let toy = Toy::default();
    let model = toy.clone();
    let desk = Desk::start("toy", move || Ok(model), Models::default())
        .await
        .unwrap();
    desk.read_ahead(request("!"));
    desk.read_ahead(request("?"));
    let unread = ask(&desk, "?", 3).whole().await;
    assert!(
        matches!(unread.as_slice(), [Err(detail)] if detail.contains("can't be read")),
        "{unread:?}"
    );
    let panicked = ask(&desk, "!", 3).whole().await;
    assert!(
        matches!(panicked.as_slice(), [Err(detail)] if detail.contains("panicked")),
        "{panicked:?}"
    );
    let given_up = ask(&desk, "g", 1_000_000);
    given_up.is_cancelled.store(true, Ordering::Relaxed);
    drop(given_up.pieces);
    assert_eq!(ask(&desk, "h", 3).whole().await.len(), 3);
}

#[tokio::test]
async fn more_than_there_is_room_for_wait_and_more_than_the_queue_holds_are_refused() {
    let (desk, _toy, go_on) = gated().await;
    let first = ask(&desk, "a", 1);
    let mut others = Vec::new();
    // The thread stands in its first step, and takes nothing meanwhile.
    loop {
        let (sender, pieces) = mpsc::channel(64);
        let question = Question {
            request: request("b"),
            options: Options {
                tokens_max: 1,
                ..Options::default()
            },
            is_cancelled: Arc::default(),
            pieces: sender,
        };
        match desk.ask(question) {
            Ok(()) => others.push(Asked {
                pieces,
                is_cancelled: Arc::default(),
            }),
            Err(error) => {
                assert!(error.to_string().contains("busy"), "{error}");
                break;
            }
        }
        assert!(others.len() < 100);
    }
    let_on(&go_on, 200);
    assert_eq!(first.whole().await.len(), 1);
    assert!(others.len() >= QUEUE_MAX - 1, "{}", others.len());
    for other in others {
        let answer = other.whole().await;
        assert!(matches!(answer.as_slice(), [Ok(_)]), "{answer:?}");
    }
}
