//! The sound of one speech on its way out, without I/O.

use std::collections::VecDeque;
use std::time::Duration;

use troupe_dialogue::{Due, Pacer, SpeechId, Time};

use super::VOICE_RATE_HZ;

/// Samples of one frame: 20 ms.
pub(super) const FRAME_SAMPLES: usize = VOICE_RATE_HZ as usize / 50;
const FRAME: Duration = Duration::from_millis(20);
/// Sound handed over before it is due; a cut takes it back. Covers a late wake-up of the machine.
const LEAD: Duration = Duration::from_millis(60);
/// Frames that can be taken back: the lead, and one that is being heard.
const HANDED_FRAMES: usize = 4;
/// Longest sound of one speech that waits, samples: 120 s. Full: the rest is not taken.
const WAITING_MAX: usize = VOICE_RATE_HZ as usize * 120;

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Send the frame that was written; a chunk may begin with it.
    Frame { first_of: Option<usize> },
    /// Come back at this time.
    Sleep(Time),
    /// Come back when more sound is there.
    Wait,
    /// All was heard.
    Finished,
}

#[derive(Debug)]
pub(super) struct Playback {
    pub(super) speech: SpeechId,
    samples: VecDeque<i16>,
    /// Chunks whose first sample lies ahead: chunk and samples taken in before it.
    starts: VecDeque<(usize, u64)>,
    /// The chunk that is being taken in, and samples taken in before it.
    last_chunk: Option<(usize, u64)>,
    taken_in: u64,
    sent: u64,
    pacer: Pacer,
    /// The latest frames that were handed over, for a pause that takes some back.
    handed: VecDeque<[i16; FRAME_SAMPLES]>,
    released: bool,
    held: bool,
    ended: bool,
}

impl Playback {
    pub(super) fn new(speech: SpeechId) -> Self {
        Self {
            speech,
            samples: VecDeque::new(),
            starts: VecDeque::new(),
            last_chunk: None,
            taken_in: 0,
            sent: 0,
            pacer: Pacer::new(FRAME, LEAD),
            handed: VecDeque::with_capacity(HANDED_FRAMES + 1),
            released: false,
            held: false,
            ended: false,
        }
    }

    pub(super) fn release(&mut self) {
        self.released = true;
    }

    /// Silent until [`Self::resume`], which goes on with what was not heard by now.
    pub(super) fn hold(&mut self, now: Time) {
        self.held = true;
        for _ in 0..self.pacer.take_back(now) {
            let Some(frame) = self.handed.pop_back() else {
                break;
            };
            for sample in frame.into_iter().rev() {
                self.samples.push_front(sample);
            }
            self.sent -= FRAME_SAMPLES as u64;
        }
    }

    pub(super) fn resume(&mut self) {
        self.held = false;
    }

    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    pub(super) fn push(&mut self, chunk: usize, pcm: &[i16]) {
        if self.last_chunk.is_none_or(|(last, _)| last != chunk) && !pcm.is_empty() {
            self.last_chunk = Some((chunk, self.taken_in));
            self.starts.push_back((chunk, self.taken_in));
        }
        let room = WAITING_MAX.saturating_sub(self.samples.len());
        let taken = &pcm[..pcm.len().min(room)];
        self.samples.extend(taken);
        self.taken_in += taken.len() as u64;
    }

    /// Drops what was taken in of the latest chunk behind so many samples and was not sent.
    pub(super) fn go_back(&mut self, chunk: usize, samples: usize) {
        let Some((_, begin)) = self.last_chunk.filter(|(last, _)| *last == chunk) else {
            return;
        };
        let surplus = self.taken_in.saturating_sub(begin + samples as u64);
        let dropped = usize::try_from(surplus)
            .unwrap_or(usize::MAX)
            .min(self.samples.len());
        self.samples.truncate(self.samples.len() - dropped);
        self.taken_in -= dropped as u64;
    }

    /// What to do at `now`; a frame is written to `frame`.
    pub(super) fn step(&mut self, now: Time, frame: &mut [i16; FRAME_SAMPLES]) -> Step {
        if !self.released || self.held {
            return Step::Wait;
        }
        if self.samples.is_empty() || self.samples.len() < FRAME_SAMPLES && !self.ended {
            return match (self.ended, self.pacer.drained_at()) {
                (true, Some(end)) if end > now => Step::Sleep(end),
                (true, _) => Step::Finished,
                (false, _) => Step::Wait,
            };
        }
        if let Due::At(time) = self.pacer.due(now) {
            return Step::Sleep(time);
        }
        let count = self.samples.len().min(FRAME_SAMPLES);
        for (out, sample) in frame.iter_mut().zip(self.samples.drain(..count)) {
            *out = sample;
        }
        frame[count..].fill(0);
        self.sent += FRAME_SAMPLES as u64;
        self.handed.push_back(*frame);
        if self.handed.len() > HANDED_FRAMES {
            self.handed.pop_front();
        }
        self.pacer.handed_over(now);
        let mut first_of = None;
        while let Some((chunk, _)) = self.starts.pop_front_if(|(_, at)| *at < self.sent) {
            first_of = Some(chunk);
        }
        Step::Frame { first_of }
    }

