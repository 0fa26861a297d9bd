//! Captions as text streams on the topic `lk.transcription`, as LiveKit's own agents send them.

use std::collections::HashMap;
use std::sync::Arc;

use livekit::prelude::{LocalParticipant, Room};
use livekit::{StreamResult, StreamTextOptions, StreamWriter as _, TextStreamWriter};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::Caption;

const TOPIC: &str = "lk.transcription";
/// Captions that wait to be sent. Full: the newest is dropped; what was said stays in the transcript.
const WAITING_MAX: usize = 64;

/// Sends captions as one character.
pub struct Captions {
    sender: mpsc::Sender<Caption>,
    _task: AbortOnDropHandle<()>,
}

impl Captions {
    pub(super) fn start(room: Arc<Room>) -> Self {
        let (sender, inbox) = mpsc::channel(WAITING_MAX);
        Self {
            sender,
            _task: AbortOnDropHandle::new(tokio::spawn(run(room, inbox))),
        }
    }

    /// Queues a caption.
    pub fn send(&self, caption: Caption) {
        if self.sender.try_send(caption).is_err() {
            tracing::debug!("queue a caption: the queue is full");
        }
    }
}

/// Holds the room: without one, the official client panics when a text stream is opened.
async fn run(room: Arc<Room>, mut inbox: mpsc::Receiver<Caption>) {
    let participant = room.local_participant();
    let mut own: Option<(String, TextStreamWriter)> = None;
    while let Some(caption) = inbox.recv().await {
        let sent = match caption {
            Caption::Person {
                identity,
                segment,
                track_sid,
                text,
                is_final,
            } => {
                let mut options = options(&segment, &track_sid, is_final);
                options.sender_identity = Some(identity.into());
                whole(&participant, options, &text).await
            }
            Caption::Own {
                segment,
                text,
                track_sid,
            } => {
                if own.as_ref().is_none_or(|(open, _)| *open != segment) {
                    close(own.take()).await;
                    own = match participant
                        .stream_text(options(&segment, &track_sid, false))
                        .await
                    {
                        Ok(writer) => Some((segment, writer)),
                        Err(error) => {
                            tracing::debug!(%error, "open a caption");
                            continue;
                        }
                    };
                }
                match &own {
                    Some((_, writer)) => writer.write(&text).await,
                    None => Ok(()),
                }
            }
            Caption::OwnEnd => {
                close(own.take()).await;
                Ok(())
            }
        };
        if let Err(error) = sent {
            tracing::debug!(%error, "send a caption");
        }
    }
}

async fn whole(participant: &LocalParticipant, options: StreamTextOptions, text: &str) -> StreamResult<()> {
    let writer = participant.stream_text(options).await?;
    writer.write(text).await?;
    writer.close().await
}

async fn close(own: Option<(String, TextStreamWriter)>) {
    let Some((_, writer)) = own else { return };
    let last = HashMap::from([("lk.transcription_final".to_owned(), "true".to_owned())]);
    if let Err(error) = writer.close_with_options(None, Some(last)).await {
        tracing::debug!(%error, "close a caption");
    }
}

fn options(segment: &str, track_sid: &str, is_final: bool) -> StreamTextOptions {
    let mut options = StreamTextOptions::new_with_topic(TOPIC);
    options.attributes = HashMap::from([
        ("lk.segment_id".to_owned(), segment.to_owned()),
        ("lk.transcription_final".to_owned(), is_final.to_string()),
        ("lk.transcribed_track_id".to_owned(), track_sid.to_owned()),
    ]);
    options
}
