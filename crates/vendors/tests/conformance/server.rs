//! A server that speaks some protocol, well or badly.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// What a service complains of in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    Key,
    TooMany,
    Theirs,
}

/// How a connection goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conduct {
    Well,
    /// With messages in between that nobody knows.
    Chatty,
    /// It answers nothing that has nothing new in it.
    Laconic,
    /// The handshake fails with this status, and perhaps this `Retry-After`.
    Status(u16, Option<&'static str>),
    /// The handshake is never answered.
    Deaf,
    /// The handshake takes its time.
    Slow,
    /// It never answers.
    Silent,
    /// It begins to answer, and no more comes.
    Stalls,
    /// It complains instead of answering.
    Complains(Trouble),
    /// It begins to answer, and ends its half of the connection without a word.
    HalfClosed,
    /// It begins to answer, and is gone.
    BreaksOff,
    /// It is gone before it answers.
    Dies,
    Nonsense,
    Bytes,
    Endless,
}

/// A frame on its way to the client.
pub(crate) enum Reply {
    Text(String),
    Close(u16, &'static str),
}

/// What a server says to what it hears.
pub(crate) trait Script: Send {
    /// After the handshake.
    fn greeting(&self) -> Vec<Reply>;
    /// What comes of a frame: the beginning of an answer, and all the rest of it.
    fn hear(&mut self, frame: &Message, is_laconic: bool) -> (Vec<Reply>, Vec<Reply>);
    /// A complaint as it is documented.
    fn complaint(&self, trouble: Trouble) -> Vec<Reply>;
    /// A message of a kind that nobody knows.
    fn chatter(&self) -> Vec<Reply>;
}

/// What the server has seen.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    pub(crate) connections: usize,
    pub(crate) over: usize,
    pub(crate) frames: Vec<Message>,
}

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Seen>>,
    _task: tokio_util::task::AbortOnDropHandle<()>,
}

impl Server {
    /// Starts one that goes through `conducts`, a connection each; the last one lasts. Handshakes need this header.
    pub(crate) async fn start(
        key: (&'static str, String),
        conducts: &[Conduct],
        script: impl Fn() -> Box<dyn Script> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Seen>>::default();
        let conducts = conducts.to_vec();
        let task = {
            let seen = Arc::clone(&seen);
            async move {
                let mut connections = tokio::task::JoinSet::new();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let nth = {
                        let mut seen = seen.lock().unwrap();
                        seen.connections += 1;
                        seen.connections - 1
                    };
                    let conduct = conducts[nth.min(conducts.len() - 1)];
                    let connection = Connection {
                        conduct,
                        key: key.clone(),
                        script: script(),
                        seen: Arc::clone(&seen),
                    };
                    connections.spawn(connection.run(stream));
                }
            }
        };
        Self {
            url,
            seen,
            _task: tokio_util::task::AbortOnDropHandle::new(tokio::spawn(task)),
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until it has seen something.
    pub(crate) async fn sees(&self, what: &str, is_seen: impl Fn(&Seen) -> bool) {
        for _ in 0..3_000 {
            if is_seen(&self.seen()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the server never saw {what}: {:?}", self.seen());
    }
}

struct Connection {
    conduct: Conduct,
    key: (&'static str, String),
    script: Box<dyn Script>,
    seen: Arc<Mutex<Seen>>,
}

impl Connection {
    async fn run(mut self, stream: TcpStream) {
        match self.conduct {
            Conduct::Deaf => return std::future::pending().await,
            Conduct::Slow => tokio::time::sleep(Duration::from_millis(400)).await,
            _ => {}
        }
        let (conduct, (name, value)) = (self.conduct, self.key.clone());
        #[expect(clippy::result_large_err, reason = "the library's own signature")]
        let check = move |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            let is_opened = request
                .headers()
                .get(name)
                .is_some_and(|key| key == value.as_str());
            let refusal = match conduct {
                Conduct::Status(status, retry_after) => Some((status, retry_after)),
                _ if !is_opened => Some((401, None)),
                _ => None,
            };
            let Some((status, retry_after)) = refusal else {
                return Ok(response);
            };
            let mut refusal = ErrorResponse::new(Some("a body of their own".to_owned()));
            *refusal.status_mut() = StatusCode::from_u16(status).unwrap();
            if let Some(after) = retry_after {
                refusal
                    .headers_mut()
                    .insert("retry-after", after.parse().unwrap());
            }
            Err(refusal)
        };
        if let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, check).await {
            self.talk(&mut socket).await;
        }
        self.seen.lock().unwrap().over += 1;
    }

    async fn talk(&mut self, socket: &mut WebSocketStream<TcpStream>) {
        send(socket, self.script.greeting()).await;
        while let Some(Ok(frame)) = socket.next().await {
            if frame.is_close() {
                return;
            }
            self.seen.lock().unwrap().frames.push(frame.clone());
            let is_laconic = self.conduct == Conduct::Laconic;
            let (begin, rest) = self.script.hear(&frame, is_laconic);
            if begin.is_empty() && rest.is_empty() {
                continue;
            }
            match self.conduct {
                Conduct::Silent => {}
                Conduct::Dies => return,
                Conduct::Complains(trouble) => {
                    send(socket, self.script.complaint(trouble)).await;
                    return drain(socket).await;
                }
                Conduct::Nonsense => send(socket, vec![Reply::Text("}{".to_owned())]).await,
                Conduct::Bytes => {
                    let _ = socket.send(Message::binary(vec![1, 2, 3])).await;
                }
                Conduct::Endless => {
                    let endless = format!("{{\"type\":\"{}\"}}", "x".repeat(5 * 1024 * 1024));
                    let _ = socket.send(Message::text(endless)).await;
                }
                Conduct::Stalls => send(socket, begin).await,
                Conduct::HalfClosed => {
                    send(socket, begin).await;
                    let _ = tokio::io::AsyncWriteExt::shutdown(socket.get_mut()).await;
                    return drain(socket).await;
                }
                Conduct::BreaksOff => return send(socket, begin).await,
                Conduct::Chatty => {
                    send(socket, self.script.chatter()).await;
                    send(socket, begin).await;
                    send(socket, self.script.chatter()).await;
                    send(socket, rest).await;
                }
                _ => {
                    send(socket, begin).await;
                    send(socket, rest).await;
                }
            }
        }
    }
}

async fn send(socket: &mut WebSocketStream<TcpStream>, replies: Vec<Reply>) {
    for reply in replies {
        let frame = match reply {
            Reply::Text(text) => Message::text(text),
            Reply::Close(code, reason) => Message::Close(Some(CloseFrame {
                code: code.into(),
                reason: reason.into(),
            })),
        };
        let _ = socket.send(frame).await;
    }
}

/// Goes on reading, as a service that has said its last word.
async fn drain(socket: &mut WebSocketStream<TcpStream>) {
    while let Some(Ok(_)) = socket.next().await {}
}
