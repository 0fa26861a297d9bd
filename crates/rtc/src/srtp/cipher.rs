use aws_lc_rs::{
    aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    cipher::{AES_128, EncryptingKey, EncryptionContext, UnboundCipherKey},
    constant_time::verify_slices_are_equal,
    error::Unspecified,
    hmac,
    iv::FixedLength,
};

use super::keys::SALT_BYTES;

/// Bytes that prove a packet genuine (RFC 7714, 5.2.1).
const GCM_TAG_BYTES: usize = 16;
/// The same with HMAC-SHA1 (RFC 3711, 5.2, 80 bits).
const SHA1_TAG_BYTES: usize = 10;
/// Where the source stands in what makes a message unlike others; six bytes of its index follow. Both kinds of cipher
/// and of packet share that (RFC 3711, 4.1.1; RFC 7714, 8.1 and 9.1), but for this offset.
const GCM_SOURCE_AT: usize = 2;
const CM_SOURCE_AT: usize = 4;

/// What encrypts or decrypts one direction's packets of one kind.
pub(super) enum Cipher {
    Gcm {
        key: LessSafeKey,
        salt: [u8; SALT_BYTES],
    },
    // Boxed: it is rare, and the key that signs has nearly 2 KB.
    CounterMode(Box<CounterMode>),
}

pub(super) struct CounterMode {
    key: EncryptingKey,
    auth: hmac::Key,
    salt: [u8; SALT_BYTES],
}

/// Which packet of which source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message {
    pub(super) ssrc: u32,
    /// 48 bits.
    pub(super) index: u64,
}

impl Message {
    /// The bytes that no other message has.
    fn bytes<const N: usize>(self, salt: &[u8; SALT_BYTES], source_at: usize) -> [u8; N] {
        let [_, _, index @ ..] = self.index.to_be_bytes();
        let mut all = [0; N];
        let own = self.ssrc.to_be_bytes().into_iter().chain(index);
        for (byte, own) in all.iter_mut().skip(source_at).zip(own) {
            *byte = own;
        }
        for (byte, salt) in all.iter_mut().zip(salt) {
            *byte ^= salt;
        }
        all
    }

    fn nonce(self, salt: &[u8; SALT_BYTES]) -> Nonce {
        Nonce::assume_unique_for_key(self.bytes(salt, GCM_SOURCE_AT))
    }
}

impl Cipher {
    pub(super) fn gcm(key: &[u8], salt: [u8; SALT_BYTES]) -> Result<Self, Unspecified> {
        let algorithm = if key.len() == 32 {
            &AES_256_GCM
        } else {
            &AES_128_GCM
        };
        let key = LessSafeKey::new(UnboundKey::new(algorithm, key)?);
        Ok(Self::Gcm { key, salt })
    }

