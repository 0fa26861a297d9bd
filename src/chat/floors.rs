//! Order and bounds: one exchange at a time in a room, so many at a time in the server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::rooms::Error;

/// Exchanges of all rooms, those that wait for their turn included; another one is refused with 503.
pub const EXCHANGES_MAX: usize = 64;
/// Exchanges of one room, those that wait included; another one is refused with 503.
pub const ROOM_EXCHANGES_MAX: usize = 8;
/// Longest wait for those before in the same room; then the message is refused with 503.
const TURN_WITHIN: Duration = Duration::from_secs(30);

const SERVER_BUSY: Error = Error::Busy {
    code: "too_many_replies",
    message: "the server is writing as many replies as it may; send the message again later",
};
const ROOM_BUSY: Error = Error::Busy {
    code: "room_busy",
    message: "too many messages of this room wait for their replies; send the message again later",
};

/// Who writes in which room.
#[derive(Debug)]
pub(super) struct Floors {
    exchanges: Arc<Semaphore>,
    rooms: Mutex<HashMap<String, Weak<Floor>>>,
}

#[derive(Debug)]
struct Floor {
    places: Arc<Semaphore>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// The right to write in a room; dropping it lets the next one.
#[derive(Debug)]
pub(super) struct Turn {
    _turn: OwnedMutexGuard<()>,
    _place: OwnedSemaphorePermit,
    _exchange: OwnedSemaphorePermit,
    // Lives as long as somebody is in line, so that all of a room's line is one.
    _floor: Arc<Floor>,
}

impl Default for Floors {
    fn default() -> Self {
        Self {
            exchanges: Arc::new(Semaphore::new(EXCHANGES_MAX)),
            rooms: Mutex::default(),
        }
    }
}

impl Floors {
    /// Waits for the room, in the order of coming.
    ///
    /// # Errors
    /// [`Error::Busy`] when server or room take no more, or it takes too long.
    pub(super) async fn enter(&self, room_id: &str) -> Result<Turn, Error> {
        let exchange = Arc::clone(&self.exchanges)
            .try_acquire_owned()
            .map_err(|_| SERVER_BUSY)?;
        let floor = self.floor(room_id);
        let place = Arc::clone(&floor.places)
            .try_acquire_owned()
            .map_err(|_| ROOM_BUSY)?;
        let turn = tokio::time::timeout(TURN_WITHIN, Arc::clone(&floor.turn).lock_owned())
            .await
            .map_err(|_| ROOM_BUSY)?;
        Ok(Turn {
            _turn: turn,
            _place: place,
            _exchange: exchange,
            _floor: floor,
        })
    }

    fn floor(&self, room_id: &str) -> Arc<Floor> {
        let mut rooms = self.lock();
        // No more are alive than there are exchanges.
        rooms.retain(|_, floor| floor.strong_count() > 0);
        let slot = rooms.entry(room_id.to_owned()).or_default();
        slot.upgrade().unwrap_or_else(|| {
            let floor = Arc::new(Floor {
                places: Arc::new(Semaphore::new(ROOM_EXCHANGES_MAX)),
                turn: Arc::default(),
            });
            *slot = Arc::downgrade(&floor);
            floor
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Weak<Floor>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use futures::future::join_all;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_of_a_room_come_in_order() {
        let floors = Floors::default();
        let order = Mutex::new(Vec::new());
        join_all((0..ROOM_EXCHANGES_MAX).map(|number| {
            let (floors, order) = (&floors, &order);
            async move {
                let _turn = floors.enter("a").await.unwrap();
                tokio::time::sleep(Duration::from_secs(1)).await;
                order.lock().unwrap().push(number);
            }
        }))
        .await;
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4, 5, 6, 7]);
        floors.enter("b").await.unwrap();
        assert_eq!(floors.lock().len(), 1, "empty rooms are forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_room_and_a_full_server_refuse() {
        let floors = Floors::default();
        let first = floors.enter("a").await.unwrap();
        let waiting: Vec<_> = (1..ROOM_EXCHANGES_MAX).map(|_| floors.enter("a")).collect();
        let waiting = join_all(waiting);
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        let code = |refused: Result<Turn, Error>| match refused {
            Err(Error::Busy { code, .. }) => code,
            _ => "none",
        };
        assert_eq!(code(floors.enter("a").await), "room_busy");
        let mut others = Vec::new();
        for number in ROOM_EXCHANGES_MAX..EXCHANGES_MAX {
            others.push(floors.enter(&number.to_string()).await.unwrap());
        }
        assert_eq!(code(floors.enter("z").await), "too_many_replies");
        for refused in waiting.await {
            assert_eq!(code(refused), "room_busy", "nobody waits for ever");
        }
        drop((first, others));
        floors.enter("a").await.unwrap();
    }
}
