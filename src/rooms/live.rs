//! Rooms of LiveKit as their project names them.

use super::room::AGENT_PREFIX;

/// Longest name, characters.
pub const LIVE_NAME_CHARS_MAX: usize = 128;

/// How every LiveKit room of a project begins; its own names never show it.
///
/// Ids of projects hold no underscore after their own prefix and have one length, so that no project's prefix
/// begins another's.
pub fn live_prefix(project_id: &str) -> String {
    format!("p_{project_id}__")
}

/// A name that a project may give: letters, digits and `. _ - :`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveName(String);

impl LiveName {
    /// `None` for what can't be a name.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=LIVE_NAME_CHARS_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte));
        fits.then(|| Self(text.to_owned()))
    }

    /// As the project knows it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As LiveKit knows it.
    pub fn in_livekit(&self, project_id: &str) -> String {
        format!("{}{}", live_prefix(project_id), self.0)
    }
}

/// What a new live room is made of; what is missing is LiveKit's own choice.
#[derive(Debug, Clone)]
pub struct NewLiveRoom {
    /// Its name.
    pub name: LiveName,
    /// Most participants, 1–10 000.
    pub max_participants: Option<u32>,
    /// Time without participants after which LiveKit closes it, 1–86 400 s.
    pub empty_timeout_s: Option<u32>,
    /// Up to 4 096 characters.
    pub metadata: Option<String>,
}

/// A room that LiveKit has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRoom {
    /// Name without the project's prefix.
    pub name: String,
    /// `RM_…`, LiveKit's id of it.
    pub sid: String,
    /// Participants now.
    pub participants: u32,
    /// Most participants; 0 is no limit.
    pub max_participants: u32,
    /// When it was made, s since 1970.
    pub created_s: i64,
    /// Its metadata, empty without any.
    pub metadata: String,
}

/// Somebody in a live room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveParticipant {
    /// Identity.
    pub identity: String,
    /// Name for people.
    pub name: String,
    /// LiveKit's number of the connection's state: 0 joining, 1 joined, 2 active, 3 disconnected.
    pub state: i32,
    /// When it joined, s since 1970.
    pub joined_s: i64,
    /// Tracks that it publishes now.
    pub tracks: usize,
}

impl LiveRoom {
    /// The project's view of a room of LiveKit; `None` when it is not the project's.
    pub fn of_project(project_id: &str, room: livekit_protocol::Room) -> Option<Self> {
        let name = room.name.strip_prefix(&live_prefix(project_id))?.to_owned();
        Some(Self {
            name,
            sid: room.sid,
            participants: room.num_participants,
            max_participants: room.max_participants,
            created_s: room.creation_time,
            metadata: room.metadata,
        })
    }
}

impl From<livekit_protocol::ParticipantInfo> for LiveParticipant {
    fn from(info: livekit_protocol::ParticipantInfo) -> Self {
        Self {
            identity: info.identity,
            name: info.name,
            state: info.state,
            joined_s: info.joined_at,
            tracks: info.tracks.len(),
        }
    }
}

/// Whether a person may be called so: identities of characters are theirs alone.
pub fn is_for_people(identity: &str) -> bool {
    !identity.starts_with(AGENT_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::{LIVE_NAME_CHARS_MAX, LiveName, LiveRoom};

    fn named(name: &str) -> livekit_protocol::Room {
        livekit_protocol::Room {
            name: name.into(),
            ..Default::default()
        }
    }

    #[test]
    fn names_hold_only_what_the_contract_allows() {
        for good in [
            "a",
            "my-room",
            "A.b_c-d:9",
            "..",
            "p_other__room",
            &"x".repeat(LIVE_NAME_CHARS_MAX),
        ] {
            assert!(LiveName::parse(good).is_some(), "{good}");
        }
        for bad in [
            "", " a", "a b", "a/b", "a%2Fb", "ä", "а", "a\n", "a\u{0}", "a?b", "a#b", "a+b", "a*",
        ] {
            assert!(LiveName::parse(bad).is_none(), "{bad:?}");
        }
        assert!(LiveName::parse(&"x".repeat(LIVE_NAME_CHARS_MAX + 1)).is_none());
    }

    #[test]
    fn a_project_sees_its_own_rooms_without_the_prefix() {
        let seen = |name: &str| LiveRoom::of_project("project_A", named(name)).map(|room| room.name);
        assert_eq!(seen("p_project_A__room").as_deref(), Some("room"));
        assert_eq!(
            seen("p_project_A__p_project_A__x").as_deref(),
            Some("p_project_A__x")
        );
        assert_eq!(seen("p_project_B__room"), None);
        assert_eq!(seen("p_project_AB__room"), None);
        assert_eq!(seen("room"), None);
        assert_eq!(
            LiveName::parse("p_project_B__x").map(|name| name.in_livekit("project_A")),
            Some("p_project_A__p_project_B__x".into())
        );
    }
}