    pub(super) fn heard(&self, now: Time) -> Duration {
        self.pacer.heard(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Time {
        Time::after_start(Duration::from_millis(ms))
    }

    /// Runs the playback on virtual time from `from`; answers the time it ended or starved, and the chunks begun.
    fn run(playback: &mut Playback, from: u64) -> (u64, Vec<usize>, Step) {
        let (mut now, mut begun) = (at(from), Vec::new());
        loop {
            let mut frame = [0; FRAME_SAMPLES];
            match playback.step(now, &mut frame) {
                Step::Frame { first_of } => begun.extend(first_of),
                Step::Sleep(time) => now = time,
                last => return (now.since_start().as_millis() as u64, begun, last),
            }
        }
    }

    #[test]
    fn nothing_is_heard_before_the_release_and_everything_in_real_time_after() {
        let mut playback = Playback::new(SpeechId(1));
        playback.push(0, &vec![1; FRAME_SAMPLES * 5]);
        playback.push(0, &vec![1; FRAME_SAMPLES * 5]);
        playback.push(1, &vec![1; FRAME_SAMPLES / 2]);
        playback.end();
        assert_eq!(run(&mut playback, 0), (0, vec![], Step::Wait));
        playback.release();
        assert_eq!(run(&mut playback, 1000), (1220, vec![0, 1], Step::Finished));
    }

    #[test]
    fn a_paused_speech_goes_on_where_it_stopped() {
        let mut playback = Playback::new(SpeechId(1));
        let sound: Vec<i16> = (0..20).flat_map(|number| [number; FRAME_SAMPLES]).collect();
        playback.push(0, &sound);
        playback.end();
        playback.release();
        let mut heard = Vec::new();
        let mut now = at(0);
        let mut is_paused = false;
        loop {
            let mut frame = [0; FRAME_SAMPLES];
            match playback.step(now, &mut frame) {
                Step::Frame { .. } => heard.push(frame[0]),
                Step::Sleep(time) => now = time,
                Step::Wait | Step::Finished => break,
            }
            if now == at(100) && !is_paused {
                is_paused = true;
                playback.hold(now);
                assert_eq!(playback.step(now, &mut frame), Step::Wait);
                assert_eq!(playback.heard(at(1000)), Duration::from_millis(100));
                playback.resume();
                now = at(1000);
                heard.truncate(5);
            }
        }
        assert_eq!(heard, (0..20).collect::<Vec<i16>>());
        assert_eq!(playback.heard(at(9000)), Duration::from_millis(400));
    }

    #[test]
    fn what_was_not_sent_is_taken_back() {
        let mut playback = Playback::new(SpeechId(1));
        playback.push(0, &vec![1; FRAME_SAMPLES * 5]);
        playback.push(1, &vec![2; FRAME_SAMPLES * 5]);
        playback.go_back(0, 0);
        playback.go_back(1, FRAME_SAMPLES * 2);
        playback.push(1, &vec![3; FRAME_SAMPLES]);
        playback.end();
        playback.release();
        assert_eq!(run(&mut playback, 0), (160, vec![0, 1], Step::Finished));
        playback.go_back(1, 0);
        assert_eq!(
            playback.heard(at(9000)),
            Duration::from_millis(160),
            "what was sent stays"
        );
    }

    #[test]
    fn a_speech_that_runs_dry_waits_for_more() {
        let mut playback = Playback::new(SpeechId(1));
        playback.release();
        playback.push(0, &vec![1; FRAME_SAMPLES * 5]);
        let (starved, begun, last) = run(&mut playback, 0);
        assert_eq!((begun, last), (vec![0], Step::Wait));
        assert!(starved <= 100);
        assert_eq!(playback.heard(at(500)), Duration::from_millis(100));
        playback.push(1, &vec![1; FRAME_SAMPLES * 5]);
        playback.end();
        assert_eq!(run(&mut playback, 1000), (1100, vec![1], Step::Finished));
        assert_eq!(playback.heard(at(1100)), Duration::from_millis(200));
    }
}
