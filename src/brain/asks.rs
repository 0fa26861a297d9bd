//! Whether somebody asks what they are talking with. That question is always answered truthfully.

/// One place of a question.
enum Slot {
    /// One of these, each of one or more words.
    One(&'static [&'static str]),
    /// One of these, or nothing.
    Maybe(&'static [&'static str]),
}
use Slot::{Maybe, One};

/// What an English question is about; longer names before their beginnings.
const EN_THING: &[&str] = &[
    "ai",
    "artificial intelligence",
    "language model",
    "llm",
    "chatbot",
    "bot",
    "robot",
    "machine",
    "computer",
    "computer program",
    "program",
    "recording",
    "real person",
    "real human",
    "human being",
    "actual person",
    "actual human",
    "living person",
    "person",
    "human",
    "real",
    "chatgpt",
    "artificial",
];
const EN_ARTICLE: &[&str] = &["a", "an", "some kind of", "some sort of", "some"];
const EN_ADVERB: &[&str] = &[
    "really", "actually", "just", "even", "truly", "secretly", "possibly", "like",
];
const DE_THING: &[&str] = &[
    "ki",
    "künstliche intelligenz",
    "künstlichen intelligenz",
    "sprachmodell",
    "chatbot",
    "bot",
    "roboter",
    "maschine",
    "computer",
    "computerprogramm",
    "programm",
    "echter mensch",
    "echten menschen",
    "echte person",
    "echten person",
    "mensch",
    "menschen",
    "echt",
    "menschlich",
];
const DE_ARTICLE: &[&str] = &["ein", "eine", "einer", "einem", "nem", "ner", "so eine", "so ein"];
const DE_ADVERB: &[&str] = &[
    "eigentlich",
    "wirklich",
    "etwa",
    "denn",
    "überhaupt",
    "vielleicht",
    "gerade",
];
const FR_THING: &[&str] = &[
    "ia",
    "intelligence artificielle",
    "robot",
    "machine",
    "chatbot",
    "bot",
    "ordinateur",
    "programme",
    "modèle de langage",
    "humain",
    "humaine",
    "être humain",
    "vraie personne",
    "personne réelle",
    "vrai humain",
];
const FR_ARTICLE: &[&str] = &["un", "une"];
const FR_ADVERB: &[&str] = &["vraiment", "réellement", "juste"];
const ES_THING: &[&str] = &[
    "ia",
    "inteligencia artificial",
    "robot",
    "máquina",
    "bot",
    "chatbot",
    "programa",
    "modelo de lenguaje",
    "persona real",
    "persona de verdad",
    "persona",
    "ser humano",
    "humano",
    "humana",
    "real",
];
const ES_ARTICLE: &[&str] = &["un", "una"];
const ES_ADVERB: &[&str] = &["realmente", "acaso", "de verdad"];

const QUESTIONS: &[&[Slot]] = &[
    &[
        One(&["are you", "were you", "r u"]),
        Maybe(EN_ADVERB),
        Maybe(EN_ARTICLE),
        One(EN_THING),
    ],
    &[
        One(&["am i", "are we", "i am", "i'm"]),
        Maybe(EN_ADVERB),
        One(&["talking", "speaking", "chatting"]),
        One(&["to", "with"]),
        Maybe(EN_ARTICLE),
        One(EN_THING),
    ],
    &[
        One(&["is this", "is that", "is it"]),
        Maybe(EN_ADVERB),
        Maybe(EN_ARTICLE),
        One(EN_THING),
    ],
    &[
        One(&["bist du", "sind sie", "seid ihr"]),
        Maybe(DE_ADVERB),
        Maybe(DE_ARTICLE),
        One(DE_THING),
    ],
    &[
        One(&["spreche ich", "rede ich", "sprech ich", "red ich"]),
        Maybe(DE_ADVERB),
        One(&["mit"]),
        Maybe(DE_ARTICLE),
        One(DE_THING),
    ],
    &[
        One(&["es tu", "êtes vous", "tu es", "vous êtes", "t'es"]),
        Maybe(FR_ADVERB),
        Maybe(FR_ARTICLE),
        One(FR_THING),
    ],
    &[
        One(&["je parle", "parlé je"]),
        Maybe(FR_ADVERB),
        One(&["à", "avec"]),
        Maybe(FR_ARTICLE),
        One(FR_THING),
    ],
    &[
        One(&["eres", "es usted", "usted es"]),
        Maybe(ES_ADVERB),
        Maybe(ES_ARTICLE),
        One(ES_THING),
    ],
    &[
        One(&["estoy hablando con", "hablo con"]),
        Maybe(ES_ARTICLE),
        One(ES_THING),
    ],
];

