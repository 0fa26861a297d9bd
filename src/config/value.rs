//! Settings with a form of their own.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use reqwest::Url;

/// Address of a server: `http`, `https`, `ws` or `wss`, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl(String);

impl ServerUrl {
    /// The address of a server of ours that listens on `address`.
    pub fn http(address: SocketAddr) -> Self {
        Self(format!("http://{address}"))
    }

    /// The address of a LiveKit server of ours that listens on `address`.
    pub fn ws(address: SocketAddr) -> Self {
        Self(format!("ws://{address}"))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServerUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| "must be a URL such as https://example.com")?;
        if !matches!(url.scheme(), "http" | "https" | "ws" | "wss") {
            return Err("must begin with http://, https://, ws:// or wss://");
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("must name a host");
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A model and who runs it, written `provider:model`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelName {
    /// `openai`, `local` or a speech service.
    pub provider: String,
    /// The provider's name of the model.
    pub model: String,
}

/// Models in the order in which they are asked, with commas between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelNames(pub Vec<ModelName>);

impl FromStr for ModelNames {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split(',')
            .map(|name| name.trim().parse())
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for ModelNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { ", " };
            write!(f, "{gap}{name}")?;
        }
        Ok(())
    }
}

/// The providers there are.
const PROVIDERS: [&str; 6] = [
    "local",
    "openai",
    "deepgram",
    "assemblyai",
    "elevenlabs",
    "cartesia",
];

impl FromStr for ModelName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (provider, model) = text
            .split_once(':')
            .ok_or("must be provider:model, such as openai:gpt-4o-mini")?;
        if !PROVIDERS.contains(&provider) {
            return Err(format!(
                "names an unknown provider; known are {}",
                PROVIDERS.join(", ")
            ));
        }
        if model.trim().is_empty() {
            return Err(format!("names no model after {provider}:"));
        }
        Ok(Self {
            provider: provider.to_owned(),
            model: model.to_owned(),
        })
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.provider, self.model)
    }
}
