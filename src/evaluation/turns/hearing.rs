//! Runs the real ear over a recording and notes what it knew at each pause.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use troupe_dialogue::endpointing::{Ending, Habits, WordCues};
use troupe_inference::end_of_turn::{SmartTurn, WINDOW_SAMPLES};
use troupe_sound::Treatment;

use super::Sample;
use super::manifest::{Clip, Event, Kind};
use super::policy::ASKED_AFTER_S;
use crate::audio_file::{self, AudioFileError};
use crate::ear::offline::OfflineEar;
use crate::ear::{EarError, Heard as Edge, TRACK_RATE_HZ};
use crate::providers::{ProviderError, SPEECH_RATE_HZ, SpeechToText};

/// Silence after a recording, so that its last turn can end, s.
const TAIL_S: usize = 4;
/// A pause of the ear belongs to an event of the manifest this near, s.
const SAME_PAUSE_S: f64 = 0.2;
/// Sound before a turn that the model hears as well, s.
const BEFORE_TURN_S: f64 = 0.3;

/// Why a recording can't be heard.
#[derive(Debug, thiserror::Error)]
pub enum HearingError {
    /// The file.
    #[error(transparent)]
    File(#[from] AudioFileError),
    /// The ear.
    #[error(transparent)]
    Ear(#[from] EarError),
    /// Speech to text.
    #[error(transparent)]
    Words(#[from] ProviderError),
    /// The end-of-turn model.
    #[error(transparent)]
    Model(#[from] troupe_inference::InferenceError),
}

/// The models that hear.
pub struct Models {
    /// Speech to text.
    pub stt: Arc<dyn SpeechToText>,
    /// End of turn.
    pub judge: SmartTurn,
    /// What words and the end-of-turn model's answer are taken to cost; `None`: what they cost here and now, the
    /// one being asked beside the other.
    pub evidence: Option<Duration>,
}

/// What the ear found in a recording.
#[derive(Debug, Clone)]
pub struct Heard {
    /// One sample for each event.
    pub samples: Vec<Sample>,
    /// Pauses that the ear found and the manifest does not know.
    pub unlabelled: usize,
}

/// A pause that the ear reported.
struct Pause {
    found_s: f64,
    /// The first sound of the turn.
    began_s: f64,
    last_voice_s: f64,
    turn: Arc<[i16]>,
}

/// Hears one recording.
///
/// # Errors
/// When the file, the ear or a model fails.
pub async fn hear(folder: &Path, clip: &Clip, models: &mut Models) -> Result<Heard, HearingError> {
    let path = folder.join(&clip.file);
    let mut pcm = audio_file::read_mono(&path, TRACK_RATE_HZ)?;
    pcm.resize(pcm.len() + TAIL_S * TRACK_RATE_HZ as usize, 0);
    let mut speech = audio_file::read_mono(&path, SPEECH_RATE_HZ)?;
    speech.resize(speech.len() + TAIL_S * SPEECH_RATE_HZ as usize, 0);
    let pauses = pauses(&pcm, clip)?;
    let mut heard = Heard {
        samples: Vec::new(),
        unlabelled: pauses.len(),
    };
    let (mut habits, mut turn_began_s) = (Habits::default(), 0.0);
    for event in &clip.events {
        let pause = nearest(&pauses, event);
        heard.unlabelled -= usize::from(pause.is_some());
        let mut sample = unheard(clip, event);
        sample.habits = habits;
        if let Some(pause) = pause {
            sample.heard_after_s = Some(pause.found_s - event.t);
            sample.last_voice_s = pause.last_voice_s - event.t;
            sample.spoken_s = pause.last_voice_s - pause.began_s;
            let asked = Instant::now();
            sample.audio = Some(models.judge.probability(&scaled(&pause.turn))?);
            let judged = asked.elapsed();
            let until = ((pause.last_voice_s + ASKED_AFTER_S) * f64::from(SPEECH_RATE_HZ)) as usize;
            let from = ((turn_began_s - BEFORE_TURN_S).max(0.0) * f64::from(SPEECH_RATE_HZ)) as usize;
            let alone = speech.get(from..until.min(speech.len())).unwrap_or_default();
            sample.audio_later = Some(models.judge.probability(&scaled(alone))?);
            let asked = Instant::now();
            sample.words = models.stt.transcribe(&pause.turn, "en").await?;
            let measured = asked.elapsed().max(judged);
            sample.evidence_s = models.evidence.unwrap_or(measured).as_secs_f64();
            sample.finished = WordCues::of(&sample.words).ending != Ending::Open;
        }
        match event.end.filter(|_| event.kind == Kind::MidTurnPause) {
            Some(end) if pause.is_some() => {
                habits.paused(Duration::from_secs_f64((end - event.t).max(0.0)));
            }
            Some(_) => {}
            None => turn_began_s = event.t,
        }
        heard.samples.push(sample);
    }
    Ok(heard)
}

/// What a pause is without an ear.
fn unheard(clip: &Clip, event: &Event) -> Sample {
    let own = clip.speaker.as_ref().or(event.speaker.as_ref());
    Sample {
        clip: clip.name.clone(),
        speaker: own.unwrap_or(&clip.name).clone(),
        category: clip.category.clone(),
        at_s: event.t,
        goes_on_after_s: event
            .end
            .filter(|_| event.kind == Kind::MidTurnPause)
            .map(|end| end - event.t),
        heard_after_s: None,
        last_voice_s: 0.0,
        evidence_s: 0.0,
        spoken_s: 0.0,
        audio: None,
        audio_later: None,
        finished: false,
        words: String::new(),
        habits: Habits::default(),
    }
}

/// All pauses of the ear. At the known ends of turns it forgets, as it does once a turn is answered.
fn pauses(pcm: &[i16], clip: &Clip) -> Result<Vec<Pause>, EarError> {
    let mut ear = OfflineEar::open(Treatment::default())?;
    let mut pauses = Vec::new();
    let mut ends = Vec::new();
    let mut began_s: Option<f64> = None;
    // In pieces, so that the ear forgets in time.
    for piece in pcm.chunks(TRACK_RATE_HZ as usize / 50) {
        let known = pauses.len();
        ear.hear(piece, |now, edge| match edge {
            Edge::Started { ago } => {
                began_s.get_or_insert(now.saturating_sub(ago).as_secs_f64());
            }
            Edge::Paused { ago, pcm, end } => {
                let last_voice_s = now.saturating_sub(ago).as_secs_f64();
                pauses.push(Pause {
                    found_s: now.as_secs_f64(),
                    began_s: began_s.unwrap_or(last_voice_s),
                    last_voice_s,
                    turn: pcm,
                });
                ends.push(end);
            }
            Edge::Probed { .. } | Edge::Sound { .. } | Edge::Broken => {}
        });
        let newest = pauses.last().zip(ends.last());
        if let Some((pause, end)) = newest.filter(|_| pauses.len() > known) {
            let mut turn_ends = clip.events.iter().filter(|event| event.kind == Kind::TurnEnd);
            if turn_ends.any(|event| (event.t - pause.last_voice_s).abs() < SAME_PAUSE_S) {
                ear.forget(*end);
                began_s = None;
            }
        }
    }
    Ok(pauses)
}

fn nearest<'p>(pauses: &'p [Pause], event: &Event) -> Option<&'p Pause> {
    let distance = |pause: &Pause| (pause.last_voice_s - event.t).abs();
    let near = pauses.iter().filter(|pause| distance(pause) < SAME_PAUSE_S);
    near.min_by(|one, other| distance(one).total_cmp(&distance(other)))
}

fn scaled(pcm: &[i16]) -> Vec<f32> {
    let newest = pcm
        .get(pcm.len().saturating_sub(WINDOW_SAMPLES)..)
        .unwrap_or_default();
    newest
        .iter()
        .map(|sample| f32::from(*sample) / 32_768.0)
        .collect()
}
