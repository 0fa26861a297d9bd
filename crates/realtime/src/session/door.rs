//! Whether a provider would let a character in, for whoever looks after the machine.

use tokio::time::timeout;

use super::socket::{Incoming, Socket};
use crate::access::Access;
use crate::error::Error;
use crate::protocol::{Event, Protocol};
use crate::question::Brief;

/// Opens a session as a character would, waits until it takes questions, and leaves. Nothing is asked, so nothing is
/// billed. Takes as long as [`crate::Timing::connect`] at most.
///
/// # Errors
/// When the provider can't be used.
pub async fn try_door(access: &Access) -> Result<(), Error> {
    let provider = access.provider.name();
    let waited = access.timing.connect;
    let opened = timeout(waited, open(access, super::protocol_of(access)));
    opened.await.unwrap_or(Err(Error::Timeout { provider, waited }))
}

async fn open(access: &Access, mut protocol: Box<dyn Protocol>) -> Result<(), Error> {
    let provider = access.provider.name();
    let mut socket = Socket::connect(access, protocol.as_ref()).await?;
    if !socket.send(protocol.open(&Brief::default())).await {
        return Err(Error::BrokenOff { provider });
    }
    loop {
        let events = match socket.next().await {
            Incoming::Text(text) => protocol.read(&text),
            Incoming::Sign => continue,
            Incoming::Closed { code, reason } => return Err(protocol.closed(code, &reason)),
        };
        for event in events {
            match event {
                Event::Ready => return Ok(()),
                Event::Failed(error) => return Err(error),
                Event::Send(messages) => {
                    let is_sent = socket.send(messages).await;
                    if !is_sent {
                        return Err(Error::BrokenOff { provider });
                    }
                }
                _ => {}
            }
        }
    }
}
