use std::{str::FromStr, sync::Arc};

/// How a server is reached, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// STUN over UDP: tells our address as others see it.
    Stun,
    /// TURN over UDP; it answers STUN as well.
    TurnUdp,
    /// TURN over TCP.
    TurnTcp,
    /// TURN over TLS over TCP.
    TurnTls,
}

/// A STUN or TURN server's address (RFC 7064, RFC 7065).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl {
    /// How it is reached.
    pub scheme: Scheme,
    /// A name or an address.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// Why a text is no server's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It begins with none of `stun:`, `turn:` and `turns:`.
    #[error("an ICE server's URL starts with stun:, turn: or turns:")]
    Scheme,
    /// No host, or none that can be one.
    #[error("an ICE server's URL names a host")]
    Host,
    /// The port is no number from 1 to 65535.
    #[error("an ICE server's port is a number from 1 to 65535")]
    Port,
    /// Neither UDP nor TCP, or UDP with TLS.
    #[error("an ICE server's transport is udp or tcp, and tcp for turns:")]
    Transport,
}

impl FromStr for ServerUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.split_once(':').ok_or(UrlError::Scheme)?;
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let transport = match query.split('&').find_map(|pair| pair.strip_prefix("transport=")) {
            None => None,
            Some("udp") => Some(false),
            Some("tcp") => Some(true),
            Some(_) => return Err(UrlError::Transport),
        };
        let scheme = match (scheme.to_ascii_lowercase().as_str(), transport) {
            ("stun", None | Some(false)) => Scheme::Stun,
            ("turn", None | Some(false)) => Scheme::TurnUdp,
            ("turn", Some(true)) => Scheme::TurnTcp,
            ("turns", None | Some(true)) => Scheme::TurnTls,
            ("stun" | "turns", Some(_)) => return Err(UrlError::Transport),
            _ => return Err(UrlError::Scheme),
        };
        let default = if scheme == Scheme::TurnTls { 5349 } else { 3478 };
        let (host, port) = match address.strip_prefix('[') {
            // An IPv6 address in brackets.
            Some(inner) => {
                let (host, after) = inner.split_once(']').ok_or(UrlError::Host)?;
                (host, after.strip_prefix(':'))
            }
            None => match address.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (address, None),
            },
        };
        if host.is_empty() || host.contains(['/', '@', ' ']) {
            return Err(UrlError::Host);
        }
        let port = match port {
            None => default,
            Some(port) => port
                .parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or(UrlError::Port)?,
        };
        Ok(Self {
            scheme,
            host: host.to_owned(),
            port,
        })
    }
}

/// A server and what it wants to know of us.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Where it is.
    pub url: ServerUrl,
    /// The user; empty for STUN.
    pub username: String,
    /// The password; empty for STUN.
    pub password: String,
}

impl std::fmt::Debug for Server {
    // Without the credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// Which ways may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// All; a relay only when nothing else works.
    #[default]
    All,
    /// Relays alone: the other side never learns our address.
    RelayOnly,
}

/// How the other side may be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IceConfig {
    /// STUN and TURN servers, the preferred ones first.
    pub servers: Vec<Server>,
    /// Which ways may be used.
    pub policy: Policy,
    /// Certificates (DER) to trust for TURN over TLS beside the system's.
    pub extra_roots: Vec<Arc<[u8]>>,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn reads_what_servers_announce() {
        let check = |text: &str, scheme, host: &str, port| {
            let url: ServerUrl = text.parse().unwrap();
            assert_eq!(
                (url.scheme, url.host.as_str(), url.port),
                (scheme, host, port),
                "{text}"
            );
        };
        check("stun:stun.example.org", Scheme::Stun, "stun.example.org", 3478);
        check(
            "turn:10.0.0.1:3479?transport=udp",
            Scheme::TurnUdp,
            "10.0.0.1",
            3479,
        );
        check(
            "turn:turn.example.org?transport=tcp",
            Scheme::TurnTcp,
            "turn.example.org",
            3478,
        );
        check(
            "turns:turn.example.org:443?transport=tcp",
            Scheme::TurnTls,
            "turn.example.org",
            443,
        );
        check("TURNS:[::1]", Scheme::TurnTls, "::1", 5349);
        check("turn:[2001:db8::1]:80", Scheme::TurnUdp, "2001:db8::1", 80);
    }

    #[test]
    fn refuses_what_is_none() {
        let check = |text: &str, error| assert_eq!(text.parse::<ServerUrl>(), Err(error), "{text}");
        check("http://example.org", UrlError::Scheme);
        check("turn", UrlError::Scheme);
        check("turn:", UrlError::Host);
        check("turn:[::1", UrlError::Host);
        check("turn:a:0", UrlError::Port);
        check("turn:a:70000", UrlError::Port);
        check("turn:a?transport=sctp", UrlError::Transport);
        check("turns:a?transport=udp", UrlError::Transport);
    }
}
