//! The data channels of the owner task.

use str0m::{
    Rtc,
    channel::{ChannelConfig, ChannelId, Reliability},
};

use super::{ChannelOptions, ChannelState, DataChannel};

/// Channels one connection may have.
const CHANNELS_MAX: usize = 64;

/// Channels by the id `str0m` gave them; none before the transport starts.
#[derive(Debug, Default)]
pub(super) struct Channels {
    entries: Vec<Entry>,
    is_busy: bool,
}

#[derive(Debug)]
struct Entry {
    id: Option<ChannelId>,
    channel: DataChannel,
}

impl Channels {
    pub(super) fn add(&mut self, channel: DataChannel, rtc: Option<&mut Rtc>) {
        if self.entries.len() >= CHANNELS_MAX {
            channel.set_closed();
            return;
        }
        let id = rtc.map(|rtc| self.open(rtc, channel.options()));
        self.entries.push(Entry { id, channel });
    }

    /// The transport exists: opens the channels made before it.
    pub(super) fn start(&mut self, rtc: &mut Rtc) {
        for index in 0..self.entries.len() {
            let Some(entry) = self.entries.get(index) else {
                continue;
            };
            let id = self.open(rtc, entry.channel.options());
            if let Some(entry) = self.entries.get_mut(index) {
                entry.id = Some(id);
            }
        }
    }

    fn open(&self, rtc: &mut Rtc, options: &ChannelOptions) -> ChannelId {
        let reliability = match (options.max_retransmits, options.max_lifetime_ms) {
            (Some(retransmits), _) => Reliability::MaxRetransmits { retransmits },
            (None, Some(lifetime)) => Reliability::MaxPacketLifetime { lifetime },
            (None, None) => Reliability::Reliable,
        };
        // The same id twice would be an assertion in `str0m`; the second one is announced in-band.
        let taken = |id: u16| {
            self.entries
                .iter()
                .any(|e| e.id.is_some() && e.channel.options().negotiated_id == Some(id))
        };
        rtc.direct_api().create_data_channel(ChannelConfig {
            label: options.label.clone(),
            ordered: !options.unordered,
            reliability,
            negotiated: options.negotiated_id.filter(|id| !taken(*id)),
            protocol: options.protocol.clone(),
        })
    }

    pub(super) fn close(&mut self, channel: &DataChannel, rtc: Option<&mut Rtc>) {
        let Some(index) = self.entries.iter().position(|e| e.channel.is_same(channel)) else {
            return;
        };
        match (self.entries.get(index).and_then(|e| e.id), rtc) {
            (Some(id), Some(rtc)) => rtc.direct_api().close_data_channel(id),
            _ => {
                self.entries.swap_remove(index);
            }
        }
        channel.set_closed();
    }

    /// Handles an opened channel; the answer is one that the other side made.
    pub(super) fn on_open(
        &mut self,
        id: ChannelId,
        label: String,
        rtc: &mut Rtc,
        make: impl FnOnce(ChannelOptions) -> DataChannel,
    ) -> Option<DataChannel> {
        let stream = rtc.direct_api().sctp_stream_id_by_channel_id(id);
        if let Some(entry) = self.entries.iter().find(|e| e.id == Some(id)) {
            entry.channel.set_open(stream);
            return None;
        }
        let channel = make(ChannelOptions {
            label,
            ..ChannelOptions::default()
        });
        channel.set_open(stream);
        self.entries.push(Entry {
            id: Some(id),
            channel: channel.clone(),
        });
        Some(channel)
    }

    pub(super) fn on_close(&mut self, id: ChannelId) {
        if let Some(index) = self.entries.iter().position(|e| e.id == Some(id)) {
            self.entries.swap_remove(index).channel.set_closed();
        }
    }

    pub(super) fn on_data(&self, id: ChannelId, data: &[u8], binary: bool) {
        if let Some(entry) = self.entries.iter().find(|e| e.id == Some(id)) {
            entry.channel.deliver(data, binary);
        }
    }

    /// Something was not on the wire yet when it was last settled, so that a packet may make room for more.
    pub(super) fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// Hands queued messages over while there is room.
    pub(super) fn flush(&self, rtc: &mut Rtc) {
        for Entry { id, channel } in &self.entries {
            if channel.state() != ChannelState::Open || !channel.has_queued() {
                continue;
            }
            let Some(mut out) = id.and_then(|id| rtc.channel(id)) else {
                continue;
            };
            while let Some(message) = channel.next_message() {
                match out.write(message.1, &message.0) {
                    Ok(true) => {}
                    Ok(false) => {
                        channel.put_back(message);
                        break;
                    }
                    Err(error) => tracing::warn!(%error, "write to a data channel"),
                }
            }
        }
    }

    /// Tells the application what went out.
    pub(super) fn settle(&mut self, rtc: &mut Rtc) {
        self.is_busy = false;
        for Entry { id, channel } in &self.entries {
            if channel.buffered_bytes() > 0 {
                let in_sctp = id
                    .and_then(|id| rtc.channel(id))
                    .map_or(0, |mut c| c.buffered_amount());
                channel.settle(in_sctp as u64);
                self.is_busy |= channel.buffered_bytes() > 0;
            }
        }
    }

    pub(super) fn close_all(&mut self) {
        for entry in self.entries.drain(..) {
            entry.channel.set_closed();
        }
    }
}
