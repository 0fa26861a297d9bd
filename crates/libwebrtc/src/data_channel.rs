//! Data channels.

use std::{
    fmt::{self, Debug},
    str::Utf8Error,
};

use serde::Deserialize;
use thiserror::Error;
use troupe_rtc::peer::{self, ChannelOptions, ChannelState};

use crate::rtp_parameters::Priority;

/// How a channel is made.
#[derive(Clone, Debug)]
pub struct DataChannelInit {
    /// Deliver in order.
    pub ordered: bool,
    /// Send a message again for at most so long, in milliseconds.
    pub max_retransmit_time: Option<i32>,
    /// Send a message again at most so often.
    pub max_retransmits: Option<i32>,
    /// The protocol's name.
    pub protocol: String,
    /// Both sides know the channel already.
    pub negotiated: bool,
    /// Its stream, if negotiated.
    pub id: i32,
    /// Its priority; not used.
    pub priority: Option<Priority>,
}

impl Default for DataChannelInit {
    fn default() -> Self {
        Self {
            ordered: true,
            max_retransmit_time: None,
            max_retransmits: None,
            protocol: String::new(),
            negotiated: false,
            id: -1,
            priority: None,
        }
    }
}

impl DataChannelInit {
    pub(crate) fn options(&self, label: &str) -> ChannelOptions {
        let small = |value: Option<i32>| value.map(|v| u16::try_from(v).unwrap_or(u16::MAX));
        ChannelOptions {
            label: label.to_owned(),
            protocol: self.protocol.clone(),
            unordered: !self.ordered,
            max_retransmits: small(self.max_retransmits),
            max_lifetime_ms: small(self.max_retransmit_time),
            negotiated_id: if self.negotiated {
                u16::try_from(self.id).ok()
            } else {
                None
            },
        }
    }
}

/// Why a message was not taken.
#[derive(Debug, Error)]
pub enum DataChannelError {
    /// The channel is not open, or too much waits on it.
    #[error("the data channel is not open, or its queue is full")]
    Send,
    /// A text message is not UTF-8.
    #[error("a text message has to be UTF-8")]
    Utf8(#[from] Utf8Error),
}

/// Where a channel stands.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataChannelState {
    /// Not yet usable.
    Connecting,
    /// Usable.
    Open,
    /// Closing.
    Closing,
    /// Closed.
    Closed,
}

impl From<ChannelState> for DataChannelState {
    fn from(state: ChannelState) -> Self {
        match state {
            ChannelState::Connecting => Self::Connecting,
            ChannelState::Open => Self::Open,
            ChannelState::Closing => Self::Closing,
            ChannelState::Closed => Self::Closed,
        }
    }
}

/// A message.
#[derive(Debug)]
pub struct DataBuffer<'a> {
    /// Its bytes.
    pub data: &'a [u8],
    /// Whether it is binary.
    pub binary: bool,
}

/// Is told the state.
pub type OnStateChange = Box<dyn FnMut(DataChannelState) + Send + Sync>;
/// Takes messages.
pub type OnMessage = Box<dyn FnMut(DataBuffer) + Send + Sync>;
/// Is told how many bytes went out since the last time.
pub type OnBufferedAmountChange = Box<dyn FnMut(u64) + Send + Sync>;

/// A data channel.
#[derive(Clone)]
pub struct DataChannel {
    pub(crate) channel: peer::DataChannel,
}

impl DataChannel {
    /// Queues a message.
    pub fn send(&self, data: &[u8], binary: bool) -> Result<(), DataChannelError> {
        if !binary {
            std::str::from_utf8(data)?;
        }
        self.channel
            .send(data, binary)
            .map_err(|_| DataChannelError::Send)
    }

    /// Its stream, or -1 while none is known.
    #[must_use]
    pub fn id(&self) -> i32 {
        self.channel.stream_id()
    }

    /// Its name.
    #[must_use]
    pub fn label(&self) -> String {
        self.channel.label().to_owned()
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> DataChannelState {
        self.channel.state().into()
    }

    /// Closes it.
    pub fn close(&self) {
        self.channel.close();
    }

    /// Bytes that wait to go out.
    #[must_use]
    pub fn buffered_amount(&self) -> u64 {
        self.channel.buffered_bytes()
    }

    /// Sets or removes what is told the state.
    pub fn on_state_change(&self, callback: Option<OnStateChange>) {
        let wrap = |mut f: OnStateChange| Box::new(move |state: ChannelState| f(state.into())) as Box<_>;
        self.channel.on_state(callback.map(wrap));
    }

    /// Sets or removes what takes messages.
    pub fn on_message(&self, callback: Option<OnMessage>) {
        let wrap =
            |mut f: OnMessage| Box::new(move |data: &[u8], binary| f(DataBuffer { data, binary })) as Box<_>;
        self.channel.on_message(callback.map(wrap));
    }

    /// Sets or removes what is told how many bytes went out.
    pub fn on_buffered_amount_change(&self, callback: Option<OnBufferedAmountChange>) {
        self.channel.on_sent(callback.map(|callback| callback as _));
    }
}

impl Debug for DataChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataChannel")
            .field("id", &self.id())
            .field("label", &self.label())
            .field("state", &self.state())
            .finish()
    }
}
