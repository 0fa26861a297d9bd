//! A project's servers are told what happens.
//!
//! - `receiver`: such a server
//! - `registry`: webhooks made, shown, changed, deleted
//! - `events`: what is told, and how it is signed
//! - `retries`: what is tried again, given up and disabled, on virtual time
//! - `reach`: where deliveries may go
//! - `log`: what became of each delivery

mod events;
mod log;
mod reach;
mod receiver;
mod registry;
mod retries;

use serde_json::{Value, json};
use troupe::rooms::Timestamp;

use crate::support::{World, id};

/// Makes a webhook for everything; answers it with its secret.
async fn webhook(world: &World, url: &str) -> Value {
    world.post("/v1/webhooks", json!({ "url": url })).await.with(201)
}

/// A webhook as it is now.
async fn shown(world: &World, webhook: &Value) -> Value {
    world
        .get(&format!("/v1/webhooks/{}", id(webhook)))
        .await
        .with(200)
}

/// The webhook's deliveries, newest first.
async fn deliveries(world: &World, webhook: &Value) -> Vec<Value> {
    let path = format!("/v1/webhooks/{}/deliveries", id(webhook));
    world.get(&path).await.with(200).as_array().unwrap().clone()
}

async fn now(world: &World) -> Timestamp {
    world.store.now().await.unwrap()
}

/// Delivers what is due; answers how many were tried.
async fn dispatch(world: &World) -> usize {
    dispatch_later(world, 0).await
}

/// Delivers what is due after `ms`.
async fn dispatch_later(world: &World, ms: i64) -> usize {
    let then = now(world).await.plus_ms(ms);
    world.webhooks.dispatch_at(then).await.unwrap()
}
