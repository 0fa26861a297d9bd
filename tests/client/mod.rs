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
    let made = tokio::task::spawn_blocking(move || {
        let name = format!("client-{}", packages.join("-").replace("==", "-"));
        let folder = once(&name, |folder| {
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
        });
        folder.join("bin/python")
    });
    made.await.unwrap()
}

/// The folder `name` of the cache, which `make` fills the first time; other test processes wait for it.
pub(crate) fn once(name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let folder = cache().join(name);
    std::fs::create_dir_all(cache()).unwrap();
    // Not `with_extension`: a version's last part would be taken for one.
    let lock = std::fs::File::create(cache().join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    let done = folder.join("complete");
    if !done.exists() {
        make(&folder);
        std::fs::write(done, "").unwrap();
    }
    folder
}
