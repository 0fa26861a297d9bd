//! Hearing what the other side reports.
//!
//! `str0m` reads reports for itself, and tells of them only together with a copy of every packet that comes and goes,
//! which costs more than the packet. It decrypts with what it is given, though: that is wrapped here, and while a packet
//! of reports is taken, the plain text is noted.

use std::{cell::RefCell, sync::LazyLock};

use str0m::crypto::{
    AeadAes128GcmCipher, AeadAes256GcmCipher, Aes128CmSha1_80Cipher, CryptoError, CryptoProvider,
    SrtpProvider, SupportedAeadAes128Gcm, SupportedAeadAes256Gcm, SupportedAes128CmSha1_80,
    from_feature_flags,
};

/// The part of a packet of reports that is never encrypted (RFC 3711, 3.4).
const PLAIN_BYTES: usize = 8;

thread_local! {
    /// What was decrypted last, while anybody listens. Taking a packet does not leave the thread.
    static HEARD: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Ciphers that can be overheard, and everything else as it is.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        srtp_provider: &Overheard,
        ..from_feature_flags()
    }
}

/// Has `take` take a packet of reports, and tells what it says; nothing where it was not genuine.
pub(super) fn reports(packet: &[u8], take: impl FnOnce()) -> Option<Vec<u8>> {
    HEARD.replace(Some(Vec::new()));
    take();
    let said = HEARD.take().filter(|said| !said.is_empty())?;
    Some([packet.get(..PLAIN_BYTES)?, &said].concat())
}

fn hear(decrypted: &[u8]) {
    HEARD.with_borrow_mut(|heard| {
        if let Some(heard) = heard {
            // The last alone: a packet of reports is decrypted in one go.
            heard.clear();
            heard.extend_from_slice(decrypted);
        }
    });
}

fn inner() -> &'static dyn SrtpProvider {
    static PROVIDER: LazyLock<CryptoProvider> = LazyLock::new(from_feature_flags);
    PROVIDER.srtp_provider
}

#[derive(Debug)]
struct Overheard;

impl SrtpProvider for Overheard {
    fn aes_128_cm_sha1_80(&self) -> &'static dyn SupportedAes128CmSha1_80 {
        &Self
    }

    fn aead_aes_128_gcm(&self) -> &'static dyn SupportedAeadAes128Gcm {
        &Self
    }

    fn aead_aes_256_gcm(&self) -> &'static dyn SupportedAeadAes256Gcm {
        &Self
    }

    fn srtp_aes_128_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        inner().srtp_aes_128_ecb_round(key, input, output);
    }

    fn srtp_aes_256_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        inner().srtp_aes_256_ecb_round(key, input, output);
    }
}

impl SupportedAes128CmSha1_80 for Overheard {
    fn create_cipher(&self, key: [u8; 16], encrypt: bool) -> Box<dyn Aes128CmSha1_80Cipher> {
        Box::new(Cipher(inner().aes_128_cm_sha1_80().create_cipher(key, encrypt)))
    }
}

impl SupportedAeadAes128Gcm for Overheard {
    fn create_cipher(&self, key: [u8; 16], encrypt: bool) -> Box<dyn AeadAes128GcmCipher> {
        Box::new(Cipher(inner().aead_aes_128_gcm().create_cipher(key, encrypt)))
    }
}

impl SupportedAeadAes256Gcm for Overheard {
    fn create_cipher(&self, key: [u8; 32], encrypt: bool) -> Box<dyn AeadAes256GcmCipher> {
        Box::new(Cipher(inner().aead_aes_256_gcm().create_cipher(key, encrypt)))
    }
}

/// A cipher that notes what it decrypts.
#[derive(Debug)]
struct Cipher<C: ?Sized>(Box<C>);

impl Aes128CmSha1_80Cipher for Cipher<dyn Aes128CmSha1_80Cipher> {
    fn encrypt(&mut self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        self.0.encrypt(iv, input, output)
    }

    fn decrypt(&mut self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        self.0.decrypt(iv, input, output)?;
        hear(output.get(..input.len()).unwrap_or_default());
        Ok(())
    }
}

/// The two profiles of RFC 7714 differ in their key alone.
macro_rules! overhear_aead {
    ($cipher:ident) => {
        impl $cipher for Cipher<dyn $cipher> {
            fn encrypt(
                &mut self,
                iv: &[u8; 12],
                aad: &[u8],
                input: &[u8],
                output: &mut [u8],
            ) -> Result<(), CryptoError> {
                self.0.encrypt(iv, aad, input, output)
            }

            fn decrypt(
                &mut self,
                iv: &[u8; 12],
                aads: &[&[u8]],
                input: &[u8],
                output: &mut [u8],
            ) -> Result<usize, CryptoError> {
                let length = self.0.decrypt(iv, aads, input, output)?;
                hear(output.get(..length).unwrap_or_default());
                Ok(length)
            }
        }
    };
}

overhear_aead!(AeadAes128GcmCipher);
overhear_aead!(AeadAes256GcmCipher);

#[cfg(test)]
mod tests {
    use super::*;

    /// What each profile's cipher decrypts of what it encrypted.
    fn decrypt_with_each(text: &[u8]) -> Vec<Vec<u8>> {
        let provider = provider().srtp_provider;
        let (key, mut sealed, mut opened) = ([1; 16], vec![0; text.len() + 16], vec![0; text.len() + 16]);
        let mut all = Vec::new();
        let make = |encrypt| provider.aes_128_cm_sha1_80().create_cipher(key, encrypt);
        assert!(make(true).encrypt(&[2; 16], text, &mut sealed).is_ok());
        let heard = reports(&[0; 8], || {
            let sealed = sealed.get(..text.len()).unwrap_or_default();
            assert!(make(false).decrypt(&[2; 16], sealed, &mut opened).is_ok());
        });
        all.extend(heard);
        let make = |encrypt| provider.aead_aes_128_gcm().create_cipher(key, encrypt);
        assert!(make(true).encrypt(&[2; 12], &[3; 12], text, &mut sealed).is_ok());
        all.extend(reports(&[0; 8], || {
            assert!(
                make(false)
                    .decrypt(&[2; 12], &[&[3; 12]], &sealed, &mut opened)
                    .is_ok()
            );
        }));
        let make = |encrypt| provider.aead_aes_256_gcm().create_cipher([1; 32], encrypt);
        assert!(make(true).encrypt(&[2; 12], &[3; 12], text, &mut sealed).is_ok());
        all.extend(reports(&[0; 8], || {
            assert!(
                make(false)
                    .decrypt(&[2; 12], &[&[3; 12]], &sealed, &mut opened)
                    .is_ok()
            );
        }));
        all
    }

    #[test]
    fn reports_are_heard_with_every_profile() {
        let text = *b"what the other side reports";
        let whole = [&[0; 8][..], &text].concat();
        assert_eq!(decrypt_with_each(&text), vec![whole; 3]);
    }

    #[test]
    fn nothing_is_heard_of_what_is_not_genuine_or_not_listened_to() {
        let provider = provider().srtp_provider;
        let mut cipher = provider.aead_aes_256_gcm().create_cipher([1; 32], false);
        let heard = reports(&[0; 8], || {
            assert!(
                cipher
                    .decrypt(&[2; 12], &[&[3; 12]], &[7; 40], &mut [0; 40])
                    .is_err()
            );
        });
        assert_eq!(heard, None);
        hear(b"audio");
        assert_eq!(reports(&[0; 8], || {}), None);
    }
}
