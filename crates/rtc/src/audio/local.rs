use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32},
};

use super::{AudioSource, Traffic};

/// A track of our own: a source with an identity and a switch.
#[derive(Debug, Clone)]
pub struct LocalAudio {
    /// The track's id, announced in `a=msid`.
    pub id: String,
    /// Where the audio comes from.
    pub source: AudioSource,
    /// Off while muted: audio is read and thrown away.
    pub enabled: Arc<AtomicBool>,
    /// The bit rate to send with, in bits a second; 0 for the one negotiated. Followed from the next packet on.
    pub bitrate_bps: Arc<AtomicU32>,
    /// What has been sent.
    pub traffic: Arc<Traffic>,
}

impl LocalAudio {
    /// A track of `source` that is on.
    #[must_use]
    pub fn new(id: String, source: AudioSource) -> Self {
        Self {
            id,
            source,
            enabled: Arc::new(AtomicBool::new(true)),
            bitrate_bps: Arc::default(),
            traffic: Arc::default(),
        }
    }
}
