//! Where a server of ours may send what a project wants sent: public addresses alone, for a project's URL must
//! not reach into the network that this server stands in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// Longest URL, characters.
pub const URL_CHARS_MAX: usize = 2_000;

/// Names that mean this machine or this network without being asked for.
const LOCAL_NAMES: [&str; 5] = ["localhost", "local", "internal", "lan", "home.arpa"];

/// Where such requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Destinations {
    /// To public addresses over TLS.
    #[default]
    Public,
    /// Anywhere, for development: also to this machine, and without TLS.
    Anywhere,
}

impl Destinations {
    /// [`Self::Anywhere`] when private addresses are allowed.
    pub fn of(allow_private: bool) -> Self {
        if allow_private {
            Self::Anywhere
        } else {
            Self::Public
        }
    }

    /// Whether a connection may be made to this address.
    pub fn allow(self, address: IpAddr) -> bool {
        self == Self::Anywhere || is_public(address)
    }

    /// The URL as it will be used, or what it must be.
    ///
    /// # Errors
    /// When it is no URL, or one that can't be allowed whatever its name resolves to.
    pub fn check(self, text: &str) -> Result<Url, &'static str> {
        let url = Url::parse(text).map_err(|_| "must be a URL such as https://example.com/hooks")?;
        if url.scheme() != "https" && (self == Self::Public || url.scheme() != "http") {
            return Err("must begin with https://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold a user or password");
        }
        if url.fragment().is_some() {
            return Err("must not hold a fragment");
        }
        if self.allow_host(url.host_str().unwrap_or_default()) {
            Ok(url)
        } else {
            Err("must lead to a public address")
        }
    }

    fn allow_host(self, host: &str) -> bool {
        if self == Self::Anywhere {
            return !host.is_empty();
        }
        match host_of(host) {
            Ok(address) => is_public(address),
            Err(name) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                name.contains('.')
                    && !LOCAL_NAMES
                        .iter()
                        .any(|local| name == *local || name.ends_with(&format!(".{local}")))
            }
        }
    }
}

/// The address that stands in a URL, or the name.
fn host_of(host: &str) -> Result<IpAddr, &str> {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .map_err(|_| host)
}

/// Whether an address is one of the public internet's.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        // This network, loopback, multicast and beyond, broadcast.
        (0 | 127 | 224..=255, ..)
        // Shared address space of providers; benchmarks; documentation; protocol assignments; 6to4 relays.
        | (100, 64..=127, _)
        | (198, 18..=19, _)
        | (192, 0, 0 | 2)
        | (198, 51, 100)
        | (203, 0, 113)
        | (192, 88, 99)
    );
    !special && !address.is_private() && !address.is_link_local()
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // An address that carries an older one leads where that does.
    if let Some(inner) = address.to_ipv4_mapped().or_else(|| translated(address)) {
        return is_public_v4(inner);
    }
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is given out, and of it not: Teredo, benchmarks and the like, documentation, 6to4.
    (first & 0xe000) == 0x2000
        && !(first == 0x2001 && second < 0x0200)
        && !(first == 0x2001 && second == 0x0db8)
        && !(first == 0x3fff && second < 0x1000)
        && first != 0x2002
}

/// The address behind a translator, 64:ff9b::/96.
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = address.segments() else {
        return None;
    };
    Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::{Destinations, is_public};

    #[test]
    fn only_public_addresses_are_public() {
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "172.32.0.1",
            "2606:4700::1111",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for other in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.5",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(other.parse().unwrap()), "{other}");
        }
    }

    #[test]
    fn urls_that_can_never_be_allowed_are_refused_at_once() {
        let public = Destinations::Public;
        assert!(public.check("https://hooks.example.com:8443/a?b=c").is_ok());
        for bad in [
            "",
            "hooks.example.com",
            "ftp://example.com",
            "http://example.com",
            "https://user:word@example.com",
            "https://example.com/#part",
            "https://localhost",
            "https://LOCALHOST./",
            "https://a.localhost",
            "https://metadata.google.internal",
            "https://printer.local",
            "https://intranet",
            "https://127.0.0.1",
            "https://127.1",
            "https://2130706433",
            "https://0x7f000001",
            "https://0177.0.0.1",
            "https://[::1]",
            "https://[::ffff:10.0.0.1]",
            "https://169.254.169.254/latest/meta-data",
            "https://１２７.0.0.1",
        ] {
            assert!(public.check(bad).is_err(), "{bad}");
        }
        assert!(Destinations::Anywhere.check("http://127.0.0.1:9000/").is_ok());
        assert!(Destinations::Anywhere.check("file:///etc/passwd").is_err());
    }
}
