//! What tools of characters may reach.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;

use super::setting as s;
use super::sources::Sources;

/// What tools of characters may reach.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    /// Hosts that tools may reach; without a list every one.
    pub hosts: Option<Hosts>,
    /// Bearer tokens of hosts.
    pub keys: Keys,
    /// Whether private addresses and plain http are allowed, for development.
    pub allow_private: bool,
}

impl Tools {
    pub(super) fn read(from: &mut Sources<'_>) -> Self {
        Self {
            hosts: from.parsed(s::TOOL_HOSTS, None),
            keys: from.parsed(s::TOOL_KEYS, None).unwrap_or_default(),
            allow_private: from.flag(s::TOOL_ALLOW_PRIVATE).unwrap_or(false),
        }
    }
}

/// Hosts by name: `api.example.com`, or `*.example.com` for all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// Whether this host is among them.
    pub fn allow(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.0.iter().any(|known| match known.strip_prefix('*') {
            Some(below) => host.ends_with(below),
            None => host == *known,
        })
    }
}

impl FromStr for Hosts {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hosts = text.split(',').map(|host| host.trim().to_ascii_lowercase());
        let hosts: Vec<String> = hosts.filter(|host| !host.is_empty()).collect();
        let is_host = |host: &String| {
            let name = host.strip_prefix("*.").unwrap_or(host);
            !name.is_empty() && !name.contains(['*', '/', ' ', '@'])
        };
        if hosts.iter().all(is_host) {
            Ok(Self(hosts))
        } else {
            Err("must be hosts with commas between, such as api.example.com,*.example.org")
        }
    }
}

/// A bearer token for each host that wants one. It goes to that host alone.
#[derive(Clone, Default)]
pub struct Keys(BTreeMap<String, SecretString>);

impl Keys {
    /// The token of this host.
    pub fn of(&self, host: &str) -> Option<&SecretString> {
        self.0.get(&host.trim_end_matches('.').to_ascii_lowercase())
    }
}

/// Tokens stay out of every log.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.0.len())
    }
}

impl FromStr for Keys {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut keys = BTreeMap::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some((host, token)) if !host.trim().is_empty() && is_token(token.trim()) => {
                    keys.insert(host.trim().to_ascii_lowercase(), token.trim().to_owned().into());
                }
                // The value is a secret: it is not shown.
                _ => return Err("must be host=token with commas between"),
            }
        }
        Ok(Self(keys))
    }
}

/// Whether a header can hold it.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn hosts_are_named_whole_or_below_a_name() {
        let hosts: Hosts = "api.example.com, *.Example.org".parse().unwrap();
        for good in [
            "api.example.com",
            "API.example.com.",
            "a.example.org",
            "a.b.example.org",
        ] {
            assert!(hosts.allow(good), "{good}");
        }
        for bad in [
            "example.com",
            "x.api.example.com",
            "example.org",
            "badexample.org",
            "",
        ] {
            assert!(!hosts.allow(bad), "{bad}");
        }
        assert!("https://example.com".parse::<Hosts>().is_err());
        assert!("*".parse::<Hosts>().is_err());
    }

    #[test]
    fn a_key_is_its_hosts_alone_and_never_shown() {
        let keys: Keys = "api.example.com=abc=, b.example=x".parse().unwrap();
        assert_eq!(keys.of("API.example.com").unwrap().expose_secret(), "abc=");
        assert!(keys.of("example.com").is_none());
        assert_eq!(format!("{keys:?}"), "Keys(2)");
        assert!("api.example.com".parse::<Keys>().is_err());
        assert!("api.example.com=a b".parse::<Keys>().is_err());
    }
}
