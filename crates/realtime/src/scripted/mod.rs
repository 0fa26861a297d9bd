//! A server that speaks both protocols from a script, as they are documented: for tests, on loopback.

mod gemini;
mod openai;
mod server;

use std::time::Duration;

use crate::access::Provider;

pub use server::Server;

/// What the server does with one connection or question; what comes first in the script comes first.
#[derive(Debug, Clone)]
pub enum Act {
    /// Answers a question with these words and so much sound, in pieces of 100 ms as fast as they are taken.
    Say {
        /// The words.
        words: String,
        /// Length of the sound.
        sound: Duration,
    },
    /// Says these words, without sound, wants a tool used, and goes on with another act when it is told what came of it.
    Call {
        /// Said before; may be empty.
        words: String,
        /// Which tool.
        name: String,
        /// JSON.
        arguments: String,
        /// What follows.
        then: Box<Act>,
    },
    /// Begins an answer with these words and a second of sound, and goes no further.
    Begin(String),
    /// Waits before the next act.
    Wait(Duration),
    /// Takes a question and is silent.
    Hang,
    /// Refuses a question with this code of the server's.
    Refuse(&'static str),
    /// Closes the connection in place of an answer.
    Close,
    /// Sends what is no message.
    Nonsense,
    /// Says that the connection will end soon, then goes on with the next act.
    Expire,
}

/// What the server does with every connection.
#[derive(Debug, Clone, Copy, Default)]
pub struct Door {
    /// Refuses the handshake with this HTTP status.
    pub status: Option<u16>,
    /// Waits so long before it takes questions.
    pub slow: Duration,
}

/// How a protocol is spoken on the server's side.
trait Voice: Send {
    /// Messages once the connection stands.
    fn greeting(&self) -> Vec<String>;
    /// What a client's message asks for, and what is answered at once.
    fn hear(&mut self, message: &serde_json::Value) -> (Vec<String>, Option<Asked>);
    /// Begins an answer.
    fn begin(&mut self) -> Vec<String>;
    /// Words of it.
    fn words(&self, words: &str) -> String;
    /// Sound of it.
    fn sound(&self, pcm: &[i16]) -> String;
    /// A tool is to be used before it goes on.
    fn call(&mut self, name: &str, arguments: &str) -> Vec<String>;
    /// Its end.
    fn end(&mut self) -> Vec<String>;
    /// A refusal of the question; `None` closes the connection with this reason instead.
    fn refusal(&self, code: &str) -> Option<String>;
    /// The connection will end soon, if there is a message for it.
    fn expiry(&self) -> Option<String>;
}

/// What a client wants.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// The session to be set up.
    SetUp(Vec<String>),
    /// An answer.
    Answer,
    /// The rest of an answer, after what a tool has done.
    GoOn,
    /// No further answer.
    Cancel(Vec<String>),
}

fn voice(provider: Provider) -> Box<dyn Voice> {
    match provider {
        Provider::OpenAi => Box::new(openai::OpenAi::default()),
        Provider::Gemini => Box::new(gemini::Gemini),
    }
}
