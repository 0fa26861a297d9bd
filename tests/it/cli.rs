//! The command line where it says no: what is told, and the exit code.

use std::net::TcpListener;
use std::path::Path;

use crate::binary;

/// Runs the binary in an empty folder; answers exit code and stderr.
fn troupe(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = binary::troupe(folder);
    let output = command
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(output.stdout.is_empty(), "nothing of a failure goes to stdout");
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn wrong_usage_exits_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["dance"][..],
        &["demo", "--turns", "0"],
        &["keys", "create", "--kind", "royal"],
    ] {
        let (code, told) = troupe(folder.path(), arguments, &[]);
        assert_eq!(code, Some(2), "{arguments:?}: {told}");
    }
}

#[test]
fn a_wrong_configuration_exits_64_and_tells_every_fault_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("troupe.toml"),
        "[api]\nlisten = 5\n[wroker]\nmax_rooms = 3\n",
    )
    .unwrap();
    let variables = [("TROUPE_LLM", "acme:parrot"), ("LIVEKIT_URL", "127.0.0.1")];
    let (code, told) = troupe(folder.path(), &["serve"], &variables);
    assert_eq!(code, Some(64), "{told}");
    for place in [
        "troupe.toml:2: api.listen",
        "troupe.toml:4: wroker.max_rooms",
        "TROUPE_LLM",
        "LIVEKIT_URL",
    ] {
        assert!(told.contains(place), "{place} is missing: {told}");
    }
}

#[test]
fn unreadable_recordings_are_told_before_anything_is_started() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("noise.mp3"), "ID3").unwrap();
    let (code, told) = troupe(folder.path(), &["demo", "--caller", "noise.mp3", "gone.wav"], &[]);
    assert_eq!(code, Some(1));
    assert!(
        told.contains("noise.mp3: is neither WAV nor FLAC") && told.contains("gone.wav: can't be read"),
        "{told}"
    );
}

#[test]
fn a_livekit_server_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // A port that was free a moment ago has nobody listening.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("ws://127.0.0.1:{port}");
    let variables = [("LIVEKIT_URL", url.as_str()), ("OPENAI_API_KEY", "test-key")];
    let (code, told) = troupe(folder.path(), &["demo"], &variables);
    assert_eq!(code, Some(1));
    assert!(told.contains(&url), "{told}");
}

#[test]
fn a_busy_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, told) = troupe(folder.path(), &["serve", "--listen", &address], &[]);
    assert_eq!(code, Some(1));
    assert!(told.contains(&address), "{told}");
}

#[test]
fn a_livekit_server_over_tls_is_spoken_with() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("wss://{}", listener.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let told = std::fs::File::create(folder.path().join("told")).unwrap();
    let mut child = binary::troupe(folder.path())
        .args(["--offline", "worker", "--dispatch", "test"])
        .envs([("LIVEKIT_URL", url.as_str()), ("TROUPE_HEALTH", "127.0.0.1:0")])
        .envs([("OPENAI_API_KEY", "test-key"), ("TROUPE_STT", "openai:x")])
        .envs([("TROUPE_LLM", "openai:x"), ("TROUPE_TTS", "openai:x")])
        .stdin(std::process::Stdio::null())
        .stderr(told)
        .spawn()
        .unwrap();
    // The first bytes that come are those of a handshake: of TLS, if it was there at all.
    let (mut connection, _) = listener.accept().unwrap();
    let mut first = [0];
    let came = std::io::Read::read(&mut connection, &mut first).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let told = std::fs::read_to_string(folder.path().join("told")).unwrap();
    assert_eq!((came, first), (1, [22]), "no TLS: {told}");
}
