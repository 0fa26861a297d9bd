use std::{
    collections::VecDeque,
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpSocket, TcpStream},
};

/// Bytes that may wait to be written; a packet that does not fit is dropped, as a datagram would be.
const WRITE_QUEUE_MAX_BYTES: usize = 256 * 1024;

/// The length of the header of a frame (RFC 4571).
const HEADER: usize = 2;

type Connecting = Pin<Box<dyn Future<Output = io::Result<TcpStream>> + Send>>;

enum State {
    Connecting(Connecting),
    Open(TcpStream),
    Failed,
}

/// A stream to a server that listens. It opens on the first packet and is polled by the owner task.
pub(super) struct TcpLink {
    state: State,
    local: SocketAddr,
    remote: SocketAddr,
    outgoing: VecDeque<u8>,
    incoming: Vec<u8>,
}

impl TcpLink {
    /// `local` is the candidate's address (its port means nothing, RFC 6544 writes 9).
    pub(super) fn connect(local: SocketAddr, remote: SocketAddr) -> Self {
        let connecting = async move {
            let socket = if local.is_ipv4() {
                TcpSocket::new_v4()?
            } else {
                TcpSocket::new_v6()?
            };
            socket.bind(SocketAddr::new(local.ip(), 0))?;
            socket.set_nodelay(true)?;
            socket.connect(remote).await
        };
        Self {
            state: State::Connecting(Box::pin(connecting)),
            local,
            remote,
            outgoing: VecDeque::new(),
            incoming: Vec::new(),
        }
    }

    pub(super) fn local(&self) -> SocketAddr {
        self.local
    }

    pub(super) fn remote(&self) -> SocketAddr {
        self.remote
    }

    pub(super) fn send(&mut self, packet: &[u8]) {
        let Ok(length) = u16::try_from(packet.len()) else {
            return;
        };
        if self.outgoing.len() + HEADER + packet.len() <= WRITE_QUEUE_MAX_BYTES {
            self.outgoing.extend(length.to_be_bytes());
            self.outgoing.extend(packet);
            // Mostly there is room at once; what is left goes when the task polls next.
            if let State::Open(stream) = &self.state {
                while let Ok(written @ 1..) = stream.try_write(self.outgoing.as_slices().0) {
                    self.outgoing.drain(..written);
                }
            }
        }
    }

    /// The length of the next packet, moved into `buffer`; `None` when the stream has ended.
    pub(super) fn poll_receive(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Option<usize>> {
        match self.poll_io(context) {
            Ok(()) => {}
            Err(error) => {
                tracing::debug!(%error, "ICE over TCP");
                self.state = State::Failed;
                return Poll::Ready(None);
            }
        }
        match self.next_frame(buffer) {
            Some(length) => Poll::Ready(Some(length)),
            None => Poll::Pending,
        }
    }

    fn poll_io(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if let State::Connecting(connecting) = &mut self.state {
            match connecting.as_mut().poll(context) {
                Poll::Ready(stream) => self.state = State::Open(stream?),
                Poll::Pending => return Ok(()),
            }
        }
        let State::Open(stream) = &mut self.state else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        while !self.outgoing.is_empty() {
            match Pin::new(&mut *stream).poll_write(context, self.outgoing.as_slices().0) {
                Poll::Ready(written) => {
                    self.outgoing.drain(..written?);
                }
                Poll::Pending => break,
            }
        }
        let mut chunk = [0; 4096];
        loop {
            let mut target = ReadBuf::new(&mut chunk);
            match Pin::new(&mut *stream).poll_read(context, &mut target) {
                Poll::Ready(Ok(())) if target.filled().is_empty() => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Poll::Ready(Ok(())) => self.incoming.extend_from_slice(target.filled()),
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => return Ok(()),
            }
            if self.incoming.len() > WRITE_QUEUE_MAX_BYTES {
                return Ok(());
            }
        }
    }

    fn next_frame(&mut self, buffer: &mut [u8]) -> Option<usize> {
        loop {
            let header = self.incoming.first_chunk::<HEADER>()?;
            let length = usize::from(u16::from_be_bytes(*header));
            let frame = self.incoming.get(HEADER..HEADER + length)?;
            let fits = buffer
                .get_mut(..length)
                .map(|target| target.copy_from_slice(frame))
                .is_some();
            self.incoming.drain(..HEADER + length);
            if fits && length > 0 {
                return Some(length);
            }
        }
    }
}

impl std::fmt::Debug for TcpLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TcpLink")
            .field("remote", &self.remote)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_cut_out_of_the_stream() {
        let any = SocketAddr::from(([127, 0, 0, 1], 9));
        let mut link = TcpLink::connect(any, any);
        link.incoming = vec![0, 3, 1, 2, 3, 0, 0, 0, 1, 9, 0];
        let mut buffer = [0; 16];
        assert_eq!(link.next_frame(&mut buffer), Some(3));
        assert_eq!(&buffer[..3], [1, 2, 3]);
        assert_eq!(link.next_frame(&mut buffer), Some(1));
        assert_eq!((link.next_frame(&mut buffer), link.incoming.len()), (None, 1));
    }
}
