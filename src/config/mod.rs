//! Configuration: flags over environment over `troupe.toml`, read once, all faults at once.

mod fault;
mod file;
mod limits;
mod recordings;
mod setting;
mod sources;
mod spending;
mod tools;
mod traces;
mod value;
mod vendors;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use troupe_sound::Treatment;

pub use fault::{Fault, Faults};
pub use limits::Limits;
pub use recordings::RecordingsPlace;
pub use tools::{Hosts, Keys, Tools};
pub use traces::{Collector, TraceUrl, Traces};
pub use value::{ModelName, ModelNames, ServerUrl};
pub use vendors::{VendorAccess, Vendors};

use crate::providers::Spending;
use crate::rooms::livekit::VideoFolder;
use setting as s;
use sources::Sources;

/// Where `troupe serve` listens, and a worker looks for it, when nothing is said.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);
/// Where a worker answers health checks when nothing is said.
const HEALTH: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8081);
/// The database when nothing is said: a file in the working directory.
const DB: &str = "sqlite:troupe.sqlite";
/// Rooms of one worker when nothing is said.
const ROOMS_MAX: u32 = 25;
/// Tokens of talk in a prompt when nothing is said.
const MEMORY_TOKENS: usize = 1500;
/// Seconds that a worker which is to stop gives its talks when nothing is said: ten less than Kubernetes gives it.
const DRAIN_S: u32 = 20;

/// What flags say; they win over everything else.
#[derive(Debug, Default)]
pub struct Overrides {
    /// `--listen`
    pub listen: Option<String>,
    /// `--db`
    pub db: Option<String>,
    /// `--metrics`
    pub metrics: Option<String>,
    /// `--api`
    pub api_url: Option<String>,
    /// `--key`
    pub api_key: Option<String>,
    /// `--dispatch`
    pub dispatch: Option<String>,
    /// `--health`
    pub health: Option<String>,
    /// `--max-rooms`
    pub max_rooms: Option<String>,
    /// `--drain`
    pub drain: Option<String>,
    /// `--offline`
    pub offline: bool,
}

/// The LiveKit server and the key that signs its tokens.
#[derive(Debug, Clone)]
pub struct LiveKit {
    /// `ws://` or `wss://` address; without one a dev server is started by the commands that may.
    pub url: Option<ServerUrl>,
    /// API key, `devkey` of a dev server by default.
    pub api_key: String,
    /// API secret, `secret` of a dev server by default.
    pub api_secret: SecretString,
    /// The address that clients are given, when it differs from `url`.
    pub public_url: Option<ServerUrl>,
}

/// The Rooms API as a server.
#[derive(Debug, Clone)]
pub struct Api {
    /// Where it listens.
    pub listen: SocketAddr,
    /// `sqlite:PATH` or `postgres://…`.
    pub db: String,
    /// The address that clients are given, when it differs from `listen`.
    pub public_url: Option<ServerUrl>,
    /// Hashes keys; without one the server makes its own and keeps it.
    pub secret: Option<SecretString>,
    /// Whether webhooks may go to private addresses and without TLS, for development.
    pub webhook_allow_private: bool,
    /// What the server bears, and what a project may have going on.
    pub limits: Limits,
    /// Where recordings are kept; without a word, in a folder beside the database.
    pub recordings: Option<RecordingsPlace>,
    /// Days after which recordings are removed, 1–36 500; without a number they are kept.
    pub recording_retention_days: Option<u32>,
    /// Where LiveKit's Egress keeps videos of role-plays; without a folder none can be made.
    pub video_folder: Option<VideoFolder>,
    /// Where it answers Prometheus; without an address nowhere.
    pub metrics: Option<SocketAddr>,
}

/// The worker.
#[derive(Debug, Clone)]
pub struct Worker {
    /// Base URL of the Rooms API.
    pub api_url: ServerUrl,
    /// A worker key.
    pub api_key: Option<SecretString>,
    /// The name under which LiveKit's own dispatch gives it jobs, `*` for every new room; then it takes none from the
    /// Rooms API.
    pub dispatch: Option<String>,
    /// Where it answers health checks.
    pub health: SocketAddr,
    /// Rooms played at once, 1–1000.
    pub max_rooms: u32,
    /// Tokens of talk that a prompt may hold, 1000–100 000.
    pub memory_tokens: usize,
    /// What the process may use where no control group says so, MiB; near it no room is taken.
    pub memory_max_mib: Option<u32>,
    /// What is done with people's sound before it is heard.
    pub treatment: Treatment,
    /// Time that talks are given to come to their end once the worker is to stop, s, 0–86 400.
    pub drain_s: u32,
    /// Folder in which entries and recordings wait for the API; without one it is in the cache.
    pub spool: Option<PathBuf>,
}

/// Models for all characters that name none themselves; `None` leaves the choice to the providers.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// Speech to text, most wanted first.
    pub stt: Option<ModelNames>,
    /// Language model.
    pub llm: Option<ModelNames>,
    /// Text to speech.
    pub tts: Option<ModelNames>,
}

/// Any server that speaks OpenAI's protocol.
#[derive(Debug, Clone, Default)]
pub struct OpenAi {
    /// Base URL, with its version (`…/v1`).
    pub base_url: Option<ServerUrl>,
    /// API key.
    pub api_key: Option<SecretString>,
    /// WebSocket address of its realtime models; without one they are beside the others.
    pub realtime_url: Option<String>,
}