    pub(super) fn counter_mode(key: &[u8], auth: &[u8], salt: [u8; SALT_BYTES]) -> Result<Self, Unspecified> {
        Ok(Self::CounterMode(Box::new(CounterMode {
            key: EncryptingKey::ctr(UnboundCipherKey::new(&AES_128, key)?)?,
            auth: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth),
            salt,
        })))
    }

    /// Encrypts a packet of audio from the byte `plain` on, and appends what proves it genuine.
    pub(super) fn seal_rtp(
        &self,
        message: Message,
        plain: usize,
        packet: &mut Vec<u8>,
    ) -> Result<(), Unspecified> {
        let (header, body) = packet.split_at_mut_checked(plain).ok_or(Unspecified)?;
        match self {
            Self::Gcm { key, salt } => {
                let nonce = message.nonce(salt);
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(&*header), body)?;
                packet.extend_from_slice(tag.as_ref());
            }
            Self::CounterMode(keys) => {
                keys.apply(message, body)?;
                let tag = keys.sign(&[packet, &rollovers(message)]);
                packet.extend_from_slice(tag.as_ref().get(..SHA1_TAG_BYTES).ok_or(Unspecified)?);
            }
        }
        Ok(())
    }

    /// The plain text of a packet of audio, where it lies: after `plain` bytes.
    pub(super) fn open_rtp<'a>(
        &self,
        message: Message,
        plain: usize,
        packet: &'a mut [u8],
    ) -> Result<&'a [u8], Unspecified> {
        match self {
            Self::Gcm { key, salt } => {
                let (header, body) = packet.split_at_mut_checked(plain).ok_or(Unspecified)?;
                let nonce = message.nonce(salt);
                Ok(key.open_in_place(nonce, Aad::from(&*header), body)?)
            }
            Self::CounterMode(keys) => {
                let at = packet.len().checked_sub(SHA1_TAG_BYTES).ok_or(Unspecified)?;
                let (packet, tag) = packet.split_at_mut_checked(at).ok_or(Unspecified)?;
                keys.verify(&[packet, &rollovers(message)], tag)?;
                let body = packet.get_mut(plain..).ok_or(Unspecified)?;
                keys.apply(message, body)?;
                Ok(body)
            }
        }
    }

    /// Encrypts reports from the byte `plain` on, and appends `trailer`, which is plain as well, and what proves all
    /// that genuine; the order of the two is the profile's.
    pub(super) fn seal_rtcp(
        &self,
        message: Message,
        plain: usize,
        trailer: [u8; 4],
        packet: &mut Vec<u8>,
    ) -> Result<(), Unspecified> {
        let (header, body) = packet.split_at_mut_checked(plain).ok_or(Unspecified)?;
        match self {
            Self::Gcm { key, salt } => {
                let nonce = message.nonce(salt);
                let aad = [&*header, &trailer].concat();
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad), body)?;
                packet.extend_from_slice(tag.as_ref());
                packet.extend_from_slice(&trailer);
            }
            Self::CounterMode(keys) => {
                keys.apply(message, body)?;
                packet.extend_from_slice(&trailer);
                let tag = keys.sign(&[packet]);
                packet.extend_from_slice(tag.as_ref().get(..SHA1_TAG_BYTES).ok_or(Unspecified)?);
            }
        }
        Ok(())
    }

    /// Where the trailer of sealed reports begins.
    pub(super) fn trailer_at(&self, packet: &[u8]) -> Option<usize> {
        let behind = match self {
            Self::Gcm { .. } => 0,
            Self::CounterMode(_) => SHA1_TAG_BYTES,
        };
        packet.len().checked_sub(4 + behind)
    }

    /// The length of the reports, decrypted where they lie.
    pub(super) fn open_rtcp(
        &self,
        message: Message,
        plain: usize,
        packet: &mut [u8],
    ) -> Result<usize, Unspecified> {
        let at = self.trailer_at(packet).ok_or(Unspecified)?;
        match self {
            Self::Gcm { key, salt } => {
                let (packet, trailer) = packet.split_at_mut_checked(at).ok_or(Unspecified)?;
                let (header, body) = packet.split_at_mut_checked(plain).ok_or(Unspecified)?;
                let nonce = message.nonce(salt);
                let aad = [&*header, trailer].concat();
                key.open_in_place(nonce, Aad::from(aad), body)?;
                at.checked_sub(GCM_TAG_BYTES).ok_or(Unspecified)
            }
            Self::CounterMode(keys) => {
                let (signed, tag) = packet.split_at_mut_checked(at + 4).ok_or(Unspecified)?;
                keys.verify(&[signed], tag)?;
                keys.apply(message, signed.get_mut(plain..at).ok_or(Unspecified)?)?;
                Ok(at)
            }
        }
    }
}

impl CounterMode {
    /// Encrypts or decrypts, which is the same.
    fn apply(&self, message: Message, body: &mut [u8]) -> Result<(), Unspecified> {
        let first = FixedLength::from(message.bytes::<16>(&self.salt, CM_SOURCE_AT));
        self.key
            .less_safe_encrypt(body, EncryptionContext::Iv128(first))?;
        Ok(())
    }

    fn sign(&self, parts: &[&[u8]]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.auth);
        for part in parts {
            context.update(part);
        }
        context.sign()
    }

    fn verify(&self, parts: &[&[u8]], tag: &[u8]) -> Result<(), Unspecified> {
        let right = self.sign(parts);
        verify_slices_are_equal(right.as_ref().get(..SHA1_TAG_BYTES).ok_or(Unspecified)?, tag)
    }
}

/// What is authenticated with a packet without being in it (RFC 3711, 4.2).
fn rollovers(message: Message) -> [u8; 4] {
    ((message.index >> 16) as u32).to_be_bytes()
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Gcm { .. } => "Gcm",
            Self::CounterMode(_) => "CounterMode",
        })
    }
}
