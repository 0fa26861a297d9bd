//! What chains have done, for whoever publishes it.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// What a chain is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(in crate::providers) enum Role {
    /// Speech to text.
    Stt,
    /// Language model.
    Llm,
    /// Text to speech.
    Tts,
}

impl Role {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Stt => "stt",
            Self::Llm => "llm",
            Self::Tts => "tts",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRole {
    role: Role,
}

/// Counters by role; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    took_over: Family<OfRole, Counter>,
    hedged: Family<OfRole, Counter>,
    rests: Family<OfRole, Counter>,
}

impl Counts {
    pub(super) fn took_over(&self, role: Role) {
        self.took_over.get_or_create(&OfRole { role }).inc();
    }

    pub(super) fn hedged(&self, role: Role) {
        self.hedged.get_or_create(&OfRole { role }).inc();
    }

    pub(super) fn rests(&self, role: Role) {
        self.rests.get_or_create(&OfRole { role }).inc();
    }

    /// Puts them on a page.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "troupe_model_fallbacks",
            "Requests that another model of the chain answered than the one that was asked first, by role",
            self.took_over.clone(),
        );
        registry.register(
            "troupe_model_hedges",
            "Requests that the next model got as well because the answer was late, by role",
            self.hedged.clone(),
        );
        registry.register(
            "troupe_model_rests",
            "Times that a model was left alone for a while after failures, by role",
            self.rests.clone(),
        );
    }
}
