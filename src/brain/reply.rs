//! One line of a character: asked for, guarded, and never silence.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};

use super::apology::{self, Occasion};
use super::asks::asks_if_ai;
use super::guard::{Drift, End, Guard, Rules};
use super::history::History;
use super::prompt::{PromptError, Prompter, Situation};
use super::using::{Progress, ROUNDS_MAX, Round, Tools};
use crate::providers::{
    Capacity, ChatRequest, LanguageModel, Message, Piece, ProviderError, TokenStream, ToolCall, ToolRound,
};

/// Times that the model is asked, the first included.
const ATTEMPTS: u32 = 2;

/// Everything that [`speak`] needs, taken from the room at one moment.
#[derive(Debug, Clone)]
pub struct Line {
    request: ChatRequest,
    again: ChatRequest,
    rules: Rules,
    /// The rules for a model of the other capacity.
    stand_in: Option<Rules>,
    /// Said when the model fails to stay in character.
    fallback: String,
    /// Said when the model fails; `None` fails in silence.
    apology: Option<String>,
    /// A small model is not asked for the truth; it is said for it.
    settled: bool,
    /// What the character can have done while it answers.
    tools: Option<Arc<dyn Tools>>,
    /// Said while that takes long.
    fillers: [String; 2],
    /// How often that was said.
    fillers_said: usize,
    /// What was said since the last round of tools.
    said: String,
    /// What was said before does not end in a space, and something new follows.
    wants_gap: bool,
}

/// Text as it may be spoken.
pub type Spoken = BoxStream<'static, Result<String, ProviderError>>;

impl Line {
    /// The same line, but when the model fails nothing is said instead: for those who can do without it.
    #[must_use]
    pub fn without_apology(self) -> Self {
        Self {
            apology: None,
            ..self
        }
    }

    /// The same line with tools, for a model that can have something done.
    #[must_use]
    pub fn with_tools(mut self, tools: Arc<dyn Tools>) -> Self {
        let specs = tools.specs();
        if specs.is_empty() {
            return self;
        }
        self.request.tools.clone_from(&specs);
        self.again.tools = specs;
        self.tools = Some(tools);
        self
    }

    /// The same line, which a model of the other capacity may answer too: `other` is the line as prepared for that one.
    fn or_else(mut self, other: Self) -> Self {
        self.request.stand_in = Some(Box::new(other.request));
        self.again.stand_in = Some(Box::new(other.again));
        self.stand_in = Some(other.rules);
        self
    }

    /// The prompt, oldest message first.
    pub fn messages(&self) -> &[Message] {
        &self.request.messages
    }

    /// What judges an answer to it.
    pub fn guard(&self) -> Guard {
        Guard::new(&self.rules)
    }

    /// Something that does not belong to the words before comes next.
    fn set_off(&mut self) {
        self.wants_gap |= self.said.ends_with(|c: char| !c.is_whitespace());
    }

    /// Keeps what is about to be said.
    fn utter(&mut self, text: &mut String) {
        if std::mem::take(&mut self.wants_gap) && !text.starts_with(char::is_whitespace) {
            text.insert(0, ' ');
        }
        self.said.push_str(text);
    }

    /// Goes on from what tools have done.
    fn take_in(&mut self, calls: Vec<(ToolCall, String)>) {
        self.set_off();
        let round = ToolRound {
            said: std::mem::take(&mut self.said),
            calls,
        };
        for request in [&mut self.request, &mut self.again] {
            request.rounds.push(round.clone());
            request.tools_are_closed = request.rounds.len() >= ROUNDS_MAX;
        }
    }

    /// What becomes of a model's failure before anything was said.
    fn failed(&self, error: ProviderError) -> Turn {
        match &self.apology {
            Some(apology) => (Some(Ok(apology.clone())), State::Failed(error)),
            None => (Some(Err(error)), State::Done),
        }
    }
}

/// Prepares the next line of `situation.character` for `model`, and for whatever may answer in its place. `seed` picks
/// among fallback lines.
///
/// # Errors
/// When the prompt can't be written.
pub fn prepare_for(
    model: &dyn LanguageModel,
    prompter: &Prompter,
    situation: &Situation<'_>,
    history: &History,
    seed: u64,
) -> Result<Line, PromptError> {
    let prepare = |capacity| prepare(prompter, situation, history, capacity, seed);
    let line = prepare(model.capacity())?;
    Ok(match model.stand_in() {
        Some(other) => line.or_else(prepare(other)?),
        None => line,
    })
}

