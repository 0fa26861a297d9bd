//! The load: rooms that are written to and read, each on a timetable of its own.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use troupe::protocol::Mode;
use troupe::rooms::allowance::Allowance;
use troupe::rooms::key::{KeyKind, MadeKey};
use troupe::rooms::room::{NewRoom, Surface};
use troupe::rooms::secret::ServerSecret;
use troupe::rooms::store::Store;

use crate::figures::{Figures, Kind, Sample};
use crate::server::{SECRET, Server};

/// Rooms that play, all of one worker.
const ROOMS: u32 = 100;
/// Entries of a page that is read.
const PAGE: u32 = 50;
/// What is left out of the figures: connections are made, caches filled.
const WARM_UP: Duration = Duration::from_secs(2);
/// Time between two heartbeats of the worker.
const HEARTBEAT: Duration = Duration::from_secs(2);
const WORKER: &str = "bench";
const PROJECT: &str = "bench";

/// How much, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) span: Duration,
    /// Requests a second, reads and writes together.
    pub(crate) rate: u32,
}

/// Rooms that play in a database, and keys for it.
pub(crate) struct Load {
    plan: Plan,
    rooms: Vec<String>,
    project_key: String,
    worker_key: String,
}

impl Load {
    pub(crate) async fn prepare(store: &Store, plan: Plan) -> Self {
        let secret = ServerSecret::from_text(SECRET).unwrap();
        let mut keys = Vec::new();
        for kind in [KeyKind::Secret, KeyKind::Worker] {
            let key = MadeKey::new(kind, &secret);
            store
                .insert_key(&key, kind, Some(PROJECT), None, None)
                .await
                .unwrap();
            keys.push(key);
        }
        let (record, _) = store.key(&keys[0].id).await.unwrap().unwrap();
        let project = record.project_id.unwrap();
        let boundless = Allowance {
            rooms_max: 0,
            minutes_per_day_max: 0,
        };
        for _ in 0..ROOMS {
            let new = NewRoom {
                surface: Surface::Voice,
                name: "Town Square".into(),
                mode: Mode::Freeform,
                scene_prompt: None,
                ambience: None,
                record: false,
            };
            let room = store.insert_room(&project, new).await.unwrap();
            store.add_participant(&project, &room.id, "ada").await.unwrap();
            store.start_room(&project, &room.id, boundless).await.unwrap();
        }
        let made = store.claim(WORKER, "r", ROOMS).await.unwrap();
        Self {
            plan,
            rooms: made.claimed.into_iter().map(|claimed| claimed.room.id).collect(),
            project_key: keys[0].plain.clone(),
            worker_key: keys[1].plain.clone(),
        }
    }

    /// Drives the server and answers how it went.
    pub(crate) async fn run(self, server: &Server) -> Figures {
        let figures = Arc::new(Mutex::new(Figures::default()));
        let client = Client::new();
        let base = format!("http://{}", server.address);
        // A room has its turn for a read and a write once in this time; the rooms' turns are spread over it.
        let turn = Duration::from_secs(2) * ROOMS / self.plan.rate;
        let begin = Instant::now() + Duration::from_millis(100);
        let counted = begin + WARM_UP;
        let end = counted + self.plan.span;
        let mut tasks = Vec::new();
        for (number, room) in (0..ROOMS).zip(&self.rooms) {
            let first = begin + turn * number / ROOMS;
            let read = client
                .get(format!("{base}/v1/rooms/{room}/transcript?limit={PAGE}"))
                .bearer_auth(&self.project_key);
            let write = client
                .post(format!("{base}/worker/v1/rooms/{room}/entries"))
                .bearer_auth(&self.worker_key);
            let timetable = Timetable {
                first,
                turn,
                counted,
                end,
                figures: figures.clone(),
            };
            tasks.push(tokio::spawn(
                timetable
                    .clone()
                    .keep(Kind::Read, move |_| read.try_clone().unwrap()),
            ));
            tasks.push(tokio::spawn(timetable.keep(Kind::Write, move |sequence| {
                let content = format!("What is said in turn {sequence}, at the length of a spoken sentence.");
                let entry = json!({"sequence": sequence, "speakerType": "user", "content": content});
                let batch = json!({"workerId": WORKER, "epoch": 1, "entries": [entry]});
                write.try_clone().unwrap().json(&batch)
            })));
        }
        let heart = tokio::spawn(self.beat(client, base));
        sleep_until(counted).await;
        let ticks = server.processor_ticks();
        let mut every_second = interval(Duration::from_secs(1));
        every_second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while Instant::now() < end {
            every_second.tick().await;
            figures.lock().await.resident_kib.push(server.resident_kib());
        }
        let ticks = server.processor_ticks() - ticks;
        for task in tasks {
            task.await.unwrap();
        }
        heart.abort();
        let mut figures = std::mem::take(&mut *figures.lock().await);
        figures.processor_percent = ticks / self.plan.span.as_secs().max(1);
        figures
    }

    fn beat(&self, client: Client, base: String) -> impl Future<Output = ()> + Send + use<> {
        let rooms: Vec<_> = self
            .rooms
            .iter()
            .map(|room| json!({"roomId": room, "epoch": 1}))
            .collect();
        let beat = client
            .post(format!("{base}/worker/v1/heartbeat"))
            .bearer_auth(&self.worker_key)
            .json(&json!({"workerId": WORKER, "rooms": rooms, "draining": false}));
        async move {
            let mut pulse = interval(HEARTBEAT);
            loop {
                pulse.tick().await;
                let answer = beat.try_clone().unwrap().send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK, "a heartbeat");
            }
        }
    }
}

/// When a room's requests of one kind are due.
#[derive(Clone)]
struct Timetable {
    first: Instant,
    turn: Duration,
    counted: Instant,
    end: Instant,
    figures: Arc<Mutex<Figures>>,
}

impl Timetable {
    /// Sends what `request` makes for each turn, the next when it is due and the one before is answered.
    async fn keep(self, kind: Kind, request: impl Fn(u32) -> RequestBuilder + Send) {
        let mut number = 0;
        loop {
            let due = self.first + self.turn * number;
            if due >= self.end {
                return;
            }
            number += 1;
            sleep_until(due).await;
            let answered = match request(number).send().await {
                Ok(answer) if answer.status() == StatusCode::OK => answer.bytes().await.is_ok(),
                _ => false,
            };
            if due >= self.counted {
                let sample = Sample {
                    kind,
                    answered,
                    took: due.elapsed(),
                };
                self.figures.lock().await.samples.push(sample);
            }
        }
    }
}
