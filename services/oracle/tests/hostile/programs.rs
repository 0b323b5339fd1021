//! Oracle and index as processes, with what they are given to read.

use crate::support::{digest, start, Daemon, Database, Running, World};
use flash_base::db::Db;
use flash_oracle::MIGRATIONS;
use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub const HOSTILE_NODES: [&str; 4] = ["junk", "repos", "huge", "conflicts"];

pub struct Programs {
    pub oracle: Running,
    pub index: Running,
    /// A log that the oracle follows.
    pub log: PathBuf,
}

impl Programs {
    pub async fn start(world: &World, database: &Database) -> Self {
        let log = world.folder.path().join("access.log");
        std::fs::write(&log, "").unwrap();
        let daemon = Daemon::new(world, &database.url, &world.network.url());
        let daemon = daemon
            .set("log.level=info")
            .set("log.json=true")
            .set("round.every_secs=1");
        write_sources(&daemon.config, &world.provider_text(), &log);
        lease_of_next_year(world, &database.url).await;
        let settings = world.folder.path().join("index.toml");
        let index_database = index_database(world, database);
        let text = format!(
            "database = \"{index_database}\"\nlisten = \"127.0.0.1:0\"\n[log]\njson = true\n\
             [network]\nrpc_url = \"{}\"\ndeployment = \"{}\"\n[follow]\npoll_ms = 200\n",
            world.network.url(),
            world.deployment_file().display()
        );
        std::fs::write(&settings, text).unwrap();
        let started = tokio::task::spawn_blocking(move || (start(&daemon), start_index(&settings)));
        let (oracle, index) = started.await.unwrap();
        Self { oracle, index, log }
    }
}

fn write_sources(config: &Path, provider: &str, log: &Path) {
    let mut file = std::fs::File::options().append(true).open(config).unwrap();
    for name in ["honest"].iter().chain(&HOSTILE_NODES) {
        let token = digest(name);
        writeln!(
            file,
            "[[push.node]]\nname = \"{name}\"\nprovider = \"{provider}\"\ntoken_sha256 = \"{token}\""
        )
        .unwrap();
    }
    let token = digest("prober");
    write!(
        file,
        "[[push.prober]]\nname = \"prober\"\ntoken_sha256 = \"{token}\"\n\
         [[file]]\npath = \"{}\"\nformat = \"s3-log\"\nprovider = \"{provider}\"\nevery_secs = 1\n",
        log.display()
    )
    .unwrap();
}

/// Of another daemon, whose clock is wrong.
async fn lease_of_next_year(world: &World, url: &str) {
    let db = Db::open(url, MIGRATIONS).await.unwrap();
    let until = flash_base::clock::now_ms() + 365 * 86_400_000;
    let lease = sqlx::query("INSERT INTO leases (name, holder, until_ms) VALUES ($1, 'other', $2)");
    let lease = lease.bind(world.oracle.account().to_string());
    let lease = lease.bind(i64::try_from(until).unwrap());
    lease.execute(db.pool()).await.unwrap();
    db.close().await;
}

fn index_database(world: &World, oracle: &Database) -> String {
    match oracle.kind {
        "SQLite" => format!(
            "sqlite://{}",
            world.folder.path().join("index.db").display()
        ),
        _ => {
            // One of its own on the same server, which lives as long as this process.
            let database = Database::postgres().expect("the oracle's is there");
            database.url.clone()
        }
    }
}

/// `index run`, built beside the oracle.
fn start_index(settings: &Path) -> Running {
    let program = Path::new(env!("CARGO_BIN_EXE_oracle")).with_file_name("index");
    let mut command = Command::new(&program);
    command.arg("--config").arg(settings).arg("run");
    let child = command.stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| {
        panic!("{}: {error}: cargo build -p flash-index", program.display())
    });
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let url = loop {
        let line = lines.next().expect("the index ended").unwrap();
        if let Some((_, rest)) = line.split_once("\"address\":\"") {
            break format!("http://{}", rest.split('"').next().unwrap());
        }
    };
    std::thread::spawn(move || lines.for_each(drop));
    Running { child, url }
}
