//! A pure-Rust drop-in for the crate of this name, which wraps Google's C++ library.
//!
//! The official `livekit` crate reaches WebRTC only through the names here, so a
//! `[patch.crates-io]` entry is all it takes to build it without C++. The names and signatures are
//! the official ones; the work is done by [`troupe_rtc`].
//!
//! Voice and data work. Video and end-to-end encryption exist as types only: publishing video is
//! refused, video that arrives is dropped, and a sender that is to be encrypted stays silent
//! rather than send in the clear.

mod dispatch;
mod error;

pub mod audio_frame;
pub mod audio_source;
pub mod audio_stream;
pub mod audio_track;
pub mod data_channel;
pub mod ice_candidate;
pub mod media_stream;
pub mod media_stream_track;
pub mod native;
pub mod peer_connection;
pub mod peer_connection_factory;
pub mod prelude;
pub mod rtp_parameters;
pub mod rtp_receiver;
pub mod rtp_sender;
pub mod rtp_transceiver;
pub mod session_description;
pub mod stats;
pub mod video_source;
pub mod video_track;

pub use error::{MediaType, RtcError, RtcErrorType};
