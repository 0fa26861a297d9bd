//! What places sound like, encoded once for all rooms of a worker.

use std::sync::Arc;

use livekit::webrtc::audio_source::native::{EncodedAudio, EncoderConfig};
use tokio::sync::OnceCell;
use troupe_sound::Ambience as Sound;

use super::VOICE_RATE_HZ;
use crate::protocol::Ambience;

/// Any: the same place sounds the same everywhere.
const SEED: u64 = 1;
/// It is quiet noise, and each listener gets it all the time.
const BITRATE_BPS: u32 = 16_000;

/// The loops that were made so far; clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Ambiences(Arc<[OnceCell<Option<Arc<EncodedAudio>>>; Ambience::WORDS.len()]>);

impl Ambiences {
    /// The loop of a place, made where it is first asked for; `None` if the codec does not take it.
    pub async fn get(&self, ambience: Ambience) -> Option<Arc<EncodedAudio>> {
        let made = self.0[ambience as usize].get_or_init(|| async move {
            let made = tokio::task::spawn_blocking(move || encode(ambience)).await;
            made.ok().flatten()
        });
        made.await.clone()
    }
}

fn encode(ambience: Ambience) -> Option<Arc<EncodedAudio>> {
    let sound = match ambience {
        Ambience::RoomTone => Sound::ROOM_TONE,
        Ambience::Ventilation => Sound::VENTILATION,
        Ambience::Office => Sound::OFFICE,
        Ambience::Rain => Sound::RAIN,
    };
    let config = EncoderConfig {
        bitrate_bps: BITRATE_BPS,
        // A lost packet of noise is not missed.
        fec: false,
        ..EncoderConfig::default()
    };
    EncodedAudio::encode(&sound.sound(VOICE_RATE_HZ, SEED), config)
        .inspect_err(|error| tracing::warn!(%error, "encode what a place sounds like"))
        .ok()
        .map(Arc::new)
}
