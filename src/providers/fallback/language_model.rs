//! A chain that writes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};

use super::chain::{Bounds, Chain, Common};
use super::counts::Role;
use super::lateness::Limits;
use super::link::Link;
use crate::providers::{Capacity, ChatRequest, LanguageModel, Piece, ProviderError, TokenStream};

/// A pause of a second is noticed, one of four is a failure.
const BOUNDS: Bounds = Bounds {
    first: Duration::from_secs(4),
    between: Duration::from_secs(5),
    late: Limits {
        least: Duration::from_millis(250),
        initial: Duration::from_millis(1_500),
        most: Duration::from_millis(3_000),
    },
};

/// Language models in order. An answer that has begun is never replaced: what is said of it may be heard already.
pub(in crate::providers) struct FallbackLanguageModel {
    chain: Chain<dyn LanguageModel>,
}

impl FallbackLanguageModel {
    pub(in crate::providers) async fn ready(
        links: Vec<Arc<Link<dyn LanguageModel>>>,
        common: Common,
    ) -> Result<Self, (String, ProviderError)> {
        let chain = Chain::new(links, Role::Llm, BOUNDS, common);
        chain.ready().await?;
        Ok(Self { chain })
    }
}

#[async_trait]
impl LanguageModel for FallbackLanguageModel {
    fn capacity(&self) -> Capacity {
        self.chain.capacities().next().unwrap_or_default()
    }

    fn stand_in(&self) -> Option<Capacity> {
        let usual = self.capacity();
        self.chain.capacities().find(|capacity| *capacity != usual)
    }

    /// The first link alone: the others are there for when it fails.
    fn read_ahead(&self, beginning: ChatRequest) {
        if let Some((_, model)) = self.chain.first() {
            model.read_ahead(beginning);
        }
    }

    async fn reply(&self, request: ChatRequest) -> Result<TokenStream, ProviderError> {
        let usual = self.capacity();
        let has_stand_in = request.stand_in.is_some();
        let fit = |capacity| capacity == usual || capacity == Capacity::Full || has_stand_in;
        let request = Arc::new(request);
        let attempt = move |model: Arc<dyn LanguageModel>, capacity| -> futures::future::BoxFuture<'_, _> {
            let request = Arc::clone(&request);
            Box::pin(async move {
                let stand_in = request.stand_in.as_ref().filter(|_| capacity != usual);
                let (asked, is_stand_in) = match stand_in {
                    Some(other) => (other.as_ref().clone(), true),
                    None => (
                        ChatRequest {
                            stand_in: None,
                            ..request.as_ref().clone()
                        },
                        false,
                    ),
                };
                let mut pieces = model.reply(asked).await?;
                let first = pieces.next().await.transpose()?;
                Ok((first, pieces, is_stand_in))
            })
        };
        let ((first, pieces, is_stand_in), link) = self.chain.ask(fit, attempt).await?;
        let head = is_stand_in.then_some(Piece::StandIn).into_iter().chain(first);
        let rest = self.chain.rest(link, pieces);
        Ok(stream::iter(head.map(Ok)).chain(rest).boxed())
    }
}
