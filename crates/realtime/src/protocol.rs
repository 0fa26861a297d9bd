//! What a protocol is to the driver: messages in, messages out, no I/O.

use std::time::Duration;

use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::error::Error;
use crate::question::{Brief, Call, Question};
use crate::session::Usage;

/// What came in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The server takes questions now.
    Ready,
    /// The answer's next words.
    Text(String),
    /// The answer's next sound, at [`crate::SPOKEN_RATE_HZ`].
    Sound(Vec<i16>),
    /// These are to be done before the answer goes on.
    Calls(Vec<Call>),
    /// The answer is whole.
    Done(Usage),
    /// The answer, or the connection if there is none, has failed.
    Failed(Error),
    /// The server will end the connection soon.
    Expiring,
    /// To be sent.
    Send(Vec<String>),
}

/// What is to be done for a question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Send these.
    Send(Vec<String>),
    /// What the server knows can't be put right: make the connection anew and ask again.
    Anew,
}

/// What is to be done for a cut.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Send these.
    pub(crate) send: Vec<String>,
    /// The connection is of no use any more: have a new one at hand.
    pub(crate) anew: bool,
}

/// One of the protocols, over one connection after the other.
pub(crate) trait Protocol: Send + Sync {
    /// The address with its query.
    fn url(&self) -> String;
    /// Name and value of the header that holds the key.
    fn key_header(&self) -> Option<(&'static str, HeaderValue)>;
    /// Whether the server can be briefed anew on a connection that stands.
    fn takes_briefs(&self) -> bool;
    /// A connection stands: nothing is known to the server; what is sent first.
    fn open(&mut self, brief: &Brief) -> Vec<String>;
    /// A question, on a connection that is ready.
    fn ask(&mut self, question: &Question) -> Asked;
    /// What came of all calls that the answer waits for, and whether it may have more done where that can be told.
    fn go_on(&mut self, results: &[(Call, String)], may_call: bool) -> Vec<String>;
    /// The latest answer is not wanted any further; `heard` says how much of it was heard, once that is known.
    fn cut(&mut self, heard: Option<Duration>) -> Cut;
    /// A message came.
    fn read(&mut self, text: &str) -> Vec<Event>;
    /// What a closed connection says of why, by its code and reason.
    fn closed(&self, code: u16, reason: &str) -> Error;
}
