//! What the server knows of the talk, beside what it should know. Pure.

use crate::question::{Line, Speaker};

/// One line as the server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The server's name of it.
    pub(crate) id: String,
    speaker: Speaker,
    text: String,
    /// The server was told that only a part of it was heard.
    pub(crate) is_cut: bool,
}

/// What has to be done so that the server knows what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Take this one out.
    Delete(String),
    /// Put line `index` behind the one of this name, or first of all.
    Insert {
        /// Which of the wanted lines.
        index: usize,
        /// The one before it.
        after: Option<String>,
        /// Its own name.
        id: String,
    },
}

/// What the server knows, in order.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    known: Vec<Known>,
    named: u64,
}

impl Mirror {
    /// A new connection knows nothing.
    pub(crate) fn clear(&mut self) {
        self.known.clear();
    }

    /// Whether nothing is known.
    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The server has added an answer of its own.
    pub(crate) fn said(&mut self, id: &str) {
        self.known.push(Known {
            id: id.to_owned(),
            speaker: Speaker::Own,
            text: String::new(),
            is_cut: false,
        });
    }

    /// An own answer of this name goes on.
    pub(crate) fn goes_on(&mut self, id: &str, delta: &str) {
        if let Some(known) = self.get(id) {
            known.text.push_str(delta);
        }
    }

    /// The server was told how much of an own answer was heard.
    pub(crate) fn cut(&mut self, id: &str) {
        if let Some(known) = self.get(id) {
            known.is_cut = true;
        }
    }

    fn get(&mut self, id: &str) -> Option<&mut Known> {
        self.known.iter_mut().rev().find(|known| known.id == id)
    }

    /// What has to be done so that the server knows `lines`; counts as done.
    pub(crate) fn steps(&mut self, lines: &[Line]) -> Vec<Step> {
        let (mut steps, mut next) = (Vec::new(), Vec::with_capacity(lines.len()));
        let mut left = std::mem::take(&mut self.known).into_iter().peekable();
        for (index, line) in lines.iter().enumerate() {
            let rest = left.clone().position(|known| known.is(line));
            let after = next.last().map(|known: &Known| known.id.clone());
            if let Some(skipped) = rest {
                steps.extend(left.by_ref().take(skipped).map(|known| Step::Delete(known.id)));
                next.extend(left.next());
                continue;
            }
            self.named += 1;
            let id = format!("line_{}", self.named);
            steps.push(Step::Insert {
                index,
                after,
                id: id.clone(),
            });
            next.push(Known {
                id,
                speaker: line.speaker,
                text: line.text.clone(),
                is_cut: false,
            });
        }
        // What is left goes before anything is put in its place.
        let mut all: Vec<Step> = left.map(|known| Step::Delete(known.id)).collect();
        all.extend(steps);
        self.known = next;
        all
    }
}

impl Known {
    /// Whether this is `line`, or the whole of what `line` has as far as it was heard.
    fn is(&self, line: &Line) -> bool {
        if self.speaker != line.speaker {
            return false;
        }
        let mut known = self.text.split_whitespace();
        let mut words = line.text.split_whitespace();
        let begins = words.all(|word| known.next() == Some(word));
        begins && (self.is_cut || known.next().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        let (speaker, text) = match text.strip_prefix('>') {
            Some(own) => (Speaker::Own, own),
            None => (Speaker::Others, text),
        };
        Line {
            speaker,
            text: text.to_owned(),
            sound: None,
        }
    }

    fn steps(mirror: &mut Mirror, lines: &[&str]) -> String {
        let lines: Vec<Line> = lines.iter().map(|text| line(text)).collect();
        let shown = mirror.steps(&lines).into_iter().map(|step| match step {
            Step::Delete(id) => format!("-{id}"),
            Step::Insert { index, after, id } => format!("+{index}:{id}@{}", after.unwrap_or_default()),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_what_is_new_is_told() {
        let mut mirror = Mirror::default();
        assert_eq!(steps(&mut mirror, &["a", "b"]), "+0:line_1@ +1:line_2@line_1");
        assert_eq!(steps(&mut mirror, &["a", "b"]), "");
        mirror.said("item");
        mirror.goes_on("item", "Well,  ");
        mirror.goes_on("item", "yes.");
        assert_eq!(
            steps(&mut mirror, &["a", "b", ">Well, yes.", "c"]),
            "+3:line_3@item"
        );
    }

    #[test]
    fn what_nobody_heard_is_taken_out() {
        let mut mirror = Mirror::default();
        steps(&mut mirror, &["a"]);
        mirror.said("item");
        mirror.goes_on("item", "Unheard.");
        assert_eq!(steps(&mut mirror, &["a and more"]), "-line_1 -item +0:line_2@");
    }

    #[test]
    fn what_was_cut_stays_as_far_as_it_was_heard() {
        let mut mirror = Mirror::default();
        steps(&mut mirror, &["a"]);
        mirror.said("item");
        mirror.goes_on("item", "One two three.");
        mirror.cut("item");
        assert_eq!(steps(&mut mirror, &["a", ">One two", "b"]), "+2:line_2@item");
        let mut whole = Mirror::default();
        whole.said("item");
        whole.goes_on("item", "One two three.");
        assert_eq!(steps(&mut whole, &[">One two"]), "-item +0:line_1@");
    }

    #[test]
    fn a_line_that_is_missing_is_put_where_it_belongs() {
        let mut mirror = Mirror::default();
        steps(&mut mirror, &["a", "c"]);
        assert_eq!(steps(&mut mirror, &["a", "b", "c"]), "+1:line_3@line_1");
        assert_eq!(steps(&mut mirror, &["b", "c", "d"]), "-line_1 +2:line_4@line_2");
    }
}
