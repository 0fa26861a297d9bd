//! Tools as somebody writes them, in a file or a request: the same rules, and each fault by its field.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    ALLOWED_MAX, DESCRIPTION_MAX, HttpTool, McpServer, Method, PARAMETERS_BYTES_MAX, SERVER_NAME_MAX,
    TOOL_NAME_MAX, TOOL_URL_MAX, TOOLS_MAX, Tool, no_parameters,
};

/// What is wrong with a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolFault {
    /// Dotted name of the field: `tools.0.url`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

/// Reads the value of a field `tools`.
///
/// # Errors
/// All that is wrong with it.
pub fn read(tools: &Value) -> Result<Vec<Tool>, Vec<ToolFault>> {
    let mut reader = Reader::default();
    let tools = reader.tools(tools);
    if reader.faults.is_empty() {
        Ok(tools)
    } else {
        Err(reader.faults)
    }
}

#[derive(Default)]
struct Reader {
    faults: Vec<ToolFault>,
}

impl Reader {
    fn fault(&mut self, field: &str, problem: impl Into<String>) {
        self.faults.push(ToolFault {
            field: field.to_owned(),
            problem: problem.into(),
        });
    }

    fn tools(&mut self, value: &Value) -> Vec<Tool> {
        let Some(items) = value.as_array() else {
            self.fault("tools", "must be an array of tools");
            return Vec::new();
        };
        if items.len() > TOOLS_MAX {
            self.fault("tools", format!("must have at most {TOOLS_MAX} items"));
            return Vec::new();
        }
        let mut names = BTreeSet::new();
        let mut tools = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let place = format!("tools.{at}");
            let Some(fields) = item.as_object() else {
                self.fault(&place, "must be an object");
                continue;
            };
            let tool = self.tool(&place, fields);
            if let Some(tool) = &tool
                && !names.insert(tool.name().to_owned())
            {
                self.fault(&format!("{place}.name"), "is the name of another tool");
            }
            tools.extend(tool);
        }
        tools
    }

    fn tool(&mut self, place: &str, fields: &Map<String, Value>) -> Option<Tool> {
        match fields.get("kind").and_then(Value::as_str) {
            Some("http") => {
                let known = ["kind", "name", "description", "method", "url", "parameters"];
                self.refuse_others(place, fields, &known);
                self.http(place, fields).map(Tool::Http)
            }
            Some("mcp") => {
                self.refuse_others(place, fields, &["kind", "name", "url", "allow"]);
                self.mcp(place, fields).map(Tool::Mcp)
            }
            _ => {
                self.fault(&format!("{place}.kind"), "must be `http` or `mcp`");
                None
            }
        }
    }

    fn refuse_others(&mut self, place: &str, fields: &Map<String, Value>, known: &[&str]) {
        for field in fields.keys().filter(|field| !known.contains(&field.as_str())) {
            let problem = format!("there is no such field; known are {}", known.join(", "));
            self.fault(&format!("{place}.{field}"), problem);
        }
    }

    fn http(&mut self, place: &str, fields: &Map<String, Value>) -> Option<HttpTool> {
        let name = self.name(place, fields, TOOL_NAME_MAX);
        let description = self.text(place, fields, "description", DESCRIPTION_MAX);
        let url = self.url(place, fields);
        let method = match fields.get("method").map(Value::as_str) {
            None | Some(Some("GET")) => Method::Get,
            Some(Some("POST")) => Method::Post,
            Some(_) => {
                self.fault(&format!("{place}.method"), "must be `GET` or `POST`");
                Method::Get
            }
        };
        let parameters = self.parameters(place, fields);
        let tool = HttpTool {
            name: name?,
            description: description?,
            method,
            url: url?,
            parameters: parameters?,
        };
        self.check_placeholders(place, &tool);
        Some(tool)
    }

    fn mcp(&mut self, place: &str, fields: &Map<String, Value>) -> Option<McpServer> {
        let name = self.name(place, fields, SERVER_NAME_MAX);
        let url = self.url(place, fields);
        if url.as_ref().is_some_and(|url| url.contains(['{', '}'])) {
            self.fault(&format!("{place}.url"), "must not hold braces");
        }
        let allow = self.allow(place, fields);
        Some(McpServer {
            name: name?,
            url: url?,
            allow,
        })
    }

    fn text(
        &mut self,
        place: &str,
        fields: &Map<String, Value>,
        field: &str,
        length_max: usize,
    ) -> Option<String> {
        let problem = match fields.get(field) {
            None => "is required".to_owned(),
            Some(Value::String(text)) => {
                let trimmed = text.trim();
                let length = trimmed.chars().count();
                if length == 0 {
                    "must not be empty".to_owned()
                } else if length > length_max {
                    format!("is {length} characters long; at most {length_max} are allowed")
                } else if trimmed
                    .chars()
                    .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
                {
                    "holds a control character".to_owned()
                } else {
                    return Some(trimmed.to_owned());
                }
            }
            Some(_) => "must be a string".to_owned(),
        };
        self.fault(&format!("{place}.{field}"), problem);
        None
    }

    fn name(&mut self, place: &str, fields: &Map<String, Value>, length_max: usize) -> Option<String> {
        let name = self.text(place, fields, "name", length_max)?;
        if is_name(&name) {
            return Some(name);
        }
        self.fault(
            &format!("{place}.name"),
            "may hold letters a-z, digits, `_` and `-` alone",
        );
        None
    }

    fn url(&mut self, place: &str, fields: &Map<String, Value>) -> Option<String> {
        let text = self.text(place, fields, "url", TOOL_URL_MAX)?;
        let problem = match reqwest::Url::parse(&text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") => "must begin with https:// or http://",
            Ok(url) if url.host_str().is_none_or(str::is_empty) => "must name a host",
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                "must not hold a user or password; keys of hosts belong to the worker's configuration"
            }
            Ok(url) if url.fragment().is_some() => "must not hold a fragment",
            Ok(_) => return Some(text),
            Err(_) => "must be a URL such as https://example.com/weather/{city}",
        };
        self.fault(&format!("{place}.url"), problem);
        None
    }

    fn parameters(&mut self, place: &str, fields: &Map<String, Value>) -> Option<Map<String, Value>> {
        let problem = match fields.get("parameters") {
            None => return Some(no_parameters()),
            Some(Value::Object(schema)) => {
                let is_object = schema.get("type").is_none_or(|kind| kind == "object");
                let has_properties = schema.get("properties").is_none_or(Value::is_object);
                let bytes = serde_json::to_vec(schema).map_or(usize::MAX, |text| text.len());
                if !is_object || !has_properties {
                    "must be the JSON Schema of an object".to_owned()
                } else if bytes > PARAMETERS_BYTES_MAX {
                    format!("is {bytes} bytes of JSON; at most {PARAMETERS_BYTES_MAX} are allowed")
                } else {
                    let mut schema = schema.clone();
                    schema.entry("type").or_insert_with(|| "object".into());
                    schema.entry("properties").or_insert_with(|| Map::new().into());
                    return Some(schema);
                }
            }
            Some(_) => "must be the JSON Schema of an object".to_owned(),
        };
        self.fault(&format!("{place}.parameters"), problem);
        None
    }

    fn check_placeholders(&mut self, place: &str, tool: &HttpTool) {
        let known = tool.placeholders();
        let field = format!("{place}.url");
        let is_plain = known.iter().all(|name| is_name(name));
        let counted = tool.url.matches(['{', '}']).count();
        if !is_plain || counted != known.len() * 2 {
            self.fault(
                &field,
                "may hold `{name}` as a whole segment of its path alone, once for each name",
            );
            return;
        }
        let properties = tool.parameters.get("properties").and_then(Value::as_object);
        let missing = known
            .iter()
            .find(|name| properties.is_none_or(|properties| !properties.contains_key(**name)));
        if let Some(missing) = missing {
            self.fault(
                &field,
                format!("holds {{{missing}}}, which is no property of its parameters"),
            );
        }
    }

    fn allow(&mut self, place: &str, fields: &Map<String, Value>) -> Vec<String> {
        let field = format!("{place}.allow");
        let Some(value) = fields.get("allow") else {
            return Vec::new();
        };
        let names = value.as_array().and_then(|items| {
            let name = |item: &Value| {
                item.as_str()
                    .filter(|text| !text.trim().is_empty())
                    .map(str::to_owned)
            };
            items.iter().map(name).collect::<Option<Vec<String>>>()
        });
        match names {
            Some(names) if names.len() > ALLOWED_MAX => {
                self.fault(&field, format!("must have at most {ALLOWED_MAX} items"));
                Vec::new()
            }
            Some(names) if names.iter().any(|name| name.chars().count() > TOOL_NAME_MAX) => {
                self.fault(
                    &field,
                    format!("must hold names of at most {TOOL_NAME_MAX} characters"),
                );
                Vec::new()
            }
            Some(names) => names,
            None => {
                self.fault(&field, "must be an array of names");
                Vec::new()
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(tools: &Value) -> Vec<String> {
        let faults = read(tools).err().unwrap_or_default();
        faults
            .into_iter()
            .map(|fault| format!("{} {}", fault.field, fault.problem))
            .collect()
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let tools = read(&json!([
            { "kind": "http", "name": "weather", "description": "Weather.", "url": "https://a.example/w" },
            { "kind": "mcp", "name": "desk", "url": "https://b.example/mcp" },
        ]));
        let expect = vec![
            Tool::Http(HttpTool {
                name: "weather".into(),
                description: "Weather.".into(),
                method: Method::Get,
                url: "https://a.example/w".into(),
                parameters: no_parameters(),
            }),
            Tool::Mcp(McpServer {
                name: "desk".into(),
                url: "https://b.example/mcp".into(),
                allow: Vec::new(),
            }),
        ];
        assert_eq!(tools, Ok(expect));
    }

    #[test]
    fn every_fault_names_its_field() {
        let tools = json!([
            { "kind": "ftp" },
            { "kind": "http", "name": "a b", "url": "https://u:p@a.example/", "method": "PUT", "body": 1 },
            { "kind": "http", "name": "c", "description": "C.", "url": "https://a.example/{x}/y{x}" },
            { "kind": "http", "name": "d", "description": "D.", "url": "https://a.example/{x}" },
            { "kind": "http", "name": "e", "description": "E.", "url": "https://a.example/", "parameters": { "type": "array" } },
            { "kind": "mcp", "name": "m", "url": "ws://a.example/", "allow": [1] },
            7,
        ]);
        let expect = [
            "tools.0.kind must be `http` or `mcp`",
            "tools.1.body there is no such field; known are kind, name, description, method, url, parameters",
            "tools.1.name may hold letters a-z, digits, `_` and `-` alone",
            "tools.1.description is required",
            "tools.1.url must not hold a user or password; keys of hosts belong to the worker's configuration",
            "tools.1.method must be `GET` or `POST`",
            "tools.2.url may hold `{name}` as a whole segment of its path alone, once for each name",
            "tools.3.url holds {x}, which is no property of its parameters",
            "tools.4.parameters must be the JSON Schema of an object",
            "tools.5.url must begin with https:// or http://",
            "tools.5.allow must be an array of names",
            "tools.6 must be an object",
        ];
        assert_eq!(faults(&tools), expect);
        assert_eq!(faults(&json!("x")), ["tools must be an array of tools"]);
        let mcp = json!({ "kind": "mcp", "name": "m", "url": "https://a.example/" });
        assert_eq!(
            faults(&json!([mcp, mcp])),
            ["tools.1.name is the name of another tool"]
        );
        let many = vec![mcp; TOOLS_MAX + 1];
        assert_eq!(faults(&json!(many)), ["tools must have at most 8 items"]);
    }
}
