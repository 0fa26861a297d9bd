//! Passes to a project's pages: a link that opens once, and a token that a browser keeps for a while.
//!
//! A browser never gets an API key. It gets a link such as `…/#link=pl_<id>_<secret>`, whose code it exchanges for a
//! token `pt_<id>_<secret>`. The id finds the row; keyed hashes of the whole prove both.

use super::Timestamp;
use super::id::random_base62;
use super::secret::ServerSecret;

const ID_CHARS: usize = 16;
const LINK_PREFIX: &str = "pl";
const TOKEN_PREFIX: &str = "pt";

/// Time for which a token opens the pages, ms: a long day.
pub const TOKEN_MS: i64 = 12 * 3600 * 1000;

/// Half of a pass, just made: what its holder shows, and what is stored of it.
pub struct MadePass {
    /// `pass_…`.
    pub id: String,
    /// What is shown. Its plain text exists here alone.
    pub plain: String,
    /// What is stored.
    pub hash: [u8; 32],
}

impl MadePass {
    /// The code of a new pass's link.
    pub fn link(secret: &ServerSecret) -> Self {
        Self::new(LINK_PREFIX, &random_base62(ID_CHARS), secret)
    }

    /// The token of the pass whose link has this code; `None` when it can't be one of ours.
    pub fn token_for(code: &str, secret: &ServerSecret) -> Option<Self> {
        Some(Self::new(TOKEN_PREFIX, id_of(code, LINK_PREFIX)?, secret))
    }

    fn new(prefix: &str, id: &str, secret: &ServerSecret) -> Self {
        let (plain, hash) = secret.credential(prefix, id);
        Self {
            id: format!("pass_{id}"),
            plain,
            hash,
        }
    }
}

/// A pass that was opened.
#[derive(Debug, Clone)]
pub struct Pass {
    /// Whose pages it opens.
    pub project_id: String,
    /// Keyed hash of its token.
    pub token_hash: Vec<u8>,
    /// From when on it opens nothing.
    pub expires_at: Timestamp,
}

/// Id of the pass whose token this would be; `None` when it is no token of a pass.
pub fn id_of_token(plain: &str) -> Option<String> {
    id_of(plain, TOKEN_PREFIX).map(|id| format!("pass_{id}"))
}

fn id_of<'a>(plain: &'a str, prefix: &str) -> Option<&'a str> {
    let mut parts = plain.split('_');
    let (kind, id, secret, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
    let fits = kind == prefix && id.len() == ID_CHARS && !secret.is_empty() && rest.is_none();
    fits.then_some(id)
}

impl Pass {
    /// Whether `plain` is this pass's token and still good at `now`.
    pub fn admits(&self, plain: &str, secret: &ServerSecret, now: Timestamp) -> bool {
        secret.proves(plain, &self.token_hash) && now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::{MadePass, Pass, id_of_token};
    use crate::rooms::Timestamp;
    use crate::rooms::secret::ServerSecret;

    #[test]
    fn a_token_belongs_to_its_link_and_ends() {
        let secret = ServerSecret::from_text("a secret of some length").unwrap();
        let link = MadePass::link(&secret);
        let token = MadePass::token_for(&link.plain, &secret).unwrap();
        assert_eq!(link.id, token.id);
        assert_eq!(id_of_token(&token.plain), Some(token.id));
        assert!(id_of_token(&link.plain).is_none(), "a link is no token");
        assert!(
            MadePass::token_for(&token.plain, &secret).is_none(),
            "a token opens no link"
        );
        for odd in ["", "pl", "pl__", "pl_short_x", "sk_0123456789abcdef_x"] {
            assert!(MadePass::token_for(odd, &secret).is_none(), "{odd}");
        }
        let pass = Pass {
            project_id: "project_1".into(),
            token_hash: token.hash.to_vec(),
            expires_at: Timestamp(100),
        };
        assert!(pass.admits(&token.plain, &secret, Timestamp(99)));
        assert!(!pass.admits(&token.plain, &secret, Timestamp(100)));
        assert!(!pass.admits(&link.plain, &secret, Timestamp(0)));
    }
}
