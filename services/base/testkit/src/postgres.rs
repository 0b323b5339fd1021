//! A PostgreSQL server of the tests' own, which ends with the test process.

use crate::start_on_free_port;
use std::{
    fs::File,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long the server may take for a step.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct PostgresServer {
    port: u16,
    bin: PathBuf,
    folder: PathBuf,
    switches_user: bool,
    process: Option<Child>,
}

impl PostgresServer {
    /// `None` where PostgreSQL is not installed; a failure in CI.
    pub fn start() -> Option<Self> {
        let Some(bin) = bin_folder() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "PostgreSQL is missing: apt-get install postgresql"
            );
            eprintln!("skipped on PostgreSQL: apt-get install postgresql");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("postgresql-").tempdir();
        let folder = folder.unwrap().keep();
        certificate(&folder);
        let mut server = Self {
            port: 0,
            bin,
            switches_user: unprivileged(&folder),
            folder,
            process: None,
        };
        let mut init = server.program("initdb");
        init.args(["--auth=trust", "--username=postgres", "--no-sync", "-D"]);
        let done = init.arg(server.data()).stdout(Stdio::null()).status();
        assert!(done.unwrap().success(), "initdb failed");
        let (process, port) = start_on_free_port("PostgreSQL", |port| server.command(port));
        server.port = port;
        end_with_us(process.id(), &server.folder);
        server.process = Some(process);
        Some(server)
    }

    /// The certificate of who signed the server's, which is for `localhost`.
    pub fn ca(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Makes a database; its URL.
    pub fn create(&self, name: &str) -> String {
        self.run_sql(&format!("CREATE DATABASE {name}"));
        self.url(name)
    }

    /// The same, with its tables in a folder of another disk.
    pub fn create_on(&self, name: &str, disk: &Path) -> String {
        unprivileged(disk);
        let (location, database) = (disk.display(), format!("CREATE DATABASE {name}"));
        self.run_sql(&format!("CREATE TABLESPACE {name} LOCATION '{location}'"));
        self.run_sql(&format!("{database} TABLESPACE {name}"));
        self.url(name)
    }

    /// Ends every connection of others.
    pub fn cut_connections(&self) {
        self.run_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        );
    }

    /// Kills the server, as when the power fails.
    pub fn cut_power(&mut self) {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let server = file.lines().next().unwrap();
        let mut kill = Command::new("sh");
        kill.args([
            "-c",
            &format!("pkill -KILL -P {server}; kill -KILL {server}"),
        ]);
        assert!(kill.status().unwrap().success(), "it does not run");
        if let Some(mut process) = self.process.take() {
            process.wait().unwrap();
        }
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
            assert!(begun.elapsed() < PATIENCE, "the server survives");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Starts it on the same port.
    pub fn start_again(&mut self) {
        let process = self.command(self.port).spawn().unwrap();
        end_with_us(process.id(), &self.folder);
        self.process = Some(process);
        // Answers once what the power cut left is repaired.
        self.run_sql("SELECT 1");
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Tries until the server is ready.
    fn run_sql(&self, statement: &str) {
        let begun = Instant::now();
        loop {
            let mut psql = Command::new(self.bin.join("psql"));
            psql.args(["-qX", "-h", "127.0.0.1", "-U", "postgres", "-p"]);
            let done = psql
                .arg(self.port.to_string())
                .args(["-c", statement])
                .output()
                .unwrap();
            if done.status.success() {
                return;
            }
            let errors = String::from_utf8_lossy(&done.stderr);
            assert!(begun.elapsed() < PATIENCE, "{statement}: {errors}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn command(&self, port: u16) -> Command {
        let mut server = self.program("postgres");
        server
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(&self.folder);
        server.args(["-h", "127.0.0.1", "-F", "-c", "ssl=on"]);
        for (name, file) in [("cert", "server.pem"), ("key", "server.key")] {
            let path = self.folder.join(file);
            server.arg("-c");
            server.arg(format!("ssl_{name}_file={}", path.display()));
        }
        let mut log = File::options();
        let log = log.create(true).append(true).open(self.folder.join("log"));
        server.arg("-p").arg(port.to_string()).stderr(log.unwrap());
        server
    }

    fn program(&self, name: &str) -> Command {
        as_user(self.switches_user, &self.bin.join(name))
    }
}

/// A certificate for `localhost` (`server.pem`, `server.key`), signed by an authority of its own (`ca.pem`).
pub fn certificate(folder: &Path) {
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