/// Prepares the next line of `situation.character`. `seed` picks among fallback lines.
pub fn prepare(
    prompter: &Prompter,
    situation: &Situation<'_>,
    history: &History,
    capacity: Capacity,
    seed: u64,
) -> Result<Line, PromptError> {
    let heard = history.last_heard_by(situation.identity);
    let truth_asked = situation.asked_if_ai || history.unanswered_by(situation.identity).any(asks_if_ai);
    let situation = Situation {
        asked_if_ai: truth_asked,
        ..*situation
    };
    let character = situation.character;
    let request = prompter.request(&situation, history, capacity)?;
    let again = prompter.again(&request, character, capacity)?;
    let examples = character.examples.iter().map(|example| example.said.as_str());
    let rules = Rules {
        own_names: names(character).collect(),
        other_names: situation
            .cast
            .iter()
            .flat_map(|other| names(other))
            .chain(situation.people.iter().map(|&name| name.to_owned()))
            .collect(),
        // A model that says after others by accident is a small one; a large one does it on purpose. Its own last lines
        // it avoids while it writes: words that might be theirs need not be held back.
        said_before: match capacity {
            Capacity::Small => heard.into_iter().chain(examples).map(str::to_owned).collect(),
            Capacity::Full => Vec::new(),
        },
        truth_asked,
        one_line: capacity == Capacity::Small,
    };
    let occasion = if truth_asked {
        Occasion::Truth
    } else {
        Occasion::Thinking
    };
    let own = usize::try_from(seed).ok().and_then(|seed| {
        let count = character.deflections.len();
        character.deflections.get(seed.checked_rem(count)?)
    });
    let fallback = match own.filter(|_| !truth_asked) {
        Some(own) => own.clone(),
        None => apology::line(occasion, &character.language, &character.name, seed),
    };
    let settled = truth_asked && capacity == Capacity::Small;
    Ok(Line {
        request,
        again,
        rules,
        stand_in: None,
        fallback,
        apology: Some(apology::line(
            Occasion::LostThread,
            &character.language,
            &character.name,
            seed,
        )),
        settled,
        tools: None,
        fillers: [0, 1]
            .map(|which| apology::line(Occasion::Looking, &character.language, &character.name, which)),
        fillers_said: 0,
        said: String::new(),
        wants_gap: false,
    })
}

fn names(character: &crate::character::Character) -> impl Iterator<Item = String> {
    std::iter::once(&character.name)
        .chain(&character.aliases)
        .cloned()
}

enum State {
    Ask {
        attempt: u32,
    },
    Listen {
        attempt: u32,
        answer: TokenStream,
        guard: Box<Guard>,
        spoke: bool,
        /// The last piece ended in a space.
        ends_in_space: bool,
        /// What the model wants done before it goes on.
        calls: Vec<ToolCall>,
    },
    /// Tools are to be used, once that is allowed.
    Call(Vec<ToolCall>),
    /// They are used.
    Use(Round),
    /// An apology was said; why is still to be told.
    Failed(ProviderError),
    Done,
}

/// What comes next: a state, and a piece for the listener.
type Turn = (Option<Result<String, ProviderError>>, State);

