//! For tests: an empty SQLite database in a folder, one of PostgreSQL from the system's packages on a free
//! port, and a disk that can be full.

mod disk;
mod port;

pub use disk::SmallDisk;
pub use port::start_on_free_port;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A database that is empty.
pub struct Database {
    pub kind: &'static str,
    pub url: String,
    /// PostgreSQL: of who signed its certificate, which is for `localhost`.
    pub ca: Option<PathBuf>,
    _folder: Option<TempDir>,
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            kind: "SQLite",
            url: format!("sqlite://{}", folder.path().join("test.db").display()),
            ca: None,
            _folder: Some(folder),
        }
    }

    /// `None` where PostgreSQL is not installed; a failure in CI.
    pub fn postgres() -> Option<Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        static NEXT: Mutex<u32> = Mutex::new(0);
        let Some(server) = SERVER.get_or_init(Server::start) else {
            assert!(
                std::env::var_os("CI").is_none(),
                "PostgreSQL is missing: apt-get install postgresql"
            );
            eprintln!("skipped on PostgreSQL: apt-get install postgresql");
            return None;
        };
        let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
        *next += 1;
        let name = format!("test_{next}");
        server.create(&name);
        Some(Self {
            kind: "PostgreSQL",
            url: format!("postgres://postgres@127.0.0.1:{}/{name}", server.port),
            ca: Some(server.folder.join("ca.pem")),
            _folder: None,
        })
    }
}

/// Both, or the one that there is.
pub fn databases() -> Vec<Database> {
    let mut all = vec![Database::sqlite()];
    all.extend(Database::postgres());
    all
}

/// A server that ends with the test process.
struct Server {
    port: u16,
    bin: PathBuf,
    folder: PathBuf,
    _process: Child,
}

impl Server {
    fn start() -> Option<Self> {
        let bin = bin_folder()?;
        let folder = tempfile::Builder::new().prefix("postgresql-").tempdir();
        let folder = folder.unwrap().keep();
        certificate(&folder);
        let user = unprivileged(&folder);
        let data = folder.join("data");
        let mut init = as_user(user, &bin.join("initdb"));
        init.args(["--auth=trust", "--username=postgres", "--no-sync", "-D"]);
        let done = init.arg(&data).stdout(Stdio::null()).status().unwrap();
        assert!(done.success(), "initdb failed");
        let (process, port) = start_on_free_port("PostgreSQL", |port| {
            let mut server = as_user(user, &bin.join("postgres"));
            server.arg("-D").arg(&data).arg("-k").arg(&folder);
            server.args(["-h", "127.0.0.1", "-F", "-c", "ssl=on"]);
            for (name, file) in [("cert", "server.pem"), ("key", "server.key")] {
                let path = folder.join(file);
                server.arg("-c");
                server.arg(format!("ssl_{name}_file={}", path.display()));
            }
            let log = std::fs::File::create(folder.join("log")).unwrap();
            server.arg("-p").arg(port.to_string()).stderr(log);
            server
        });
        end_with_us(process.id(), &folder);
        Some(Self {
            port,
            bin,
            folder,
            _process: process,
        })
    }

    fn create(&self, name: &str) {
        let begun = Instant::now();
        loop {
            let mut create = Command::new(self.bin.join("createdb"));
            create.args(["-h", "127.0.0.1", "-U", "postgres", "-p"]);
            let done = create
                .arg(self.port.to_string())
                .arg(name)
                .stderr(Stdio::null());
            if done.status().unwrap().success() {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "no database can be made"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// A certificate for `localhost`, signed by an authority of its own.
fn certificate(folder: &Path) {
    let script = "
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tests -keyout ca.key -out ca.pem
        openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr
        printf 'subjectAltName=DNS:localhost\\n' > server.ext
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \\
            -extfile server.ext -out server.pem
        chmod 600 server.key";
    let done = Command::new("sh")
        .args(["-ec", script])
        .current_dir(folder)
        .output();
    let done = done.unwrap();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "openssl: {errors}");
}

/// Debian keeps the server's programs out of the path.
fn bin_folder() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<_> = versions
        .flatten()
        .map(|one| one.path().join("bin"))
        .collect();
    folders.retain(|folder| folder.join("postgres").exists() && folder.join("initdb").exists());
    folders.sort();
    folders.pop()
}

/// PostgreSQL refuses to run as root: `postgres` then owns the folder.
fn unprivileged(folder: &Path) -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    let is_root = id.stdout.starts_with(b"0");
    if is_root {
        let owned = Command::new("chown")
            .args(["-R", "postgres"])
            .arg(folder)
            .status();
        assert!(owned.unwrap().success(), "there is no user postgres");
    }
    is_root
}

fn as_user(switch: bool, program: &Path) -> Command {
    if !switch {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

/// A watcher stops the server and removes its folder when the test process is gone, however it went.
fn end_with_us(server: u32, folder: &Path) {
    let script = format!(
        "while kill -0 {} 2>/dev/null; do sleep 0.2; done; pkill -INT -P {server}; kill -INT {server}
         while kill -0 {server} 2>/dev/null; do sleep 0.2; done; rm -rf '{}'",
        std::process::id(),
        folder.display()
    );
    let watcher = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    drop(watcher);
}
