//! Moonshine as a provider of speech to text.

use async_trait::async_trait;
use troupe_inference::stt::Moonshine;

use super::Files;
use super::failure::{local, unfit};
use super::lane::Lane;
use super::languages::is_english;
use crate::providers::{HearingAbilities, ProviderError, SpeechToText};

/// Its name in a spec and in the cache.
pub(super) const MOONSHINE: &str = "moonshine";

/// One loaded model.
pub(super) struct Ears {
    lane: Lane<Moonshine>,
}

impl Ears {
    pub(super) async fn load(files: Files) -> Result<Self, ProviderError> {
        let models = files.busy.clone();
        let load = move || {
            let folder = files.folder(MOONSHINE)?;
            Moonshine::load(&folder, &files.onnxruntime()?).map_err(|error| local(MOONSHINE, error))
        };
        let lane = Lane::start(MOONSHINE, load).await?;
        models.add(lane.busy());
        Ok(Self { lane })
    }
}

#[async_trait]
impl SpeechToText for Ears {
    async fn transcribe(&self, pcm: &[i16], language: &str) -> Result<String, ProviderError> {
        if !is_english(language) {
            return Err(unfit(
                MOONSHINE,
                format!("it understands English, not {language:?}"),
            ));
        }
        let speech: Vec<f32> = pcm.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        self.lane
            .ask(move |model| model.transcribe(&speech).map_err(|error| local(MOONSHINE, error)))
            .await
    }

    fn abilities(&self) -> HearingAbilities {
        HearingAbilities {
            is_quick: true,
            ..HearingAbilities::default()
        }
    }
}
