//! Takes out what can't be spoken: Markdown, tags, thoughts, emoji, stage directions.

/// Longest bracket that is waited for, characters; a longer one is spoken as it stands.
const BRACKET_MAX: usize = 80;
/// Longest tag, characters.
const TAG_MAX: usize = 24;

/// What remains of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A character to speak.
    Text(char),
    /// A new line begins.
    LineBreak,
    /// A list item begins.
    ListItem,
    /// Code begins.
    Code,
}

/// What is being collected.
#[derive(Debug, Default)]
enum State {
    #[default]
    Plain,
    /// After `*`: the text up to the next one.
    Starred(String),
    /// After an opening bracket: its kind and the text up to the closing one.
    Bracket(char, String),
    /// After `<`.
    Tag(String),
    /// Between `<think>` and `</think>`: the latest characters.
    Thought(String),
    /// Backticks in a row.
    Ticks(usize),
    /// Digits at the beginning of a line, which may number a list item.
    Number(String),
    /// A dash or star at the beginning of a line, which may be a bullet.
    Bullet(char),
}

/// The state machine.
#[derive(Debug)]
pub(super) struct Markup {
    state: State,
    /// Nothing but spaces since the line began.
    line_start: bool,
    /// Nothing since the last sentence ended.
    sentence_start: bool,
}

impl Default for Markup {
    fn default() -> Self {
        Self {
            state: State::Plain,
            line_start: true,
            sentence_start: true,
        }
    }
}

impl Markup {
    /// Takes one character.
    pub(super) fn push(&mut self, c: char, out: &mut Vec<Mark>) {
        match std::mem::take(&mut self.state) {
            State::Plain => self.plain(c, out),
            State::Starred(text) => self.starred(text, c, out),
            State::Bracket(open, text) => self.bracket(open, text, c, out),
            State::Tag(tag) => self.tag(tag, c, out),
            State::Thought(mut tail) => {
                tail.push(c);
                if !tail.ends_with("</think>") {
                    let keep = tail
                        .char_indices()
                        .rev()
                        .nth("</think>".len() - 1)
                        .map_or(0, |(index, _)| index);
                    self.state = State::Thought(tail.split_off(keep));
                }
            }
            State::Ticks(count) if c == '`' && count == 2 => out.push(Mark::Code),
            State::Ticks(count) if c == '`' => self.state = State::Ticks(count + 1),
            State::Ticks(_) => self.plain(c, out),
            State::Number(mut digits) if c.is_ascii_digit() && digits.len() < 2 => {
                digits.push(c);
                self.state = State::Number(digits);
            }
            State::Number(digits) if matches!(c, '.' | ')') => self.state = State::Bracket(c, digits),
            State::Number(digits) => {
                self.speak(&digits, out);
                self.plain(c, out);
            }
            State::Bullet(_) if c == ' ' => out.push(Mark::ListItem),
            State::Bullet('*') => {
                self.line_start = false;
                self.starred(String::new(), c, out);
            }
            State::Bullet(bullet) => {
                self.speak(bullet.encode_utf8(&mut [0; 4]), out);
                self.plain(c, out);
            }
        }
    }

    /// The answer is over: what was collected is spoken, unless it is a direction.
    pub(super) fn finish(&mut self, out: &mut Vec<Mark>) {
        match std::mem::take(&mut self.state) {
            State::Starred(text) | State::Bracket('(' | '[', text) if self.is_direction(&text) => {}
            State::Starred(text) | State::Number(text) | State::Bracket(_, text) => self.speak(&text, out),
            State::Plain | State::Tag(_) | State::Thought(_) | State::Ticks(_) | State::Bullet(_) => {}
        }
    }

    fn plain(&mut self, c: char, out: &mut Vec<Mark>) {
        match c {
            '\n' => {
                out.push(Mark::LineBreak);
                (self.line_start, self.sentence_start) = (true, true);
            }
            '-' | '*' | '•' | '–' if self.line_start => self.state = State::Bullet(c),
            '#' | '>' if self.line_start => {}
            _ if self.line_start && c.is_ascii_digit() => self.state = State::Number(c.to_string()),
            '*' => self.state = State::Starred(String::new()),
            '(' | '[' => self.state = State::Bracket(c, String::new()),
            '<' => self.state = State::Tag(String::new()),
            '`' => self.state = State::Ticks(1),
            '_' => self.speak(" ", out),
            '~' | '|' | '^' | '\\' | '{' | '}' => {}
            _ if is_pictograph(c) || (c.is_control() && c != '\t') => {}
            _ => self.speak(c.encode_utf8(&mut [0; 4]), out),
        }
    }

