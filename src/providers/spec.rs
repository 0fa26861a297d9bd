//! `provider:model`, the way models are named everywhere.

use std::fmt;

/// A provider, and which of its models; without one, the provider's default.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spec {
    /// Name of the provider.
    pub provider: String,
    /// Name that the provider gives the model.
    pub model: Option<String>,
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.model {
            Some(model) => write!(f, "{}:{model}", self.provider),
            None => f.write_str(&self.provider),
        }
    }
}

/// Models in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specs(pub Vec<Spec>);

impl Specs {
    /// Reads `provider:model, provider:model, …`: one or more, with commas between.
    ///
    /// # Errors
    /// At the first that names no model.
    pub fn parse(text: &str, field: &str, known: &[&str]) -> Result<Self, SpecError> {
        let specs = text.split(',').map(|one| Spec::parse(one, field, known));
        specs.collect::<Result<_, _>>().map(Self)
    }
}

/// Why a text names no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {text:?}, which names no provider; write `provider:model` with one of: {}", known.join(", "))]
pub struct SpecError {
    /// The variable or field that holds it.
    pub field: String,
    /// What it says.
    pub text: String,
    /// Providers that this process has.
    pub known: Vec<String>,
}

impl Spec {
    /// Reads `provider:model` or `provider`. The model may hold colons itself, as in `openai:qwen3:0.6b`.
    /// `field` says where the text comes from.
    pub fn parse(text: &str, field: &str, known: &[&str]) -> Result<Self, SpecError> {
        let (provider, model) = match text.trim().split_once(':') {
            Some((provider, model)) => (provider.trim(), Some(model.trim())),
            None => (text.trim(), None),
        };
        if known.contains(&provider) && model != Some("") {
            return Ok(Self {
                provider: provider.to_owned(),
                model: model.map(str::to_owned),
            });
        }
        Err(SpecError {
            field: field.to_owned(),
            text: text.to_owned(),
            known: known.iter().map(|&name| name.to_owned()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_colon_divides() {
        let check = |text: &str, expect: Option<&str>| {
            let spec = Spec::parse(text, "TROUPE_LLM", &["openai", "local"]).ok();
            assert_eq!(spec.map(|spec| spec.to_string()).as_deref(), expect, "{text}");
        };
        check("openai:gpt-4.1-mini", Some("openai:gpt-4.1-mini"));
        check(" openai : qwen3:0.6b ", Some("openai:qwen3:0.6b"));
        check("local", Some("local"));
        check("openai:", None);
        check("OpenAI:x", None);
        check("", None);
        check(":x", None);
    }

    #[test]
    fn commas_make_a_list() {
        let check = |text: &str, expect: Option<&[&str]>| {
            let specs = Specs::parse(text, "TROUPE_LLM", &["openai", "local"]).ok();
            let specs = specs.map(|Specs(specs)| specs.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(
                specs.as_deref(),
                expect
                    .map(|list| list.iter().map(|&s| s.to_owned()).collect::<Vec<_>>())
                    .as_deref(),
                "{text}"
            );
        };
        check("openai:a", Some(&["openai:a"]));
        check(
            "openai:a, local:b ,local",
            Some(&["openai:a", "local:b", "local"]),
        );
        check("openai:a,", None);
        check("openai:a, acme:b", None);
    }

    #[test]
    fn the_error_says_where_and_what_is_known() {
        let shown =
            Spec::parse("acme:x", "TROUPE_TTS", &["local", "openai"]).map_err(|error| error.to_string());
        let expect = "TROUPE_TTS is \"acme:x\", which names no provider; \
                      write `provider:model` with one of: local, openai";
        assert_eq!(shown, Err(expect.to_owned()));
    }
}
