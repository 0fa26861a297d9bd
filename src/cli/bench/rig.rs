//! What is measured: a stack of our own, or one that runs already.

use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::cli::client::Rooms;
use crate::cli::stack::{Stack, Storage};
use crate::cli::{Context, Failure};
use crate::config::{Config, ModelNames, Overrides, ServerUrl};
use crate::evaluation::backend::{Backend, Delays};
use crate::evaluation::caller::{Clock, ReplyControl};

/// Model of the scripted server, whatever it is called.
const SCRIPTED: &str = "openai:scripted";

/// Flags that say what is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct TargetArgs {
    /// Base URL of a running Rooms API; without it a whole stack is started and stopped again
    #[arg(long, value_name = "URL", requires = "key")]
    api: Option<String>,
    /// A secret key of it
    #[arg(long, value_name = "KEY", requires = "api")]
    key: Option<String>,
    /// LiveKit server that the callers join, where it is another than the one that the API names
    #[arg(long, value_name = "URL", requires = "api")]
    livekit: Option<String>,
    /// Where {"reply":"long"} can be posted to whoever answers in a stack that runs already
    #[arg(long, value_name = "URL", requires = "api")]
    control: Option<String>,
    /// Models of a stack of our own
    #[arg(long, value_enum, default_value_t = ModelChoice::Configured)]
    models: ModelChoice,
    /// Who is talked to, by id [default: the first there is]
    #[arg(long, value_name = "ID")]
    character: Option<String>,
}

/// Which models answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelChoice {
    /// Those of the configuration
    Configured,
    /// Models that always say the same after 150 ms (STT), 300 ms (LLM) and 150 ms (TTS): for comparisons
    Scripted,
    /// The same without delay: what is left is ours
    Instant,
}

/// Where rooms are made and talked in.
#[derive(Clone)]
pub(super) struct Site {
    pub(super) rooms: Rooms,
    pub(super) character: String,
    pub(super) livekit: Option<String>,
    pub(super) control: ReplyControl,
    pub(super) clock: Clock,
}

/// What runs for a measurement.
pub(super) struct Rig {
    pub(super) site: Site,
    pub(super) running: Running,
}

/// The parts that have to be stopped.
pub(super) struct Running {
    stack: Option<Stack>,
    _backend: Option<Backend>,
}

impl TargetArgs {
    /// Section of the report for first-audio delays: those of models without delay are no usual ones.
    pub(super) fn section(&self) -> &'static str {
        match self.models {
            ModelChoice::Instant => "zero",
            ModelChoice::Configured | ModelChoice::Scripted => "real",
        }
    }

    /// Whether the stack is one of our own.
    pub(super) fn is_own(&self) -> bool {
        self.api.is_none()
    }

    /// Whether it can be said how long replies are.
    pub(super) fn controls_replies(&self) -> bool {
        self.control.is_some() || self.api.is_none() && self.models != ModelChoice::Configured
    }

    /// What is measured, for the report.
    pub(super) fn described(&self) -> Value {
        json!({
            "api": self.api,
            "models": self.models.to_possible_value().map(|value| value.get_name().to_owned()),
            "character": self.character,
        })
    }

    /// The configuration of a stack of our own, and the scripted models if they are wanted.
    pub(super) async fn configured(&self, context: &Context) -> Result<(Config, Option<Backend>), Failure> {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).to_string();
        let overrides = Overrides {
            listen: Some(anywhere.clone()),
            health: Some(anywhere),
            ..Overrides::default()
        };
        let mut config = context.config(overrides)?;
        let delays = match self.models {
            ModelChoice::Configured => return Ok((config, None)),
            ModelChoice::Scripted => Delays::USUAL,
            ModelChoice::Instant => Delays::NONE,
        };
        let backend = Backend::start(delays)
            .await
            .map_err(|error| Failure::failed(format_args!("start the scripted models: {error}")))?;
        let url = ServerUrl::from_str(&backend.base_url()).map_err(Failure::failed)?;
        config.openai.base_url = Some(url);
        config.openai.api_key = Some("scripted".to_owned().into());
        let model = ModelNames::from_str(SCRIPTED).map_err(Failure::failed)?;
        config.models.stt = Some(model.clone());
        config.models.llm = Some(model.clone());
        config.models.tts = Some(model);
        Ok((config, Some(backend)))
    }

    /// Starts what has to be started.
    pub(super) async fn start(&self, context: &Context) -> Result<Rig, Failure> {
        if let (Some(api), Some(key)) = (&self.api, &self.key) {
            let base =
                ServerUrl::from_str(api).map_err(|error| Failure::usage(format_args!("--api {error}")))?;
            let running = Running {
                stack: None,
                _backend: None,
            };
            let rooms = Rooms::new(base, key.clone());
            return self.rig(rooms, self.control.clone(), running).await;
        }
        let (config, backend) = self.configured(context).await?;
        let stack = tokio::select! {
            stack = Stack::start(config, Storage::Temporary, context.output) => stack?,
            () = context.shutdown.cancelled() => return Err(Failure::failed("stopped before it began")),
        };
        let rooms = Rooms::new(stack.api_url.clone(), stack.key.clone());
        let control = backend.as_ref().map(Backend::control_url);
        let running = Running {
            stack: Some(stack),
            _backend: backend,
        };
        self.rig(rooms, control, running).await
    }

    async fn rig(&self, rooms: Rooms, control: Option<String>, running: Running) -> Result<Rig, Failure> {
        match self.site(rooms, control).await {
            Ok(site) => Ok(Rig { site, running }),
            Err(failure) => {
                running.stop().await;
                Err(failure)
            }
        }
    }

    /// A site with the wanted character.
    pub(super) async fn site(&self, rooms: Rooms, control: Option<String>) -> Result<Site, Failure> {
        let known = rooms.characters().await?;
        let wanted = self.character.as_deref();
        let character = known
            .into_iter()
            .find(|character| wanted.is_none_or(|id| character.id == id))
            .ok_or_else(|| match wanted {
                Some(id) => Failure::usage(format_args!("--character: there is no character {id}")),
                None => Failure::failed("there is no character to talk to"),
            })?;
        Ok(Site {
            rooms,
            character: character.id,
            livekit: self.livekit.clone(),
            control: ReplyControl {
                url: control,
                client: reqwest::Client::new(),
            },
            clock: Clock::start(),
        })
    }
}

impl Running {
    /// Answers when something ends that should run on.
    pub(super) async fn broken(&mut self) -> Failure {
        match &mut self.stack {
            Some(stack) => stack.broken().await,
            None => std::future::pending().await,
        }
    }

    pub(super) async fn stop(self) {
        if let Some(stack) = self.stack {
            stack.stop().await;
        }
    }
}
