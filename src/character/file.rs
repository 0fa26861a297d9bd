//! One character's TOML file.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::tool::{self, Tool};
use super::{
    Character, EXAMPLES_MAX, Example, Models, NAME_MAX, PERSONA_MAX, WORD_PROBLEM, WORDS_MAX, is_word,
};

/// Language of a character that names none.
pub(super) const LANGUAGE: &str = "en";
/// Talkativeness of a character that names none.
pub(super) const TALKATIVENESS: f32 = 0.5;
/// Fields of a file.
pub(super) const FIELDS: &str = "name, aliases, persona, language, temperament, talkativeness, voices, pronunciations, models, examples, \
     deflections, tools";

/// What is wrong at one place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FaultAt {
    /// Counted from 1.
    pub(super) line: usize,
    /// Dotted name of the field.
    pub(super) field: Option<String>,
    /// What is wrong, and what would be right.
    pub(super) problem: String,
}

/// Reads a file's `text`; all of its faults at once, in their order.
pub(super) fn read(id: &str, text: &str) -> Result<Character, Vec<FaultAt>> {
    let mut reader = Reader {
        text,
        faults: Vec::new(),
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        reader.fault(error.span().unwrap_or_default(), None, error.message().to_owned());
    }
    let character = reader.character(id, table.get_ref());
    reader.faults.sort_by_key(|fault| fault.line);
    if reader.faults.is_empty() {
        Ok(character)
    } else {
        Err(reader.faults)
    }
}

