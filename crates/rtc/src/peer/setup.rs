//! What a connection is born with: certificate, credentials, candidates, and the `str0m` state.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use rand::RngExt;
use str0m::{
    Candidate, IceCreds, Rtc, RtcConfig,
    config::{CryptoProvider, DtlsCert, Fingerprint},
};

use super::{
    tap::{self, Tap},
    vitals,
};
use crate::{
    jsep::{IceCredentials, Identity, Start},
    net::{Links, Policy},
};

/// SCTP bytes handed to `str0m` at once; the rest waits in the channels' own queues.
const SCTP_BUFFER_BYTES: usize = 512 * 1024;

/// A DTLS certificate with what made it.
pub(super) struct Certificate {
    provider: Arc<CryptoProvider>,
    certificate: DtlsCert,
}

impl Certificate {
    pub(super) fn generate() -> Option<Self> {
        let provider = tap::provider();
        let certificate = provider.dtls_provider.generate_certificate()?;
        Some(Self {
            provider: Arc::new(provider),
            certificate,
        })
    }

    pub(super) fn fingerprint(&self) -> String {
        let digest = self
            .provider
            .sha256_provider
            .sha256(&self.certificate.certificate);
        let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        format!("sha-256 {}", hex.join(":"))
    }
}

/// Characters of ICE credentials and names (RFC 8839, `ice-char`, without the two signs).
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn random_text(length: usize) -> String {
    let mut rng = rand::rng();
    (0..length)
        .filter_map(|_| ALPHABET.get(rng.random_range(0..ALPHABET.len())))
        .map(|&c| char::from(c))
        .collect()
}

/// Fresh credentials: 8 characters to tell sessions apart, 24 (142 bits) as the password.
pub(super) fn ice_credentials() -> IceCredentials {
    IceCredentials {
        ufrag: random_text(8),
        password: random_text(24),
    }
}

pub(super) fn identity(certificate: &Certificate, links: &Links, policy: Policy) -> Identity {
    Identity {
        ice: ice_credentials(),
        fingerprint: certificate.fingerprint(),
        candidates: links
            .udp_addresses()
            .filter_map(host_candidate)
            .map(|c| c.to_sdp_string())
            .collect(),
        policy,
        session_id: rand::rng().random::<u64>() >> 2,
        cname: random_text(16),
    }
}

/// A UDP host candidate; `None` for addresses ICE does not take.
pub(super) fn host_candidate(address: SocketAddr) -> Option<Candidate> {
    Candidate::host(address, "udp").ok()
}

/// Makes the `str0m` state for a transport that both sides have described: ICE, DTLS and data channels. Audio does not
/// pass through it, so it knows of none; what it needs is heard through the tap.
///
/// With relays alone the sockets of our own are not known to it, so that it neither sends from them nor
/// answers there.
pub(super) fn build(
    certificate: &Certificate,
    tap: &Arc<Tap>,
    own: &[Candidate],
    start: &Start,
) -> Option<Rtc> {
    let config = RtcConfig::new()
        .set_crypto_provider(Arc::clone(&certificate.provider))
        .set_dtls_cert(certificate.certificate.clone())
        .set_local_ice_credentials(credentials(&start.local_ice))
        .set_stats_interval(Some(vitals::INTERVAL))
        .set_sctp_max_buffered_amount(SCTP_BUFFER_BYTES)
        .clear_codecs();
    let mut rtc = tap.hear(|| config.build(Instant::now()));
    for candidate in own {
        rtc.add_local_candidate(candidate.clone());
    }
    let fingerprint = parse_fingerprint(&start.fingerprint)?;
    let mut api = rtc.direct_api();
    api.set_ice_controlling(start.ice_controlling);
    api.set_remote_ice_credentials(credentials(&start.remote_ice));
    api.set_remote_fingerprint(fingerprint);
    if let Err(error) = api.start_dtls(start.dtls_active) {
        tracing::warn!(%error, "start DTLS");
        return None;
    }
    api.start_sctp(start.dtls_active);
    Some(rtc)
}

pub(super) fn credentials(ice: &IceCredentials) -> IceCreds {
    IceCreds {
        ufrag: ice.ufrag.clone(),
        pass: ice.password.clone(),
    }
}

fn parse_fingerprint(text: &str) -> Option<Fingerprint> {
    let (hash_func, hex) = text.trim().split_once(' ')?;
    let bytes: Option<Vec<u8>> = hex
        .trim()
        .split(':')
        .map(|byte| u8::from_str_radix(byte, 16).ok())
        .collect();
    Some(Fingerprint {
        hash_func: hash_func.to_ascii_lowercase(),
        bytes: bytes?,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_survives_writing_and_reading() {
        let certificate = Certificate::generate().unwrap();
        let read = parse_fingerprint(&certificate.fingerprint()).unwrap();
        assert_eq!((read.hash_func.as_str(), read.bytes.len()), ("sha-256", 32));
        assert_eq!(parse_fingerprint("sha-256 XY"), None);
    }

    #[test]
    fn credentials_have_the_length_ice_asks_for() {
        let ice = ice_credentials();
        assert!(ice.ufrag.len() >= 4 && ice.password.len() >= 22);
    }
}
