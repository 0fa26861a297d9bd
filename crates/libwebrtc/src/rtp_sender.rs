//! Senders.

use std::{
    fmt::{self, Debug},
    sync::{Arc, atomic::Ordering},
};

use troupe_rtc::jsep::{SendTrack, TransceiverId};

use crate::{
    RtcError,
    audio_track::{RtcAudioTrack, Side},
    media_stream_track::MediaStreamTrack,
    peer_connection::Session,
    rtp_parameters::{RtpEncodingParameters, RtpParameters},
    stats::RtcStats,
    video_track::RtcVideoTrack,
};

/// What Opus can be asked for, in bits a second.
pub(crate) const BITRATE_BPS_MIN: u32 = 6_000;
/// See [`BITRATE_BPS_MIN`].
pub(crate) const BITRATE_BPS_MAX: u32 = 510_000;

/// What would encode video.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "names of video encoders, none of which is here")]
pub enum VideoEncoderBackend {
    #[default]
    Auto,
    Software,
    Hardware,
    Nvenc,
    Vaapi,
    VideoToolbox,
    PreEncoded,
}

impl VideoEncoderBackend {
    /// None.
    pub fn list_available() -> impl IntoIterator<Item = Self> {
        std::iter::empty()
    }
}

/// A sender.
#[derive(Clone)]
pub struct RtpSender {
    pub(crate) session: Arc<Session>,
    pub(crate) id: TransceiverId,
}

impl RtpSender {
    fn read<T>(&self, f: impl FnOnce(&SendTrack) -> T) -> Option<T> {
        self.session
            .peer
            .with_negotiator(|n| n.transceiver(self.id).and_then(|t| t.send.as_ref()).map(f))
    }

    /// The track it sends.
    #[must_use]
    pub fn track(&self) -> Option<MediaStreamTrack> {
        self.read(|send| match &send.audio {
            Some(local) => RtcAudioTrack {
                side: Side::Local(local.clone()),
            }
            .into(),
            None => RtcVideoTrack::new(send.track_id.clone()).into(),
        })
    }

    /// What it has sent.
    pub async fn get_stats(&self) -> Result<Vec<RtcStats>, RtcError> {
        Ok(self
            .session
            .stats(Some(self.id))
            .into_iter()
            .filter(RtcStats::is_outbound)
            .collect())
    }

    /// Takes the track away, or refuses to put another in its place.
    pub fn set_track(&self, track: Option<MediaStreamTrack>) -> Result<(), RtcError> {
        match track {
            None => {
                self.session.peer.remove_track(self.id);
                Ok(())
            }
            Some(track) if self.track().is_some_and(|own| own.id() == track.id()) => Ok(()),
            Some(_) => Err(RtcError::unsupported("replacing the track of a sender")),
        }
    }

    /// What it is set to.
    #[must_use]
    pub fn parameters(&self) -> RtpParameters {
        let mut parameters = RtpParameters::opus(String::new());
        let set = |send: &SendTrack| {
            let set = send
                .audio
                .as_ref()
                .map_or(0, |local| local.bitrate_bps.load(Ordering::Relaxed));
            (send.ssrc, (set > 0).then_some(set).or(send.bitrate_bps))
        };
        if let Some((ssrc, bitrate)) = self.read(set) {
            let max_bitrate = bitrate.map(u64::from);
            parameters.encodings = vec![RtpEncodingParameters {
                has_ssrc: true,
                ssrc,
                max_bitrate,
                ..Default::default()
            }];
        }
        parameters
    }

    /// Sends with the bit rate of the first encoding from the next packet on; the rest is for video.
    pub fn set_parameters(&self, parameters: RtpParameters) -> Result<(), RtcError> {
        let Some(encoding) = parameters.encodings.first() else {
            return Ok(());
        };
        let bps = encoding.max_bitrate.map_or(0, |bps| {
            u32::try_from(bps)
                .unwrap_or(u32::MAX)
                .clamp(BITRATE_BPS_MIN, BITRATE_BPS_MAX)
        });
        self.read(|send| {
            if let Some(local) = &send.audio {
                local.bitrate_bps.store(bps, Ordering::Relaxed);
            }
        });
        Ok(())
    }

    /// Does nothing: there is no video encoder.
    pub fn set_video_encoder_backend(&self, _backend: VideoEncoderBackend) {}
}

impl Debug for RtpSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtpSender")
            .field("track", &self.track())
            .finish_non_exhaustive()
    }
}
