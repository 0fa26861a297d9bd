//! The task that plays one character's speeches.

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use troupe_dialogue::{SpeechId, Time};

use super::Voiced;
use super::playback::{FRAME_SAMPLES, Playback, Step};

/// Orders that wait for a player. Full: never in practice, as a player waits for nothing but them.
const ORDERS_MAX: usize = 64;
/// Pieces of sound that wait for a player. Full: whoever synthesises waits, which holds text-to-speech back.
const SOUND_MAX: usize = 64;

/// A wait that an order or sound ends.
const FAR_AWAY: Duration = Duration::from_secs(3600);

/// Where frames go.
pub trait Sink: Send + 'static {
    /// Takes one frame of mono PCM at [`super::VOICE_RATE_HZ`].
    fn frame(&mut self, pcm: &[i16]) -> impl Future<Output = ()> + Send;
    /// Drops what was taken and not sent yet.
    fn clear(&mut self);
}

/// What a player is told to do; orders overtake sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Prepare a speech; a former one is over.
    Begin(SpeechId),
    /// Let it be heard.
    Release(SpeechId),
    /// Be silent, and keep what was not heard.
    Hold(SpeechId),
    /// Go on where it was held.
    Resume(SpeechId),
    /// Cut it and tell how much was heard.
    Stop(SpeechId),
    /// Throw it away.
    Discard(SpeechId),
}

/// What a player is given to play.
#[derive(Debug)]
pub enum Sound {
    /// Sound of a chunk.
    Audio {
        /// Which speech.
        speech: SpeechId,
        /// Which chunk.
        chunk: usize,
        /// PCM at [`super::VOICE_RATE_HZ`].
        pcm: Vec<i16>,
    },
    /// Of what was handed over of a chunk, only so much counts: the rest is dropped if it was not sent yet.
    Back {
        /// Which speech.
        speech: SpeechId,
        /// Which chunk; the latest.
        chunk: usize,
        /// Samples of it that stay.
        samples: usize,
    },
    /// No more comes.
    End(SpeechId),
}

/// A running player; it ends when dropped.
pub struct Player {
    orders: mpsc::Sender<Order>,
    sound: mpsc::Sender<Sound>,
    _task: tokio_util::task::AbortOnDropHandle<()>,
}

impl Player {
    /// Starts a player that reports through `report`, which must not wait.
    pub fn start<S: Sink>(sink: S, report: impl Fn(Voiced) + Send + 'static) -> Self {
        let (orders, orders_in) = mpsc::channel(ORDERS_MAX);
        let (sound, sound_in) = mpsc::channel(SOUND_MAX);
        let task = tokio::spawn(run(orders_in, sound_in, sink, report));
        Self {
            orders,
            sound,
            _task: tokio_util::task::AbortOnDropHandle::new(task),
        }
    }

    /// Gives an order; answers whether it was taken.
    pub fn order(&self, order: Order) -> bool {
        self.orders.try_send(order).is_ok()
    }

    /// Where sound goes.
    pub fn sound(&self) -> mpsc::Sender<Sound> {
        self.sound.clone()
    }
}

async fn run<S: Sink>(
    mut orders: mpsc::Receiver<Order>,
    mut sounds: mpsc::Receiver<Sound>,
    mut sink: S,
    report: impl Fn(Voiced),
) {
    let origin = Instant::now();
    let mut playing: Option<Playback> = None;
    let mut frame = [0; FRAME_SAMPLES];
    loop {
        let now = Time::after_start(origin.elapsed());
        let wake = match playing
            .as_mut()
            .map_or(Step::Wait, |playback| playback.step(now, &mut frame))
        {
            Step::Frame { first_of } => {
                sink.frame(&frame).await;
                if let (Some(chunk), Some(playback)) = (first_of, &playing) {
                    report(Voiced::ChunkStarted {
                        speech: playback.speech,
                        chunk,
                    });
                }
                now
            }
            Step::Sleep(time) => time,
            Step::Wait => now + FAR_AWAY,
            Step::Finished => {
                if let Some(playback) = playing.take() {
                    report(Voiced::Finished {
                        speech: playback.speech,
                    });
                }
                continue;
            }
        };
        tokio::select! {
            biased;
            order = orders.recv() => {
                let Some(order) = order else { return };
                obey(order, Time::after_start(origin.elapsed()), &mut playing, &mut sink, &report);
            }
            () = tokio::time::sleep_until(origin + wake.since_start()) => {}
            Some(sound) = sounds.recv() => take(sound, &mut playing),
        }
    }
}

