//! What a voice is called.

use std::collections::BTreeMap;
use std::sync::Arc;

/// One speaker's names of their voice: each provider has its own.
#[derive(Debug, Clone, Default)]
pub struct Voices {
    by_provider: Arc<BTreeMap<String, String>>,
    any: Option<Arc<str>>,
}

impl Voices {
    /// The names by provider, as a character has them.
    pub fn by_provider(names: BTreeMap<String, String>) -> Self {
        Self {
            by_provider: Arc::new(names),
            any: None,
        }
    }

    /// This name whoever speaks; without one, everybody's usual voice.
    pub fn any(name: Option<&str>) -> Self {
        Self {
            by_provider: Arc::default(),
            any: name.map(Arc::from),
        }
    }

    /// What `provider` calls it; `None` is its usual voice.
    pub fn get(&self, provider: &str) -> Option<&str> {
        let own = self.by_provider.get(provider).map(String::as_str);
        own.or(self.any.as_deref())
    }
}
