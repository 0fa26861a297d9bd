//! End-to-end encryption: types only.
//!
//! What should be encrypted is never sent in the clear: a sender that gets a cryptor stops, a
//! receiver that gets one ends, and encrypting data fails.

use std::error::Error;

use crate::{
    peer_connection_factory::PeerConnectionFactory, rtp_receiver::RtpReceiver, rtp_sender::RtpSender,
};

const UNSUPPORTED: &str = "end-to-end encryption is not supported by this WebRTC stack";

/// Would be told of changes.
pub type OnStateChange = Box<dyn FnMut(String, EncryptionState) + Send + Sync>;

/// How keys would be derived.
#[derive(Copy, Clone, Debug)]
#[non_exhaustive]
#[expect(missing_docs, reason = "names of algorithms")]
pub enum KeyDerivationAlgorithm {
    PBKDF2,
    HKDF,
}

/// How keys would be kept.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "settings that nothing reads")]
pub struct KeyProviderOptions {
    pub shared_key: bool,
    pub ratchet_window_size: i32,
    pub ratchet_salt: Vec<u8>,
    pub failure_tolerance: i32,
    pub key_ring_size: i32,
    pub key_derivation_algorithm: KeyDerivationAlgorithm,
}

/// How frames would be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "names of algorithms")]
pub enum EncryptionAlgorithm {
    AesGcm,
    AesCbc,
}

/// Where a cryptor would stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum EncryptionState {
    New,
    Ok,
    EncryptionFailed,
    DecryptionFailed,
    MissingKey,
    KeyRatcheted,
    InternalError,
}

/// Encrypted data.
#[derive(Debug, Clone)]
pub struct EncryptedPacket {
    /// The ciphertext.
    pub data: Vec<u8>,
    /// The initialisation vector.
    pub iv: Vec<u8>,
    /// The key's number.
    pub key_index: u32,
}

/// Keeps no keys: every setter says no, every getter has none.
#[derive(Clone, Debug)]
pub struct KeyProvider(());

#[expect(missing_docs, reason = "each of them only says no")]
impl KeyProvider {
    #[must_use]
    pub fn new(_options: KeyProviderOptions) -> Self {
        Self(())
    }

    pub fn set_shared_key(&self, _key_index: i32, _key: Vec<u8>) -> bool {
        false
    }

    pub fn ratchet_shared_key(&self, _key_index: i32) -> Option<Vec<u8>> {
        None
    }

    #[must_use]
    pub fn get_shared_key(&self, _key_index: i32) -> Option<Vec<u8>> {
        None
    }

    pub fn set_key(&self, _participant_id: String, _key_index: i32, _key: Vec<u8>) -> bool {
        false
    }

    pub fn ratchet_key(&self, _participant_id: String, _key_index: i32) -> Option<Vec<u8>> {
        None
    }

    #[must_use]
    pub fn get_key(&self, _participant_id: String, _key_index: i32) -> Option<Vec<u8>> {
        None
    }

    pub fn set_sif_trailer(&self, _trailer: Vec<u8>) {}
}

/// Stands where a cryptor was asked for.
#[derive(Clone, Debug)]
pub struct FrameCryptor {
    participant_id: String,
}

impl FrameCryptor {
    /// Stops `sender`: it was to be encrypted.
    #[must_use]
    pub fn new_for_rtp_sender(
        _factory: &PeerConnectionFactory,
        participant_id: String,
        _algorithm: EncryptionAlgorithm,
        _key_provider: KeyProvider,
        sender: RtpSender,
    ) -> Self {
        tracing::error!("{UNSUPPORTED}; the track is not sent");
        sender.session.peer.remove_track(sender.id);
        Self { participant_id }
    }

    /// Ends what `receiver` gets: it cannot be decrypted.
    #[must_use]
    pub fn new_for_rtp_receiver(
        _factory: &PeerConnectionFactory,
        participant_id: String,
        _algorithm: EncryptionAlgorithm,
        _key_provider: KeyProvider,
        receiver: RtpReceiver,
    ) -> Self {
        tracing::error!("{UNSUPPORTED}; the track is not heard");
        receiver.end();
        Self { participant_id }
    }

    /// Does nothing.
    pub fn set_enabled(&self, _enabled: bool) {}

    /// Never.
    #[must_use]
    pub fn enabled(&self) -> bool {
        false
    }

    /// Does nothing.
    pub fn set_key_index(&self, _index: i32) {}

    /// Always 0.
    #[must_use]
    pub fn key_index(&self) -> i32 {
        0
    }

    /// The participant it was asked for.
    #[must_use]
    pub fn participant_id(&self) -> String {
        self.participant_id.clone()
    }

    /// Does nothing: no state ever changes.
    pub fn on_state_change(&self, _handler: Option<OnStateChange>) {}

    /// Does nothing.
    pub fn set_packet_trailer_handler(&self, _handler: &super::packet_trailer::PacketTrailerHandler) {}
}

/// Refuses to encrypt and to decrypt.
#[derive(Clone, Debug)]
pub struct DataPacketCryptor(());

impl DataPacketCryptor {
    /// One that refuses.
    #[must_use]
    pub fn new(_algorithm: EncryptionAlgorithm, _key_provider: KeyProvider) -> Self {
        Self(())
    }

    /// Fails.
    pub fn encrypt(
        &self,
        _participant_id: &str,
        _key_index: u32,
        _data: &[u8],
    ) -> Result<EncryptedPacket, Box<dyn Error>> {
        Err(UNSUPPORTED.into())
    }

    /// Fails.
    pub fn decrypt(
        &self,
        _participant_id: &str,
        _packet: &EncryptedPacket,
    ) -> Result<Vec<u8>, Box<dyn Error>> {
        Err(UNSUPPORTED.into())
    }
}