struct Reader<'t> {
    text: &'t str,
    faults: Vec<FaultAt>,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn fault(&mut self, span: Range<usize>, field: Option<&str>, problem: String) {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        self.faults.push(FaultAt {
            line,
            field: field.map(str::to_owned),
            problem,
        });
    }

    fn character(&mut self, id: &str, table: &DeTable<'_>) -> Character {
        let mut character = Character {
            id: id.to_owned(),
            name: String::new(),
            aliases: Vec::new(),
            persona: String::new(),
            language: LANGUAGE.to_owned(),
            temperament: String::new(),
            talkativeness: TALKATIVENESS,
            voices: BTreeMap::new(),
            pronunciations: BTreeMap::new(),
            models: Models::default(),
            examples: Vec::new(),
            deflections: Vec::new(),
            tools: Vec::new(),
        };
        for (key, value) in table {
            let field: &str = key.get_ref();
            match field {
                "name" => character.name = self.string(field, value, NAME_MAX),
                "persona" => character.persona = self.string(field, value, PERSONA_MAX),
                "temperament" => character.temperament = self.string(field, value, NAME_MAX),
                "language" => character.language = self.language(field, value),
                "talkativeness" => character.talkativeness = self.talkativeness(field, value),
                "aliases" => character.aliases = self.list(field, value, usize::MAX, Self::name),
                "examples" => character.examples = self.list(field, value, EXAMPLES_MAX, Self::example),
                "deflections" => character.deflections = self.list(field, value, EXAMPLES_MAX, Self::name),
                "voices" => character.voices = self.strings(field, value).into_iter().collect(),
                "pronunciations" => character.pronunciations = self.pronunciations(field, value),
                "models" => character.models = self.models(field, value),
                "tools" => character.tools = self.tools(value),
                _ => self.fault(
                    key.span(),
                    Some(field),
                    format!("there is no such field; known are {FIELDS}"),
                ),
            }
        }
        for required in ["name", "persona"] {
            if !table.contains_key(required) {
                self.fault(0..0, Some(required), "is missing".to_owned());
            }
        }
        character
    }

    fn string(&mut self, field: &str, value: &Value<'_>, length_max: usize) -> String {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(field, value, "a string");
            return String::new();
        };
        let text = text.trim();
        let length = text.chars().count();
        if length == 0 {
            self.fault(value.span(), Some(field), "is empty".to_owned());
        } else if length > length_max {
            let problem = format!("is {length} characters long; at most {length_max} are allowed");
            self.fault(value.span(), Some(field), problem);
        } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            self.fault(value.span(), Some(field), "holds a control character".to_owned());
        }
        text.to_owned()
    }

    fn language(&mut self, field: &str, value: &Value<'_>) -> String {
        let tag = self.string(field, value, NAME_MAX);
        let mut subtags = tag.split('-');
        let primary = subtags.next().unwrap_or_default();
        let well_formed = (2..=3).contains(&primary.len())
            && primary.bytes().all(|byte| byte.is_ascii_lowercase())
            && subtags
                .all(|sub| (1..=8).contains(&sub.len()) && sub.bytes().all(|b| b.is_ascii_alphanumeric()));
        if !tag.is_empty() && !well_formed {
            self.fault(
                value.span(),
                Some(field),
                "is no BCP 47 tag such as en or en-GB".to_owned(),
            );
        }
        tag
    }

    fn talkativeness(&mut self, field: &str, value: &Value<'_>) -> f32 {
        let number = match value.get_ref() {
            DeValue::Float(number) => number.as_str().parse::<f32>().ok(),
            DeValue::Integer(number) => number.as_str().parse::<f32>().ok(),
            _ => None,
        };
        match number {
            Some(number) if (0.0..=1.0).contains(&number) => number,
            _ => {
                self.fault(
                    value.span(),
                    Some(field),
                    "must be a number from 0.0 to 1.0".to_owned(),
                );
                TALKATIVENESS
            }
        }
    }

    fn list<T>(
        &mut self,
        field: &str,
        value: &Value<'_>,
        length_max: usize,
        item: fn(&mut Self, &str, &Value<'_>) -> T,
    ) -> Vec<T> {
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(field, value, "an array");
            return Vec::new();
        };
        if items.len() > length_max {
            let problem = format!("has {} items; at most {length_max} are allowed", items.len());
            self.fault(value.span(), Some(field), problem);
        }
        items.iter().map(|value| item(self, field, value)).collect()
    }

    fn name(&mut self, field: &str, value: &Value<'_>) -> String {
        self.string(field, value, NAME_MAX)
    }

    fn example(&mut self, field: &str, value: &Value<'_>) -> Example {
        let mut example = Example {
            heard: String::new(),
            said: String::new(),
        };
        for (key, text) in self.strings(field, value) {
            match key.as_str() {
                "heard" => example.heard = text,
                "said" => example.said = text,
                _ => self.unknown(&format!("{field}.{key}"), value, "heard, said"),
            }
        }
        if example.heard.is_empty() || example.said.is_empty() {
            self.fault(value.span(), Some(field), "needs both heard and said".to_owned());
        }
        example
    }

    fn models(&mut self, field: &str, value: &Value<'_>) -> Models {
        let mut models = Models::default();
        for (key, text) in self.strings(field, value) {
            match key.as_str() {
                "stt" => models.stt = Some(text),
                "llm" => models.llm = Some(text),
                "tts" => models.tts = Some(text),
                "realtime" => models.realtime = Some(text),
                _ => self.unknown(&format!("{field}.{key}"), value, "stt, llm, tts, realtime"),
            }
        }
        models
    }

    fn pronunciations(&mut self, field: &str, value: &Value<'_>) -> BTreeMap<String, String> {
        let words: BTreeMap<String, String> = self.strings(field, value).into_iter().collect();
        if words.len() > WORDS_MAX {
            let problem = format!("has {} words; at most {WORDS_MAX} are allowed", words.len());
            self.fault(value.span(), Some(field), problem);
        }
        for word in words.keys().filter(|word| !is_word(word)) {
            self.fault(
                value.span(),
                Some(&format!("{field}.{word}")),
                WORD_PROBLEM.to_owned(),
            );
        }
        words
    }

    fn tools(&mut self, value: &Value<'_>) -> Vec<Tool> {
        let faults = match tool::read(&json(value.get_ref())) {
            Ok(tools) => return tools,
            Err(faults) => faults,
        };
        for fault in faults {
            // The tool that it is about, or all of them.
            let at = fault
                .field
                .split('.')
                .nth(1)
                .and_then(|at| at.parse::<usize>().ok());
            let item = at.and_then(|at| value.get_ref().as_array()?.get(at));
            let span = item.map_or(value.span(), Spanned::span);
            self.fault(span, Some(&fault.field), fault.problem);
        }
        Vec::new()
    }

    fn strings(&mut self, field: &str, value: &Value<'_>) -> Vec<(String, String)> {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(field, value, "a table");
            return Vec::new();
        };
        let entry = |(key, value): (&Spanned<_>, &Value<'_>)| {
            let key: &std::borrow::Cow<'_, str> = key.get_ref();
            (
                key.to_string(),
                self.string(&format!("{field}.{key}"), value, NAME_MAX),
            )
        };
        table.iter().map(entry).collect()
    }

    fn unknown(&mut self, field: &str, value: &Value<'_>, known: &str) {
        self.fault(
            value.span(),
            Some(field),
            format!("there is no such field; known are {known}"),
        );
    }

    fn wrong_type(&mut self, field: &str, value: &Value<'_>, expected: &str) {
        let problem = format!("must be {expected}, not {}", value.get_ref().type_str());
        self.fault(value.span(), Some(field), problem);
    }
}

