//! Reads the fields of a JSON object one by one, so that a refusal names the field.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::error::ApiError;
use crate::rooms::language::is_language_tag;

/// Longest name without a limit of its own, Unicode scalar values.
pub(super) const NAME_CHARS_MAX: usize = 200;
/// Longest other text without a limit of its own, Unicode scalar values.
pub(super) const TEXT_CHARS_MAX: usize = 5_000;

/// Longest BCP 47 tag.
pub(super) const LANGUAGE_CHARS_MAX: usize = 35;

/// The fields of an object that were not read yet.
pub(super) struct Fields {
    prefix: String,
    rest: Map<String, Value>,
}

/// Refuses text that is too long or holds control characters besides newline and tab.
pub(super) fn check_text(param: &str, text: &str, chars_max: usize) -> Result<(), ApiError> {
    if text.chars().count() > chars_max {
        return Err(ApiError::invalid(
            param,
            format!("must have at most {chars_max} characters"),
        ));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(ApiError::invalid(
            param,
            "must not hold control characters besides newline and tab",
        ));
    }
    Ok(())
}

/// Refuses text that is empty but for white space.
pub(super) fn check_filled(param: &str, text: &str) -> Result<(), ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::invalid(param, "must not be empty"));
    }
    Ok(())
}

/// A UUID with hyphens, in either case; answered in lower case.
pub(super) fn parse_uuid(param: &str, text: &str) -> Result<String, ApiError> {
    // The other spellings that the parser knows are shorter or longer.
    const CHARS: usize = 36;
    match uuid::Uuid::parse_str(text) {
        Ok(id) if text.len() == CHARS => Ok(id.hyphenated().to_string()),
        _ => Err(ApiError::invalid(param, "must be a UUID")),
    }
}

impl Fields {
    /// The fields of a body.
    pub(super) fn of(body: Value) -> Result<Self, ApiError> {
        match body {
            Value::Object(rest) => Ok(Self {
                prefix: String::new(),
                rest,
            }),
            _ => Err(ApiError::invalid_body("the body must be a JSON object")),
        }
    }

    /// Refuses what nobody read.
    pub(super) fn finish(self) -> Result<(), ApiError> {
        match self.rest.keys().next() {
            Some(field) => Err(ApiError::invalid(
                self.name(field),
                "is not a field of this request",
            )),
            None => Ok(()),
        }
    }

    /// Text with something in it.
    pub(super) fn required_text(&mut self, field: &str, chars_max: usize) -> Result<String, ApiError> {
        self.filled_text(field, chars_max)?
            .ok_or_else(|| ApiError::invalid(self.name(field), "is required"))
    }

    /// Text with something in it, or no such field.
    pub(super) fn filled_text(&mut self, field: &str, chars_max: usize) -> Result<Option<String>, ApiError> {
        let Some(text) = self.text(field, chars_max)? else {
            return Ok(None);
        };
        check_filled(&self.name(field), &text)?;
        Ok(Some(text))
    }

    /// Text, or no such field.
    pub(super) fn text(&mut self, field: &str, chars_max: usize) -> Result<Option<String>, ApiError> {
        match self.rest.remove(field) {
            None => Ok(None),
            Some(Value::String(text)) => {
                check_text(&self.name(field), &text, chars_max)?;
                Ok(Some(text))
            }
            Some(_) => Err(ApiError::invalid(self.name(field), "must be a string")),
        }
    }

    /// Text where null and emptiness mean the same as no such field.
    pub(super) fn nullable_text(
        &mut self,
        field: &str,
        chars_max: usize,
    ) -> Result<Option<String>, ApiError> {
        self.drop_null(field);
        Ok(self
            .text(field, chars_max)?
            .filter(|text| !text.trim().is_empty()))
    }

    /// Lets null mean the same as no such field.
    pub(super) fn drop_null(&mut self, field: &str) {
        if self.rest.get(field).is_some_and(Value::is_null) {
            self.rest.remove(field);
        }
    }

