//! The server's secret: hashes keys and seals what is kept of answers.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use subtle::ConstantTimeEq;

use super::id::random_base62;

/// Shortest secret that is taken from the configuration, characters.
pub const SECRET_CHARS_MIN: usize = 16;
/// Characters of a secret that the server makes itself: 256 bits and more.
const MADE_CHARS: usize = 48;

/// Random characters of what a bearer shows.
const CREDENTIAL_CHARS: usize = 32;

const HASH_CONTEXT: &str = "troupe 2026 api key hash";
const LINK_CONTEXT: &str = "troupe 2026 download link signature";
const SEAL_CONTEXT: &str = "troupe 2026 stored answer seal";

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It could be guessed.
    #[error("TROUPE_SECRET must have at least {SECRET_CHARS_MIN} characters")]
    TooShort,
    /// There is nowhere to keep one.
    #[error(
        "set TROUPE_SECRET to {SECRET_CHARS_MIN} characters or more that nobody can guess: the user has no home \
         folder where the server could keep a secret of its own"
    )]
    NoPlace,
    /// The file that keeps it can't be read or made.
    #[error("keep the server's secret in {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Keys derived from the server's secret.
#[derive(Clone)]
pub struct ServerSecret {
    hash_key: [u8; 32],
    seal_key: [u8; 32],
    link_key: [u8; 32],
}

impl std::fmt::Debug for ServerSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerSecret(…)")
    }
}

impl ServerSecret {
    /// From a configured secret.
    ///
    /// # Errors
    /// When it is too short.
    pub fn from_text(text: &str) -> Result<Self, SecretError> {
        if text.chars().count() < SECRET_CHARS_MIN {
            return Err(SecretError::TooShort);
        }
        Ok(Self {
            hash_key: blake3::derive_key(HASH_CONTEXT, text.as_bytes()),
            seal_key: blake3::derive_key(SEAL_CONTEXT, text.as_bytes()),
            link_key: blake3::derive_key(LINK_CONTEXT, text.as_bytes()),
        })
    }

    /// From a file, which is made, readable by its owner alone, when there is none.
    ///
    /// # Errors
    /// When the file can't be read or made.
    pub fn kept_in(path: &Path) -> Result<Self, SecretError> {
        let text = read_or_make(path).map_err(|source| SecretError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::from_text(text.trim())
    }

    /// Keyed hash of an API key or any other secret that is only ever compared.
    pub fn hash(&self, plain: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.hash_key, plain.as_bytes()).as_bytes()
    }

    /// What a bearer shows, `<prefix>_<id>_<random>`, and the hash of it that is stored.
    pub fn credential(&self, prefix: &str, id: &str) -> (String, [u8; 32]) {
        let plain = format!("{prefix}_{id}_{}", random_base62(CREDENTIAL_CHARS));
        let hash = self.hash(&plain);
        (plain, hash)
    }

    /// Whether `hash` is the one of `plain`, compared in constant time.
    pub fn proves(&self, plain: &str, hash: &[u8]) -> bool {
        self.hash(plain).as_slice().ct_eq(hash).into()
    }

    /// Signature of a link that says `text`, 64 hexadecimal digits.
    pub fn sign_link(&self, text: &str) -> String {
        blake3::keyed_hash(&self.link_key, text.as_bytes())
            .to_hex()
            .to_string()
    }

    /// Encrypts `plain`; the result opens only with the same `context`.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0_u8; NONCE_LEN];
        rand::fill(&mut nonce);
        let mut sealed = plain.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                &mut sealed,
            )
            .ok()?;
        let mut framed = nonce.to_vec();
        framed.append(&mut sealed);
        Some(framed)
    }

    /// Decrypts what [`Self::seal`] made; `None` when it was made under another secret or context.
    pub fn open(&self, context: &[u8], framed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = framed.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let plain = self
            .cipher()?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(context),
                &mut sealed,
            )
            .ok()?;
        Some(plain.to_vec())
    }

    fn cipher(&self) -> Option<LessSafeKey> {
        Some(LessSafeKey::new(
            UnboundKey::new(&CHACHA20_POLY1305, &self.seal_key).ok()?,
        ))
    }
}

fn read_or_make(path: &Path) -> std::io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        other => return other,
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Two processes may come here at once: each writes a file of its own, and the first link wins whole.
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", random_base62(8)));
    let draft = PathBuf::from(draft);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(random_base62(MADE_CHARS).as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => std::fs::read_to_string(path),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::ServerSecret;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn sealed_answers_open_only_in_their_context() {
        let secret = ServerSecret::from_text("a secret of some length").unwrap();
        let sealed = secret.seal(b"one", b"answer").unwrap();
        assert_eq!(secret.open(b"one", &sealed).unwrap(), b"answer");
        assert!(secret.open(b"two", &sealed).is_none());
        assert!(secret.open(b"one", b"short").is_none());
        let other = ServerSecret::from_text("another secret of length").unwrap();
        assert!(other.open(b"one", &sealed).is_none());
    }

    #[test]
    fn made_secret_stays_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made").join("t.secret");
        let first = ServerSecret::kept_in(&path).unwrap();
        let second = ServerSecret::kept_in(&path).unwrap();
        assert_eq!(first.hash("key"), second.hash("key"));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path().join("made")).unwrap().count(), 1);
    }
}
