//! A stack whose worker is a process of its own, so that what it takes can be told.

use super::rig::{Site, TargetArgs};
use super::worker::WorkerProcess;
use crate::cli::client::Rooms;
use crate::cli::stack::{Stack, Storage};
use crate::cli::{Context, Failure};
use crate::evaluation::backend::Backend;

/// What runs for a measurement of the worker.
pub(super) struct Split {
    pub(super) site: Site,
    pub(super) worker: WorkerProcess,
    stack: Stack,
    _backend: Option<Backend>,
}

impl Split {
    /// Starts all of it, with a worker for so many rooms at once.
    pub(super) async fn start(
        target: &TargetArgs,
        rooms_max: usize,
        context: &Context,
    ) -> Result<Self, Failure> {
        if !target.is_own() {
            return Err(Failure::usage(
                "--api: the worker of another stack can't be looked into; this is measured on a stack of our own",
            ));
        }
        let (config, backend) = target.configured(context).await?;
        let control = backend.as_ref().map(Backend::control_url);
        let (stack, worker_key) = tokio::select! {
            started = Stack::without_worker(config.clone(), Storage::Temporary, context.output) => started?,
            () = context.shutdown.cancelled() => return Err(Failure::failed("stopped before it began")),
        };
        let api = stack.api_url.as_str().to_owned();
        let started = async {
            let file = context.file.as_deref();
            let worker = WorkerProcess::start(&config, file, &api, &worker_key, rooms_max).await?;
            let rooms = Rooms::new(stack.api_url.clone(), stack.key.clone());
            match target.site(rooms, control).await {
                Ok(site) => Ok((site, worker)),
                Err(failure) => {
                    worker.stop().await;
                    Err(failure)
                }
            }
        };
        match started.await {
            Ok((site, worker)) => Ok(Self {
                site,
                worker,
                stack,
                _backend: backend,
            }),
            Err(failure) => {
                stack.stop().await;
                Err(failure)
            }
        }
    }

    /// Measures, unless something ends before that should run on; then stops everything.
    pub(super) async fn measure<T>(
        mut self,
        context: &Context,
        measuring: impl AsyncFnOnce(&Site, &WorkerProcess) -> T,
    ) -> Result<T, Failure> {
        let measured = tokio::select! {
            measured = measuring(&self.site, &self.worker) => Ok(measured),
            failure = self.stack.broken() => Err(failure),
            () = context.shutdown.cancelled() => Err(Failure::failed("stopped by a signal")),
        };
        self.worker.stop().await;
        self.stack.stop().await;
        measured
    }
}