fn take(sound: Sound, playing: &mut Option<Playback>) {
    let Some(playback) = playing else { return };
    match sound {
        Sound::Audio { speech, chunk, pcm } if playback.speech == speech => playback.push(chunk, &pcm),
        Sound::Back {
            speech,
            chunk,
            samples,
        } if playback.speech == speech => playback.go_back(chunk, samples),
        Sound::End(speech) if playback.speech == speech => playback.end(),
        // Left over from a speech that is gone.
        Sound::Audio { .. } | Sound::Back { .. } | Sound::End(_) => {}
    }
}

fn obey<S: Sink>(
    order: Order,
    now: Time,
    playing: &mut Option<Playback>,
    sink: &mut S,
    report: &impl Fn(Voiced),
) {
    match order {
        Order::Begin(speech) => *playing = Some(Playback::new(speech)),
        Order::Release(speech) => {
            if let Some(playback) = playing.as_mut().filter(|playback| playback.speech == speech) {
                playback.release();
            }
        }
        Order::Hold(speech) => {
            if let Some(playback) = playing.as_mut().filter(|playback| playback.speech == speech) {
                sink.clear();
                playback.hold(now);
            }
        }
        Order::Resume(speech) => {
            if let Some(playback) = playing.as_mut().filter(|playback| playback.speech == speech) {
                playback.resume();
            }
        }
        Order::Stop(speech) => {
            sink.clear();
            let stopped = playing.take_if(|playback| playback.speech == speech);
            let heard = stopped.map_or(Duration::ZERO, |playback| playback.heard(now));
            report(Voiced::Stopped { speech, heard });
        }
        Order::Discard(speech) => {
            // It may have begun in the moment in which it was given up.
            if playing.take_if(|playback| playback.speech == speech).is_some() {
                sink.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Tape(Arc<Mutex<(usize, usize)>>);

    impl Sink for Tape {
        async fn frame(&mut self, pcm: &[i16]) {
            self.0.lock().unwrap().0 += pcm.len();
        }
        fn clear(&mut self) {
            self.0.lock().unwrap().1 += 1;
        }
    }

    const SPEECH: SpeechId = SpeechId(7);

    fn start() -> (Player, Tape, mpsc::Receiver<Voiced>) {
        let (sender, reports) = mpsc::channel(64);
        let tape = Tape::default();
        let player = Player::start(tape.clone(), move |voiced| sender.try_send(voiced).unwrap());
        player.order(Order::Begin(SPEECH));
        (player, tape, reports)
    }

    #[tokio::test(start_paused = true)]
    async fn a_speech_is_heard_once_it_is_released() {
        let (player, tape, mut reports) = start();
        let pcm = vec![1; FRAME_SAMPLES * 50];
        player
            .sound()
            .send(Sound::Audio {
                speech: SPEECH,
                chunk: 0,
                pcm,
            })
            .await
            .unwrap();
        player.sound().send(Sound::End(SPEECH)).await.unwrap();
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(tape.0.lock().unwrap().0, 0);
        player.order(Order::Release(SPEECH));
        let began = Instant::now();
        assert_eq!(
            reports.recv().await,
            Some(Voiced::ChunkStarted {
                speech: SPEECH,
                chunk: 0
            })
        );
        assert!(began.elapsed() < Duration::from_millis(2));
        assert_eq!(reports.recv().await, Some(Voiced::Finished { speech: SPEECH }));
        assert_eq!(
            began.elapsed().as_millis() / 10,
            100,
            "one second of sound takes one second"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_cut_tells_what_was_heard_and_drops_what_was_not() {
        let (player, tape, mut reports) = start();
        player.order(Order::Release(SPEECH));
        let pcm = vec![1; FRAME_SAMPLES * 500];
        player
            .sound()
            .send(Sound::Audio {
                speech: SPEECH,
                chunk: 0,
                pcm,
            })
            .await
            .unwrap();
        reports.recv().await;
        tokio::time::sleep(Duration::from_millis(1000)).await;
        player.order(Order::Stop(SPEECH));
        let Some(Voiced::Stopped {
            speech: SPEECH,
            heard,
        }) = reports.recv().await
        else {
            panic!("it was not cut")
        };
        assert_eq!(heard.as_millis() / 10, 100);
        assert_eq!(tape.0.lock().unwrap().1, 1);
    }
}
