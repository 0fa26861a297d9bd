//! What a language model wrote, before any of it is believed.

use serde::Deserialize;

/// A model's answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Draft {
    /// The whole in short.
    #[serde(default)]
    pub summary: String,
    /// One a criterion or question, in any order.
    #[serde(default)]
    pub items: Vec<DraftItem>,
}

/// What it says of one criterion or question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct DraftItem {
    /// Which, counted from 1.
    pub n: i64,
    /// From 0 to 10, it was told.
    #[serde(default)]
    pub score: Option<f64>,
    /// Why.
    #[serde(default)]
    pub comment: String,
    /// Passages that it says are in the talk.
    #[serde(default)]
    pub quotes: Vec<DraftQuote>,
}

/// A passage, it says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DraftQuote {
    /// The line that it is in, counted from 1, it says.
    #[serde(default)]
    pub line: Option<i64>,
    /// The words.
    pub text: String,
}

impl Draft {
    /// Reads an answer; models like to put a fence or a word around what they were asked for.
    pub fn read(answer: &str) -> Option<Self> {
        let from = answer.find('{')?;
        let until = answer.rfind('}')?;
        let draft: Self = serde_json::from_str(answer.get(from..=until)?).ok()?;
        (!draft.summary.trim().is_empty()).then_some(draft)
    }
}

#[cfg(test)]
mod tests {
    use super::Draft;

    #[test]
    fn an_answer_is_read_with_whatever_stands_around_it() {
        let json = r#"{"summary": "It went well.", "items": [{"n": 1, "score": null}], "mood": 1}"#;
        for answer in [
            json.to_owned(),
            format!("Here it is:\n```json\n{json}\n```\nDone."),
        ] {
            let draft = Draft::read(&answer);
            assert_eq!(draft.map(|draft| draft.items.len()), Some(1), "{answer}");
        }
        for answer in [
            "",
            "no",
            "}{",
            "{\"summary\": \"\"}",
            "{\"summary\": 7}",
            "{\"summary\": \"x\"",
        ] {
            assert_eq!(Draft::read(answer), None, "{answer}");
        }
    }
}