    fn speak(&mut self, text: &str, out: &mut Vec<Mark>) {
        for c in text.chars() {
            if !c.is_whitespace() {
                self.line_start = false;
                self.sentence_start = matches!(c, '.' | '!' | '?' | '…' | ':');
            }
            out.push(Mark::Text(c));
        }
    }

    fn starred(&mut self, mut text: String, c: char, out: &mut Vec<Mark>) {
        match c {
            // Two stars are bold: the words are spoken, the stars aren't.
            '*' if text.is_empty() => {}
            // One word that is no gesture is stressed, at the beginning of a sentence too.
            '*' if self.is_direction(&text) && (text.contains(' ') || is_gesture(&text)) => {}
            '*' => self.speak(&text, out),
            '\n' => {
                self.speak(&text, out);
                self.plain(c, out);
            }
            _ if text.len() >= BRACKET_MAX => {
                text.push(c);
                self.speak(&text, out);
            }
            _ => {
                text.push(c);
                self.state = State::Starred(text);
            }
        }
    }

    fn bracket(&mut self, open: char, mut text: String, c: char, out: &mut Vec<Mark>) {
        match (open, c) {
            // A number with its dot: a list item when a space follows, a number such as 2.5 when not.
            ('.' | ')', ' ') => out.push(Mark::ListItem),
            ('.' | ')', _) => {
                text.push(open);
                self.speak(&text, out);
                self.plain(c, out);
            }
            ('[', ']') => {}
            ('(', ')') if self.is_direction(&text) => {}
            ('(', ')') => self.speak(&format!("({text})"), out),
            (_, '\n') => {
                self.speak(&text, out);
                self.plain(c, out);
            }
            _ if text.len() >= BRACKET_MAX => {
                text.push(c);
                self.speak(&text, out);
            }
            _ => {
                text.push(c);
                self.state = State::Bracket(open, text);
            }
        }
    }

    fn tag(&mut self, mut tag: String, c: char, out: &mut Vec<Mark>) {
        match c {
            '>' if tag == "think" || tag == "thinking" => self.state = State::Thought(String::new()),
            '>' => {}
            _ if tag.is_empty() && !(c.is_ascii_alphabetic() || matches!(c, '/' | '|')) => self.plain(c, out),
            _ if tag.len() >= TAG_MAX => self.speak(&tag, out),
            _ => {
                tag.push(c);
                self.state = State::Tag(tag);
            }
        }
    }

    /// Whether a bracket's text tells what to do rather than what to say.
    fn is_direction(&self, text: &str) -> bool {
        self.sentence_start || is_gesture(text) || !text.contains(char::is_alphanumeric)
    }
}

/// Whether a text begins with what a body does.
fn is_gesture(text: &str) -> bool {
    let first = text
        .split(|c: char| !c.is_alphabetic())
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    let first = first.to_lowercase();
    GESTURES
        .iter()
        .filter_map(|stem| first.strip_prefix(stem))
        .any(|rest| matches!(rest, "" | "s" | "es" | "ing" | "ed" | "t"))
}

/// Beginnings of stage directions: English verbs without ending, a few adverbs, and their like elsewhere.
const GESTURES: [&str; 58] = [
    "smil",
    "smile",
    "laugh",
    "chuckl",
    "chuckle",
    "giggl",
    "giggle",
    "sigh",
    "nod",
    "grin",
    "grinn",
    "shrug",
    "shrugg",
    "wink",
    "paus",
    "pause",
    "lean",
    "clear",
    "cough",
    "whisper",
    "gasp",
    "rais",
    "raise",
    "look",
    "glanc",
    "glance",
    "take",
    "tak",
    "gestur",
    "gesture",
    "wav",
    "wave",
    "bow",
    "frown",
    "smirk",
    "blink",
    "mutter",
    "softly",
    "quietly",
    "sarcastically",
    "excitedly",
    "warmly",
    "thoughtfully",
    "lächel",
    "lach",
    "seufz",
    "nick",
    "zwinker",
    "rire",
    "rit",
    "sourit",
    "soupire",
    "ríe",
    "sonríe",
    "suspira",
    "adjust",
    "tilt",
    "scratch",
];

/// Emoji, dingbats and the invisible characters that join them.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2190}'..='\u{21ff}'
        | '\u{2b00}'..='\u{2bff}' | '\u{fe00}'..='\u{fe0f}' | '\u{200b}'..='\u{200f}' | '\u{e0000}'..='\u{e007f}')
}
