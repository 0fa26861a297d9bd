#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::ExposeSecret;

use super::{Config, Overrides};

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

/// A configuration file that is gone after the test.
struct Toml(PathBuf);

impl Toml {
    fn new(text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("troupe-config-{:016x}.toml", rand::random::<u64>()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn faults(&self, overrides: Overrides, pairs: &[(&str, &str)]) -> Vec<String> {
        let faults = Config::from_sources(Some(&self.0), overrides, environment(pairs)).unwrap_err();
        let path = format!("{}", self.0.display());
        faults
            .iter()
            .map(|fault| fault.to_string().replace(&path, "troupe.toml"))
            .collect()
    }
}

impl Drop for Toml {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn flags_win_over_environment_over_file() {
    let toml = Toml::new("[api]\nlisten = \"127.0.0.1:1\"\ndb = \"sqlite:file\"\n[worker]\nmax_rooms = 3\n");
    let overrides = Overrides {
        listen: Some("127.0.0.1:3".into()),
        ..Overrides::default()
    };
    let variables = environment(&[("TROUPE_LISTEN", "127.0.0.1:2"), ("TROUPE_DB", "sqlite:variable")]);
    let config = Config::from_sources(Some(&toml.0), overrides, variables).unwrap();
    assert_eq!(config.api.listen.port(), 3);
    assert_eq!(config.api.db, "sqlite:variable");
    assert_eq!(config.worker.max_rooms, 3);
    assert_eq!(config.worker.api_url.as_str(), "http://127.0.0.1:3");
}

#[test]
fn a_memory_has_bounds() {
    let memory = |tokens: u32| Toml::new(&format!("[worker]\nmemory_tokens = {tokens}\n"));
    let fault = "troupe.toml:2: worker.memory_tokens: must be a whole number from 1000 to 100000";
    for tokens in [0, 999, 100_001] {
        assert_eq!(memory(tokens).faults(Overrides::default(), &[]), [fault]);
    }
    let (toml, variables) = (memory(1000), environment(&[("TROUPE_MEMORY_TOKENS", "2000")]));
    let config = Config::from_sources(Some(&toml.0), Overrides::default(), variables).unwrap();
    assert_eq!(config.worker.memory_tokens, 2000);
}

#[test]
fn prices_are_numbers_and_a_budget_needs_one() {
    let toml =
        Toml::new("[prices]\nheard_minute = 0.0043\nread_1000000_tokens = 2\n[worker]\nroom_budget = 1.5\n");
    let variables = environment(&[("TROUPE_PRICE_READ_1000000_TOKENS", "0.15")]);
    let config = Config::from_sources(Some(&toml.0), Overrides::default(), variables).unwrap();
    let prices = config.spending.prices;
    assert_eq!(
        (prices.heard_minute, prices.read_1000000_tokens),
        (Some(0.0043), Some(0.15))
    );
    assert_eq!(
        (prices.spoken_1000_characters, config.spending.room_budget),
        (None, Some(1.5))
    );
    for amount in ["-1", "nan", "much"] {
        assert_eq!(
            Toml::new("").faults(Overrides::default(), &[("TROUPE_PRICE_HEARD_MINUTE", amount)]),
            ["TROUPE_PRICE_HEARD_MINUTE: must be a number from 0 to 1000000000"]
        );
    }
    let alone = Toml::new("[worker]\nroom_budget = 1\n").faults(Overrides::default(), &[]);
    let fault = "troupe.toml:2: worker.room_budget: bounds nothing without a price; set one of [prices]";
    assert_eq!(alone, [fault]);
}

#[test]
fn nothing_said_is_a_dev_setup() {
    let toml = Toml::new("");
    let variables = environment(&[("HOME", "/home/someone"), ("OPENAI_API_KEY", "")]);
    let config = Config::from_sources(Some(&toml.0), Overrides::default(), variables).unwrap();
    assert!(config.livekit.url.is_none());
    assert_eq!(config.livekit.api_secret.expose_secret(), "secret");
    assert_eq!(config.cache, PathBuf::from("/home/someone/.cache/troupe"));
    assert!(config.openai.api_key.is_none());
}

#[test]
fn webhooks_stay_outside_unless_it_is_said() {
    let load = |file: &str, variables: &[(&str, &str)]| {
        let toml = Toml::new(file);
        Config::from_sources(Some(&toml.0), Overrides::default(), environment(variables))
            .map(|config| config.api.webhook_allow_private)
    };
    assert_eq!(load("", &[]), Ok(false));
    assert_eq!(load("[api]\nwebhook_allow_private = true\n", &[]), Ok(true));
    assert_eq!(load("", &[("TROUPE_WEBHOOK_ALLOW_PRIVATE", "true")]), Ok(true));
    let toml = Toml::new("");
    assert_eq!(
        toml.faults(Overrides::default(), &[("TROUPE_WEBHOOK_ALLOW_PRIVATE", "yes")]),
        ["TROUPE_WEBHOOK_ALLOW_PRIVATE: must be true or false"]
    );
}

#[test]
fn all_faults_are_told_with_their_place() {
    let toml = Toml::new(
        "colour = \"red\"\n[api]\nlisten = \"here\"\n[worker]\nmax_rooms = 0\nhealth = [true]\n[models]\nllm = \"gpt\"\n",
    );
    let overrides = Overrides {
        api_url: Some("ftp://x".into()),
        ..Overrides::default()
    };
    assert_eq!(
        toml.faults(
            overrides,
            &[("TROUPE_STT", "acme:whisper"), ("LIVEKIT_URL", "nonsense")]
        ),
        [
            "troupe.toml:3: api.listen: invalid socket address syntax",
            "LIVEKIT_URL: must be a URL such as https://example.com",
            "--api: must begin with http://, https://, ws:// or wss://",
            "troupe.toml:6: worker.health: must be a string, a number, true or false",
            "troupe.toml:5: worker.max_rooms: must be a whole number from 1 to 1000",
            "TROUPE_STT: names an unknown provider; known are local, openai, deepgram, assemblyai, elevenlabs, cartesia",
            "troupe.toml:8: models.llm: must be provider:model, such as openai:gpt-4o-mini",
            "troupe.toml:1: colour: is no setting; see README.md for their names",
        ]
    );
}

#[test]
fn models_are_lists() {
    let toml = Toml::new("[models]\nllm = \"openai:gpt-4o-mini, local:qwen\"\n");
    let config = Config::from_sources(Some(&toml.0), Overrides::default(), environment(&[])).unwrap();
    let shown = config.models.llm.map(|names| names.to_string());
    assert_eq!(shown.as_deref(), Some("openai:gpt-4o-mini, local:qwen"));
    assert_eq!(
        toml.faults(Overrides::default(), &[("TROUPE_TTS", "local:piper, ")]),
        ["TROUPE_TTS: must be provider:model, such as openai:gpt-4o-mini"]
    );
}

#[test]
fn malformed_toml_names_the_line_and_the_rest_is_still_read() {
    let toml = Toml::new("[api]\ndb = \n[worker]\nmax_rooms = 5000\n");
    let faults = toml.faults(Overrides::default(), &[]);
    assert!(
        faults.iter().any(|fault| fault.starts_with("troupe.toml:2: ")),
        "{faults:?}"
    );
    assert!(
        faults
            .iter()
            .any(|fault| fault.starts_with("troupe.toml:4: worker.max_rooms")),
        "{faults:?}"
    );
}

#[test]
fn a_named_file_must_exist() {
    let path = PathBuf::from("/nonexistent/troupe.toml");
    let faults = Config::from_sources(Some(&path), Overrides::default(), environment(&[])).unwrap_err();
    assert!(
        faults
            .to_string()
            .starts_with("/nonexistent/troupe.toml: can't be read"),
        "{faults}"
    );
}
