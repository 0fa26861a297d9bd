//! Fetches a file of a model hub over HTTP, going on where a broken connection left off.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_RANGE, RANGE};

use super::error::ModelError;

const DEFAULT_BASE: &str = "https://huggingface.co";
/// Names another hub that serves the same paths.
const BASE_VARIABLE: &str = "HF_ENDPOINT";

const CONNECT_TIMEOUT_S: u64 = 10;
/// A peer that sends nothing for this long, and acknowledges nothing, is gone.
const SILENCE_TIMEOUT_S: u64 = 30;
/// Connections in a row that bring not one byte before the hub counts as unreachable.
const BARREN_ATTEMPTS_MAX: u32 = 4;
/// Connections for one file, however much each brings.
const ATTEMPTS_MAX: u32 = 200;
/// Wait before trying again after a barren attempt, times the number of such attempts.
const PAUSE_MS: u64 = 500;

/// A stretch of a file that the hub has to fill.
pub(super) struct Target<'a> {
    /// The file, open for writing.
    pub(super) file: &'a mut File,
    /// Its path, for errors.
    pub(super) path: &'a Path,
    /// Where the hub's file starts in it.
    pub(super) start: u64,
    /// Bytes of the hub's file that are there already.
    pub(super) bytes_done: u64,
    /// Size of the hub's file.
    pub(super) bytes_total: u64,
}

/// Where a hub answers.
#[derive(Debug, Clone)]
pub(super) struct Hub {
    base: String,
}

impl Hub {
    /// The hub that `HF_ENDPOINT` names, or the usual one.
    pub(super) fn from_environment() -> Self {
        let named = std::env::var(BASE_VARIABLE)
            .ok()
            .filter(|base| !base.trim().is_empty());
        Self::at(named.as_deref().unwrap_or(DEFAULT_BASE))
    }

    /// The hub at a base URL.
    pub(super) fn at(base: &str) -> Self {
        Self {
            base: base.trim().trim_end_matches('/').to_owned(),
        }
    }

    pub(super) fn url(&self, repository: &str, revision: &str, path: &str) -> String {
        format!("{}/{repository}/resolve/{revision}/{path}", self.base)
    }

    /// Fills `target` from `url`. What has arrived stays there on failure.
    pub(super) fn fetch(
        &self,
        url: &str,
        mut target: Target<'_>,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<(), ModelError> {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(CONNECT_TIMEOUT_S))
            .timeout(None)
            .tcp_user_timeout(Duration::from_secs(SILENCE_TIMEOUT_S))
            .build()
            .map_err(|error| unreachable(url, error))?;
        let mut barren = 0;
        let mut detail = String::new();
        for _ in 0..ATTEMPTS_MAX {
            let before = target.bytes_done;
            match attempt(&client, url, &mut target, on_bytes)? {
                None if target.bytes_done == target.bytes_total => return Ok(()),
                None => "the connection closed early".clone_into(&mut detail),
                Some(broken) => detail = broken,
            }
            barren = if target.bytes_done > before { 0 } else { barren + 1 };
            if barren == BARREN_ATTEMPTS_MAX {
                break;
            }
            pause(barren);
        }
        Err(unreachable(url, detail))
    }
}

#[expect(clippy::disallowed_methods, reason = "a pull blocks its thread by contract")]
fn pause(barren_attempts: u32) {
    std::thread::sleep(Duration::from_millis(PAUSE_MS * u64::from(barren_attempts)));
}

/// One connection. Answers why it broke, if it broke in a way that may pass.
fn attempt(
    client: &Client,
    url: &str,
    target: &mut Target<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<Option<String>, ModelError> {
    let mut request = client.get(url);
    if target.bytes_done > 0 {
        request = request.header(RANGE, format!("bytes={}-", target.bytes_done));
    }
    let mut response = match request.send() {
        Ok(response) => response,
        Err(error) => return Ok(Some(innermost(&error))),
    };
    match response.status() {
        StatusCode::PARTIAL_CONTENT if range_start(&response) == Some(target.bytes_done) => {}
        // It sends everything again, or has no such range: so do we start again.
        StatusCode::OK | StatusCode::PARTIAL_CONTENT => target.bytes_done = 0,
        StatusCode::RANGE_NOT_SATISFIABLE => {
            target.bytes_done = 0;
            return Ok(Some("the hub has no such range".to_owned()));
        }
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            return Ok(Some(format!("it answered {status}")));
        }
        status => {
            return Err(ModelError::Status {
                url: url.to_owned(),
                status: status.as_u16(),
            });
        }
    }
    let at = target.start + target.bytes_done;
    target.file.set_len(at).map_err(ModelError::disk(target.path))?;
    target
        .file
        .seek(SeekFrom::Start(at))
        .map_err(ModelError::disk(target.path))?;
    copy(&mut response, target, on_bytes)
}

fn copy(
    response: &mut Response,
    target: &mut Target<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<Option<String>, ModelError> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let len = match response.read(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(len) => len,
            Err(error) => return Ok(Some(innermost(&error))),
        };
        let left = usize::try_from(target.bytes_total - target.bytes_done).unwrap_or(usize::MAX);
        // A hub that sends too much has another file; its hash will tell.
        let taken = buffer.get(..len.min(left)).unwrap_or_default();
        target
            .file
            .write_all(taken)
            .map_err(ModelError::disk(target.path))?;
        target.bytes_done += taken.len() as u64;
        on_bytes(target.bytes_done);
        if len > left {
            return Ok(None);
        }
    }
}

/// The first byte of `Content-Range: bytes 100-199/200`.
fn range_start(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

fn unreachable(url: &str, detail: impl ToString) -> ModelError {
    ModelError::Unreachable {
        url: url.to_owned(),
        detail: detail.to_string(),
    }
}

/// The cause at the bottom says what happened; those above repeat the URL.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