/// Speaks the line: text that may be handed to speech synthesis as it comes.
///
/// An answer that drifts before anything was said is asked for once more, then a fallback is said; one that drifts
/// later ends there. A provider's error ends the stream, after an apology if nothing was said yet. What the model
/// wants done is done before it goes on. Dropping the stream gives up the model's and the tools' work.
pub fn speak(model: Arc<dyn LanguageModel>, line: Line) -> Spoken {
    let first = if line.settled {
        State::Done
    } else {
        State::Ask { attempt: 1 }
    };
    let settled = line.settled.then(|| Ok(line.fallback.clone()));
    let rest = stream::unfold((model, line, first), |(model, mut line, mut state)| async move {
        loop {
            let (piece, next) = match state {
                State::Ask { attempt } => ask(model.as_ref(), &line, attempt).await,
                State::Listen {
                    attempt,
                    answer,
                    guard,
                    spoke,
                    ends_in_space,
                    calls,
                } => listen(&line, attempt, answer, guard, (spoke, ends_in_space), calls).await,
                State::Call(calls) => match line.tools.clone() {
                    Some(tools) => (
                        None,
                        State::Use(Round::begin(tools, calls, line.fillers_said).await),
                    ),
                    None => return None,
                },
                State::Use(round) => wait(&mut line, round).await,
                State::Failed(error) => (Some(Err(error)), State::Done),
                State::Done => return None,
            };
            match piece {
                Some(mut piece) => {
                    if let Ok(text) = &mut piece {
                        line.utter(text);
                    }
                    return Some((piece, (model, line, next)));
                }
                None => state = next,
            }
        }
    });
    stream::iter(settled).chain(rest).boxed()
}

async fn ask(model: &dyn LanguageModel, line: &Line, attempt: u32) -> Turn {
    let request = if attempt == 1 { &line.request } else { &line.again };
    match model.reply(request.clone()).await {
        Ok(answer) => {
            let guard = Box::new(Guard::new(&line.rules));
            (
                None,
                State::Listen {
                    attempt,
                    answer,
                    guard,
                    spoke: false,
                    ends_in_space: false,
                    calls: Vec::new(),
                },
            )
        }
        Err(error) => line.failed(error),
    }
}

/// Waits for tools, and says that it takes long if it does.
async fn wait(line: &mut Line, mut round: Round) -> Turn {
    let (progress, fillers) = round.next().await;
    line.fillers_said = fillers;
    match progress {
        Progress::Filler => {
            let [first, second] = &line.fillers;
            let filler = if fillers == 1 { first } else { second };
            // The space at the end lets it be spoken at once.
            let filler = format!("{filler} ");
            line.set_off();
            (Some(Ok(filler)), State::Use(round))
        }
        Progress::Done(calls) => {
            line.take_in(calls);
            (None, State::Ask { attempt: 1 })
        }
    }
}

async fn listen(
    line: &Line,
    attempt: u32,
    mut answer: TokenStream,
    mut guard: Box<Guard>,
    (spoke, ended_in_space): (bool, bool),
    mut calls: Vec<ToolCall>,
) -> Turn {
    let step = match answer.next().await {
        Some(Ok(Piece::Text(piece))) => guard.push(&piece),
        Some(Ok(Piece::Call(call))) => {
            calls.push(call);
            guard.push("")
        }
        Some(Ok(Piece::Used(_))) => guard.push(""),
        Some(Ok(Piece::StandIn)) => {
            if let Some(rules) = &line.stand_in {
                *guard = Guard::new(rules);
            }
            guard.push("")
        }
        Some(Err(error)) if spoke => return (Some(Err(error)), State::Done),
        Some(Err(error)) => return line.failed(error),
        None => guard.finish(),
    };
    let spoke = spoke || !step.text.trim().is_empty();
    let ends_in_space = match step.text.chars().last() {
        Some(last) => last.is_whitespace(),
        None => ended_in_space,
    };
    let text = (!step.text.is_empty()).then_some(Ok(step.text));
    let Some(end) = step.end else {
        return (
            text,
            State::Listen {
                attempt,
                answer,
                guard,
                spoke,
                ends_in_space,
                calls,
            },
        );
    };
    let may_call = line.tools.is_some() && !line.request.tools_are_closed;
    if !calls.is_empty() && may_call && !matches!(end, End::Drifted(drift) if drift != Drift::Empty) {
        return (text, State::Call(calls));
    }
    if let End::Drifted(drift) = end {
        tracing::debug!(?drift, attempt, spoke, "answer left its character");
        if !spoke {
            return if attempt < ATTEMPTS && drift != Drift::Denial {
                (None, State::Ask { attempt: attempt + 1 })
            } else {
                (Some(Ok(line.fallback.clone())), State::Done)
            };
        }
        if drift == Drift::Denial {
            // Whatever was said before it, the truth still has to be.
            let gap = if ends_in_space { "" } else { " " };
            return (Some(Ok(format!("{gap}{}", line.fallback))), State::Done);
        }
    }
    (text, State::Done)
}

#[cfg(test)]
mod tests;
