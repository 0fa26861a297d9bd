//! Receivers.

use std::{
    fmt::{self, Debug},
    sync::Arc,
};

use troupe_rtc::{jsep::TransceiverId, sdp::MediaKind};

use crate::{
    RtcError, audio_track::RtcAudioTrack, media_stream::MediaStream, media_stream_track::MediaStreamTrack,
    peer_connection::Session, rtp_parameters::RtpParameters, stats::RtcStats, video_track::RtcVideoTrack,
};

/// A receiver.
#[derive(Clone)]
pub struct RtpReceiver {
    pub(crate) session: Arc<Session>,
    pub(crate) id: TransceiverId,
}

impl RtpReceiver {
    /// The stream and track it receives now.
    fn current(&self) -> Option<(String, MediaStreamTrack)> {
        self.session.peer.with_negotiator(|n| {
            let transceiver = n.transceiver(self.id)?;
            let remote = transceiver.remote.as_ref()?;
            let track = match transceiver.kind {
                MediaKind::Audio => {
                    RtcAudioTrack::remote(remote.track_id.clone(), Arc::clone(&remote.audio)).into()
                }
                _ => RtcVideoTrack::new(remote.track_id.clone()).into(),
            };
            Some((remote.stream_id.clone(), track))
        })
    }

    /// The track it receives; none while its section is inactive.
    #[must_use]
    pub fn track(&self) -> Option<MediaStreamTrack> {
        self.current().map(|(_, track)| track)
    }

    /// The ids of its streams.
    #[must_use]
    pub fn stream_ids(&self) -> Vec<String> {
        self.current().map(|(id, _)| id).into_iter().collect()
    }

    /// Its streams: one, or none while its section is inactive.
    #[must_use]
    pub fn streams(&self) -> Vec<MediaStream> {
        self.current()
            .map(|(id, track)| MediaStream { id, track })
            .into_iter()
            .collect()
    }

    /// Ends what is received now, for everybody who listens.
    pub(crate) fn end(&self) {
        self.session.peer.with_negotiator(|n| {
            if let Some(remote) = n.transceiver(self.id).and_then(|t| t.remote.as_ref()) {
                remote.audio.end();
            }
        });
    }

    /// What it has received.
    pub async fn get_stats(&self) -> Result<Vec<RtcStats>, RtcError> {
        Ok(self
            .session
            .stats(Some(self.id))
            .into_iter()
            .filter(|stats| !stats.is_outbound())
            .collect())
    }

    /// What it is set to.
    #[must_use]
    pub fn parameters(&self) -> RtpParameters {
        RtpParameters::opus(String::new())
    }
}

impl Debug for RtpReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtpReceiver")
            .field("track", &self.track())
            .finish_non_exhaustive()
    }
}
