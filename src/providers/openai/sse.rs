//! Server-sent events as the WHATWG HTML standard, section 9.2, has them: the `data` fields alone.

/// Longest event, bytes; a longer one is refused so that a broken server can't fill the memory.
const EVENT_MAX: usize = 1 << 20;

/// The event was longer than [`EVENT_MAX`], or not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Takes bytes as they come and gives the data of whole events.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    line: Vec<u8>,
    data: String,
    after_carriage_return: bool,
}

impl Decoder {
    /// Adds `bytes` and appends the data of every event they complete to `events`.
    pub(super) fn push(&mut self, bytes: &[u8], events: &mut Vec<String>) -> Result<(), Unreadable> {
        for &byte in bytes {
            let follows_carriage_return = std::mem::replace(&mut self.after_carriage_return, byte == b'\r');
            match byte {
                b'\n' if follows_carriage_return => {}
                b'\n' | b'\r' => self.end_line(events)?,
                _ if self.line.len() + self.data.len() >= EVENT_MAX => return Err(Unreadable),
                _ => self.line.push(byte),
            }
        }
        Ok(())
    }

    fn end_line(&mut self, events: &mut Vec<String>) -> Result<(), Unreadable> {
        if self.line.is_empty() {
            if !self.data.is_empty() {
                events.push(std::mem::take(&mut self.data));
            }
            return Ok(());
        }
        let line = std::str::from_utf8(&self.line).map_err(|_| Unreadable)?;
        if let Some(value) = line.strip_prefix("data:") {
            if !self.data.is_empty() {
                self.data.push('\n');
            }
            self.data.push_str(value.strip_prefix(' ').unwrap_or(value));
        }
        self.line.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(pieces: &[&[u8]]) -> Result<Vec<String>, Unreadable> {
        let (mut decoder, mut events) = (Decoder::default(), Vec::new());
        for piece in pieces {
            decoder.push(piece, &mut events)?;
        }
        Ok(events)
    }

    #[test]
    fn events_may_be_cut_anywhere() {
        let whole = "\u{fc}: x\ndata: {\"a\":\"\u{fc}\"}\n\n: note\r\ndata:[DONE]\r\n\r\n".as_bytes();
        for cut in 0..whole.len() {
            let (head, tail) = whole.split_at(cut);
            assert_eq!(
                decode(&[head, tail]),
                Ok(vec!["{\"a\":\"\u{fc}\"}".into(), "[DONE]".into()]),
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn lines_of_one_event_are_joined() {
        assert_eq!(
            decode(&[b"event: x\ndata: a\ndata:  b\n\nid: 1\n\n"]),
            Ok(vec!["a\n b".into()])
        );
    }

    #[test]
    fn endless_and_unreadable_lines_are_refused() {
        assert_eq!(decode(&[&vec![b'x'; EVENT_MAX + 1]]), Err(Unreadable));
        assert_eq!(decode(&[b"data: \xff\n\n"]), Err(Unreadable));
    }
}
