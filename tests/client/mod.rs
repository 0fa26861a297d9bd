//! A Python with LiveKit's official client, and where it is kept.

use std::path::{Path, PathBuf};

/// What the client needs, pinned.
const PACKAGES: [&str; 1] = ["livekit==1.1.21"];
/// Where fetched things are kept between runs.
pub(crate) fn cache() -> PathBuf {
    let set = |variable| {
        std::env::var_os(variable)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("TROUPE_CACHE")
        .or_else(|| set("HOME").map(|home| home.join(".cache/troupe")))
        .unwrap_or_else(|| std::env::temp_dir().join("troupe"))
}

/// A Python with the client, made once and kept in the cache.
pub(crate) async fn python() -> PathBuf {
    python_with(&PACKAGES).await
}

/// A Python with these packages, made once and kept in the cache.
pub(crate) async fn python_with(packages: &'static [&'static str]) -> PathBuf {
    let folder = cache().join(format!("client-{}", packages.join("-").replace("==", "-")));
    let python = folder.join("bin/python");
    let made = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(cache()).unwrap();
        let lock = std::fs::File::create(folder.with_extension("lock")).unwrap();
        // Other test processes wait here while one makes it.
        lock.lock().unwrap();
        let done = folder.join("complete");
        if !done.exists() {
            let run = |program: &Path, arguments: &[&str]| {
                let status = std::process::Command::new(program).args(arguments).status();
                assert!(
                    status.is_ok_and(|status| status.success()),
                    "{} {arguments:?}",
                    program.display()
                );
            };
            run(Path::new("python3"), &["-m", "venv", folder.to_str().unwrap()]);
            let install = [&["-m", "pip", "install", "--quiet"][..], packages].concat();
            run(&folder.join("bin/python"), &install);
            std::fs::write(done, "").unwrap();
        }
    });
    made.await.unwrap();
    python
}
