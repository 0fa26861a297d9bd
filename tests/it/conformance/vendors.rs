//! Speech services, against the servers that their own crate is tested with.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use troupe::providers::vendors::{Access, Vendor, VendorBackend};
use troupe_vendors::{Deadline, Timing};

use super::conduct::{Conduct, Patience};
use super::subject::{self, KEY, Provided, Role, Subject};
use crate::vendor_servers::scripts;
use crate::vendor_servers::server::{Conduct as Behaves, Script, Server};

/// One of them.
#[derive(Clone, Copy)]
pub(super) enum Service {
    Deepgram,
    AssemblyAi,
    ElevenLabs,
    Cartesia,
}

impl Service {
    fn vendor(self) -> Vendor {
        match self {
            Self::Deepgram => Vendor::Deepgram,
            Self::AssemblyAi => Vendor::AssemblyAi,
            Self::ElevenLabs => Vendor::ElevenLabs,
            Self::Cartesia => Vendor::Cartesia,
        }
    }

    /// The header that a handshake needs.
    fn key(self) -> (&'static str, String) {
        match self {
            Self::Deepgram => ("authorization", format!("Token {KEY}")),
            Self::AssemblyAi => ("authorization", KEY.to_owned()),
            Self::ElevenLabs => ("xi-api-key", KEY.to_owned()),
            Self::Cartesia => ("authorization", format!("Bearer {KEY}")),
        }
    }

    /// What the service says.
    fn script(self) -> Box<dyn Script> {
        match self {
            Self::Deepgram => scripts::deepgram(),
            Self::AssemblyAi => scripts::assemblyai(),
            Self::ElevenLabs => scripts::elevenlabs(),
            Self::Cartesia => scripts::cartesia(),
        }
    }
}

#[async_trait]
impl Subject for Service {
    fn provider(&self) -> &'static str {
        self.vendor().name()
    }

    fn role(&self) -> Role {
        match self {
            Self::Deepgram | Self::AssemblyAi => Role::Hears,
            Self::ElevenLabs | Self::Cartesia => Role::Speaks,
        }
    }

    async fn provide(&self, conducts: &[Conduct], patience: Patience) -> Provided {
        let service = *self;
        let conducts: Vec<Behaves> = conducts.iter().copied().map(behaves).collect();
        let server = Server::start(self.key(), &conducts, move || service.script()).await;
        let access = Access {
            key: Some(KEY.to_owned().into()),
            base_url: Some(server.url.clone()),
            timing: timing(patience),
        };
        Provided::new(VendorBackend::new(self.vendor(), access), Some(Arc::new(server)))
    }
}

/// Whoever failed is asked again at once.
fn timing(patience: Patience) -> Timing {
    Timing {
        words: patience.first,
        // A service that has begun to tell words may have told all of them.
        quiet: Duration::from_secs(60),
        sound: Deadline {
            first: patience.first,
            between: patience.between,
        },
        rest: Duration::ZERO,
        rest_max: Duration::ZERO,
        again: Duration::ZERO,
        ..Timing::default()
    }
}

fn behaves(conduct: Conduct) -> Behaves {
    match conduct {
        Conduct::Well => Behaves::Well,
        Conduct::Refused(status, retry_after) => Behaves::Status(status, retry_after),
        Conduct::Slow => Behaves::Slow,
        Conduct::Silent => Behaves::Silent,
        Conduct::Stalls => Behaves::Stalls,
        Conduct::HalfClosed => Behaves::HalfClosed,
        Conduct::BreaksOff => Behaves::BreaksOff,
        Conduct::Nonsense => Behaves::Nonsense,
        Conduct::Endless => Behaves::Endless,
    }
}

#[async_trait]
impl subject::Server for Server {
    async fn is_asked(&self) {
        self.sees("a frame", |seen| !seen.frames.is_empty()).await;
    }

    async fn is_left(&self) {
        self.sees("the end", |seen| seen.over > 0).await;
    }
}
