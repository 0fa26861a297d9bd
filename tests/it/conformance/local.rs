//! Models that run in this process, each loaded once for all cases.

use std::path::Path;
use std::sync::LazyLock;

use async_trait::async_trait;
use troupe::audio_file;
use troupe::providers::SPEECH_RATE_HZ;
use troupe::providers::local::Local;

use super::conduct::{Conduct, Patience};
use super::subject::{Answer, Provided, Role, Subject};
use crate::client::cache;

/// One of them.
#[derive(Clone, Copy)]
pub(super) struct Model {
    role: Role,
    name: &'static str,
}

impl Model {
    pub(super) const MOONSHINE: Self = Self::new(Role::Hears, "moonshine");
    pub(super) const QWEN: Self = Self::new(Role::Writes, "qwen");
    pub(super) const PIPER: Self = Self::new(Role::Speaks, "piper");
    pub(super) const KOKORO: Self = Self::new(Role::Speaks, "kokoro");

    const fn new(role: Role, name: &'static str) -> Self {
        Self { role, name }
    }
}

static LOCAL: LazyLock<Provided> = LazyLock::new(|| Provided::new(Local::new(cache(), false), None));

#[async_trait]
impl Subject for Model {
    fn provider(&self) -> &'static str {
        "local"
    }

    fn role(&self) -> Role {
        self.role
    }

    fn model(&self) -> Option<&'static str> {
        Some(self.name)
    }

    /// They behave as they do.
    async fn provide(&self, _: &[Conduct], _: Patience) -> Provided {
        LOCAL.clone()
    }

    /// Nobody knows the words beforehand; there are some, or at least half a second of sound.
    fn is_whole(&self, answer: &Answer) -> bool {
        let is_there = match self.role {
            Role::Hears | Role::Writes => answer.text.chars().any(char::is_alphabetic),
            Role::Speaks => answer.samples > 11_000,
        };
        is_there && answer.error.is_none()
    }

    /// The first seconds of a recorded person.
    fn recording(&self) -> Vec<i16> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/caller.flac");
        let mut pcm = audio_file::read_mono(&path, SPEECH_RATE_HZ).unwrap();
        pcm.truncate(5 * SPEECH_RATE_HZ as usize);
        pcm
    }
}
