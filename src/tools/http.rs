//! A request to a web server.

use futures::StreamExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Response, Url};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

use super::outcome::{Problem, presentable};
use super::reach::Reach;
use crate::character::tool::{HttpTool, Method};

/// Most that is read of an answer, bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Asks, and answers what the server said.
pub(super) async fn call(
    reach: &Reach,
    tool: &HttpTool,
    arguments: Map<String, Value>,
) -> Result<String, Problem> {
    let arguments = declared(tool, arguments);
    let (text, rest) = filled(tool, arguments)?;
    let mut url = reach.admit(&text).map_err(|_| Problem::Refused)?;
    if tool.method == Method::Get {
        append(&mut url, &rest);
    }
    let mut request = match tool.method {
        Method::Get => reach.client().get(url.clone()),
        Method::Post => reach.client().post(url.clone()).json(&rest),
    };
    if let Some(key) = reach.key(&url) {
        request = request.bearer_auth(key.expose_secret());
    }
    let response = request.send().await.map_err(|error| problem(&error))?;
    let status = response.status();
    let body = read(response).await?;
    match (status.is_success(), body.trim()) {
        (true, _) => Ok(presentable(&body)),
        (false, "") => Err(Problem::Status(status.as_u16())),
        (false, said) => Err(Problem::Failed(format!(
            "{} {}",
            status.as_u16(),
            presentable(said)
        ))),
    }
}

/// The arguments that the tool has; a model makes others up.
fn declared(tool: &HttpTool, arguments: Map<String, Value>) -> Map<String, Value> {
    let known = tool.parameters.get("properties").and_then(Value::as_object);
    arguments
        .into_iter()
        .filter(|(name, value)| !value.is_null() && known.is_some_and(|known| known.contains_key(name)))
        .collect()
}

/// The URL with its placeholders filled, and the arguments that are left.
fn filled(
    tool: &HttpTool,
    mut arguments: Map<String, Value>,
) -> Result<(String, Map<String, Value>), Problem> {
    let mut url = tool.url.clone();
    for name in tool.placeholders() {
        let value = arguments.remove(name).and_then(|value| scalar(&value));
        // Dots alone would lead up the path.
        let value = value.filter(|value| !matches!(value.as_str(), "" | "." | ".."));
        let value = value.ok_or_else(|| Problem::Argument(name.to_owned()))?;
        let encoded = utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string();
        url = url.replace(&format!("{{{name}}}"), &encoded);
    }
    Ok((url, arguments))
}

fn append(url: &mut Url, arguments: &Map<String, Value>) {
    if arguments.is_empty() {
        return;
    }
    let mut query = url.query_pairs_mut();
    for (name, value) in arguments {
        query.append_pair(name, &scalar(value).unwrap_or_else(|| value.to_string()));
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

async fn read(response: Response) -> Result<String, Problem> {
    let mut body = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::BrokenOff)?;
        if body.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err(Problem::Unreadable);
        }
        body.extend_from_slice(&piece);
    }
    String::from_utf8(body).map_err(|_| Problem::Unreadable)
}

fn problem(error: &reqwest::Error) -> Problem {
    if error.is_timeout() {
        Problem::TooSlow
    } else if error.is_connect() {
        Problem::Unreachable
    } else {
        Problem::BrokenOff
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::character::Tool;
    use crate::character::tool::read;

    fn tool() -> HttpTool {
        let tools = json!([{
            "kind": "http", "name": "weather", "description": "Weather.",
            "url": "https://api.example.com/{city}/now?units=metric",
            "parameters": { "properties": { "city": {}, "days": {} } },
        }]);
        match read(&tools).unwrap().remove(0) {
            Tool::Http(tool) => tool,
            Tool::Mcp(_) => panic!("it is no server"),
        }
    }

    fn url_of(arguments: Value) -> Result<String, Problem> {
        let tool = tool();
        let arguments = declared(&tool, arguments.as_object().unwrap().clone());
        let (text, rest) = filled(&tool, arguments)?;
        let mut url = Url::parse(&text).unwrap();
        append(&mut url, &rest);
        Ok(url.into())
    }

    #[test]
    fn arguments_fill_the_path_and_the_query_and_nothing_else() {
        let url = url_of(json!({ "city": "Bad Tölz", "days": 3, "host": "evil.example" }));
        let expect = "https://api.example.com/Bad%20T%C3%B6lz/now?units=metric&days=3";
        assert_eq!(url.as_deref(), Ok(expect));
        let escaping = url_of(json!({ "city": "../../admin?x=#", "days": null })).unwrap();
        let expect = "https://api.example.com/%2E%2E%2F%2E%2E%2Fadmin%3Fx%3D%23/now?units=metric";
        assert_eq!(escaping, expect);
        for city in [json!(".."), json!("."), json!(""), json!({}), Value::Null] {
            assert_eq!(
                url_of(json!({ "city": city })),
                Err(Problem::Argument("city".into()))
            );
        }
    }
}
