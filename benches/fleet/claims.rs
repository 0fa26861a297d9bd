//! Simulated workers on a real server and Postgres: they claim a backlog, then rooms change hands.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::Mutex;
use troupe::protocol::Mode;
use troupe::rooms::allowance::Allowance;
use troupe::rooms::key::{KeyKind, MadeKey};
use troupe::rooms::room::{NewRoom, Surface};
use troupe::rooms::secret::ServerSecret;
use troupe::rooms::store::{self, Location, Store};

use crate::postgres::Cluster;

const SECRET: &str = "a secret for measurements";
const PROJECT: &str = "bench";
/// Rooms that are prepared at the same time.
const PREPARING: usize = 16;
/// Rooms let go of, a second.
const RELEASES_PER_S: u64 = 50;
/// Places that stay free, percent: rooms that are let go of find somebody who waits.
const FREE_PERCENT: usize = 10;
const HEARTBEAT: Duration = Duration::from_secs(2);

/// What all workers share.
struct Fleet {
    client: Client,
    url: String,
    key: String,
    claimed: AtomicUsize,
    claims: AtomicU64,
    /// When a room was let go of.
    open_since: Mutex<HashMap<String, Instant>>,
    delays_us: Mutex<Vec<u64>>,
    /// What each worker holds: room and epoch.
    held: Vec<Mutex<HashMap<String, u64>>>,
    failed: AtomicU64,
}

