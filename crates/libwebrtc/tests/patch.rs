//! The official `livekit` crate has to be built on this crate, and on nothing of C++.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::any::TypeId;

const LOCK: &str = include_str!("../../../Cargo.lock");

#[test]
fn the_lock_file_holds_no_native_webrtc() {
    for name in ["webrtc-sys", "webrtc-sys-build", "cxx"] {
        assert!(!LOCK.contains(&format!("name = \"{name}\"")), "{name} came back");
    }
}

#[test]
fn the_lock_file_holds_one_libwebrtc_and_it_is_ours() {
    let mut packages = LOCK
        .split("[[package]]")
        .filter(|p| p.contains("name = \"libwebrtc\""));
    // A package of the workspace has no source; one from a registry does.
    assert!(
        !packages.next().unwrap().contains("source ="),
        "the patch is not used"
    );
    assert_eq!(packages.next(), None);
}

#[test]
fn livekit_uses_these_very_types() {
    let ours = TypeId::of::<libwebrtc::peer_connection::PeerConnection>();
    assert_eq!(
        ours,
        TypeId::of::<livekit::webrtc::peer_connection::PeerConnection>()
    );
}
