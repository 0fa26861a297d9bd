//! TLS with the roots of this machine.

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::Connector;

/// The connector for an address; `None` for one without TLS, and on a machine without roots, where the handshake then
/// fails with an error of its own.
pub(super) fn connector(url: &str) -> Option<Connector> {
    if !url.starts_with("wss:") {
        return Some(Connector::Plain);
    }
    static CONFIG: OnceLock<Option<Arc<ClientConfig>>> = OnceLock::new();
    let config = CONFIG.get_or_init(|| config().map(Arc::new));
    config.clone().map(Connector::Rustls)
}

fn config() -> Option<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    // The process may hold several kinds of cryptography, and then has no default.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?;
    Some(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_secure_address_has_tls() {
        assert!(matches!(connector("wss://h/x"), Some(Connector::Rustls(_))));
        assert!(matches!(connector("ws://h/x"), Some(Connector::Plain)));
    }
}
