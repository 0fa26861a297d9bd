use super::SAMPLE_RATE_HZ;

/// How many channels the PCM has. Packets may hold either; the decoder mixes to what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Channels {
    /// One channel.
    #[default]
    Mono,
    /// Two channels, interleaved left then right.
    Stereo,
}

impl Channels {
    /// Channels as a number, 1 or 2.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::Mono => 1,
            Self::Stereo => 2,
        }
    }
}

/// At how many samples a second a decoder gives its audio. Packets are the same for both: a decoder at the lower
/// rate leaves out what lies above 8 kHz and does less for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rate {
    /// 48 kHz, the clock of RTP.
    #[default]
    Full,
    /// 16 kHz, all that speech recognition takes.
    Wide,
}

impl Rate {
    /// Samples a second and channel.
    #[must_use]
    pub const fn hz(self) -> u32 {
        SAMPLE_RATE_HZ / self.ticks() as u32
    }

    /// Ticks of the RTP clock in one sample, 1 or 3.
    #[must_use]
    pub const fn ticks(self) -> usize {
        match self {
            Self::Full => 1,
            Self::Wide => 3,
        }
    }
}

/// What decoded audio looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Format {
    /// Its channels.
    pub channels: Channels,
    /// Its rate.
    pub rate: Rate,
}

impl From<Channels> for Format {
    /// At the full rate.
    fn from(channels: Channels) -> Self {
        Self {
            channels,
            rate: Rate::Full,
        }
    }
}
