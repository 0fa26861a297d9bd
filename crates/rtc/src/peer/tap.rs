//! What `str0m` knows and does not tell: the keys for audio, and the way that packets take.
//!
//! It leaves DTLS to what it is given. That is wrapped here: the keys that come out of the handshake are kept and not
//! handed on, since audio does not pass through `str0m`; and when the way is asked for, a packet of one byte is put
//! among those of DTLS, which comes back with the addresses that `str0m` would send it from and to. It goes no farther.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Instant;

use str0m::crypto::dtls::{
    DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, KeyingMaterial,
    ProtocolVersion, SrtpProfile,
};
use str0m::crypto::{CryptoError, CryptoProvider, from_feature_flags};

use crate::srtp::{MasterKeys, Profile};

/// What asks for the way. No protocol that shares a socket with DTLS begins so (RFC 7983, 7).
const ASKS_FOR_WAY: u8 = 255;

thread_local! {
    /// The tap of the connection that is being made. Making one does not leave the thread.
    static MADE: RefCell<Option<Arc<Tap>>> = const { RefCell::new(None) };
}

/// What is heard of one connection's DTLS, and asked there.
#[derive(Debug, Default)]
pub(super) struct Tap {
    /// The client's and the server's.
    keys: OnceLock<[MasterKeys; 2]>,
    is_asked: AtomicBool,
}

impl Tap {
    /// Makes a connection that is heard.
    pub(super) fn hear<T>(self: &Arc<Self>, make: impl FnOnce() -> T) -> T {
        MADE.set(Some(Arc::clone(self)));
        let made = make();
        MADE.take();
        made
    }

    /// The keys of (client, server), once the other side has proven who it is.
    pub(super) fn keys(&self) -> Option<&[MasterKeys; 2]> {
        self.keys.get()
    }

    /// Asks for the way: a packet for which [`is_way`] holds will come.
    pub(super) fn ask_way(&self) {
        self.is_asked.store(true, Ordering::Relaxed);
    }

    fn keep(&self, exported: &KeyingMaterial, profile: SrtpProfile) {
        let profile = match profile {
            SrtpProfile::AES128_CM_SHA1_80 => Profile::Aes128CmSha1,
            SrtpProfile::AEAD_AES_128_GCM => Profile::Aes128Gcm,
            SrtpProfile::AEAD_AES_256_GCM => Profile::Aes256Gcm,
            other => {
                tracing::warn!(%other, "audio is to be encrypted in a way that is not known");
                return;
            }
        };
        // Once alone: with other keys in the same stream, numbers would begin anew.
        if let Some(keys) = MasterKeys::split(profile, exported.as_ref()) {
            self.keys.set(keys).ok();
        }
    }
}

/// Whether a packet is no packet, but tells the way.
pub(super) fn is_way(packet: &[u8]) -> bool {
    packet == [ASKS_FOR_WAY]
}

/// DTLS that can be heard, and everything else as it is.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        dtls_provider: &Tapped,
        ..from_feature_flags()
    }
}

#[derive(Debug)]
struct Tapped;

fn inner() -> &'static dyn DtlsProvider {
    static PROVIDER: LazyLock<CryptoProvider> = LazyLock::new(from_feature_flags);
    PROVIDER.dtls_provider
}

impl DtlsProvider for Tapped {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        inner().generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        dtls_version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let dtls = inner().new_dtls(cert, now, dtls_version, mtu)?;
        let tap = MADE.with_borrow(|tap| tap.clone().unwrap_or_default());
        Ok(Box::new(Instance { dtls, tap, now }))
    }

    fn is_test(&self) -> bool {
        inner().is_test()
    }
}

#[derive(Debug)]
struct Instance {
    dtls: Box<dyn DtlsInstance>,
    tap: Arc<Tap>,
    /// Past, so that it is polled again at once when given as the next timeout.
    now: Instant,
}

impl DtlsInstance for Instance {
    fn set_active(&mut self, active: bool) {
        self.dtls.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.dtls.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        if self.tap.is_asked.swap(false, Ordering::Relaxed) {
            buf.iter_mut().take(1).for_each(|byte| *byte = ASKS_FOR_WAY);
            return DtlsOutput::Packet(buf.get(..1).unwrap_or_default());
        }
        match self.dtls.poll_output(buf) {
            DtlsOutput::KeyingMaterial(exported, profile) => {
                self.tap.keep(&exported, profile);
                DtlsOutput::Timeout(self.now)
            }
            other => other,
        }
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.dtls.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.dtls.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.dtls.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.dtls.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.dtls.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.dtls.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.dtls.close()
    }
}
