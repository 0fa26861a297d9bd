//! A report as it is kept, shown and downloaded.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::draft::{Draft, DraftItem, DraftQuote};
use crate::protocol::SpeakerType;
use crate::rooms::transcript::Entry;

/// The person's lines below which nothing is judged.
pub(super) const LINES_MIN: usize = 2;
/// The person's words below which nothing is judged.
pub(super) const WORDS_MIN: usize = 25;
/// Quotes of one item; more are left out.
const QUOTES_MAX: usize = 3;
/// Words below which a passage shows nothing.
const QUOTE_WORDS_MIN: usize = 2;
/// The best score.
const SCORE_MAX: u32 = 10;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportKind)]
pub enum Kind {
    /// A role-play, scored by its rubric.
    Roleplay,
    /// An interview, summed up along its guide.
    Interview,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportStatus)]
pub enum Status {
    /// There is something to read.
    Complete,
    /// Too little was said to judge anything.
    TooShort,
    /// No report could be made: `summary` says why.
    Unavailable,
}

/// A passage of the talk, letter by letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportQuote)]
pub struct Quote {
    /// The entry of the transcript that it stands in.
    pub entry_id: String,
    /// Who said it.
    pub speaker_name: String,
    /// The words.
    pub text: String,
}

/// A criterion of the rubric or a question of the guide, and what there is to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportItem)]
pub struct Item {
    /// The criterion's name, or the question.
    pub name: String,
    /// How much it counts; `null` in an interview.
    #[schema(required = true)]
    pub weight: Option<f64>,
    /// From 0 to 10; `null` in an interview, and where the talk gave no occasion.
    #[schema(required = true)]
    pub score: Option<u32>,
    /// Why, or what was answered; empty where it did not come up.
    pub comment: String,
    /// Passages that show it, each of them verbatim in the transcript.
    pub quotes: Vec<Quote>,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What it is about.
    pub kind: Kind,
    /// What came of it.
    pub status: Status,
    /// When it was written, RFC 3339.
    pub created_at: String,
    /// Name of the premade role-play or the research project.
    pub title: String,
    /// Who was judged or asked.
    pub person: String,
    /// The whole in short, or why there is nothing.
    pub summary: String,
    /// Weighted mean of the scores, from 0 to 100; `null` where nothing was scored.
    #[schema(required = true)]
    pub score: Option<u32>,
    /// One a criterion or question, in order.
    pub items: Vec<Item>,
    /// Passages that the model named and that are not in the transcript; they were left out.
    pub quotes_left_out: u32,
}

/// What a talk is judged by.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Role-play or interview.
    pub kind: Kind,
    /// Name of the premade role-play or the research project.
    pub title: String,
    /// Who is judged or asked.
    pub person: String,
    /// What the interview is to find out; empty in a role-play.
    pub goals: String,
    /// Criteria or questions: name, what good looks like, weight.
    pub items: Vec<(String, String, Option<f64>)>,
    /// BCP 47 tag of the report's language.
    pub language: String,
}

impl Report {
    /// One that says why there is nothing.
    pub(super) fn without(subject: &Subject, status: Status, summary: &str, created_at: String) -> Self {
        Self {
            kind: subject.kind,
            status,
            created_at,
            title: subject.title.clone(),
            person: subject.person.clone(),
            summary: summary.to_owned(),
            score: None,
            items: Vec::new(),
            quotes_left_out: 0,
        }
    }

    /// What a model wrote, held against the transcript.
    pub fn of(subject: &Subject, draft: &Draft, transcript: &[Entry], created_at: String) -> Self {
        let mut left_out = 0;
        let items: Vec<Item> = subject
            .items
            .iter()
            .zip(1..)
            .map(|((name, _, weight), number)| {
                let drafted = draft.items.iter().find(|item| item.n == number);
                item(name, *weight, drafted, transcript, &mut left_out)
            })
            .collect();
        Self {
            score: score(&items),
            items,
            quotes_left_out: left_out,
            ..Self::without(subject, Status::Complete, draft.summary.trim(), created_at)
        }
    }
}

/// Whether too little was said to judge anything.
pub(super) fn is_too_short(transcript: &[Entry]) -> bool {
    let lines = transcript
        .iter()
        .filter(|entry| entry.speaker_type == SpeakerType::User);
    let (count, words) = lines.fold((0, 0), |(count, words), entry| {
        (count + 1, words + entry.content.split_whitespace().count())
    });
    count < LINES_MIN || words < WORDS_MIN
}

fn item(
    name: &str,
    weight: Option<f64>,
    drafted: Option<&DraftItem>,
    transcript: &[Entry],
    left_out: &mut u32,
) -> Item {
    let mut seen = HashSet::new();
    let mut quotes = Vec::new();
    for drafted in drafted.iter().flat_map(|item| &item.quotes) {
        match verified(drafted, transcript) {
            Some(quote) if quotes.len() < QUOTES_MAX => {
                if seen.insert(quote.text.clone()) {
                    quotes.push(quote);
                }
            }
            Some(_) => {}
            None => *left_out += 1,
        }
    }
    let score = drafted.and_then(|item| item.score).filter(|_| weight.is_some());
    Item {
        name: name.to_owned(),
        weight,
        score: score.map(|score| (score.round().clamp(0.0, f64::from(SCORE_MAX))) as u32),
        comment: drafted.map_or("", |item| item.comment.trim()).to_owned(),
        quotes,
    }
}

