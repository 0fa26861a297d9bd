//! A report as a document for people.

use std::fmt::Write;

use super::report::{Kind, Report, Status};

impl Report {
    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "# {}\n\n{}, {}\n\n",
            plain(&self.title),
            plain(&self.person),
            self.created_at
        );
        if let Some(score) = self.score {
            let _ = write!(text, "**{score} of 100**\n\n");
        }
        let _ = writeln!(text, "{}", plain(&self.summary));
        for item in &self.items {
            let score = match (item.score, self.kind) {
                (Some(score), _) => format!(" – {score} of 10"),
                (None, Kind::Roleplay) => " – no occasion".to_owned(),
                (None, Kind::Interview) => String::new(),
            };
            let _ = write!(text, "\n## {}{score}\n\n", plain(&item.name));
            let comment = match item.comment.as_str() {
                "" => "It did not come up.",
                comment => comment,
            };
            let _ = writeln!(text, "{}", plain(comment));
            for quote in &item.quotes {
                let _ = write!(
                    text,
                    "\n> {} – {}\n",
                    plain(&quote.text),
                    plain(&quote.speaker_name)
                );
            }
        }
        if self.status == Status::Complete {
            let _ = write!(
                text,
                "\nWritten by a language model. Every quote stands word for word in the transcript; {} that did not \
                 were left out.\n",
                self.quotes_left_out
            );
        }
        text
    }
}

/// Text that means nothing to Markdown or HTML, on one line.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' => {
                safe.push('\\');
                safe.push(character);
            }
            other => safe.push(other),
        }
    }
    safe
}
