//! Asks one link after the other until a first piece is there.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::{AbortHandle, Aborted, BoxFuture, abortable};
use futures::stream::{self, BoxStream, FuturesUnordered, Stream, StreamExt};
use tokio::time::{Instant, timeout};

use super::budget::Budget;
use super::counts::{Counts, Role};
use super::lateness::Limits;
use super::link::Link;
use super::race::{Deed, Race};
use crate::providers::{Capacity, ProviderError};

/// What is named when it was some link's doing.
const SOME_LINK: &str = "a model of the chain";

/// Time bounds of one role.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// From the question to the first piece, as long as another link can be asked.
    pub(super) first: Duration,
    /// From one piece to the next.
    pub(super) between: Duration,
    /// When an answer is late, so that another link is asked as well.
    pub(super) late: Limits,
}

/// What all chains of one role share.
#[derive(Clone)]
pub(in crate::providers) struct Common {
    budget: Arc<Mutex<Budget>>,
    counts: Counts,
    /// Times are counted from here.
    origin: Instant,
}

impl Common {
    pub(in crate::providers) fn new(counts: Counts) -> Self {
        Self {
            budget: Arc::default(),
            counts,
            origin: Instant::now(),
        }
    }

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn budget(&self) -> std::sync::MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An ordered list of models for one role.
pub(super) struct Chain<M: ?Sized> {
    links: Vec<Arc<Link<M>>>,
    role: Role,
    bounds: Bounds,
    common: Common,
}

impl<M: ?Sized + Send + Sync + 'static> Chain<M> {
    pub(super) fn new(links: Vec<Arc<Link<M>>>, role: Role, bounds: Bounds, common: Common) -> Self {
        Self {
            links,
            role,
            bounds,
            common,
        }
    }

    /// The first link's model, if it is there and not left alone: what is asked of it alone is not raced.
    pub(super) fn first(&self) -> Option<(&Arc<Link<M>>, Arc<M>)> {
        let link = self.links.first()?;
        let model = link.loaded().filter(|_| link.admits(self.common.now()))?;
        Some((link, model))
    }

    /// A link failed at what was asked of it alone.
    pub(super) fn failed_alone(&self, link: &Link<M>, error: &ProviderError) {
        count_failure(link, &self.common, self.role, error);
    }

    pub(super) fn capacities(&self) -> impl Iterator<Item = Capacity> {
        self.links.iter().map(|link| link.capacity)
    }

    /// Loads what has to be loaded, and answers once a link can be asked.
    ///
    /// # Errors
    /// When no link can be made: why the first one can't, and its name.
    pub(super) async fn ready(&self) -> Result<(), (String, ProviderError)> {
        for link in &self.links {
            link.load(self.common.now());
        }
        if self.links.iter().any(|link| link.is_loaded()) {
            return Ok(());
        }
        let mut first = None;
        for link in &self.links {
            match link.model().await {
                Ok(_) => return Ok(()),
                Err(error) => {
                    first.get_or_insert((link.name.clone(), error));
                }
            }
        }
        first.map_or(Ok(()), Err)
    }

    /// Asks by `attempt` those links that are `fit`, until one has given a first piece; answers the piece and whose it
    /// is. Links that lose are dropped, which cancels them.
    pub(super) async fn ask<'a, T: Send + 'a>(
        &'a self,
        fit: impl Fn(Capacity) -> bool,
        attempt: impl Fn(Arc<M>, Capacity) -> BoxFuture<'a, Result<T, ProviderError>> + Send + Sync + 'a,
    ) -> Result<(T, Arc<Link<M>>), ProviderError> {
        let now = self.common.now();
        let order = self.order(now, fit);
        let late_after = order
            .first()
            .and_then(|first| self.links.get(*first))
            .map_or(self.bounds.late.initial, |link| link.late_after(self.bounds.late));
        self.common.budget().earn();
        let first = order.first().copied();
        let mut race = Race::new(order, now, late_after, self.bounds.first);
        let mut running = FuturesUnordered::new();
        let mut under_way: Vec<(Attempt<'a, M>, AbortHandle)> = Vec::new();
        let mut deeds: Vec<Deed> = race.begin(now).into_iter().collect();
        let mut last = ProviderError::Unfit {
            model: "every model of the chain".to_owned(),
            detail: "the request is for larger ones".to_owned(),
        };
        loop {
            for deed in deeds.drain(..) {
                match deed {
                    Deed::Ask(index) => {
                        let Some(link) = self.links.get(index) else {
                            continue;
                        };
                        let now = self.common.now();
                        let asked = Attempt::begin(link, index, &self.common, now);
                        let capacity = link.capacity;
                        let attempt = &attempt;
                        let answer = async move { attempt(link.model().await?, capacity).await };
                        let (answer, abort) = abortable(answer);
                        running.push(async move { (index, answer.await) });
                        under_way.push((asked, abort));
                    }
                    Deed::GiveUp(index) => {
                        let late = take(&mut under_way, index);
                        last = ProviderError::Timeout {
                            provider: SOME_LINK,
                            waited: self.bounds.first,
                        };
                        if let Some((attempt, abort)) = late {
                            abort.abort();
                            self.fails(attempt, &last);
                        }
                    }
                }
            }
            if race.is_lost() {
                return Err(last);
            }
            let wake = race.next_wake().map(|at| self.common.origin + at);
            let sleep = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                Some((index, answer)) = running.next() => match answer {
                    Ok(Ok(piece)) => {
                        let Some((attempt, _)) = take(&mut under_way, index) else { continue };
                        if Some(index) != first {
                            self.common.counts.took_over(self.role);
                        }
                        return Ok((piece, attempt.delivers()));
                    }
                    Ok(Err(error)) => {
                        if let Some((attempt, _)) = take(&mut under_way, index) {
                            self.fails(attempt, &error);
                        }
                        last = error;
                        deeds.extend(race.failed(self.common.now(), index));
                    }
                    Err(Aborted) => {}
                },
                () = sleep => {
                    let now = self.common.now();
                    let may_hedge = race.is_late(now) && self.common.budget().spend();
                    if may_hedge {
                        self.common.counts.hedged(self.role);
                        tracing::debug!(role = self.role.word(), "an answer is late: ask the next model as well");
                    }
                    deeds = race.wake(now, may_hedge);
                }
            }
        }
    }

