//! Speech services of others.

use secrecy::SecretString;

use super::ServerUrl;
use super::setting::{self as s, Setting};
use super::sources::Sources;

/// What opens one of them.
#[derive(Debug, Clone, Default)]
pub struct VendorAccess {
    /// Its address, when it is not the usual one: another region, or a server of one's own.
    pub base_url: Option<ServerUrl>,
    /// API key; without one it is not used.
    pub api_key: Option<SecretString>,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub struct Vendors {
    /// Hears.
    pub deepgram: VendorAccess,
    /// Hears.
    pub assemblyai: VendorAccess,
    /// Speaks.
    pub elevenlabs: VendorAccess,
    /// Speaks.
    pub cartesia: VendorAccess,
}

impl Vendors {
    pub(super) fn read(from: &mut Sources<'_>) -> Self {
        let mut read = |[base_url, api_key]: [Setting; 2]| VendorAccess {
            base_url: from.parsed(base_url, None),
            api_key: from.text(api_key, None).map(Into::into),
        };
        Self {
            deepgram: read(s::DEEPGRAM),
            assemblyai: read(s::ASSEMBLYAI),
            elevenlabs: read(s::ELEVENLABS),
            cartesia: read(s::CARTESIA),
        }
    }
}
