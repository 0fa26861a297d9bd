//! Closing a room so that nobody who was in it keeps anything of it.
//!
//! LiveKit's Rust client (0.10) keeps a room that it left, about 100 KB, for as long as the process lives when another
//! member still had a track there; docs/transport.md tells more. So all tracks end before the room does.

use std::time::Duration;

use futures::{StreamExt, stream};

use super::{LiveKitError, RoomService};

/// Time for all tracks of a room to end. What is left then costs memory and nothing else.
const SILENT_WITHIN: Duration = Duration::from_secs(1);
/// Members that are silenced at the same time.
const AT_ONCE: usize = 16;

/// Ends all tracks of a room. What fails is left: closing the room says what is wrong.
pub async fn silence(livekit: &dyn RoomService, room: &str) {
    let all = async {
        let present = livekit.participants(room).await.ok().flatten();
        let publishing = present
            .into_iter()
            .flatten()
            .filter(|member| !member.tracks.is_empty());
        stream::iter(publishing)
            .for_each_concurrent(AT_ONCE, async |member| {
                let _ = livekit.silence(room, &member).await;
            })
            .await;
    };
    // Late is like failed.
    let _ = tokio::time::timeout(SILENT_WITHIN, all).await;
}

/// Ends all tracks of a room, disconnects everyone and closes it; a missing one is no failure.
///
/// # Errors
/// When LiveKit can't be reached or refuses.
pub async fn close(livekit: &dyn RoomService, room: &str) -> Result<(), LiveKitError> {
    silence(livekit, room).await;
    livekit.delete_room(room).await
}