/// A statement that one of these follows is a question: "You're an AI, aren't you?"
const TAGS: &[&str] = &[
    "right",
    "aren't you",
    "are you",
    "oder",
    "nicht wahr",
    "non",
    "n'est ce pas",
    "verdad",
    "no",
];
const STATEMENTS: &[&[Slot]] = &[
    &[
        One(&["you are", "you're", "this is"]),
        Maybe(EN_ADVERB),
        Maybe(EN_ARTICLE),
        One(EN_THING),
    ],
    &[
        One(&["du bist", "sie sind"]),
        Maybe(DE_ADVERB),
        Maybe(DE_ARTICLE),
        One(DE_THING),
    ],
];

/// What may follow the thing within its clause; anything else makes it something different: "a bot maker".
const AFTER: &[&str] = &[
    "or", "then", "too", "right", "now", "by", "anyway", "at", "oder", "ou", "o", "and", "und", "et", "y",
    "i",
];

/// Whether `text` asks, sincerely as far as words show, if an AI or a person is speaking.
pub fn asks_if_ai(text: &str) -> bool {
    let words = words(text);
    (0..words.len()).any(|start| {
        let ends = |rule: &&[Slot]| ends(&words, start, rule);
        QUESTIONS.iter().flat_map(ends).any(|end| is_whole(&words, end))
            || STATEMENTS
                .iter()
                .flat_map(ends)
                .any(|end| TAGS.iter().any(|tag| after(&words, end, tag).is_some()))
    })
}

struct Word {
    text: String,
    /// Punctuation follows.
    closes: bool,
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    let text = text.to_lowercase().replace("a.i.", "ai").replace("k.i.", "ki");
    for c in text.chars() {
        let c = if c == '\u{2019}' { '\'' } else { c };
        if c.is_alphanumeric() || c == '\'' {
            match words.last_mut() {
                Some(word) if open => word.text.push(c),
                _ => words.push(Word {
                    text: c.into(),
                    closes: false,
                }),
            }
            open = true;
        } else {
            open = false;
            if matches!(c, '.' | ',' | '?' | '!' | ';' | ':' | '…' | '—')
                && let Some(word) = words.last_mut()
            {
                word.closes = true;
            }
        }
    }
    words
}

fn is_whole(words: &[Word], end: usize) -> bool {
    let closed = end
        .checked_sub(1)
        .and_then(|last| words.get(last))
        .is_some_and(|word| word.closes);
    closed
        || words
            .get(end)
            .is_none_or(|next| AFTER.contains(&next.text.as_str()))
}

/// Where the words of `phrase` end when they stand at `start`.
fn after(words: &[Word], start: usize, phrase: &str) -> Option<usize> {
    phrase.split(' ').try_fold(start, |at, expected| {
        (words.get(at)?.text == expected).then_some(at + 1)
    })
}

/// All places where `rule` can end when it begins at `start`.
fn ends(words: &[Word], start: usize, rule: &[Slot]) -> Vec<usize> {
    let mut at = vec![start];
    for slot in rule {
        let (One(phrases) | Maybe(phrases)) = slot;
        let mut next: Vec<usize> = at
            .iter()
            .flat_map(|&at| phrases.iter().filter_map(move |phrase| after(words, at, phrase)))
            .collect();
        if matches!(slot, Maybe(_)) {
            next.extend(&at);
        }
        at = next;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sincere_questions_are_noticed() {
        for text in [
            "Are you an AI?",
            "wait, are you a real person or what",
            "Ada, are you actually human?",
            "Am I talking to a machine right now?",
            "Is this a bot?",
            "Hang on, are you an A.I.?",
            "Are you real?",
            "You're an AI, aren't you?",
            "Sorry - are you a robot, or a person?",
            "Bist du eine KI?",
            "Sind Sie ein echter Mensch?",
            "Spreche ich gerade mit einer Maschine?",
            "Es-tu une IA ?",
            "Est-ce que je parle à un robot ?",
            "¿Eres una persona real?",
            "¿Estoy hablando con una máquina?",
        ] {
            assert!(asks_if_ai(text), "{text}");
        }
    }

    #[test]
    fn talk_about_machines_is_not_a_question_about_the_speaker() {
        for text in [
            "What do you think of AI?",
            "Are you a robot engineer?",
            "Are you really hungry?",
            "Are you really sure?",
            "Is it real estate?",
            "I am talking to a person who knows.",
            "You're a machine! That was great.",
            "Are you a program director?",
            "Bist du müde?",
            "",
        ] {
            assert!(!asks_if_ai(text), "{text}");
        }
    }
}
