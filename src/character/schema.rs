//! The JSON Schema of a character's file, from the bounds that its reader holds to.

use serde_json::{Value, json};

use super::file::{LANGUAGE, TALKATIVENESS};
use super::tool::{ALLOWED_MAX, DESCRIPTION_MAX, SERVER_NAME_MAX, TOOL_NAME_MAX, TOOL_URL_MAX, TOOLS_MAX};
use super::{EXAMPLES_MAX, NAME_MAX, PERSONA_MAX, WORDS_MAX};

/// The schema, for editors: completion, documentation and faults as one types.
pub fn schema() -> Value {
    let name =
        |about: &str| json!({"type": "string", "minLength": 1, "maxLength": NAME_MAX, "description": about});
    let names = |about: &str, most: Option<usize>| {
        let mut list = json!({"type": "array", "items": name(""), "description": about});
        if let Some(most) = most {
            list["maxItems"] = most.into();
        }
        list
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A character of Troupe",
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "persona"],
        "properties": {
            "name": name("What it is called."),
            "aliases": names("Other names that it answers to.", None),
            "persona": {
                "type": "string", "minLength": 1, "maxLength": PERSONA_MAX,
                "description": "Who it is, in the second person: \"You are …\".",
            },
            "language": {
                "type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$", "default": LANGUAGE,
                "description": "BCP 47 tag of the language that it speaks.",
            },
            "temperament": name("How it talks, in a few words: \"dry, precise, unhurried\"."),
            "talkativeness": {
                "type": "number", "minimum": 0, "maximum": 1, "default": TALKATIVENESS,
                "description": "0.0 speaks only when addressed, 1.0 takes every chance.",
            },
            "voices": {
                "type": "object", "additionalProperties": name("The provider's name of the voice."),
                "description": "Provider (openai, piper, kokoro) to that provider's name of the voice.",
            },
            "pronunciations": {
                "type": "object", "maxProperties": WORDS_MAX,
                "additionalProperties": name("The word spelled as it sounds."),
                "description": "Word to how it is spelled for the voice; captions and transcript keep the word. One in \
                    small letters is found in any case, any other one as it is written.",
            },
            "models": {
                "type": "object", "additionalProperties": false,
                "description": "Models that it insists on, each as provider:model, or several with commas between.",
                "properties": {
                    "stt": name("Speech to text."),
                    "llm": name("The language model that writes its lines."),
                    "tts": name("Text to speech."),
                    "realtime": name("One that hears and speaks by itself, such as openai:gpt-realtime."),
                },
            },
            "examples": {
                "type": "array", "maxItems": EXAMPLES_MAX,
                "description": "Exchanges that show how it talks; small models learn from nothing else.",
                "items": {
                    "type": "object", "additionalProperties": false, "required": ["heard", "said"],
                    "properties": {
                        "heard": name("What somebody says to it."),
                        "said": name("What it answers."),
                    },
                },
            },
            "deflections": names("What it says when its model has nothing fit to be said.", Some(EXAMPLES_MAX)),
            "tools": {
                "type": "array", "maxItems": TOOLS_MAX, "items": {"oneOf": [http_tool(), mcp_server()]},
                "description": "What its language model may have done while it answers.",
            },
        },
    })
}

fn http_tool() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["kind", "name", "description", "url"],
        "description": "One request to a web server.",
        "properties": {
            "kind": {"const": "http"},
            "name": tool_name(TOOL_NAME_MAX, "What the model calls it."),
            "description": {
                "type": "string", "minLength": 1, "maxLength": DESCRIPTION_MAX,
                "description": "What it does and when to use it, for the model.",
            },
            "method": {
                "enum": ["GET", "POST"], "default": "GET",
                "description": "GET sends the arguments in the query, POST as JSON.",
            },
            "url": tool_url("Where it is. A segment such as {city} is filled with that argument; the host is fixed."),
            "parameters": {"type": "object", "description": "JSON Schema of the arguments, an object's."},
        },
    })
}

fn mcp_server() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["kind", "name", "url"],
        "description": "Tools of an MCP server, over streamable HTTP.",
        "properties": {
            "kind": {"const": "mcp"},
            "name": tool_name(SERVER_NAME_MAX, "Stands before the names of its tools."),
            "url": tool_url("Its endpoint."),
            "allow": {
                "type": "array", "maxItems": ALLOWED_MAX, "items": tool_name(TOOL_NAME_MAX, "A tool's name."),
                "description": "Which of its tools may be used; all of them when there is none.",
            },
        },
    })
}

fn tool_name(length_max: usize, about: &str) -> Value {
    json!({"type": "string", "pattern": format!("^[A-Za-z0-9_-]{{1,{length_max}}}$"), "description": about})
}

fn tool_url(about: &str) -> Value {
    json!({"type": "string", "format": "uri-reference", "maxLength": TOOL_URL_MAX, "description": about})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::file::FIELDS;

    #[test]
    fn the_schema_knows_the_fields_that_the_reader_knows() {
        let schema = super::schema();
        let described = schema["properties"].as_object().into_iter().flatten();
        let described: BTreeSet<&str> = described.map(|(name, _)| name.as_str()).collect();
        assert_eq!(described, FIELDS.split(", ").collect());
    }
}