/// The passage, if it stands letter by letter in one entry; the named line is looked at first.
fn verified(drafted: &DraftQuote, transcript: &[Entry]) -> Option<Quote> {
    let text = drafted
        .text
        .trim()
        .trim_matches(['"', '“', '”', '„', '«', '»'])
        .trim();
    if text.split_whitespace().count() < QUOTE_WORDS_MIN {
        return None;
    }
    let named = drafted
        .line
        .and_then(|line| usize::try_from(line).ok()?.checked_sub(1))
        .and_then(|place| transcript.get(place));
    named
        .into_iter()
        .chain(transcript)
        .find(|entry| entry.content.contains(text))
        .map(|entry| Quote {
            entry_id: entry.id.clone(),
            speaker_name: entry.speaker_name.clone().unwrap_or_default(),
            text: text.to_owned(),
        })
}

fn score(items: &[Item]) -> Option<u32> {
    let scored = items
        .iter()
        .filter_map(|item| Some((f64::from(item.score?), item.weight?)));
    let (sum, weights) = scored.fold((0.0, 0.0), |(sum, weights), (score, weight)| {
        (sum + score * weight, weights + weight)
    });
    (weights > 0.0).then(|| (sum / weights / f64::from(SCORE_MAX) * 100.0).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::Timestamp;

    fn entry(id: &str, speaker_type: SpeakerType, content: &str) -> Entry {
        Entry {
            id: id.into(),
            created_at: Timestamp(0),
            room_id: "r".into(),
            speaker_type,
            character_id: None,
            speaker_identity: None,
            speaker_name: Some("Ann".into()),
            content: content.into(),
            seq: 0,
            late: false,
            trace_id: None,
            stages: None,
        }
    }

    fn subject(weights: &[f64]) -> Subject {
        let items = weights.iter().enumerate();
        Subject {
            kind: Kind::Roleplay,
            title: "T".into(),
            person: "Ann".into(),
            goals: String::new(),
            items: items
                .map(|(n, weight)| (format!("c{n}"), String::new(), Some(*weight)))
                .collect(),
            language: "en".into(),
        }
    }

    fn quote(line: Option<i64>, text: &str) -> DraftQuote {
        DraftQuote {
            line,
            text: text.into(),
        }
    }

    #[test]
    fn a_quote_stands_letter_by_letter_in_the_transcript_or_not_at_all() {
        let transcript = [
            entry("a", SpeakerType::User, "I am sorry, that is our fault."),
            entry("b", SpeakerType::User, "You have it by Friday."),
        ];
        let draft = Draft {
            summary: " s ".into(),
            items: vec![DraftItem {
                n: 1,
                score: Some(12.0),
                comment: "c".into(),
                quotes: vec![
                    quote(Some(1), "“that is our fault”"),
                    quote(Some(1), "You have it by Friday."),
                    quote(None, "that is our fault"),
                    quote(Some(2), "that is your fault"),
                    quote(Some(2), "Friday."),
                    quote(Some(-7), "I AM SORRY"),
                ],
            }],
        };
        let report = Report::of(&subject(&[1.0, 1.0]), &draft, &transcript, String::new());
        let quotes: Vec<(&str, &str)> = report.items[0]
            .quotes
            .iter()
            .map(|quote| (quote.entry_id.as_str(), quote.text.as_str()))
            .collect();
        assert_eq!(
            quotes,
            [("a", "that is our fault"), ("b", "You have it by Friday.")]
        );
        assert_eq!(report.quotes_left_out, 3);
        assert_eq!((report.items[0].score, report.items[1].score), (Some(10), None));
        assert_eq!(report.items[1].comment, "");
    }

    #[test]
    fn the_score_is_weighted_over_what_could_be_judged() {
        let scored = |n, score| DraftItem {
            n,
            score,
            comment: String::new(),
            quotes: Vec::new(),
        };
        let draft = Draft {
            summary: String::new(),
            items: vec![scored(1, Some(10.0)), scored(2, Some(5.0)), scored(3, None)],
        };
        let report = |weights: &[f64]| Report::of(&subject(weights), &draft, &[], String::new());
        assert_eq!(report(&[3.0, 1.0, 9.0]).score, Some(88));
        assert_eq!(report(&[0.0, 0.0, 1.0]).score, None);
    }

    #[test]
    fn little_said_by_the_person_is_too_short_whatever_the_character_said() {
        let line = "one two three four five six seven eight nine ten eleven twelve thirteen";
        let person = |count: usize| vec![entry("a", SpeakerType::User, line); count];
        assert!(is_too_short(&person(1)) && !is_too_short(&person(2)));
        assert!(is_too_short(&vec![entry("a", SpeakerType::Agent, line); 9]));
        assert!(is_too_short(&vec![entry("a", SpeakerType::User, "Yes."); 9]));
    }
}
