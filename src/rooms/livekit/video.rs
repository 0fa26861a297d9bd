//! Video of a room, which LiveKit's Egress makes and keeps: nothing of it passes through here.

use std::str::FromStr;

use livekit_protocol::{EncodedFileOutput, EncodedFileType, RoomCompositeEgressRequest, RoomEgress};

use crate::rooms::recording::is_plain_path;

/// Longest path of a folder, characters.
const FOLDER_CHARS_MAX: usize = 200;

/// The folder, in the storage that Egress is configured with, which holds a file for each room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoFolder(String);

impl FromStr for VideoFolder {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let folder = text.trim_end_matches('/');
        // Braces would be filled in by Egress.
        if !folder.is_empty() && folder.len() <= FOLDER_CHARS_MAX && is_plain_path(folder) {
            Ok(Self(folder.to_owned()))
        } else {
            Err(
                "must be a folder of Egress's storage, of at most 200 letters, digits, dots, dashes, underscores and slashes",
            )
        }
    }
}

impl VideoFolder {
    /// What LiveKit is asked for as it makes the room: one film of all who are in it, as `<folder>/<room id>.mp4`.
    #[must_use]
    pub fn film(&self, livekit_room: &str, room_id: &str) -> RoomEgress {
        let file = EncodedFileOutput {
            file_type: EncodedFileType::Mp4.into(),
            filepath: format!("{}/{room_id}.mp4", self.0),
            ..EncodedFileOutput::default()
        };
        RoomEgress {
            room: Some(RoomCompositeEgressRequest {
                room_name: livekit_room.to_owned(),
                file_outputs: vec![file],
                ..RoomCompositeEgressRequest::default()
            }),
            ..RoomEgress::default()
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_plain() {
        let film = "films/eu/".parse::<VideoFolder>().unwrap().film("p_room", "room");
        let room = film.room.unwrap();
        assert_eq!(room.room_name, "p_room");
        assert_eq!(room.file_outputs[0].filepath, "films/eu/room.mp4");
        assert_eq!("/out".parse(), Ok(VideoFolder("/out".into())));
        for bad in [
            "",
            "/",
            "a/../b",
            "films {room_name}",
            "s3://films",
            &"f".repeat(201),
        ] {
            assert!(bad.parse::<VideoFolder>().is_err(), "{bad}");
        }
    }
}