    /// The rest of an answer of `link`: the next piece in time, or the end with an error, which counts against it.
    pub(super) fn rest<T: Send + 'static>(
        &self,
        link: Arc<Link<M>>,
        pieces: impl Stream<Item = Result<T, ProviderError>> + Send + Unpin + 'static,
    ) -> BoxStream<'static, Result<T, ProviderError>> {
        let (between, common, role) = (self.bounds.between, self.common.clone(), self.role);
        let rest = stream::unfold(Some(pieces), move |pieces| {
            let (link, common) = (Arc::clone(&link), common.clone());
            async move {
                let mut pieces = pieces?;
                let error = match timeout(between, pieces.next()).await {
                    Ok(Some(Ok(piece))) => return Some((Ok(piece), Some(pieces))),
                    Ok(Some(Err(error))) => error,
                    Ok(None) => return None,
                    Err(_) => ProviderError::Timeout {
                        provider: SOME_LINK,
                        waited: between,
                    },
                };
                count_failure(&link, &common, role, &error);
                Some((Err(error), None))
            }
        });
        rest.boxed()
    }

    /// Whom to ask first, second, …: in the order of the list, but whoever has just failed or is still being loaded
    /// comes last, and whoever is left alone is asked only when nobody else is there.
    fn order(&self, now: Duration, fit: impl Fn(Capacity) -> bool) -> Vec<usize> {
        let is_fit = |(_, link): &(usize, &Arc<Link<M>>)| fit(link.capacity);
        let fit: Vec<(usize, &Arc<Link<M>>)> = self.links.iter().enumerate().filter(is_fit).collect();
        let admitted = fit.iter().filter(|(_, link)| link.admits(now));
        let mut order: Vec<_> = admitted.copied().collect();
        if order.is_empty() {
            order = fit;
        }
        // Stable: equals keep their order.
        order.sort_by_key(|(_, link)| (!link.is_loaded(), link.is_shaken(now)));
        order.into_iter().map(|(index, _)| index).collect()
    }

    fn fails(&self, attempt: Attempt<'_, M>, error: &ProviderError) {
        let link = attempt.ends();
        count_failure(link, &self.common, self.role, error);
    }
}

fn count_failure<M: ?Sized + Send + Sync + 'static>(
    link: &Link<M>,
    common: &Common,
    role: Role,
    error: &ProviderError,
) {
    tracing::warn!(role = role.word(), model = link.name, %error, "a model of a chain failed");
    if !error.is_of_the_request() && link.failed(common.now()) {
        common.counts.rests(role);
        tracing::warn!(
            role = role.word(),
            model = link.name,
            "leave a model alone for a while"
        );
    }
}

fn take<'a, M: ?Sized + Send + Sync + 'static>(
    under_way: &mut Vec<(Attempt<'a, M>, AbortHandle)>,
    index: usize,
) -> Option<(Attempt<'a, M>, AbortHandle)> {
    let at = under_way.iter().position(|(attempt, _)| attempt.index == index)?;
    Some(under_way.swap_remove(at))
}

/// A question to one link. Dropped without an outcome, it tells nothing about the link.
struct Attempt<'a, M: ?Sized + Send + Sync + 'static> {
    link: &'a Arc<Link<M>>,
    index: usize,
    common: &'a Common,
    asked: Duration,
    is_over: bool,
}

impl<'a, M: ?Sized + Send + Sync + 'static> Attempt<'a, M> {
    fn begin(link: &'a Arc<Link<M>>, index: usize, common: &'a Common, now: Duration) -> Self {
        link.asked(now);
        Self {
            link,
            index,
            common,
            asked: now,
            is_over: false,
        }
    }

    fn delivers(mut self) -> Arc<Link<M>> {
        self.is_over = true;
        self.link.delivered(self.common.now().saturating_sub(self.asked));
        Arc::clone(self.link)
    }

    fn ends(mut self) -> &'a Link<M> {
        self.is_over = true;
        self.link
    }
}

impl<M: ?Sized + Send + Sync + 'static> Drop for Attempt<'_, M> {
    fn drop(&mut self) {
        if !self.is_over {
            self.link.abandoned(self.common.now());
        }
    }
}
