//! A WebRTC peer for voice: Opus audio in and out and data channels, in pure Rust.
//!
//! # The contract
//! A [`peer::Peer`] is a handle. Behind it live two things that never share a lock:
//! - the [`jsep::Negotiator`], a pure state machine in the handle, which reads and writes session
//!   descriptions and answers questions about transceivers at once;
//! - the owner task, the only one to touch sockets, encoders, decoders, ciphers and the `str0m` state. It
//!   takes [`jsep::Plan`]s and commands and reports through one callback, which must not block.
//!
//! **Audio takes the short way.** `str0m` finds the way (ICE), agrees on keys (DTLS) and carries messages (SCTP). Packets
//! of audio and reports do not pass through it: they are encrypted and decrypted where they lie ([`srtp`]), and counted
//! and asked for again here ([`rtp`]), with the keys and on the way that it agreed on.
//!
//! **No lock for audio.** The owner task takes samples from a source, gives frames to readers and counts by atomic
//! steps, so that no thread of the application can hold up a packet. Those who fill one source wait for each other; the
//! rest of what is shared (who reads, messages, what is told once a second) sits behind leaf locks: no code is
//! called while one is held, and nothing waits under one. Every queue is bounded and says what happens when it is full.
//!
//! **Sending.** An [`audio::AudioSource`] is filled by the application and emptied by the connection, a packet
//! every 10 or 20 ms. All connections of a process keep one beat ([`audio::pace`]), so that it wakes once for
//! all rooms. [`audio::AudioSource::clear`] is a cut: the next packet fades out within 5 ms, and what comes
//! after is silent. [`audio::AudioSource::position`] accounts for every sample: sent, waiting, cut or dropped.
//!
//! **Receiving.** A track has two kinds of reader ([`audio::Delivery`]), with a decoder for each kind that is
//! there. *Paced* ones get 10 ms every 10 ms after an adaptive delay: for playing. *Immediate* ones get what can
//! be decoded as soon as it can, with the time at which it was recorded: for recognising speech. Neither
//! waits for the other, nor for a slow reader: its oldest frame is dropped and counted. See [`receive`].
//!
//! **Paths.** Host candidates are offered first. When none works within 0.8 s, TCP (RFC 6544) and relays (TURN
//! over UDP, TCP, TLS) are tried as well; with [`net::Policy::RelayOnly`] nothing but relays. An ICE restart
//! looks up the machine's addresses again. While nothing is connected audio is dropped in real time, so what
//! is heard afterwards is what is said then. Packets are taken from every address that has shown this connection's
//! password in a check of its own: a sender may use a way before our check of it is answered.
//!
//! # What is supported
//! | | |
//! |---|---|
//! | audio | Opus 48 kHz, mono and stereo; in-band FEC; DTX; 10 and 20 ms packets out, any in; mute; bit rate |
//! | receiving | reordering, duplicates, loss (FEC, concealment), drift, DTX, restarts; adaptive delay 20–500 ms |
//! | feedback | receiver reports steer FEC; lost packets are asked for again (NACK), and ours are sent again; twice at once where much is lost |
//! | data | reliable and lossy channels, negotiated or announced in-band, buffered amounts |
//! | paths | UDP, ICE-TCP (active), STUN, TURN over UDP, TCP and TLS, IPv4 and IPv6, relay only, ICE restart; ways not taken are checked for 10 s, and again when the one taken does not answer |
//! | statistics | streams, remote reports, transport, candidate pair |
//! | not offered | video, end-to-end encryption, simulcast, RED, bandwidth estimation, TCP allocations at relays |
//!
//! # Other than Google's library
//! - No threads of its own: tasks on the application's tokio runtime.
//! - Immediate readers; its jitter buffer has one, paced, whose delay recognition pays for.
//! - Relays are opened when they are needed, not for every connection.
//! - Loss does not lower the bit rate: a voice needs little, and less of it would be no help.
//! - Nothing is processed: no echo canceller, no gain control, no noise suppression.
//! - While a track is muted no packets are sent at all.

pub mod audio;
mod doorbell;
pub mod jsep;
pub mod net;
pub mod opus;
pub mod peer;
pub mod receive;
pub mod rtp;
pub mod sdp;
pub mod srtp;

pub use doorbell::Doorbell;
