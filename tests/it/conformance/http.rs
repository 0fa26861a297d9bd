//! An HTTP server that answers from a script, well or badly. It speaks the protocol by hand, because a library would
//! not end half of a connection in the middle of an answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

use super::conduct::Conduct;
use super::subject::{self, KEY};

/// How long a slow answer takes to begin.
const SLOW: Duration = Duration::from_millis(100);

/// What a server says.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) media_type: &'static str,
    /// The beginning of a good answer, and all the rest of it.
    pub(super) good: [Vec<u8>; 2],
    /// What can't be read, and its media type.
    pub(super) nonsense: (&'static str, &'static [u8]),
    /// What is sent over and over by an answer without end, after the beginning of it.
    pub(super) endless: (Vec<u8>, Vec<u8>),
}

#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    asked: usize,
    over: usize,
}

/// The server; it ends when it is dropped.
pub(super) struct Server {
    pub(super) base_url: String,
    seen: Arc<Mutex<Seen>>,
    _task: AbortOnDropHandle<()>,
}

impl Server {
    /// Starts one that goes through `conducts`, a request each; the last one lasts.
    pub(super) async fn start(script: Script, conducts: &[Conduct]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Seen>>::default();
        let (script, conducts): (Arc<Script>, Arc<[Conduct]>) = (Arc::new(script), conducts.into());
        let task = {
            let seen = Arc::clone(&seen);
            async move {
                let mut connections = tokio::task::JoinSet::new();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let connection = Connection {
                        stream: BufReader::new(stream),
                        script: Arc::clone(&script),
                        conducts: Arc::clone(&conducts),
                        seen: Arc::clone(&seen),
                    };
                    connections.spawn(connection.run());
                }
            }
        };
        Self {
            base_url,
            seen,
            _task: AbortOnDropHandle::new(tokio::spawn(task)),
        }
    }

    async fn sees(&self, what: &str, is_seen: impl Fn(Seen) -> bool) {
        for _ in 0..3_000 {
            if is_seen(*self.seen.lock().unwrap()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the server never saw {what}");
    }
}

#[async_trait]
impl subject::Server for Server {
    async fn is_asked(&self) {
        self.sees("a request", |seen| seen.asked > 0).await;
    }

    async fn is_left(&self) {
        self.sees("the end", |seen| seen.over > 0).await;
    }
}

struct Connection {
    stream: BufReader<TcpStream>,
    script: Arc<Script>,
    conducts: Arc<[Conduct]>,
    seen: Arc<Mutex<Seen>>,
}

impl Connection {
    async fn run(mut self) {
        while let Some(is_opened) = self.request().await {
            let conduct = {
                let mut seen = self.seen.lock().unwrap();
                seen.asked += 1;
                self.conducts[(seen.asked - 1).min(self.conducts.len() - 1)]
            };
            let conduct = if is_opened {
                conduct
            } else {
                Conduct::Refused(401, None)
            };
            if self.answer(conduct).await.is_none() {
                break;
            }
        }
        self.seen.lock().unwrap().over += 1;
    }

    /// Reads a request; answers whether it had the key. `None`: there is none any more.
    async fn request(&mut self) -> Option<bool> {
        let (mut length, mut is_opened) = (0, false);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(": ") {
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.parse().unwrap(),
                    "authorization" => is_opened = value == format!("Bearer {KEY}"),
                    "transfer-encoding" => panic!("a request without a length"),
                    _ => {}
                }
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.ok()?;
        Some(is_opened)
    }

    /// Answers; `None` when the connection is of no use any more.
    async fn answer(&mut self, conduct: Conduct) -> Option<()> {
        let script = Arc::clone(&self.script);
        let [begin, rest] = &script.good;
        match conduct {
            Conduct::Refused(status, retry_after) => {
                let pause = retry_after.map_or(String::new(), |pause| format!("retry-after: {pause}\r\n"));
                let body = format!("a body of their own, with {KEY}");
                let length = body.len();
                let head = format!("HTTP/1.1 {status} No\r\ncontent-length: {length}\r\n{pause}\r\n{body}");
                self.send(head.as_bytes()).await
            }
            Conduct::Silent => self.drain().await,
            Conduct::Stalls => {
                self.head(script.media_type).await?;
                self.chunk(begin).await?;
                self.drain().await
            }
            Conduct::HalfClosed => {
                self.head(script.media_type).await?;
                self.chunk(begin).await?;
                self.stream.get_mut().shutdown().await.ok()?;
                self.drain().await
            }
            Conduct::BreaksOff => {
                self.head(script.media_type).await?;
                self.chunk(begin).await?;
                None
            }
            Conduct::Endless => {
                let (begin, more) = &script.endless;
                self.head(script.media_type).await?;
                self.chunk(begin).await?;
                loop {
                    self.chunk(more).await?;
                }
            }
            Conduct::Nonsense => {
                let (media_type, nonsense) = script.nonsense;
                self.head(media_type).await?;
                self.chunk(nonsense).await?;
                self.chunk(&[]).await
            }
            Conduct::Well | Conduct::Slow => {
                if conduct == Conduct::Slow {
                    tokio::time::sleep(SLOW).await;
                }
                self.head(script.media_type).await?;
                self.chunk(begin).await?;
                self.chunk(rest).await?;
                self.chunk(&[]).await
            }
        }
    }

    async fn head(&mut self, media_type: &str) -> Option<()> {
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ntransfer-encoding: chunked\r\n\r\n");
        self.send(head.as_bytes()).await
    }

    /// A piece of a body; an empty one ends it.
    async fn chunk(&mut self, bytes: &[u8]) -> Option<()> {
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        self.send(&chunk).await
    }

    async fn send(&mut self, bytes: &[u8]) -> Option<()> {
        self.stream.get_mut().write_all(bytes).await.ok()
    }

    /// Reads until the other side is gone.
    async fn drain(&mut self) -> Option<()> {
        let mut rest = [0; 256];
        while self.stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
        None
    }
}
