//! Brings what is in the outbox to its webhooks, a bounded number at a time.
//!
//! A delivery that is taken counts as tried and comes back by itself after [`LEASE_MS`], so that none is lost
//! with a server that dies. So an event arrives at least once, and its id tells a receiver that it had it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Webhooks;
use super::schedule::{Fault, Outcome};
use super::sender::{Message, SEND_WITHIN};
use super::signature::sign;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::store::Due;

/// Deliveries under way at the same time; the rest waits in the outbox.
const DELIVERIES_AT_ONCE: usize = 32;
/// Deliveries of one webhook taken at once, so that a slow server keeps no other waiting.
pub const DELIVERIES_PER_WEBHOOK: u32 = 4;
/// Time for which a delivery that was taken is nobody else's, ms: longer than an attempt can last.
pub const LEASE_MS: i64 = 60_000;
/// Pause between two looks into an empty outbox.
const POLL: Duration = Duration::from_millis(500);
/// Pause after the database failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Longest wait for deliveries under way when the server stops; what is cut off is tried again later.
const DRAIN_WITHIN: Duration = Duration::from_secs(3);

impl Webhooks {
    /// Delivers until `shutdown`.
    pub async fn dispatch_until(self: Arc<Self>, shutdown: CancellationToken) {
        let mut under_way: JoinSet<String> = JoinSet::new();
        // Webhooks that something is on its way to.
        let mut busy: Vec<String> = Vec::new();
        loop {
            let mut pause = POLL;
            let room = DELIVERIES_AT_ONCE.saturating_sub(under_way.len());
            match self.take(room, &busy).await {
                Ok(taken) => {
                    for due in taken {
                        busy.push(due.webhook_id.clone());
                        let webhooks = self.clone();
                        under_way.spawn(async move { webhooks.deliver(due).await });
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "take webhook deliveries from the outbox");
                    pause = PAUSE_AFTER_FAILURE;
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => break,
                Some(done) = under_way.join_next() => release(&mut busy, done.ok()),
                () = tokio::time::sleep(pause) => {}
            }
        }
        let drained = async { while under_way.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_WITHIN, drained).await.is_err() {
            tracing::info!("leave webhook deliveries to a later start");
        }
    }

    /// Delivers once, at this time of the database's clock, what is due; answers how many were tried.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dispatch_at(&self, now: Timestamp) -> Result<usize, Error> {
        let limit = u32::try_from(DELIVERIES_AT_ONCE).unwrap_or(u32::MAX);
        let taken = self.store.take_due(now, limit, &[]).await?;
        let tries = taken.iter().map(|due| self.settle_after(due, now));
        futures::future::try_join_all(tries).await?;
        Ok(taken.len())
    }

    async fn take(&self, room: usize, busy: &[String]) -> Result<Vec<Due>, Error> {
        let Ok(limit @ 1..) = u32::try_from(room) else {
            return Ok(Vec::new());
        };
        let now = self.store.now().await?;
        self.store.take_due(now, limit, busy).await
    }

    /// Tries one delivery; answers its webhook.
    async fn deliver(&self, due: Due) -> String {
        if let Err(error) = self.settle_after(&due, due.taken_at).await {
            // Its lease brings it back.
            tracing::warn!(%error, delivery_id = due.delivery_id, "note down a webhook delivery");
        }
        due.webhook_id
    }

    async fn settle_after(&self, due: &Due, now: Timestamp) -> Result<(), Error> {
        let (outcome, duration_ms) = self.attempt(due, now).await;
        let jitter = rand::random::<f64>();
        let disabled = self
            .store
            .settle(due, outcome, duration_ms, jitter, now.plus_ms(duration_ms))
            .await?;
        if let Some(reason) = disabled {
            tracing::warn!(
                webhook_id = due.webhook_id,
                reason = reason.as_str(),
                "disable a webhook"
            );
        }
        Ok(())
    }

    /// Tries one delivery at `now`; answers what came of it and how long it took, ms.
    pub(super) async fn attempt(&self, due: &Due, now: Timestamp) -> (Outcome, i64) {
        let opened = self
            .secret
            .open(due.webhook_id.as_bytes(), &due.sealed_secret)
            .and_then(|plain| String::from_utf8(plain).ok());
        let timestamp_s = now.0.div_euclid(1_000);
        let signature = opened.and_then(|secret| sign(&secret, &due.event_id, timestamp_s, &due.body));
        let Some(signature) = signature else {
            return (Outcome::Failed(Fault::SecretLost), 0);
        };
        let message = Message {
            url: &due.url,
            event_id: &due.event_id,
            timestamp_s,
            signature: &signature,
            body: due.body.clone(),
        };
        let begun = Instant::now();
        // The client's own limit begins with the connection; this one bounds the whole.
        let outcome = tokio::time::timeout(SEND_WITHIN, self.sender.send(message))
            .await
            .unwrap_or(Outcome::Failed(Fault::Timeout));
        let duration_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        (outcome, duration_ms)
    }
}

/// One delivery to this webhook is over.
fn release(busy: &mut Vec<String>, webhook_id: Option<String>) {
    match webhook_id {
        Some(id) => {
            if let Some(place) = busy.iter().position(|other| *other == id) {
                busy.swap_remove(place);
            }
        }
        // Whose it was is not known any more; better too many at once than none ever again.
        None => busy.clear(),
    }
}
