//! Cartesia's speech over a WebSocket: `wss://api.cartesia.ai/tts/websocket`.
//!
//! A speech is a context on a connection; each of its texts is flushed, and `flush_done` tells where its sound ends.
//! Connections serve one speech after the other. Billed by the character.

mod protocol;

use std::sync::atomic::{AtomicU64, Ordering};

use secrecy::ExposeSecret;

use crate::socket::Place;
use crate::speaking::{Abilities, Protocol, Service, Speaker, Voice};
use crate::{Config, Timing};

const URL: &str = "wss://api.cartesia.ai";
const MODEL: &str = "sonic-3";
/// A voice that every account has.
const VOICE: &str = "f786b574-daa5-4673-aa0c-cbe3e8534c02";
/// Which of its interfaces is spoken with.
const HEADERS: &[(&str, &str)] = &[("cartesia-version", "2026-03-01")];

/// Cartesia with this key.
pub fn speaker(config: Config) -> Speaker {
    Speaker::new(Cartesia {
        config,
        speeches: AtomicU64::new(0),
    })
}

struct Cartesia {
    config: Config,
    /// Speeches so far; no two on one connection may have the same name.
    speeches: AtomicU64,
}

impl Service for Cartesia {
    fn abilities(&self) -> Abilities {
        Abilities {
            keeps_context: true,
            word_times: true,
            is_reused: true,
        }
    }

    fn place(&self, _: &Voice) -> Place {
        Place {
            url: format!("{}/tts/websocket", self.config.base(URL)),
            key_header: "authorization",
            key: format!("Bearer {}", self.config.key.expose_secret()).into(),
            headers: HEADERS,
        }
    }

    fn protocol(&self, voice: &Voice) -> Box<dyn Protocol> {
        let speech = self.speeches.fetch_add(1, Ordering::Relaxed);
        let request = protocol::Request::new(
            self.config.model.as_deref().unwrap_or(MODEL),
            voice.name.as_deref().unwrap_or(VOICE),
            voice.language(),
        );
        Box::new(protocol::Contexts::new(request, speech))
    }

    fn timing(&self) -> Timing {
        self.config.timing
    }
}