/// Google's Gemini, for its realtime models.
#[derive(Debug, Clone, Default)]
pub struct Gemini {
    /// API key.
    pub api_key: Option<SecretString>,
    /// WebSocket address of its realtime models, when it is not Google's own.
    pub realtime_url: Option<String>,
}

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// The LiveKit server.
    pub livekit: LiveKit,
    /// The Rooms API as a server.
    pub api: Api,
    /// The worker.
    pub worker: Worker,
    /// Default models.
    pub models: Models,
    /// OpenAI-compatible server.
    pub openai: OpenAi,
    /// Speech services of others.
    pub vendors: Vendors,
    /// Gemini.
    pub gemini: Gemini,
    /// What models cost, and what a room may.
    pub spending: Spending,
    /// What tools of characters may reach.
    pub tools: Tools,
    /// Where spans go, and where they are looked at.
    pub traces: Traces,
    /// Folder of fetched models and servers.
    pub cache: PathBuf,
    /// Folder of what a server keeps for itself; `None` without a home folder.
    pub data: Option<PathBuf>,
    /// Fetch nothing.
    pub offline: bool,
}

impl Config {
    /// Reads flags, environment and `file` (without one, `troupe.toml` where it exists).
    ///
    /// # Errors
    /// Every fault of every source: which flag, variable, or line and field, and what to do.
    pub fn load(file: Option<&Path>, overrides: Overrides) -> Result<Self, Faults> {
        Self::from_sources(file, overrides, std::env::vars().collect())
    }

    fn from_sources(
        path: Option<&Path>,
        overrides: Overrides,
        environment: BTreeMap<String, String>,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let file = file::read(path, &mut faults);
        let mut from = Sources::new(environment, file, &mut faults);
        let listen = from.parsed(s::LISTEN, overrides.listen).unwrap_or(LISTEN);
        let config = Self {
            livekit: LiveKit {
                url: from.parsed(s::LIVEKIT_URL, None),
                api_key: from
                    .parsed(s::LIVEKIT_API_KEY, None)
                    .unwrap_or_else(|| "devkey".into()),
                api_secret: from
                    .text(s::LIVEKIT_API_SECRET, None)
                    .unwrap_or_else(|| "secret".into())
                    .into(),
                public_url: from.parsed(s::LIVEKIT_PUBLIC_URL, None),
            },
            api: Api {
                listen,
                db: from.parsed(s::DB, overrides.db).unwrap_or_else(|| DB.into()),
                public_url: from.parsed(s::PUBLIC_URL, None),
                secret: from.text(s::SECRET, None).map(Into::into),
                webhook_allow_private: from.flag(s::WEBHOOK_ALLOW_PRIVATE).unwrap_or(false),
                limits: Limits::read(&mut from),
                recordings: from.parsed(s::RECORDINGS, None),
                recording_retention_days: from.number(s::RECORDING_RETENTION_DAYS, None, 1..=36_500),
                video_folder: from.parsed(s::VIDEO_FOLDER, None),
                metrics: from.parsed(s::METRICS, overrides.metrics),
            },
            worker: Worker {
                api_url: from
                    .parsed(s::API_URL, overrides.api_url)
                    .unwrap_or_else(|| ServerUrl::http(listen)),
                api_key: from.text(s::API_KEY, overrides.api_key).map(Into::into),
                dispatch: from.text(s::DISPATCH, overrides.dispatch),
                health: from.parsed(s::HEALTH, overrides.health).unwrap_or(HEALTH),
                max_rooms: from
                    .number(s::MAX_ROOMS, overrides.max_rooms, 1..=1000)
                    .unwrap_or(ROOMS_MAX),
                memory_tokens: from
                    .number(s::MEMORY_TOKENS, None, 1_000..=100_000)
                    .and_then(|tokens| tokens.try_into().ok())
                    .unwrap_or(MEMORY_TOKENS),
                memory_max_mib: from.number(s::MEMORY_MAX, None, 1..=16_777_216),
                treatment: Treatment {
                    suppress: from.flag(s::NOISE_SUPPRESSION).unwrap_or(false),
                    gain: from.flag(s::GAIN_CONTROL).unwrap_or(false),
                },
                drain_s: from
                    .number(s::DRAIN, overrides.drain, 0..=86_400)
                    .unwrap_or(DRAIN_S),
                spool: from.text(s::SPOOL, None).map(PathBuf::from),
            },
            models: Models {
                stt: from.parsed(s::STT, None),
                llm: from.parsed(s::LLM, None),
                tts: from.parsed(s::TTS, None),
            },
            openai: OpenAi {
                base_url: from.parsed(s::OPENAI_BASE_URL, None),
                api_key: from.text(s::OPENAI_API_KEY, None).map(Into::into),
                realtime_url: from.text(s::OPENAI_REALTIME_URL, None),
            },
            gemini: Gemini {
                api_key: from.text(s::GEMINI_API_KEY, None).map(Into::into),
                realtime_url: from.text(s::GEMINI_REALTIME_URL, None),
            },
            vendors: Vendors::read(&mut from),
            spending: spending::read(&mut from),
            tools: Tools::read(&mut from),
            traces: Traces::read(&mut from),
            cache: from
                .text(s::CACHE, None)
                .map(PathBuf::from)
                .unwrap_or_else(|| from.default_cache()),
            data: from.data_folder(),
            offline: overrides.offline,
        };
        from.report_unknown_fields();
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(faults)
        }
    }
}

#[cfg(test)]
mod tests;
