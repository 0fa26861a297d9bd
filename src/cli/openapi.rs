//! `troupe openapi`: the API's OpenAPI document.

use std::io::Write;

use super::{Context, Failure};
use crate::api;

/// Prints the document: indented for people, on one line with `--json`.
pub(crate) fn run(context: &Context) -> Result<(), Failure> {
    let document = api::document();
    let printed = match context.output.is_json() {
        true => document.to_json(),
        false => document.to_pretty_json(),
    };
    let printed = printed.map_err(Failure::failed)?;
    // A reader that went away (`| head`) is no failure of the command.
    let _ = writeln!(std::io::stdout().lock(), "{printed}");
    Ok(())
}