impl Fleet {
    async fn work(&self, path: &str, body: Value) -> Option<Value> {
        let asked = self
            .client
            .post(format!("{}/worker/v1/{path}", self.url))
            .bearer_auth(&self.key)
            .json(&body)
            .send();
        let answer = match asked.await {
            Ok(answer) if answer.status().is_success() => answer.json().await.ok(),
            _ => None,
        };
        if answer.is_none() {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    async fn claim_for_ever(&self, worker: usize, places: usize) {
        for request in 0u64.. {
            let holds = self.held[worker].lock().await.len();
            if holds >= places {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
            let body = json!({
                "workerId": format!("w{worker}"),
                "requestId": format!("r{worker}-{request}"),
                "capacity": places - holds,
                "waitMs": 20_000,
            });
            let Some(answer) = self.work("claims", body).await else {
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            let now = Instant::now();
            self.claims.fetch_add(1, Ordering::Relaxed);
            for claim in answer["claims"].as_array().into_iter().flatten() {
                let room = claim["roomId"].as_str().unwrap().to_owned();
                let epoch = claim["epoch"].as_u64().unwrap();
                if let Some(since) = self.open_since.lock().await.remove(&room) {
                    let delay = now.duration_since(since).as_micros();
                    self.delays_us.lock().await.push(u64::try_from(delay).unwrap());
                }
                self.held[worker].lock().await.insert(room, epoch);
                self.claimed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    async fn beat_for_ever(&self, worker: usize) {
        for beat in 1u64.. {
            tokio::time::sleep(HEARTBEAT).await;
            let rooms: Vec<Value> = self.held[worker]
                .lock()
                .await
                .iter()
                .map(|(room, epoch)| json!({ "roomId": room, "epoch": epoch }))
                .collect();
            let body = json!({
                "workerId": format!("w{worker}"), "rooms": rooms, "draining": false, "beat": beat,
            });
            self.work("heartbeat", body).await;
        }
    }
}

pub(crate) async fn run(workers: usize, rooms_each: usize, seconds: usize) {
    let cluster = Cluster::start("fsync = on\n");
    let database = cluster.url("postgres");
    let store = store::open(&Location::parse(&database).unwrap()).await.unwrap();
    let rooms = workers * rooms_each * (100 - FREE_PERCENT) / 100;
    let key = prepare(&store, rooms).await;
    store.close().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let listen = format!("127.0.0.1:{port}");
    // A build of another profile may be measured.
    let binary = std::env::var_os("TROUPE_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_troupe").into());
    let _server = Command::new(binary)
        .args(["serve", "--listen", &listen, "--db", &database])
        .env("TROUPE_SECRET", SECRET)
        .env("TROUPE_LOG", "error")
        .env("TROUPE_RATE_PER_KEY", "0")
        .env("TROUPE_RATE_PER_PROJECT", "0")
        .env("TROUPE_WORKER_REQUESTS_MAX", (workers * 4).to_string())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let fleet = Arc::new(Fleet {
        client: Client::new(),
        url: format!("http://{listen}"),
        key,
        claimed: AtomicUsize::new(0),
        claims: AtomicU64::new(0),
        open_since: Mutex::default(),
        delays_us: Mutex::default(),
        held: (0..workers).map(|_| Mutex::default()).collect(),
        failed: AtomicU64::new(0),
    });
    while fleet
        .client
        .get(format!("{}/healthz", fleet.url))
        .send()
        .await
        .is_err()
    {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let began = Instant::now();
    for worker in 0..workers {
        let (claiming, beating) = (fleet.clone(), fleet.clone());
        tokio::spawn(async move { claiming.claim_for_ever(worker, rooms_each).await });
        tokio::spawn(async move { beating.beat_for_ever(worker).await });
    }
    while fleet.claimed.load(Ordering::Relaxed) < rooms {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let backlog = began.elapsed();
    eprintln!("{rooms} rooms are claimed after {backlog:?}");
    change_hands(&fleet, seconds).await;
    let mut delays = std::mem::take(&mut *fleet.delays_us.lock().await);
    delays.sort_unstable();
    let ms = |part: f64| crate::quantile(&delays, part) as f64 / 1000.0;
    let figures = json!({
        "bench": "claims",
        "workers": workers,
        "rooms": rooms,
        "backlogS": backlog.as_secs_f64(),
        "roomsClaimedPerS": rooms as f64 / backlog.as_secs_f64(),
        "claimAnswers": fleet.claims.load(Ordering::Relaxed),
        "releasesPerS": RELEASES_PER_S,
        "takenOver": delays.len(),
        "delayMsP50": ms(0.5),
        "delayMsP99": ms(0.99),
        "delayMsMax": ms(1.0),
        "failedCalls": fleet.failed.load(Ordering::Relaxed),
    });
    println!("{figures}");
}

/// Lets rooms go at a steady rate.
async fn change_hands(fleet: &Arc<Fleet>, seconds: usize) {
    let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / RELEASES_PER_S));
    let until = Instant::now() + Duration::from_secs(seconds.try_into().unwrap());
    let mut told = Instant::now();
    while Instant::now() < until {
        ticks.tick().await;
        let worker = rand::random_range(0..fleet.held.len());
        let mut held = fleet.held[worker].lock().await;
        let Some(room) = held.keys().next().cloned() else {
            continue;
        };
        let Some(epoch) = held.remove(&room) else {
            continue;
        };
        drop(held);
        let releasing = fleet.clone();
        tokio::spawn(async move {
            releasing
                .open_since
                .lock()
                .await
                .insert(room.clone(), Instant::now());
            let body = json!({ "workerId": format!("w{worker}"), "epoch": epoch, "reason": "draining" });
            releasing.work(&format!("rooms/{room}/release"), body).await;
        });
        if told.elapsed() > Duration::from_secs(5) {
            told = Instant::now();
            eprintln!("{} rooms have changed hands", fleet.delays_us.lock().await.len());
        }
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
}

/// Makes started rooms and a worker's key.
async fn prepare(store: &Store, rooms: usize) -> String {
    let secret = ServerSecret::from_text(SECRET).unwrap();
    let made = [KeyKind::Secret, KeyKind::Worker].map(|kind| (MadeKey::new(kind, &secret), kind));
    for (key, kind) in &made {
        store
            .insert_key(key, *kind, Some(PROJECT), None, None)
            .await
            .unwrap();
    }
    let (record, _) = store.key(&made[0].0.id).await.unwrap().unwrap();
    let project = record.project_id.unwrap();
    let boundless = Allowance {
        rooms_max: 0,
        minutes_per_day_max: 0,
    };
    let done = AtomicUsize::new(0);
    let lanes = (0..PREPARING).map(|lane| {
        let (project, done) = (&project, &done);
        async move {
            for _ in (lane..rooms).step_by(PREPARING) {
                let new = NewRoom {
                    surface: Surface::Voice,
                    name: "Town Square".into(),
                    mode: Mode::Freeform,
                    scene_prompt: None,
                    ambience: None,
                    record: false,
                };
                let room = store.insert_room(project, new).await.unwrap();
                store.add_participant(project, &room.id, "ada").await.unwrap();
                store.start_room(project, &room.id, boundless).await.unwrap();
                let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                if count % 2_000 == 0 {
                    eprintln!("{count} of {rooms} rooms are made");
                }
            }
        }
    });
    futures::future::join_all(lanes).await;
    made[1].0.plain.clone()
}
