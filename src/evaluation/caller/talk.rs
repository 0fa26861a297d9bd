//! The caller's turns.

use std::time::Duration;

use super::contention::Reading;
use super::{Caller, CallerError, Turn, Utterance, ms};

/// Silence that ends a reply, s: pauses between its sentences are shorter.
const REPLY_OVER_S: f64 = 0.8;
/// Silence by which an interrupted reply counts as stopped, s.
const STOPPED_S: f64 = 0.3;
/// Longest wait for a reply to end, s.
const REPLY_MAX_S: f64 = 60.0;
/// Longest wait for an interrupted reply to stop, s.
const STOP_MAX_S: f64 = 20.0;
/// A character that was silent for so long does not talk, s.
const TALKS_S: f64 = 0.1;

/// How long a caller waits, s.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Silence before each turn.
    pub gap_s: f64,
    /// Longest wait for a reply.
    pub reply_s: f64,
    /// From the onset of a reply to its interruption.
    pub barge_after_s: f64,
}

/// Where it can be said how long replies are, if that can be said.
#[derive(Debug, Clone, Default)]
pub struct ReplyControl {
    /// Takes `{"reply": "long"}` or `{"reply": "short"}`.
    pub url: Option<String>,
    /// Sends it.
    pub client: reqwest::Client,
}

impl ReplyControl {
    async fn ask(&self, length: &str) {
        let Some(url) = &self.url else { return };
        let body = serde_json::json!({ "reply": length });
        if let Err(error) = self.client.post(url).json(&body).send().await {
            tracing::warn!(error = %error.without_url(), "ask for {length} replies");
        }
    }
}

impl Caller {
    /// One turn: says something and waits until the reply is over.
    ///
    /// # Errors
    /// When the microphone is gone.
    pub async fn turn(
        &self,
        number: usize,
        utterance: &Utterance,
        patience: Patience,
    ) -> Result<Turn, CallerError> {
        let heard = |caller: &Self| caller.ear().onset.is_some();
        self.wait(REPLY_MAX_S, |caller| caller.is_quiet(patience.gap_s))
            .await;
        self.ear().reset();
        let reading = Reading::take();
        let said = self.say(&utterance.pcm).await?;
        let (started, eos) = said.await.map_err(|_| CallerError::Silenced)?;
        let has_replied = self.wait(patience.reply_s, heard).await;
        let busy = reading.and_then(Reading::since);
        let mut turn = Turn {
            turn: number,
            utt: utterance.name.clone(),
            t_start: Some(started),
            eos,
            idle_pct: busy.map(|busy| busy.idle_pct),
            psi_pct: busy.map(|busy| busy.psi_pct),
            ..Turn::default()
        };
        if has_replied {
            self.wait(REPLY_MAX_S, |caller| caller.is_quiet(REPLY_OVER_S))
                .await;
            let ear = self.ear();
            turn.onset = ear.onset;
            turn.latency_ms = ear.onset.map(|onset| ms(eos, onset));
            turn.agent_s = ear.onset.zip(ear.last).map(|(onset, last)| last - onset);
            turn.gaps.clone_from(&ear.gaps);
            turn.blips.clone_from(&ear.blips);
        }
        Ok(turn)
    }

    /// One interruption: says something, says it again while the reply is heard, and waits for the next reply.
    ///
    /// # Errors
    /// When the microphone is gone.
    pub async fn barge(
        &self,
        number: usize,
        utterance: &Utterance,
        patience: Patience,
        control: &ReplyControl,
    ) -> Result<Turn, CallerError> {
        let heard = |caller: &Self| caller.ear().onset.is_some();
        control.ask("long").await;
        self.wait(REPLY_MAX_S, |caller| caller.is_quiet(patience.gap_s))
            .await;
        self.ear().reset();
        let said = self.say(&utterance.pcm).await?;
        let (_, eos) = said.await.map_err(|_| CallerError::Silenced)?;
        let mut turn = Turn {
            turn: number,
            utt: utterance.name.clone(),
            eos,
            ..Turn::default()
        };
        if !self.wait(patience.reply_s, heard).await {
            return Ok(turn);
        }
        let onset = self.ear().onset.unwrap_or_else(|| self.clock.now_s());
        let rest = (onset + patience.barge_after_s - self.clock.now_s()).max(0.0);
        tokio::time::sleep(Duration::from_secs_f64(rest)).await;
        control.ask("short").await;
        let is_talking = !self.is_quiet(TALKS_S);
        let said = self.say(&utterance.pcm).await?;
        let reading = Reading::take();
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.wait(STOP_MAX_S, |caller| caller.is_quiet(STOPPED_S)).await;
        let stop = self.ear().last;
        self.ear().reset();
        let (started, eos) = said.await.map_err(|_| CallerError::Silenced)?;
        let busy = reading.and_then(Reading::since);
        turn.talking = Some(is_talking);
        turn.barge_start = Some(started);
        turn.stop = stop;
        turn.stop_ms = stop.map(|stop| ms(started, stop));
        turn.idle_pct = busy.map(|busy| busy.idle_pct);
        turn.psi_pct = busy.map(|busy| busy.psi_pct);
        if self.wait(patience.reply_s, heard).await {
            self.wait(REPLY_MAX_S, |caller| caller.is_quiet(REPLY_OVER_S))
                .await;
            let ear = self.ear();
            turn.onset = ear.onset;
            turn.latency_ms = ear.onset.map(|onset| ms(eos, onset));
            turn.reply_s = ear.onset.zip(ear.last).map(|(onset, last)| last - onset);
            turn.blips.clone_from(&ear.blips);
        }
        Ok(turn)
    }
}
