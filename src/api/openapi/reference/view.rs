//! The document, flattened to what the page's tables show.

use serde::Serialize;
use serde_json::{Map, Value};

/// Operations under one tag.
#[derive(Serialize)]
pub(super) struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

#[derive(Serialize)]
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: String,
    keys: Vec<String>,
    params: Vec<Row>,
    body: Option<String>,
    answers: Vec<Answer>,
}

/// A parameter or a field.
#[derive(Serialize)]
pub(super) struct Row {
    name: String,
    place: String,
    kind: String,
    required: bool,
    about: String,
}

#[derive(Serialize)]
struct Answer {
    status: String,
    about: String,
    body: Option<String>,
}

/// One named schema.
#[derive(Serialize)]
pub(super) struct Named {
    name: String,
    kind: String,
    about: String,
    fields: Vec<Row>,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// All operations, by tag and path.
pub(super) fn groups(document: &Value) -> Vec<Group> {
    let tags = document["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    tags.iter()
        .map(|tag| Group {
            name: text(&tag["name"]),
            about: text(&tag["description"]),
            operations: operations(document, &tag["name"]),
        })
        .filter(|group| !group.operations.is_empty())
        .collect()
}

fn operations(document: &Value, tag: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in fields(&document["paths"]) {
        for method in METHODS {
            let operation = &item[method];
            let is_tagged = operation["tags"]
                .as_array()
                .is_some_and(|tags| tags.contains(tag));
            if is_tagged {
                found.push(to_operation(document, method, path, operation));
            }
        }
    }
    found
}

fn to_operation(document: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let items = |name: &str| operation[name].as_array().map(Vec::as_slice).unwrap_or_default();
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        about: text(&operation["description"]),
        keys: items("security")
            .iter()
            .flat_map(fields)
            .map(|(key, _)| key.trim_end_matches("_key").to_owned())
            .collect(),
        params: items("parameters").iter().map(param).collect(),
        body: content(&operation["requestBody"]),
        answers: fields(&operation["responses"])
            .map(|(status, answer)| {
                let answer = resolved(document, answer);
                Answer {
                    status: status.clone(),
                    about: text(&answer["description"]),
                    body: content(answer),
                }
            })
            .collect(),
    }
}

fn param(param: &Value) -> Row {
    Row {
        name: text(&param["name"]),
        place: text(&param["in"]),
        kind: kind(&param["schema"]),
        required: param["required"] == true,
        about: text(&param["description"]),
    }
}

fn content(holder: &Value) -> Option<String> {
    let (media, content) = fields(&holder["content"]).next()?;
    let shown = kind(&content["schema"]);
    Some(match media.as_str() {
        "application/json" => shown,
        _ => format!("{shown} as {media}"),
    })
}

/// All named schemas.
pub(super) fn schemas(document: &Value) -> Vec<Named> {
    fields(&document["components"]["schemas"])
        .map(|(name, schema)| Named {
            name: name.clone(),
            kind: kind(schema),
            about: text(&schema["description"]),
            fields: rows(schema),
        })
        .collect()
}

/// The fields of an object, those of its parts under their path.
fn rows(schema: &Value) -> Vec<Row> {
    let mut found = Vec::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        if part.get("$ref").is_some() {
            found.push(Row {
                name: "…".into(),
                place: String::new(),
                kind: kind(part),
                required: true,
                about: "All of its fields.".into(),
            });
        }
        found.extend(rows(part));
    }
    collect("", schema, &mut found);
    found
}

fn collect(prefix: &str, schema: &Value, found: &mut Vec<Row>) {
    let required = schema["required"].as_array();
    for (name, field) in fields(&schema["properties"]) {
        let path = format!("{prefix}{name}");
        found.push(Row {
            name: path.clone(),
            place: String::new(),
            kind: kind(field),
            required: required.is_some_and(|names| names.iter().any(|required| required == name)),
            about: text(&field["description"]),
        });
        collect(&format!("{path}."), field, found);
        collect(&format!("{path}[]."), &field["items"], found);
    }
}

/// A schema in a few words.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or(reference).to_owned();
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(text).collect();
        return words.join(" | ");
    }
    for union in ["oneOf", "anyOf"] {
        if let Some(members) = schema[union].as_array() {
            let members: Vec<String> = members.iter().map(kind).collect();
            return members.join(" | ");
        }
    }
    let mut shown = match &schema["type"] {
        Value::String(name) if name == "array" => format!("array of {}", kind(&schema["items"])),
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().map(text).collect::<Vec<_>>().join(" | "),
        _ => "any".into(),
    };
    for (keyword, word) in [
        ("format", ""),
        ("minLength", "from length "),
        ("maxLength", "to length "),
        ("minimum", "from "),
        ("maximum", "to "),
        ("minItems", "from items: "),
        ("maxItems", "to items: "),
        ("maxProperties", "to fields: "),
        ("default", "default "),
    ] {
        if let Some(value) = schema.get(keyword) {
            shown.push_str(&format!(", {word}{}", text(value)));
        }
    }
    shown
}

fn resolved<'a>(document: &'a Value, object: &'a Value) -> &'a Value {
    object["$ref"]
        .as_str()
        .and_then(|reference| document.pointer(reference.trim_start_matches('#')))
        .unwrap_or(object)
}

fn fields(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flat_map(Map::iter)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
