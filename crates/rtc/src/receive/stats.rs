/// What happened to a stream so far. Counts never fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceiverStats {
    /// Packets pushed, duplicates included.
    pub received: u64,
    /// Packets that came twice.
    pub duplicated: u64,
    /// Packets that were not there when their time came, late ones included.
    pub lost: u64,
    /// Packets that came after their time.
    pub late: u64,
    /// Packets dropped unplayed: buffer full, delay too long, or not Opus.
    pub discarded: u64,
    /// Samples per channel restored from the redundant copy in a later packet.
    pub recovered_samples: u64,
    /// Samples per channel made up for packets known to be missing.
    pub concealed_samples: u64,
    /// Samples per channel made up while nothing had arrived to play.
    pub expanded_samples: u64,
    /// Times the timeline was set anew: first packet, sender restart, long stall.
    pub resyncs: u64,
    /// From a packet's earliest arrival to its playout, in ms.
    pub delay_ms: u32,
    /// What the delay is steered to, in ms.
    pub delay_target_ms: u32,
}