/// The same value in JSON; dates become strings.
fn json(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => number
            .as_str()
            .parse::<i64>()
            .map_or(serde_json::Value::Null, Into::into),
        DeValue::Float(number) => number
            .as_str()
            .parse::<f64>()
            .map_or(serde_json::Value::Null, Into::into),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Datetime(time) => time.to_string().into(),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => {
            let field = |(key, value): (&Spanned<std::borrow::Cow<'_, str>>, &Value<'_>)| {
                (key.get_ref().to_string(), json(value.get_ref()))
            };
            serde_json::Value::Object(table.iter().map(field).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let faults = read("x", text).err().unwrap_or_default();
        faults
            .iter()
            .map(|f| format!("{} {:?} {}", f.line, f.field.as_deref().unwrap_or(""), f.problem))
            .collect()
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let read = read("x", "name = \"X\"\npersona = '''\nYou are X.\n'''\n");
        assert_eq!(
            read.map(|x| (x.persona, x.language, x.talkativeness)),
            Ok(("You are X.".into(), "en".into(), 0.5))
        );
    }

    #[test]
    fn all_faults_are_told_with_line_and_field() {
        let text = "name = 7\nlanguage = \"english\"\n\ntalkativeness = 1.5\ncolour = \"red\"\n\
                    aliases = \"Y\"\n[voices]\nopenai = \"\"\n[models]\nllm = \"openai:x\"\nttts = \"y\"\n";
        let expect = [
            "1 \"persona\" is missing",
            "1 \"name\" must be a string, not integer",
            "2 \"language\" is no BCP 47 tag such as en or en-GB",
            "4 \"talkativeness\" must be a number from 0.0 to 1.0",
            "5 \"colour\" there is no such field; \
             known are name, aliases, persona, language, temperament, talkativeness, voices, pronunciations, models, examples, deflections, tools",
            "6 \"aliases\" must be an array, not string",
            "8 \"voices.openai\" is empty",
            "9 \"models.ttts\" there is no such field; known are stt, llm, tts, realtime",
        ];
        let mut faults = faults(text);
        let mut expect = expect.map(str::to_owned).to_vec();
        faults.sort();
        expect.sort();
        assert_eq!(faults, expect);
    }

    #[test]
    fn words_are_read_with_how_they_sound() {
        let head = "name = \"X\"\npersona = \"You are X.\"\n[pronunciations]\n";
        let read = read("x", &format!("{head}Siobhan = \"Shivawn\"\n"));
        let words = read.map(|x| x.pronunciations);
        assert_eq!(words, Ok([("Siobhan".to_owned(), "Shivawn".to_owned())].into()));
        assert_eq!(
            faults(&format!("{head}\"a-\" = \"a\"\nb = 3\n")),
            [
                "3 \"pronunciations.a-\" must begin and end with a letter or digit: whole words are found",
                "5 \"pronunciations.b\" must be a string, not integer"
            ]
        );
        let many: String = (0..=WORDS_MAX).map(|n| format!("w{n} = \"w\"\n")).collect();
        assert_eq!(
            faults(&format!("{head}{many}")),
            ["3 \"pronunciations\" has 101 words; at most 100 are allowed"]
        );
    }

    #[test]
    fn tools_are_read_and_their_faults_told_where_they_stand() {
        let head = "name = \"X\"\npersona = \"You are X.\"\n";
        let tools = "[[tools]]\nkind = \"http\"\nname = \"weather\"\ndescription = \"The weather.\"\n\
                     url = \"https://api.example.com/weather/{city}\"\n\
                     parameters = { properties = { city = { type = \"string\" } } }\n\
                     [[tools]]\nkind = \"mcp\"\nname = \"desk\"\nurl = \"URL\"\nallow = [\"book\"]\n";
        let good = format!("{head}{}", tools.replace("URL", "https://desk.example.com/mcp"));
        let read = read("x", &good).map(|x| {
            x.tools
                .iter()
                .map(|tool| tool.name().to_owned())
                .collect::<Vec<_>>()
        });
        assert_eq!(read, Ok(vec!["weather".to_owned(), "desk".to_owned()]));
        let bad = format!("{head}{}", tools.replace("URL", "desk"));
        let expect = "9 \"tools.1.url\" must be a URL such as https://example.com/weather/{city}";
        assert_eq!(faults(&bad), [expect]);
    }

    #[test]
    fn a_broken_line_does_not_hide_the_others() {
        let faults = faults("name = \"X\"\npersona = \"You are X.\"\nlanguage = \ntalkativeness = 2\n");
        assert!(
            faults.iter().any(|fault| fault.starts_with("3 \"\"")),
            "{faults:?}"
        );
        assert!(
            faults
                .iter()
                .any(|fault| fault.starts_with("4 \"talkativeness\"")),
            "{faults:?}"
        );
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        let persona = |length: usize| format!("name = \"X\"\npersona = \"{}\"\n", "ü".repeat(length));
        assert!(faults(&persona(PERSONA_MAX)).is_empty());
        assert_eq!(faults(&persona(PERSONA_MAX + 1)).len(), 1);
    }
}
