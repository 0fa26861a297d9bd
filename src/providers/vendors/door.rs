//! Whether a service would let us in, for whoever looks after the machine.

use super::failure::failure;
use super::{Vendor, VendorBackend};
use crate::providers::ProviderError;

impl VendorBackend {
    /// Tries the key and the way to the service; nothing is heard or spoken, and nothing is billed but moments.
    ///
    /// # Errors
    /// When it can't be used.
    pub async fn try_door(&self) -> Result<(), ProviderError> {
        let config = self.config(None)?;
        let tried = match self.vendor {
            Vendor::Deepgram | Vendor::AssemblyAi => self.hearer(config)?.try_door("en").await,
            Vendor::ElevenLabs | Vendor::Cartesia => self.speaker(config)?.try_door().await,
        };
        tried.map_err(|fault| failure(self.vendor, fault))
    }
}
