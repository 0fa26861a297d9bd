//! The services as the suite sees them.

use troupe_vendors::{Config, assemblyai, cartesia, deepgram, elevenlabs};

use crate::KEY;
use crate::hearing::Dialect as Hears;
use crate::scripts;
use crate::server::Script;
use crate::speaking::Dialect as Speaks;

pub(crate) struct Deepgram;

impl Hears for Deepgram {
    fn hearer(&self, config: Config) -> troupe_vendors::hearing::Hearer {
        deepgram::hearer(config)
    }
    fn key(&self) -> (&'static str, String) {
        ("authorization", format!("Token {KEY}"))
    }
    fn script(&self) -> Box<dyn Script> {
        scripts::deepgram()
    }
    fn keeps_alive_by(&self) -> Option<&'static str> {
        Some("KeepAlive")
    }
    fn goodbye(&self) -> &'static str {
        "CloseStream"
    }
}

pub(crate) struct AssemblyAi;

impl Hears for AssemblyAi {
    fn hearer(&self, config: Config) -> troupe_vendors::hearing::Hearer {
        assemblyai::hearer(config)
    }
    fn key(&self) -> (&'static str, String) {
        ("authorization", KEY.to_owned())
    }
    fn script(&self) -> Box<dyn Script> {
        scripts::assemblyai()
    }
    fn keeps_alive_by(&self) -> Option<&'static str> {
        None
    }
    fn goodbye(&self) -> &'static str {
        "Terminate"
    }
}

pub(crate) struct ElevenLabs;

impl Speaks for ElevenLabs {
    fn speaker(&self, config: Config) -> troupe_vendors::speaking::Speaker {
        elevenlabs::speaker(config)
    }
    fn key(&self) -> (&'static str, String) {
        ("xi-api-key", KEY.to_owned())
    }
    fn script(&self) -> Box<dyn Script> {
        scripts::elevenlabs()
    }
}

pub(crate) struct Cartesia;

impl Speaks for Cartesia {
    fn speaker(&self, config: Config) -> troupe_vendors::speaking::Speaker {
        cartesia::speaker(config)
    }
    fn key(&self) -> (&'static str, String) {
        ("authorization", format!("Bearer {KEY}"))
    }
    fn script(&self) -> Box<dyn Script> {
        scripts::cartesia()
    }
}
