//! LiveKit's own dispatch: the server gives a job to a worker that knows no Rooms API, and its characters speak.

use std::process::Stdio;
use std::time::Duration;

use livekit_protocol::{RoomAgentDispatch, RoomConfiguration};
use livekit_token::{AccessToken, VideoGrants};
use tempfile::TempDir;
use tokio::process::Child;
use troupe::devserver::Running;

use super::harness::{livekit, troupe_with, write_recording};
use super::models::Models;
use super::person::Person;

/// The name under which the worker is registered.
const AGENT: &str = "front-desk";

struct Desk {
    _worker: Child,
    livekit: Running,
    models: Models,
    folder: TempDir,
}

impl Desk {
    async fn open() -> Self {
        let models = Models::start().await;
        let livekit = livekit().await;
        let folder = crate::scratch::folder();
        let worker = troupe_with(&models, &livekit, folder.path())
            .args(["worker", "--dispatch", AGENT])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            _worker: worker,
            livekit,
            models,
            folder,
        }
    }

    /// A person's way into a room that asks for agents.
    fn token(&self, metadata: &str) -> String {
        let asked = RoomAgentDispatch {
            agent_name: AGENT.into(),
            metadata: metadata.into(),
            ..RoomAgentDispatch::default()
        };
        AccessToken::with_api_key("devkey", "secret")
            .with_ttl(Duration::from_secs(600))
            .with_identity("guest")
            .with_name("Kim")
            .with_grants(VideoGrants {
                room_join: true,
                room: "lobby".into(),
                can_publish: Some(true),
                can_subscribe: Some(true),
                can_publish_data: Some(true),
                ..VideoGrants::default()
            })
            .with_room_config(RoomConfiguration {
                agents: vec![asked],
                ..RoomConfiguration::default()
            })
            .to_jwt()
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn livekit_assigns_a_job_and_its_characters_speak() {
    let desk = Desk::open().await;
    let token = desk.token(r#"{"characters":["bruno","ada"]}"#);
    let mut person = Person::join(desk.livekit.url().as_str(), &token).await;
    for identity in ["agent-bruno", "agent-ada"] {
        person.has_track(identity).await;
    }
    desk.models.hears("Ada, how old is the Brooklyn Bridge?");
    person
        .say(&write_recording(desk.folder.path(), "question.wav", true, 0))
        .await;
    person.hears("agent-ada").await;
    person.hears_out("agent-ada").await;
    let states = person.attribute("agent-ada", "lk.agent.state");
    assert!(states.contains(&"speaking"), "{states:?}");
}
