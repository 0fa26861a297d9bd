//! Models that run in this process, each loaded once for all cases.

use std::path::Path;
use std::sync::LazyLock;

use async_trait::async_trait;
use troupe::audio_file;
use troupe::providers::local::Local;
use troupe::providers::{ProviderError, SPEECH_RATE_HZ, Voices};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_refuses_a_language_that_it_does_not_speak() {
    for (name, language) in [("piper", "ja"), ("kokoro", "de")] {
        let voice = LOCAL.backend.text_to_speech(Some(name)).await.unwrap();
        let refused = voice.synthesize("Guten Tag.", &Voices::default(), language).await;
        let is_unfit = matches!(refused, Err(ProviderError::Unfit { .. }));
        assert!(is_unfit, "{name} speaks {language}");
        let spoken = voice.synthesize("Good day.", &Voices::default(), "en-GB").await;
        assert!(spoken.is_ok(), "{name} speaks English");
    }
}