    /// One of a few words, or no such field.
    pub(super) fn choice<T: Copy>(
        &mut self,
        field: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, ApiError> {
        let Some(value) = self.rest.remove(field) else {
            return Ok(None);
        };
        let chosen = value
            .as_str()
            .and_then(|text| choices.iter().find(|(word, _)| *word == text));
        match chosen {
            Some((_, choice)) => Ok(Some(*choice)),
            None => {
                let words: Vec<String> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
                Err(ApiError::invalid(
                    self.name(field),
                    format!("must be {}", words.join(" or ")),
                ))
            }
        }
    }

    /// True or false.
    pub(super) fn required_bool(&mut self, field: &str) -> Result<bool, ApiError> {
        self.flag(field)?
            .ok_or_else(|| ApiError::invalid(self.name(field), "is required"))
    }

    /// A whole number in a range, or no such field.
    pub(super) fn whole(
        &mut self,
        field: &str,
        range: &RangeInclusive<u32>,
    ) -> Result<Option<u32>, ApiError> {
        let Some(value) = self.rest.remove(field) else {
            return Ok(None);
        };
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        match number {
            Some(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(ApiError::invalid(
                self.name(field),
                format!("must be a whole number from {} to {}", range.start(), range.end()),
            )),
        }
    }

    /// A UUID, answered in its usual spelling.
    pub(super) fn required_uuid(&mut self, field: &str) -> Result<String, ApiError> {
        let text = self.required_text(field, NAME_CHARS_MAX)?;
        parse_uuid(&self.name(field), &text)
    }

    /// A BCP 47 tag; null means the same as no such field.
    pub(super) fn language_tag(&mut self, field: &str) -> Result<Option<String>, ApiError> {
        self.drop_null(field);
        match self.text(field, LANGUAGE_CHARS_MAX)? {
            Some(tag) if !is_language_tag(&tag) => Err(ApiError::invalid(
                self.name(field),
                "must be a BCP 47 tag such as `en` or `pt-BR`",
            )),
            tag => Ok(tag),
        }
    }

    /// Objects with fields of their own, or no such field.
    pub(super) fn objects(&mut self, field: &str, count_max: usize) -> Result<Option<Vec<Self>>, ApiError> {
        let Some(value) = self.rest.remove(field) else {
            return Ok(None);
        };
        let name = self.name(field);
        let Value::Array(values) = value else {
            return Err(ApiError::invalid(name, "must be an array of objects"));
        };
        if values.len() > count_max {
            return Err(ApiError::invalid(
                name,
                format!("must have at most {count_max} items"),
            ));
        }
        let items = values.into_iter().enumerate().map(|(at, value)| match value {
            Value::Object(rest) => Ok(Self {
                prefix: format!("{name}.{at}."),
                rest,
            }),
            _ => Err(ApiError::invalid(format!("{name}.{at}"), "must be an object")),
        });
        items.collect::<Result<_, _>>().map(Some)
    }

    /// Yes or no, or no such field.
    pub(super) fn flag(&mut self, field: &str) -> Result<Option<bool>, ApiError> {
        match self.rest.remove(field) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(ApiError::invalid(self.name(field), "must be true or false")),
        }
    }

    /// A number in a range, or no such field.
    pub(super) fn number(
        &mut self,
        field: &str,
        range: RangeInclusive<f64>,
    ) -> Result<Option<f64>, ApiError> {
        match self.rest.remove(field) {
            None => Ok(None),
            Some(value) => match value.as_f64() {
                Some(number) if range.contains(&number) => Ok(Some(number)),
                _ => Err(ApiError::invalid(
                    self.name(field),
                    format!("must be a number from {} to {}", range.start(), range.end()),
                )),
            },
        }
    }

    /// A whole number in a range, or no such field.
    pub(super) fn whole_number(
        &mut self,
        field: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, ApiError> {
        let Some(value) = self.rest.remove(field) else {
            return Ok(None);
        };
        // JSON has one kind of number: 50 and 50.0 are the same.
        let number = match value.as_u64() {
            Some(number) => u32::try_from(number).ok(),
            None => value
                .as_f64()
                .filter(|number| number.fract() == 0.0)
                .and_then(whole),
        };
        match number.filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(ApiError::invalid(
                self.name(field),
                format!("must be a whole number from {} to {}", range.start(), range.end()),
            )),
        }
    }

    /// The field as it is, for whoever reads it by rules of their own.
    pub(super) fn value(&mut self, field: &str) -> Option<Value> {
        self.rest.remove(field)
    }

    /// Whether the field is there and was not read yet, null included.
    pub(super) fn has(&self, field: &str) -> bool {
        self.rest.contains_key(field)
    }

    /// Texts with something in them, or no such field.
    pub(super) fn texts(
        &mut self,
        field: &str,
        count_max: usize,
        chars_max: usize,
    ) -> Result<Option<Vec<String>>, ApiError> {
        let Some(value) = self.rest.remove(field) else {
            return Ok(None);
        };
        let name = self.name(field);
        let Value::Array(values) = value else {
            return Err(ApiError::invalid(name, "must be an array of strings"));
        };
        if values.len() > count_max {
            return Err(ApiError::invalid(
                name,
                format!("must have at most {count_max} items"),
            ));
        }
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            let Value::String(text) = value else {
                return Err(ApiError::invalid(name, "must be an array of strings"));
            };
            check_text(&name, &text, chars_max)?;
            check_filled(&name, &text)?;
            texts.push(text);
        }
        Ok(Some(texts))
    }

    /// An object of texts, or no such field.
    pub(super) fn text_map(
        &mut self,
        field: &str,
        count_max: usize,
        chars_max: usize,
    ) -> Result<Option<BTreeMap<String, String>>, ApiError> {
        let Some(inner) = self.object(field)? else {
            return Ok(None);
        };
        if inner.rest.len() > count_max {
            return Err(ApiError::invalid(
                self.name(field),
                format!("must have at most {count_max} fields"),
            ));
        }
        let mut map = BTreeMap::new();
        let prefix = inner.prefix;
        for (key, value) in inner.rest {
            let name = format!("{prefix}{key}");
            check_text(&name, &key, chars_max)?;
            check_filled(&prefix, &key)?;
            let Value::String(text) = value else {
                return Err(ApiError::invalid(name, "must be a string"));
            };
            check_text(&name, &text, chars_max)?;
            check_filled(&name, &text)?;
            map.insert(key, text);
        }
        Ok(Some(map))
    }

    /// An object with fields of its own, or no such field.
    pub(super) fn object(&mut self, field: &str) -> Result<Option<Self>, ApiError> {
        match self.rest.remove(field) {
            None => Ok(None),
            Some(Value::Object(rest)) => Ok(Some(Self {
                prefix: format!("{}.", self.name(field)),
                rest,
            })),
            Some(_) => Err(ApiError::invalid(self.name(field), "must be an object")),
        }
    }

    /// The field as the client knows it.
    pub(super) fn name(&self, field: &str) -> String {
        format!("{}{field}", self.prefix)
    }
}

/// A number without a fraction as an integer, if it is one that small.
fn whole(number: f64) -> Option<u32> {
    // Printing is the one exact way from there to here.
    format!("{number:.0}").parse().ok()
}
