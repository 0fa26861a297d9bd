//! A LiveKit that only remembers its rooms and those in them; fails on demand.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use livekit_protocol::{CreateRoomRequest, ParticipantInfo, Room as LiveRoom};
use troupe::rooms::livekit::{LiveKitError, RoomService};

#[derive(Default)]
pub(crate) struct FakeLiveKit {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rooms: BTreeMap<String, (LiveRoom, Vec<ParticipantInfo>)>,
    requests: Vec<CreateRoomRequest>,
    removed: Vec<(String, String)>,
    failure: Option<LiveKitError>,
}

impl FakeLiveKit {
    /// Names of the rooms that exist.
    pub(crate) fn rooms(&self) -> Vec<String> {
        self.state.lock().unwrap().rooms.keys().cloned().collect()
    }

    /// Requests to make rooms so far.
    pub(crate) fn requests(&self) -> Vec<CreateRoomRequest> {
        self.state.lock().unwrap().requests.clone()
    }

    /// Requests to disconnect somebody so far, as (room, identity).
    pub(crate) fn removed(&self) -> Vec<(String, String)> {
        self.state.lock().unwrap().removed.clone()
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.fail_with(down.then_some(LiveKitError::Unreachable));
    }

    pub(crate) fn fail_with(&self, failure: Option<LiveKitError>) {
        self.state.lock().unwrap().failure = failure;
    }

    /// Loses a room, as a restart does.
    pub(crate) fn lose(&self, room: &str) {
        self.state.lock().unwrap().rooms.remove(room);
    }

    /// Lets somebody into a room.
    pub(crate) fn join(&self, room: &str, person: ParticipantInfo) {
        let mut state = self.state.lock().unwrap();
        let (room, people) = state.rooms.get_mut(room).unwrap();
        people.push(person);
        room.num_participants = u32::try_from(people.len()).unwrap();
    }

    /// LiveKit's id of a room.
    pub(crate) fn sid(&self, room: &str) -> String {
        self.state.lock().unwrap().rooms[room].0.sid.clone()
    }

    fn act<T>(&self, act: impl FnOnce(&mut State) -> T) -> Result<T, LiveKitError> {
        let mut state = self.state.lock().unwrap();
        match &state.failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(act(&mut state)),
        }
    }
}

#[async_trait]
impl RoomService for FakeLiveKit {
    async fn open_room(&self, request: CreateRoomRequest) -> Result<LiveRoom, LiveKitError> {
        self.act(|state| {
            state.requests.push(request.clone());
            let sid = format!("RM_{:012}", state.requests.len());
            let (room, _) = state.rooms.entry(request.name.clone()).or_insert_with(|| {
                let room = LiveRoom {
                    sid,
                    name: request.name,
                    max_participants: request.max_participants,
                    creation_time: 1_718_800_000,
                    metadata: request.metadata,
                    ..LiveRoom::default()
                };
                (room, Vec::new())
            });
            room.clone()
        })
    }

    async fn list_rooms(&self, names: Vec<String>) -> Result<Vec<LiveRoom>, LiveKitError> {
        self.act(|state| {
            let wanted = |name: &String| names.is_empty() || names.contains(name);
            let rooms = state.rooms.iter().filter(|(name, _)| wanted(name));
            rooms.map(|(_, (room, _))| room.clone()).collect()
        })
    }

    async fn participants(&self, room: &str) -> Result<Option<Vec<ParticipantInfo>>, LiveKitError> {
        self.act(|state| state.rooms.get(room).map(|(_, people)| people.clone()))
    }

    async fn delete_room(&self, room: &str) -> Result<(), LiveKitError> {
        self.act(|state| {
            state.rooms.remove(room);
        })
    }

    async fn silence(&self, room: &str, participant: &ParticipantInfo) -> Result<(), LiveKitError> {
        self.act(|state| {
            let people = state.rooms.get_mut(room).map(|(_, people)| people);
            for person in people.into_iter().flatten() {
                if person.identity == participant.identity {
                    person.tracks.clear();
                }
            }
        })
    }

    async fn remove_participant(&self, room: &str, identity: &str) -> Result<bool, LiveKitError> {
        self.act(|state| {
            state.removed.push((room.to_owned(), identity.to_owned()));
            let Some((_, people)) = state.rooms.get_mut(room) else {
                return false;
            };
            let before = people.len();
            people.retain(|person| person.identity != identity);
            people.len() < before
        })
    }
}
