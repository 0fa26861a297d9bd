//! A language model, by the tokens that it tells of, or else by characters.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};

use crate::providers::{
    Capacity, ChatRequest, LanguageModel, Piece, ProviderError, TokenStream, Tokens, Usage,
};

/// Characters of a token where a model does not tell: the rule of thumb for English, and too few tokens for others.
const CHARACTERS_PER_TOKEN: u64 = 4;

pub(super) struct Pen {
    pub(super) model: Arc<dyn LanguageModel>,
    pub(super) usage: Usage,
}

#[async_trait]
impl LanguageModel for Pen {
    fn capacity(&self) -> Capacity {
        self.model.capacity()
    }

    fn stand_in(&self) -> Option<Capacity> {
        self.model.stand_in()
    }

    /// Only models in the process read ahead, and those cost nothing.
    fn read_ahead(&self, beginning: ChatRequest) {
        self.model.read_ahead(beginning);
    }

    /// A request that fails before its answer costs nothing that is known of.
    async fn reply(&self, request: ChatRequest) -> Result<TokenStream, ProviderError> {
        let stand_in_read = request.stand_in.as_deref().map(characters).unwrap_or_default();
        let read = characters(&request);
        // Here already, so that a question that is given up counts as well.
        let mut bill = Bill {
            usage: self.usage.clone(),
            read,
            stand_in_read,
            written: 0,
            told: None,
        };
        let pieces = match self.model.reply(request).await {
            Ok(pieces) => pieces,
            Err(error) => {
                bill.told = Some(Tokens::default());
                return Err(error);
            }
        };
        let counted = stream::unfold((pieces, bill), |(mut pieces, mut bill)| async move {
            loop {
                let piece = pieces.next().await?;
                match &piece {
                    Ok(Piece::Used(tokens)) => {
                        bill.told = Some(*tokens);
                        continue;
                    }
                    Ok(Piece::Text(text)) => bill.written += text.chars().count() as u64,
                    Ok(Piece::Call(call)) => {
                        bill.written += (call.name.chars().count() + call.arguments.chars().count()) as u64;
                    }
                    Ok(Piece::StandIn) => bill.read = bill.stand_in_read,
                    Err(_) => {}
                }
                return Some((piece, (pieces, bill)));
            }
        });
        Ok(counted.boxed())
    }
}

/// What an answer took, put down when it is over or given up.
struct Bill {
    usage: Usage,
    /// Characters of the prompt.
    read: u64,
    /// The same of the prompt for a model of the other capacity.
    stand_in_read: u64,
    /// Characters of the answer so far.
    written: u64,
    /// What the model says of it.
    told: Option<Tokens>,
}

impl Drop for Bill {
    fn drop(&mut self) {
        let estimated = || Tokens {
            read: self.read.div_ceil(CHARACTERS_PER_TOKEN),
            written: self.written.div_ceil(CHARACTERS_PER_TOKEN),
        };
        self.usage.wrote(self.told.unwrap_or_else(estimated));
    }
}

/// Characters of a prompt with all that stands beside it.
fn characters(request: &ChatRequest) -> u64 {
    let messages = request.messages.iter().map(|message| count(&message.content));
    let tools = request.tools.iter().map(|tool| {
        let parameters = serde_json::to_string(&tool.parameters).unwrap_or_default();
        count(&tool.name) + count(&tool.description) + count(&parameters)
    });
    let rounds = request.rounds.iter().map(|round| {
        let calls = round.calls.iter();
        let calls = calls.map(|(call, result)| count(&call.name) + count(&call.arguments) + count(result));
        count(&round.said) + calls.sum::<u64>()
    });
    messages.chain(tools).chain(rounds).sum()
}

fn count(text: &str) -> u64 {
    text.chars().count() as u64
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::providers::scripted::{Scripted, Step};
    use crate::providers::{Message, Role};

    fn request(content: &str) -> ChatRequest {
        let message = Message {
            role: Role::User,
            content: content.to_owned(),
        };
        ChatRequest {
            messages: vec![message],
            ..ChatRequest::default()
        }
    }

    async fn tokens(script: Vec<Step<Piece>>, request: ChatRequest, pieces: usize) -> Tokens {
        let usage = Usage::default();
        let model = usage.of_writing(Arc::new(Scripted::new("a").answers(script)));
        let answer = model.reply(request).await.unwrap();
        let seen: Vec<_> = answer.take(pieces).collect().await;
        assert!(!seen.iter().any(|piece| matches!(piece, Ok(Piece::Used(_)))));
        usage.units().tokens
    }

    fn text(text: &str) -> Step<Piece> {
        Step::Piece(Piece::Text(text.to_owned()))
    }

    #[tokio::test]
    async fn what_a_model_tells_counts_and_the_rest_is_estimated() {
        let told = Tokens { read: 70, written: 2 };
        let script = || vec![text("Good day."), Step::Piece(Piece::Used(told))];
        assert_eq!(tokens(script(), request("Hello."), 9).await, told);
        let estimated = |read, written| Tokens { read, written };
        assert_eq!(
            tokens(vec![text("Good day.")], request("Hello."), 9).await,
            estimated(2, 3)
        );
        // Given up before it tells.
        assert_eq!(tokens(script(), request("Hello."), 1).await, estimated(2, 3));
    }

    /// Never answers, or refuses.
    struct Mute(bool);

    #[async_trait]
    impl LanguageModel for Mute {
        async fn reply(&self, _: ChatRequest) -> Result<TokenStream, ProviderError> {
            match self.0 {
                true => Err(ProviderError::BrokenOff { provider: "a" }),
                false => std::future::pending().await,
            }
        }
    }

    #[tokio::test]
    async fn a_question_that_is_given_up_was_read_and_one_that_failed_was_not() {
        for (fails, read) in [(false, 2), (true, 0)] {
            let usage = Usage::default();
            let model = usage.of_writing(Arc::new(Mute(fails)));
            let reply = model.reply(request("Hello."));
            assert_eq!(reply.now_or_never().is_some(), fails);
            assert_eq!(usage.units().tokens, Tokens { read, written: 0 });
        }
    }

    #[tokio::test]
    async fn a_stand_in_reads_a_prompt_of_its_own() {
        let asked = ChatRequest {
            stand_in: Some(Box::new(request("Hi."))),
            ..request("A long prompt for a large model.")
        };
        let script = vec![Step::Piece(Piece::StandIn), text("Hi.")];
        assert_eq!(tokens(script, asked, 9).await, Tokens { read: 1, written: 1 });
    }
}
