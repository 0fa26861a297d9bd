//! The LiveKit server: is it there, does it take our key, and does its clock agree with ours?

use std::time::Duration;

use secrecy::ExposeSecret;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::finding::Finding;
use crate::config::Config;
use crate::rooms::livekit::{LiveKitError, LiveKitServer, RoomService};

const CHECK: &str = "livekit";

/// Tokens are valid for 60 s from our clock's now; from this difference on that becomes too tight, s.
const SKEW_S_MAX: i64 = 10;
/// How long the server's date may take.
const DATE_WITHIN: Duration = Duration::from_secs(5);

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let livekit = &config.livekit;
    let Some(url) = &livekit.url else {
        return vec![Finding::warning(
            CHECK,
            "LIVEKIT_URL is not set",
            "`dev` and `demo` start a server of their own; `serve` looks for one at ws://127.0.0.1:7880",
        )];
    };
    let server = LiveKitServer::new(url.as_str(), &livekit.api_key, livekit.api_secret.expose_secret());
    let rooms = match server.list_rooms(Vec::new()).await {
        Ok(rooms) => rooms.len(),
        Err(error) => return vec![Finding::broken(CHECK, error.to_string(), advice(&error))],
    };
    let mut findings = vec![Finding::ok(
        CHECK,
        format!("answers and takes the key; it has {rooms} rooms"),
    )];
    findings.extend(clock(url.as_str()).await);
    findings
}

const fn advice(error: &LiveKitError) -> &'static str {
    match error {
        LiveKitError::Unreachable | LiveKitError::Timeout => {
            "is it running, and does LIVEKIT_URL name it as this machine reaches it?"
        }
        LiveKitError::Credentials => {
            "LIVEKIT_API_KEY and LIVEKIT_API_SECRET must be a pair of the server's `keys`; a clock that is a \
             minute off is refused like a wrong key"
        }
        LiveKitError::Refused(_) => "does LIVEKIT_URL name a LiveKit server, 1.5 or newer?",
    }
}

/// What the server's `Date` header says of the two clocks; nothing where it sends none.
async fn clock(url: &str) -> Option<Finding> {
    let url = match url.strip_prefix("ws") {
        Some(rest) => format!("http{rest}"),
        None => url.to_owned(),
    };
    let answer = reqwest::Client::new()
        .get(url)
        .timeout(DATE_WITHIN)
        .send()
        .await
        .ok()?;
    let date = answer.headers().get(reqwest::header::DATE)?.to_str().ok()?;
    let skew_s = skew_s(date, OffsetDateTime::now_utc())?;
    Some(if skew_s.abs() > SKEW_S_MAX {
        Finding::broken(
            "clock",
            format!("LiveKit's clock is {skew_s:+} s off this machine's"),
            "run a time service such as chrony on both; join tokens hold for 60 s",
        )
    } else {
        Finding::ok("clock", "agrees with LiveKit's within 10 s")
    })
}

/// How far an HTTP date (RFC 9110, 5.6.7) is ahead of `now`, s.
fn skew_s(date: &str, now: OffsetDateTime) -> Option<i64> {
    // The form is that of RFC 2822 with the zone written by name.
    let date = OffsetDateTime::parse(&date.replace("GMT", "+0000"), &Rfc2822).ok()?;
    Some((date - now).whole_seconds())
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::skew_s;

    #[test]
    fn the_clocks_are_compared() {
        let now = OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(784_111_777);
        assert_eq!(skew_s("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(0));
        assert_eq!(skew_s("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(60));
        assert_eq!(skew_s("yesterday", now), None);
    }
}
