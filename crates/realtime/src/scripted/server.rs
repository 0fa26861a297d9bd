//! Takes connections and plays the script.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_util::task::AbortOnDropHandle;

use super::{Act, Asked, Door, Voice, voice};
use crate::SPOKEN_RATE_HZ;
use crate::access::{Access, Provider, Timing};

/// Sound of one message.
const PIECE: usize = SPOKEN_RATE_HZ as usize / 10;

#[derive(Default)]
struct Shared {
    acts: VecDeque<Act>,
    /// Said to questions that the script does not reach.
    otherwise: Option<Act>,
    door: Door,
    heard: Vec<Value>,
    connections: usize,
}

/// A server on loopback; it ends when dropped.
pub struct Server {
    provider: Provider,
    url: String,
    shared: Arc<Mutex<Shared>>,
    _task: AbortOnDropHandle<()>,
}

impl Server {
    /// Starts one that plays `acts`, one a question.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start(provider: Provider, door: Door, acts: Vec<Act>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("ws://{}/v1/realtime", listener.local_addr()?);
        let shared = Arc::new(Mutex::new(Shared {
            acts: acts.into(),
            door,
            ..Shared::default()
        }));
        let task = tokio::spawn(serve(provider, listener, shared.clone()));
        Ok(Self {
            provider,
            url,
            shared,
            _task: AbortOnDropHandle::new(task),
        })
    }

    /// What it does with questions behind the script's end; without it, it hangs.
    pub fn otherwise(&self, act: Act) {
        lock(&self.shared).otherwise = Some(act);
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How to reach it.
    pub fn access(&self, timing: Timing) -> Access {
        Access {
            provider: self.provider,
            url: self.url.clone(),
            key: Some("key".to_owned()),
            model: self.provider.default_model().to_owned(),
            voice: None,
            timing,
        }
    }

    /// All messages that came so far.
    pub fn heard(&self) -> Vec<Value> {
        lock(&self.shared).heard.clone()
    }

    /// How many connections were taken so far.
    pub fn connections(&self) -> usize {
        lock(&self.shared).connections
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(provider: Provider, listener: TcpListener, shared: Arc<Mutex<Shared>>) {
    let mut connections = Vec::new();
    while let Ok((stream, _)) = listener.accept().await {
        let task = tokio::spawn(connection(voice(provider), stream, shared.clone()));
        connections.push(AbortOnDropHandle::new(task));
    }
}

async fn connection(mut voice: Box<dyn Voice>, stream: TcpStream, shared: Arc<Mutex<Shared>>) {
    let door = lock(&shared).door;
    #[expect(clippy::result_large_err, reason = "the callback's type is the library's")]
    let check = |_: &Request, response: Response| match door.status.map(StatusCode::from_u16) {
        Some(Ok(status)) => {
            let mut refusal = ErrorResponse::new(None);
            *refusal.status_mut() = status;
            Err(refusal)
        }
        _ => Ok(response),
    };
    let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, check).await else {
        return;
    };
    lock(&shared).connections += 1;
    if !say(&mut socket, voice.greeting()).await {
        return;
    }
    // What follows the call that was told last.
    let mut then = None;
    while let Some(Ok(message)) = socket.next().await {
        let Ok(text) = message.into_text() else { return };
        let Ok(message) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        lock(&shared).heard.push(message.clone());
        let (at_once, asked) = voice.hear(&message);
        if !say(&mut socket, at_once).await {
            return;
        }
        let goes_on = match asked {
            Some(Asked::SetUp(ready)) => {
                tokio::time::sleep(door.slow).await;
                say(&mut socket, ready).await
            }
            Some(Asked::Cancel(done)) => say(&mut socket, done).await,
            Some(Asked::Answer) => {
                then = None;
                answer(&mut socket, voice.as_mut(), &shared, &mut then).await
            }
            Some(Asked::GoOn) => {
                if let Some(act) = then.take() {
                    lock(&shared).acts.push_front(act);
                }
                answer(&mut socket, voice.as_mut(), &shared, &mut then).await
            }
            None => true,
        };
        if !goes_on {
            return;
        }
    }
}

/// Plays the next act; answers whether the connection stands.
async fn answer(
    socket: &mut WebSocketStream<TcpStream>,
    voice: &mut dyn Voice,
    shared: &Mutex<Shared>,
    then: &mut Option<Act>,
) -> bool {
    loop {
        let act = {
            let mut shared = lock(shared);
            shared.acts.pop_front().or_else(|| shared.otherwise.clone())
        };
        let mut out = Vec::new();
        match act {
            None | Some(Act::Hang) => return true,
            Some(Act::Wait(time)) => {
                tokio::time::sleep(time).await;
                continue;
            }
            Some(Act::Expire) => {
                if !say(socket, voice.expiry().into_iter().collect()).await {
                    return false;
                }
                continue;
            }
            Some(Act::Say { words, sound }) => {
                out.extend(voice.begin());
                out.extend(spoken(voice, &words, sound));
                out.extend(voice.end());
            }
            Some(Act::Call {
                words,
                name,
                arguments,
                then: next,
            }) => {
                *then = Some(*next);
                out.extend(voice.begin());
                out.extend(spoken(voice, &words, Duration::ZERO));
                out.extend(voice.call(&name, &arguments));
            }
            Some(Act::Begin(words)) => {
                out.extend(voice.begin());
                out.extend(spoken(voice, &words, Duration::from_secs(1)));
            }
            Some(Act::Refuse(code)) => match voice.refusal(code) {
                Some(refusal) => out.push(refusal),
                None => return close(socket, code).await,
            },
            Some(Act::Close) => return close(socket, "").await,
            Some(Act::Nonsense) => out.push("{nonsense".to_owned()),
        }
        return say(socket, out).await;
    }
}

/// Words and sound of an answer: a tone, so that it is heard.
fn spoken(voice: &dyn Voice, words: &str, sound: Duration) -> Vec<String> {
    let samples = usize::try_from(sound.as_millis()).unwrap_or(0) * SPOKEN_RATE_HZ as usize / 1000;
    let tone: Vec<i16> = (0..samples)
        .map(|at| if at / 40 % 2 == 0 { 6_000 } else { -6_000 })
        .collect();
    let mut out: Vec<String> = words.split_inclusive(' ').map(|word| voice.words(word)).collect();
    out.extend(tone.chunks(PIECE).map(|pcm| voice.sound(pcm)));
    out
}

async fn say(socket: &mut WebSocketStream<TcpStream>, messages: Vec<String>) -> bool {
    for message in messages {
        if socket.send(Message::text(message)).await.is_err() {
            return false;
        }
    }
    true
}

async fn close(socket: &mut WebSocketStream<TcpStream>, reason: &str) -> bool {
    let reason = match reason {
        "invalid_api_key" => "API key not valid. Please pass a valid API key.",
        "rate_limit_exceeded" => "You exceeded your current quota",
        other => other,
    };
    let frame = CloseFrame {
        code: CloseCode::Policy,
        reason: reason.to_owned().into(),
    };
    let _ = socket.close(Some(frame)).await;
    false
}
