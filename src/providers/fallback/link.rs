//! One model of a chain: made once, and how it has done lately.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use super::breaker::Breaker;
use super::lateness::{Lateness, Limits};
use crate::providers::{Capacity, ProviderError};

/// Makes the model.
pub(in crate::providers) type Make<M> =
    Box<dyn Fn() -> BoxFuture<'static, Result<Arc<M>, ProviderError>> + Send + Sync>;

/// One model, shared by all chains that name it.
pub(in crate::providers) struct Link<M: ?Sized> {
    /// `provider:model`.
    pub(super) name: String,
    /// What it can be trusted with, known before it is made.
    pub(super) capacity: Capacity,
    make: Make<M>,
    model: OnceCell<Arc<M>>,
    is_loading: AtomicBool,
    health: Mutex<Health>,
}

#[derive(Debug, Default)]
struct Health {
    breaker: Breaker,
    lateness: Lateness,
}

impl<M: ?Sized + Send + Sync + 'static> Link<M> {
    pub(in crate::providers) fn new(name: String, capacity: Capacity, make: Make<M>) -> Self {
        Self {
            name,
            capacity,
            make,
            model: OnceCell::new(),
            is_loading: AtomicBool::new(false),
            health: Mutex::default(),
        }
    }

    /// `provider:model`.
    pub(in crate::providers) fn name(&self) -> &str {
        &self.name
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The model. Two that ask at once wait for one loading; a failed one is tried again by the next.
    pub(in crate::providers) async fn model(&self) -> Result<Arc<M>, ProviderError> {
        self.model.get_or_try_init(|| (self.make)()).await.cloned()
    }

    /// The model, if it is made.
    pub(super) fn loaded(&self) -> Option<Arc<M>> {
        self.model.get().cloned()
    }

    /// Whether the model is made.
    pub(super) fn is_loaded(&self) -> bool {
        self.model.initialized()
    }

    /// Loads the model in the background, if it has to be; nobody's patience ends that.
    pub(super) fn load(self: &Arc<Self>, now: Duration) {
        let is_wanted = !self.is_loaded() && self.admits(now);
        if !is_wanted || self.is_loading.swap(true, Ordering::AcqRel) {
            return;
        }
        let link = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = link.model().await {
                tracing::warn!(model = link.name, %error, "prepare a model of a chain");
                link.failed(now);
            }
            link.is_loading.store(false, Ordering::Release);
        });
    }

    /// Whether it may be asked now.
    pub(super) fn admits(&self, now: Duration) -> bool {
        self.health().breaker.admits(now)
    }

    /// Whether it has just failed.
    pub(super) fn is_shaken(&self, now: Duration) -> bool {
        self.health().breaker.is_shaken(now)
    }

    /// After how long its next answer is late.
    pub(super) fn late_after(&self, limits: Limits) -> Duration {
        self.health().lateness.limit(limits)
    }

    pub(super) fn asked(&self, now: Duration) {
        self.health().breaker.asked(now);
    }

    /// It gave the first piece after so long.
    pub(super) fn delivered(&self, after: Duration) {
        let mut health = self.health();
        health.breaker.succeeded();
        health.lateness.began_after(after);
    }

    /// It failed; answers whether it is left alone for a while because of that.
    pub(super) fn failed(&self, now: Duration) -> bool {
        self.health().breaker.failed(now)
    }

    pub(super) fn abandoned(&self, now: Duration) {
        self.health().breaker.abandoned(now);
    }
}
