//! What a room's place sounds like, on a track beside the character's voice.

use livekit::options::TrackPublishOptions;
use livekit::prelude::{LocalAudioTrack, LocalParticipant, LocalTrack, TrackSource};
use livekit::webrtc::audio_source::RtcAudioSource;
use livekit::webrtc::audio_source::native::NativeAudioSource;

use crate::protocol::Ambience;
use crate::voice::Ambiences;

/// The track's name.
const NAME: &str = "ambience";

/// Publishes the place's loop; it plays until the connection ends. Where it can't be had the room goes on without it.
pub(super) async fn run(member: LocalParticipant, ambiences: Ambiences, ambience: Ambience) {
    let Some(sound) = ambiences.get(ambience).await else {
        return;
    };
    let source = NativeAudioSource::of_encoded(sound);
    let track = LocalAudioTrack::create_audio_track(NAME, RtcAudioSource::Native(source));
    let options = TrackPublishOptions {
        // No microphone: clients that mute one, or show who speaks, leave it alone.
        source: TrackSource::Unknown,
        dtx: false,
        red: false,
        ..TrackPublishOptions::default()
    };
    if let Err(error) = member.publish_track(LocalTrack::Audio(track), options).await {
        tracing::warn!(%error, "publish what the place sounds like");
    }
}
