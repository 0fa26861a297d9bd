use crate::pair::{PATIENCE, pair_through};
use crate::way::{Amiss, Way};

/// With the same key and number another message would give the key away (AES-GCM).
#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_again_comes_as_it_was() {
    let way = Way::new(Amiss::Sound, 1);
    let pair = pair_through(std::slice::from_ref(&way)).await;
    let talk = async {
        loop {
            pair.speak(10).await;
        }
    };
    let listen = async {
        loop {
            pair.next_frame().await;
        }
    };
    let enough = async {
        while way.lost.lock().unwrap().again.len() < 10 {
            way.came_again.notified().await;
        }
    };
    tokio::select! {
        () = talk => {}
        () = listen => {}
        came = tokio::time::timeout(PATIENCE, enough) => came.unwrap(),
    }
    let lost = way.lost.lock().unwrap();
    assert!(lost.again.iter().all(|same| *same), "{:?}", lost.again);
}
