//! A character's tools while it makes up a line.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use tokio::time::Instant;

use crate::providers::{ToolCall, ToolSpec};

/// Times that an answer may have tools used before it has to be given.
pub const ROUNDS_MAX: usize = 3;
/// Different calls of one round; what is beyond is answered by saying so.
const CALLS_MAX: usize = 4;
/// A call that takes longer than this is bridged by a word: two people stay silent for about as long between turns.
const FILLER_AFTER: Duration = Duration::from_millis(700);
/// Until the next word, measured from the one before.
const FILLER_AGAIN: Duration = Duration::from_secs(6);
/// Words in one answer; after them it is quiet.
const FILLERS_MAX: usize = 2;
const TOO_MANY: &str = "Not done: too many calls at once.";

/// What a character can have done.
#[async_trait]
pub trait Tools: Debug + Send + Sync {
    /// What its model is told of them.
    fn specs(&self) -> Vec<ToolSpec>;

    /// Comes back once something may be done: an answer that is made in advance may be thrown away, and what was
    /// done for it stays done.
    async fn admitted(&self);

    /// Does it and answers what came of it, in words for the model; failures as well. Dropping the future gives
    /// the work up.
    async fn call(&self, call: &ToolCall) -> String;
}

/// A round under way; dropping it gives the work up.
pub(super) struct Round {
    work: BoxFuture<'static, Vec<(ToolCall, String)>>,
    filler_at: Instant,
    fillers: usize,
}

/// What comes next of a round.
pub(super) enum Progress {
    /// It takes long: say something.
    Filler,
    /// It is over.
    Done(Vec<(ToolCall, String)>),
}

impl Round {
    /// Begins a round once that is allowed. `fillers` were said before it.
    pub(super) async fn begin(tools: Arc<dyn Tools>, calls: Vec<ToolCall>, fillers: usize) -> Self {
        tools.admitted().await;
        Self {
            work: work(tools, calls).boxed(),
            filler_at: Instant::now() + FILLER_AFTER,
            fillers,
        }
    }

    /// What comes next, and how often something was said by then.
    pub(super) async fn next(&mut self) -> (Progress, usize) {
        let may_fill = self.fillers < FILLERS_MAX;
        tokio::select! {
            biased;
            done = &mut self.work => (Progress::Done(done), self.fillers),
            () = tokio::time::sleep_until(self.filler_at), if may_fill => {
                self.fillers += 1;
                self.filler_at = Instant::now() + FILLER_AGAIN;
                (Progress::Filler, self.fillers)
            }
        }
    }
}

/// Has calls done once that is allowed, for a model that nobody else can speak for while it waits.
pub async fn use_all(tools: Arc<dyn Tools>, calls: Vec<ToolCall>) -> Vec<(ToolCall, String)> {
    tools.admitted().await;
    work(tools, calls).await
}

/// Has all calls done at the same time; one that stands there twice is done once.
async fn work(tools: Arc<dyn Tools>, calls: Vec<ToolCall>) -> Vec<(ToolCall, String)> {
    let mut distinct: Vec<&ToolCall> = Vec::new();
    for call in &calls {
        if !distinct.iter().any(|known| is_same(known, call)) {
            distinct.push(call);
        }
    }
    distinct.truncate(CALLS_MAX);
    let results = join_all(distinct.iter().map(|call| tools.call(call))).await;
    let result_of = |call: &ToolCall| {
        let at = distinct.iter().position(|known| is_same(known, call));
        at.and_then(|at| results.get(at))
            .map_or_else(|| TOO_MANY.to_owned(), Clone::clone)
    };
    let results: Vec<String> = calls.iter().map(result_of).collect();
    calls.into_iter().zip(results).collect()
}

fn is_same(one: &ToolCall, other: &ToolCall) -> bool {
    one.name == other.name && one.arguments == other.arguments
}
