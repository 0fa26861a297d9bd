//! Shows what a character does as the attribute `lk.agent.state`.

use std::collections::HashMap;

use livekit::prelude::LocalParticipant;
use tokio::sync::watch;
use troupe_dialogue::AgentState;

/// Keeps the attribute up to date; a state that passes while one is sent is skipped.
pub(super) async fn run(participant: LocalParticipant, mut state: watch::Receiver<AgentState>) {
    loop {
        let value = match *state.borrow_and_update() {
            AgentState::Listening => "listening",
            AgentState::Thinking => "thinking",
            AgentState::Speaking => "speaking",
        };
        let attributes = HashMap::from([("lk.agent.state".to_owned(), value.to_owned())]);
        if let Err(error) = participant.set_attributes(attributes).await {
            tracing::debug!(%error, "show a state");
        }
        if state.changed().await.is_err() {
            return;
        }
    }
}
