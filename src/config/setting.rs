//! The settings: each one's field in `troupe.toml`, its environment variable and its flag.

/// Where one setting may be given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// Table and key in `troupe.toml`; an empty table is the top of the file.
    pub(super) field: (&'static str, &'static str),
    /// Environment variable; an empty value counts as not set.
    pub(super) variable: &'static str,
    /// Flag, where a command has one.
    pub(super) flag: &'static str,
}

const fn at(table: &'static str, key: &'static str, variable: &'static str, flag: &'static str) -> Setting {
    Setting {
        field: (table, key),
        variable,
        flag,
    }
}

const fn limit(key: &'static str, variable: &'static str) -> Setting {
    at("limits", key, variable, "")
}

/// Address and key of a service: its table, and the variables of both.
const fn vendor([table, url, key]: [&'static str; 3]) -> [Setting; 2] {
    [at(table, "base_url", url, ""), at(table, "api_key", key, "")]
}

pub(super) const LIVEKIT_URL: Setting = at("livekit", "url", "LIVEKIT_URL", "");
pub(super) const LIVEKIT_API_KEY: Setting = at("livekit", "api_key", "LIVEKIT_API_KEY", "");
pub(super) const LIVEKIT_API_SECRET: Setting = at("livekit", "api_secret", "LIVEKIT_API_SECRET", "");
pub(super) const LIVEKIT_PUBLIC_URL: Setting = at("livekit", "public_url", "LIVEKIT_PUBLIC_URL", "");
pub(super) const LISTEN: Setting = at("api", "listen", "TROUPE_LISTEN", "--listen");
pub(super) const DB: Setting = at("api", "db", "TROUPE_DB", "--db");
pub(super) const PUBLIC_URL: Setting = at("api", "public_url", "TROUPE_PUBLIC_URL", "");
pub(super) const SECRET: Setting = at("api", "secret", "TROUPE_SECRET", "");
pub(super) const WEBHOOK_ALLOW_PRIVATE: Setting =
    at("api", "webhook_allow_private", "TROUPE_WEBHOOK_ALLOW_PRIVATE", "");
pub(super) const RATE_PER_KEY: Setting = limit("rate_per_key", "TROUPE_RATE_PER_KEY");
pub(super) const RATE_PER_PROJECT: Setting = limit("rate_per_project", "TROUPE_RATE_PER_PROJECT");
pub(super) const REQUESTS_MAX: Setting = limit("requests", "TROUPE_REQUESTS_MAX");
pub(super) const WORKER_REQUESTS_MAX: Setting = limit("worker_requests", "TROUPE_WORKER_REQUESTS_MAX");
pub(super) const STREAMS_MAX: Setting = limit("streams", "TROUPE_STREAMS_MAX");
pub(super) const REQUEST_TIMEOUT: Setting = limit("request_timeout_s", "TROUPE_REQUEST_TIMEOUT_S");
pub(super) const BODY_BYTES_MAX: Setting = limit("body_bytes", "TROUPE_BODY_BYTES_MAX");
pub(super) const PROJECT_ROOMS_MAX: Setting = limit("project_rooms", "TROUPE_PROJECT_ROOMS_MAX");
pub(super) const PROJECT_MINUTES: Setting =
    limit("project_minutes_per_day", "TROUPE_PROJECT_MINUTES_PER_DAY");
pub(super) const RECORDINGS: Setting = at("api", "recordings", "TROUPE_RECORDINGS", "");
pub(super) const RECORDING_RETENTION_DAYS: Setting = at(
    "api",
    "recording_retention_days",
    "TROUPE_RECORDING_RETENTION_DAYS",
    "",
);
pub(super) const VIDEO_FOLDER: Setting = at("api", "video_folder", "TROUPE_VIDEO_FOLDER", "");
pub(super) const METRICS: Setting = at("api", "metrics", "TROUPE_METRICS", "--metrics");
pub(super) const OTLP_ENDPOINT: Setting = at("traces", "endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", "");
pub(super) const OTLP_TRACES_ENDPOINT: Setting = at(
    "traces",
    "traces_endpoint",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "",
);
pub(super) const SERVICE_NAME: Setting = at("traces", "service_name", "OTEL_SERVICE_NAME", "");
pub(super) const TRACE_URL: Setting = at("traces", "url", "TROUPE_TRACE_URL", "");
pub(super) const API_URL: Setting = at("worker", "api_url", "TROUPE_API_URL", "--api");
pub(super) const API_KEY: Setting = at("worker", "api_key", "TROUPE_API_KEY", "--key");
pub(super) const DISPATCH: Setting = at("worker", "dispatch", "TROUPE_DISPATCH", "--dispatch");
pub(super) const HEALTH: Setting = at("worker", "health", "TROUPE_HEALTH", "--health");
pub(super) const MAX_ROOMS: Setting = at("worker", "max_rooms", "TROUPE_MAX_ROOMS", "--max-rooms");
pub(super) const MEMORY_TOKENS: Setting = at("worker", "memory_tokens", "TROUPE_MEMORY_TOKENS", "");
pub(super) const MEMORY_MAX: Setting = at("worker", "memory_max_mib", "TROUPE_MEMORY_MAX_MIB", "");
pub(super) const NOISE_SUPPRESSION: Setting =
    at("worker", "noise_suppression", "TROUPE_NOISE_SUPPRESSION", "");
pub(super) const GAIN_CONTROL: Setting = at("worker", "gain_control", "TROUPE_GAIN_CONTROL", "");
pub(super) const DRAIN: Setting = at("worker", "drain_s", "TROUPE_DRAIN_S", "--drain");
pub(super) const SPOOL: Setting = at("worker", "spool", "TROUPE_SPOOL", "");
pub(super) const TOOL_HOSTS: Setting = at("tools", "hosts", "TROUPE_TOOL_HOSTS", "");
pub(super) const TOOL_KEYS: Setting = at("tools", "keys", "TROUPE_TOOL_KEYS", "");
pub(super) const TOOL_ALLOW_PRIVATE: Setting = at("tools", "allow_private", "TROUPE_TOOL_ALLOW_PRIVATE", "");
pub(super) const STT: Setting = at("models", "stt", "TROUPE_STT", "");
pub(super) const LLM: Setting = at("models", "llm", "TROUPE_LLM", "");
pub(super) const TTS: Setting = at("models", "tts", "TROUPE_TTS", "");
pub(super) const OPENAI_BASE_URL: Setting = at("openai", "base_url", "OPENAI_BASE_URL", "");
pub(super) const OPENAI_API_KEY: Setting = at("openai", "api_key", "OPENAI_API_KEY", "");
pub(super) const DEEPGRAM: [Setting; 2] = vendor(["deepgram", "DEEPGRAM_BASE_URL", "DEEPGRAM_API_KEY"]);
pub(super) const ASSEMBLYAI: [Setting; 2] =
    vendor(["assemblyai", "ASSEMBLYAI_BASE_URL", "ASSEMBLYAI_API_KEY"]);
pub(super) const ELEVENLABS: [Setting; 2] =
    vendor(["elevenlabs", "ELEVENLABS_BASE_URL", "ELEVENLABS_API_KEY"]);
pub(super) const CARTESIA: [Setting; 2] = vendor(["cartesia", "CARTESIA_BASE_URL", "CARTESIA_API_KEY"]);
pub(super) const OPENAI_REALTIME_URL: Setting = at("openai", "realtime_url", "OPENAI_REALTIME_URL", "");
pub(super) const GEMINI_REALTIME_URL: Setting = at("gemini", "realtime_url", "GEMINI_REALTIME_URL", "");
pub(super) const GEMINI_API_KEY: Setting = at("gemini", "api_key", "GEMINI_API_KEY", "");
pub(super) const PRICE_HEARD: Setting = at("prices", "heard_minute", "TROUPE_PRICE_HEARD_MINUTE", "");
pub(super) const PRICE_SPOKEN: Setting = at(
    "prices",
    "spoken_1000_characters",
    "TROUPE_PRICE_SPOKEN_1000_CHARACTERS",
    "",
);
pub(super) const PRICE_READ: Setting = at(
    "prices",
    "read_1000000_tokens",
    "TROUPE_PRICE_READ_1000000_TOKENS",
    "",
);
pub(super) const PRICE_WRITTEN: Setting = at(
    "prices",
    "written_1000000_tokens",
    "TROUPE_PRICE_WRITTEN_1000000_TOKENS",
    "",
);
pub(super) const ROOM_BUDGET: Setting = at("worker", "room_budget", "TROUPE_ROOM_BUDGET", "");
pub(super) const CACHE: Setting = at("", "cache", "TROUPE_CACHE", "");
