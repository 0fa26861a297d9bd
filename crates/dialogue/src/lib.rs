//! Who speaks when: the turn-taking core, without I/O, clock or randomness of its own.
//!
//! # The contract
//!
//! One [`Conversation`] stands for one room. The driver does three things, always in this order:
//!
//! 1. [`Conversation::handle_input`] with the time and what happened;
//! 2. [`Conversation::poll_output`] until it answers `None`, doing what each [`Output`] says;
//! 3. sleep until [`Conversation::poll_timeout`] or the next event, and hand in [`Input::Wake`] when
//!    the time has come.
//!
//! Time is a [`Time`] since the conversation began and never runs backwards. Nothing here waits,
//! spawns, locks or looks at a clock, so that a simulator can run hours of talk in a second.
//!
//! # Who holds the floor
//!
//! At most one [`Speech`](SpeechId) exists at a time, so two characters never sound at once. A speech
//! is *planned* while the end of the person's turn is still being confirmed (preemptive
//! generation); it may be thrown away at no cost to the listener. Once *released* it plays, and what
//! was heard of it becomes an [`Entry`](Output::Entry), cut at the word where it was interrupted.

mod barge_in;
mod conversation;
mod director;
mod endpointing;
mod event;
mod heard;
mod id;
mod playout;
mod sentence;
mod speech;
mod time;
mod tuning;

pub use conversation::Conversation;
pub use director::{CastMember, named_in};
pub use event::{AgentState, Input, Line, Output, Speaker, Trouble, Wake};
pub use heard::heard_text;
pub use id::{CharacterId, PersonId, SpeechId, TakeId};
pub use playout::{Due, Pacer};
pub use sentence::Chunker;
pub use time::Time;
pub use tuning::{Mode, Tuning};
