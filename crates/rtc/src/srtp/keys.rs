use aws_lc_rs::{
    cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    error::Unspecified,
    iv::FixedLength,
};

use super::cipher::Cipher;

/// A protection profile (RFC 5764, 4.1.2; RFC 7714, 14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// AES-CM with 128 bits, authenticated by 80 bits of HMAC-SHA1.
    Aes128CmSha1,
    /// AES-GCM with 128 bits.
    Aes128Gcm,
    /// AES-GCM with 256 bits.
    Aes256Gcm,
}

/// Bytes of the longest salt (RFC 3711, 8.2); shorter ones end in zeros (RFC 7714, 11).
pub(super) const SALT_BYTES: usize = 14;
/// Where the label stands in what a key is derived from: above 48 bits of an index that is 0 (RFC 3711, 4.3.1).
const LABEL_AT: usize = 7;
/// Bytes of the key that authenticates (RFC 3711, 8.2).
const AUTH_BYTES: usize = 20;

impl Profile {
    /// Bytes of the master key and of its salt.
    const fn lengths(self) -> (usize, usize) {
        match self {
            Self::Aes128CmSha1 => (16, 14),
            Self::Aes128Gcm => (16, 12),
            Self::Aes256Gcm => (32, 12),
        }
    }
}

/// What a key is for: the labels of RFC 3711, 4.3.1 and 4.3.2, from this one on: encrypt, authenticate, salt.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Rtp = 0,
    Rtcp = 3,
}

/// One side's master key with its salt.
pub struct MasterKeys {
    profile: Profile,
    key: Vec<u8>,
    salt: [u8; SALT_BYTES],
}

impl MasterKeys {
    /// Splits what DTLS exports (RFC 5764, 4.2) into the client's and the server's keys; `None` if it has another
    /// length than the profile's.
    #[must_use]
    pub fn split(profile: Profile, exported: &[u8]) -> Option<[Self; 2]> {
        let (key_bytes, salt_bytes) = profile.lengths();
        if exported.len() != 2 * (key_bytes + salt_bytes) {
            return None;
        }
        let (keys, salts) = exported.split_at(2 * key_bytes);
        let side = |side: usize| {
            let mut salt = [0; SALT_BYTES];
            salt.get_mut(..salt_bytes)?
                .copy_from_slice(salts.get(side * salt_bytes..)?.get(..salt_bytes)?);
            Some(Self {
                profile,
                key: keys.get(side * key_bytes..)?.get(..key_bytes)?.to_vec(),
                salt,
            })
        };
        Some([side(0)?, side(1)?])
    }

    /// What encrypts or decrypts packets of this kind.
    pub(super) fn cipher(&self, stream: Stream) -> Result<Cipher, Unspecified> {
        let (_, salt_bytes) = self.profile.lengths();
        let first = stream as u8;
        let mut key = vec![0; self.key.len()];
        self.derive(first, &mut key)?;
        let mut salt = [0; SALT_BYTES];
        self.derive(first + 2, salt.get_mut(..salt_bytes).ok_or(Unspecified)?)?;
        match self.profile {
            Profile::Aes128CmSha1 => {
                let mut auth = [0; AUTH_BYTES];
                self.derive(first + 1, &mut auth)?;
                Cipher::counter_mode(&key, &auth, salt)
            }
            Profile::Aes128Gcm | Profile::Aes256Gcm => Cipher::gcm(&key, salt),
        }
    }

    /// The first bytes of AES in counter mode, from a block made of salt and label (RFC 3711, 4.3.3).
    fn derive(&self, label: u8, into: &mut [u8]) -> Result<(), Unspecified> {
        let mut block = [0; 16];
        for (byte, salt) in block.iter_mut().zip(self.salt) {
            *byte = salt;
        }
        *block.get_mut(LABEL_AT).ok_or(Unspecified)? ^= label;
        let algorithm = if self.key.len() == 32 { &AES_256 } else { &AES_128 };
        into.fill(0);
        EncryptingKey::ctr(UnboundCipherKey::new(algorithm, &self.key)?)?
            .less_safe_encrypt(into, EncryptionContext::Iv128(FixedLength::from(block)))?;
        Ok(())
    }
}

impl std::fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MasterKeys")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}
