//! A throw-away Postgres from the system's packages, reached over a socket in its own folder.

use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::packages;

/// Users that a server runs as when the tests are run by root, whom Postgres refuses.
const OWNERS: [&str; 2] = ["postgres", "nobody"];
/// Database user of the cluster.
const USER: &str = "troupe";
/// Nothing in here has to outlive the machine's power.
const SETTINGS: &str = "listen_addresses = ''\nfsync = off\nmax_connections = 400\nshared_buffers = 64MB\n";
/// Stops the server and removes its folder once stdin closes. We hold the other end, and the kernel closes it
/// however we end; a process group of its own keeps Ctrl-C away.
const GUARD: &str = r#"read -r _; "$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1; rm -rf "$2""#;

/// A running cluster; dropping it, or the end of this process, stops it.
pub(crate) struct Cluster {
    folder: PathBuf,
    tools: PathBuf,
    owner: Option<(u32, u32)>,
    guard: Child,
}

impl Cluster {
    /// Starts one with `settings` (lines of `postgresql.conf`) besides those for tests.
    pub(crate) fn start(settings: &str) -> Self {
        let tools = tools();
        let owner = owner();
        let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap().keep();
        if let Some((user, group)) = owner {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).unwrap();
        }
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "sh"]).arg(&tools).arg(&folder);
        guard.stdin(Stdio::piped()).process_group(0);
        let cluster = Self {
            guard: owned(&mut guard, owner).spawn().unwrap(),
            folder,
            tools,
            owner,
        };
        cluster.run(
            "initdb",
            &["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        );
        let mut conf = format!("unix_socket_directories = '{}'\n", cluster.folder.display());
        writeln!(conf, "{SETTINGS}{settings}").unwrap();
        let file = cluster.folder.join("data/postgresql.auto.conf");
        std::fs::write(file, conf).unwrap();
        cluster.resume();
        cluster
    }

    /// Starts the stopped server again.
    pub(crate) fn resume(&self) {
        let log = self.folder.join("log");
        self.run(
            "pg_ctl",
            &["-w", "-t", "60", "-l", log.to_str().unwrap(), "start"],
        );
    }

    /// Stops the server as a crash would; what was committed is there after [`Self::resume`].
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["-w", "-m", "immediate", "stop"]);
    }

    /// URL of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        format!(
            "postgres://{USER}@localhost/{database}?host={}",
            self.folder.display()
        )
    }

    /// One of Postgres' programs, set up to reach this cluster.
    pub(crate) fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.tools.join(name));
        command.env("PGHOST", &self.folder).env("PGUSER", USER);
        command
    }

    fn run(&self, tool: &str, arguments: &[&str]) {
        let mut command = Command::new(self.tools.join(tool));
        command.arg("-D").arg(self.folder.join("data")).args(arguments);
        command.stdin(Stdio::null()).current_dir(&self.folder);
        let output = owned(&mut command, self.owner).output().unwrap();
        assert!(
            output.status.success(),
            "{tool}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.guard.stdin.take();
        // It ends by itself; there is nobody to tell if it does not.
        let _ = self.guard.wait();
    }
}

fn owned(command: &mut Command, owner: Option<(u32, u32)>) -> &mut Command {
    match owner {
        Some((user, group)) => command.uid(user).gid(group),
        None => command,
    }
}

/// The folder of the newest installed version's programs, or the one that `TROUPE_TEST_PG_BIN` names.
fn tools() -> PathBuf {
    match std::env::var_os("TROUPE_TEST_PG_BIN") {
        Some(chosen) => chosen.into(),
        None => packages::need("postgresql", installed),
    }
}

fn installed() -> Option<PathBuf> {
    let packaged = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        versions
            .filter_map(|entry| {
                let version: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
                Some((
                    version,
                    PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")),
                ))
            })
            .filter(|(_, folder)| complete(folder))
            .max()
            .map(|(_, folder)| folder)
    };
    packaged().or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| complete(folder)))
}

fn complete(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "pg_dump", "psql"]
        .iter()
        .all(|tool| folder.join(tool).exists())
}

/// Whom the server runs as, when that is not who we are.
fn owner() -> Option<(u32, u32)> {
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &&str| {
        let mut fields = users
            .lines()
            .find(|line| line.starts_with(&format!("{name}:")))?
            .split(':');
        Some((fields.nth(2)?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let owner = OWNERS.iter().find_map(find);
    assert!(
        owner.is_some(),
        "Postgres refuses root, and there is neither user of {OWNERS:?}"
    );
    owner
}
