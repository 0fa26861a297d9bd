//! The room's entries as they are posted: server-sent events, taken up again where they broke off.

use std::time::Duration;

use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::cli::Failure;
use crate::cli::client::Rooms;
use crate::protocol::TimelineEntry;

/// Pause before a broken stream is taken up again.
const RETRY: Duration = Duration::from_millis(500);
/// Failures in a row that are one too many.
const FAILURES_MAX: u32 = 10;

/// Sends each entry once, in order, until the receiver is gone or the stream can't be had.
pub(super) async fn follow(
    rooms: Rooms,
    room: String,
    entries: mpsc::Sender<TimelineEntry>,
) -> Result<(), Failure> {
    let mut last_id: Option<String> = None;
    let mut failures = 0;
    loop {
        match rooms.events(&room, last_id.as_deref()).await {
            Err(failure) if failures >= FAILURES_MAX => return Err(failure),
            Err(failure) => {
                failures += 1;
                tracing::debug!(%failure, "follow room");
            }
            Ok(response) => {
                failures = 0;
                let mut lines = Lines::default();
                let mut body = response.bytes_stream();
                while let Some(Ok(piece)) = body.next().await {
                    for event in lines.push(&piece) {
                        last_id = event.id.or(last_id);
                        // Other events than entries, such as the room's end, are not for us.
                        let Ok(entry) = serde_json::from_str(&event.data) else {
                            continue;
                        };
                        if entries.send(entry).await.is_err() {
                            return Ok(());
                        }
                    }
                }
            }
        }
        if entries.is_closed() {
            return Ok(());
        }
        sleep(RETRY).await;
    }
}

/// One server-sent event.
#[derive(Debug, Default, PartialEq, Eq)]
struct Event {
    id: Option<String>,
    data: String,
}

/// Bytes → events, by the rules of the HTML standard as far as entries need them.
#[derive(Debug, Default)]
struct Lines {
    rest: Vec<u8>,
    event: Event,
}

/// Longest line that is kept; a longer one is dropped, for no entry is so long.
const LINE_BYTES_MAX: usize = 256 * 1024;

impl Lines {
    fn push(&mut self, piece: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for byte in piece {
            if *byte != b'\n' {
                if self.rest.len() < LINE_BYTES_MAX {
                    self.rest.push(*byte);
                }
                continue;
            }
            let line = String::from_utf8_lossy(&self.rest)
                .trim_end_matches('\r')
                .to_owned();
            self.rest.clear();
            if line.is_empty() {
                let event = std::mem::take(&mut self.event);
                if !event.data.is_empty() {
                    events.push(event);
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "id" => self.event.id = Some(value.to_owned()),
                "data" if self.event.data.is_empty() => self.event.data = value.to_owned(),
                "data" => {
                    self.event.data.push('\n');
                    self.event.data.push_str(value);
                }
                _ => {}
            }
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Lines};

    #[test]
    fn events_are_read_however_they_are_cut() {
        let text = ": hello\n\nid: entry_1\nevent: entry\ndata: {\"a\":\ndata:1}\r\n\r\ndata: x\n\n";
        let expected = [
            Event {
                id: Some("entry_1".into()),
                data: "{\"a\":\n1}".into(),
            },
            Event {
                id: None,
                data: "x".into(),
            },
        ];
        assert_eq!(Lines::default().push(text.as_bytes()), expected);
        let mut lines = Lines::default();
        let single: Vec<Event> = text.bytes().flat_map(|byte| lines.push(&[byte])).collect();
        assert_eq!(single, expected);
    }
}
