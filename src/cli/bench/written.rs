//! Where a measurement goes: `report.json`, `report.md` and `report.html` in one folder, and stdout.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::{Failure, Output};
use crate::evaluation::report::{self, Run};

/// Flags of every measurement that writes a report.
#[derive(Debug, clap::Args)]
pub(crate) struct ReportArgs {
    /// Folder of the report
    #[arg(long, value_name = "DIR", default_value = "bench-out")]
    out: PathBuf,
    /// What this run is called in it
    #[arg(long, value_name = "NAME", default_value = "troupe")]
    name: String,
    /// Results to lay beside it: earlier reports, or other benches' files in the same format
    #[arg(long, value_name = "FILE", num_args = 1..)]
    compare: Vec<PathBuf>,
}

/// Results to be written once there are some; what can't work has failed by now.
pub(super) struct Writing {
    out: PathBuf,
    name: String,
    compared: Vec<Run>,
}

impl ReportArgs {
    /// What this run is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Reads what is compared with and makes the folder.
    pub(super) fn open(&self) -> Result<Writing, Failure> {
        let compared: Result<Vec<Run>, _> = self.compare.iter().map(|path| Run::read(path)).collect();
        let compared = compared.map_err(Failure::failed)?;
        std::fs::create_dir_all(&self.out)
            .map_err(|error| Failure::failed(format_args!("{}: {error}", self.out.display())))?;
        Ok(Writing {
            out: self.out.clone(),
            name: self.name.clone(),
            compared,
        })
    }
}

/// What is printed at the end.
#[derive(Serialize)]
struct Printed<'a> {
    event: &'static str,
    #[serde(flatten)]
    report: &'a Value,
    #[serde(skip)]
    text: String,
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Writing {
    /// Another file beside the report.
    pub(super) fn beside(&self, name: &str, json: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(json).map_err(Failure::failed)?;
        write(&self.out.join(name), &text)
    }

    /// Writes the three files and prints the report. `sections` are this run's.
    pub(super) fn finish(self, output: Output, title: &str, mut sections: Value) -> Result<(), Failure> {
        let machine = machine();
        let lead = lead(&machine, &sections);
        if let Some(fields) = sections.as_object_mut() {
            fields.insert("name".to_owned(), json!(self.name));
            fields.insert("version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
            fields.insert("at".to_owned(), json!(at()));
            fields.insert("machine".to_owned(), machine);
        }
        let json = serde_json::to_string_pretty(&sections).map_err(Failure::failed)?;
        let own = Run {
            name: self.name,
            json: sections,
        };
        let runs: Vec<Run> = std::iter::once(own).chain(self.compared).collect();
        let markdown = report::markdown(title, &lead, &runs);
        for (name, text) in [
            ("report.json", &json),
            ("report.md", &markdown),
            ("report.html", &report::html(title, &lead, &runs)),
        ] {
            write(&self.out.join(name), text)?;
        }
        let own = runs.first().map_or(&Value::Null, |run| &run.json);
        output.data(&Printed {
            event: "report",
            report: own,
            text: markdown,
        });
        output.progress(format_args!(
            "written: {}",
            self.out.join("report.html").display()
        ));
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|error| Failure::failed(format_args!("write {}: {error}", path.display())))
}

fn at() -> String {
    let format = time::format_description::well_known::Rfc3339;
    let now = time::OffsetDateTime::now_utc();
    now.replace_nanosecond(0)
        .unwrap_or(now)
        .format(&format)
        .unwrap_or_default()
}

/// The machine, as far as it matters for a comparison.
fn machine() -> Value {
    let memory_mb = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    });
    json!({
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memoryMb": memory_mb.map(|kb| kb / 1024),
        "optimised": !cfg!(debug_assertions),
    })
}

fn lead(machine: &Value, sections: &Value) -> String {
    let build = if machine["optimised"] == true {
        "an optimised build"
    } else {
        "a debug build, whose figures say little"
    };
    let models = sections["target"]["models"].as_str().unwrap_or("configured");
    format!(
        "Troupe {} on {} cores, {build}; models: {models}.",
        env!("CARGO_PKG_VERSION"),
        machine["cores"]
    )
}
