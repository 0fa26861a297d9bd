use std::sync::Arc;

use super::{AudioSink, Delivery, RemoteAudio};
use crate::{
    opus::Channels,
    receive::{FRAME_SAMPLES, Piece, Played},
};

/// The readers of a track, where its audio comes from: they are this stream's alone, so that nobody is waited for.
#[derive(Debug)]
pub(super) struct Readers {
    remote: Arc<RemoteAudio>,
    sinks: Vec<AudioSink>,
}

impl Readers {
    pub(super) fn of(remote: Arc<RemoteAudio>) -> Self {
        Self {
            remote,
            sinks: Vec::new(),
        }
    }

    pub(super) fn remote(&self) -> &Arc<RemoteAudio> {
        &self.remote
    }

    /// Takes in who has come.
    pub(super) fn welcome(&mut self) {
        if self.remote.has_arrivals() {
            self.sinks.append(&mut self.remote.arrivals());
        }
    }

    /// Gives a frame to every reader who plays.
    pub(super) fn deliver(&mut self, pcm: &mut [i16], channels: Channels, kind: Played) {
        if !self.remote.enabled() {
            pcm.fill(0);
        }
        self.for_each(Delivery::Paced, |sink| sink.push(pcm, channels.into(), kind));
    }

    /// Gives a piece to every reader who recognises.
    pub(super) fn deliver_piece(&mut self, piece: Piece<'_>) {
        self.remote.traffic.count_samples(piece.length());
        static SILENCE: [i16; FRAME_SAMPLES * 2] = [0; FRAME_SAMPLES * 2];
        let pcm = match self.remote.enabled() {
            true => piece.pcm,
            false => SILENCE.get(..piece.pcm.len()).unwrap_or_default(),
        };
        let piece = Piece { pcm, ..piece };
        self.for_each(Delivery::Immediate, |sink| sink.push_piece(&piece));
    }

    /// Forgets readers that have gone, and calls `give` for the others.
    fn for_each(&mut self, delivery: Delivery, mut give: impl FnMut(&mut AudioSink)) {
        let before = self.sinks.len();
        self.sinks.retain(|sink| !sink.queue().is_closed());
        if self.sinks.len() != before {
            self.remote.forget_closed();
        }
        self.sinks
            .iter_mut()
            .filter(|sink| sink.queue().wants().delivery == delivery)
            .for_each(&mut give);
    }
}

impl Drop for Readers {
    /// The track may be fed by another stream after this one.
    fn drop(&mut self) {
        self.remote.take_back(std::mem::take(&mut self.sinks));
    }
}
