//! Names are resolved once, and every address is judged.

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Destinations;

/// Resolves names to the addresses that are connected to, all of which must be allowed: what was checked is
/// what is used, and a name that leads inside and outside leads nowhere.
#[derive(Debug, Clone)]
pub struct Guard {
    destinations: Destinations,
}

/// Why a name was not connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotConnected {
    /// It has no address.
    #[error("the name has no address")]
    Unresolvable,
    /// One of its addresses leads inside.
    #[error("the address is not a public one")]
    Private,
}

impl Guard {
    /// Admits what these destinations allow.
    pub fn new(destinations: Destinations) -> Self {
        Self { destinations }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let destinations = self.destinations;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|_| NotConnected::Unresolvable)?;
            Ok(admit(destinations, found.collect())?)
        })
    }
}

fn admit(destinations: Destinations, found: Vec<SocketAddr>) -> Result<Addrs, NotConnected> {
    let addresses = || found.iter().map(SocketAddr::ip);
    if found.is_empty() {
        Err(NotConnected::Unresolvable)
    } else if addresses().all(|address: IpAddr| destinations.allow(address)) {
        Ok(Box::new(found.into_iter()))
    } else {
        Err(NotConnected::Private)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::{Destinations, admit};

    #[test]
    fn a_name_must_lead_to_allowed_addresses_alone() {
        let found = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let public = |texts: &[&str]| admit(Destinations::Public, found(texts)).is_ok();
        assert!(public(&["1.1.1.1:0", "[2606:4700::1111]:0"]));
        assert!(!public(&["1.1.1.1:0", "127.0.0.1:0"]));
        assert!(!public(&["[::1]:0"]));
        assert!(!public(&[]));
        assert!(admit(Destinations::Anywhere, found(&["127.0.0.1:0"])).is_ok());
    }
}
