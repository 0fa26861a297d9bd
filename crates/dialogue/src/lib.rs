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
//!
//! # A person's turn
//!
//! ```text
//! voice ──pause──▶ words, sound ──silence──▶ ended ──first sound of the answer──▶ settled
//!   ▲                  │                       │        or the merge window ends
//!   └──── goes on ─────┴────── goes on ────────┘
//! ```
//!
//! An ended turn that goes on before anything of the answer was heard is one turn with what follows. Each
//! ended turn is closed once, by its answer or with the reason why there is none ([`Fate`]). A sound over
//! a speech pauses it ([`Output::Pause`]) until its words say what it was ([`Overlap`]).
//!
//! # Time
//!
//! Timers follow from the state alone ([`Wake`] names them all), so none is ever forgotten. Every
//! provider has a deadline: one that hangs costs an apology, never the room.

mod conversation;
mod director;
pub mod endpointing;
mod event;
#[cfg_attr(
    not(feature = "faults"),
    expect(
        dead_code,
        unreachable_pub,
        reason = "without the feature only its questions are asked"
    )
)]
mod fault;
mod heard;
mod id;
mod length;
mod overlap;
mod playout;
mod sentence;
mod speech;
mod time;
pub mod tuning;

pub use conversation::{Conversation, Counters, Owed};
pub use director::{CastMember, SceneRole, named_in, spelled};
pub use event::{AgentState, Cue, Fate, Input, Line, Output, Overlap, Speaker, Trouble, Wake};
#[cfg(feature = "faults")]
pub use fault::Fault;
pub use heard::{Sounding, heard_text, word_ends};
pub use id::{CharacterId, PersonId, SpeechId, TakeId};
pub use playout::{Due, Pacer};
pub use sentence::Chunker;
pub use time::Time;
pub use tuning::{Mode, Tuning};
