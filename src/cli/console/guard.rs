//! Keeps the characters from hearing themselves: while they sound, the microphone is silent.
//!
//! The simplest thing that is right in every room: half duplex. Cancelling the echo would let people cut in without
//! headphones, and needs a model of the room; with headphones there is no echo, and the guard is off.

/// How long the microphone stays shut after the last sound was heard, s: the room's echo.
const TAIL_S: f64 = 0.25;

/// Whether the person is heard just now.
#[derive(Debug)]
pub(super) struct Guard {
    is_on: bool,
    last_sound_s: f64,
}

impl Guard {
    pub(super) fn new(is_on: bool) -> Self {
        Self {
            is_on,
            last_sound_s: f64::NEG_INFINITY,
        }
    }

    /// A character sounds from now on, and would be in the microphone until this time.
    pub(super) fn sounds(&mut self, until_s: f64) {
        self.last_sound_s = self.last_sound_s.max(until_s);
    }

    /// Lets a piece of the microphone's sound through, or silences it.
    pub(super) fn pass(&self, pcm: &mut [i16], now_s: f64) {
        if self.is_shut(now_s) {
            pcm.fill(0);
        }
    }

    pub(super) fn is_shut(&self, now_s: f64) -> bool {
        self.is_on && now_s - self.last_sound_s < TAIL_S
    }
}

#[cfg(test)]
mod tests {
    use super::Guard;

    #[test]
    fn the_microphone_is_silent_while_they_sound_and_a_moment_after() {
        let mut guard = Guard::new(true);
        let heard = |guard: &Guard, now_s| {
            let mut pcm = [9];
            guard.pass(&mut pcm, now_s);
            pcm == [9]
        };
        assert!(heard(&guard, 0.0));
        guard.sounds(1.0);
        assert!(!heard(&guard, 1.2) && heard(&guard, 1.3));
        let mut off = Guard::new(false);
        off.sounds(1.0);
        assert!(heard(&off, 1.0));
    }
}
