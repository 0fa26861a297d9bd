//! Answers compared with what a reference shows: every field that is shown is there and of that type.

use serde_json::Value;

/// Refuses an answer that lacks a field of `shown`, or has another type there. More fields are fine.
#[track_caller]
pub(crate) fn assert_shape(answer: &Value, shown: &Value) {
    if let Err(fault) = compare("", answer, shown) {
        panic!("{fault}\nanswered: {answer:#}\nshown: {shown:#}");
    }
}

fn compare(path: &str, answer: &Value, shown: &Value) -> Result<(), String> {
    match (answer, shown) {
        (Value::Object(answer), Value::Object(shown)) => shown.iter().try_for_each(|(field, shown)| {
            let path = format!("{path}.{field}");
            let answer = answer.get(field).ok_or_else(|| format!("{path} is missing"))?;
            compare(&path, answer, shown)
        }),
        (Value::Array(answer), Value::Array(shown)) => match shown.first() {
            None => Ok(()),
            Some(shown) if answer.is_empty() => Err(format!("{path} is empty, and shown with {shown}")),
            Some(shown) => answer
                .iter()
                .enumerate()
                .try_for_each(|(index, answer)| compare(&format!("{path}[{index}]"), answer, shown)),
        },
        _ if std::mem::discriminant(answer) == std::mem::discriminant(shown) => Ok(()),
        _ => Err(format!("{path} is {answer}, and shown as {shown}")),
    }
}
