//! The smallest daemon, as a process.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

const EXAMPLE: &str = include_str!("../examples/healthz.rs");

struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Cargo builds examples beside the tests.
fn start(folder: &std::path::Path) -> (Daemon, String) {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().unwrap().parent().unwrap();
    let program = program.join("examples/healthz");
    let file = folder.join("healthz.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:0\"\n").unwrap();
    let mut command = Command::new(program);
    command.arg(&file).args(["--set", "log.json=true"]);
    let daemon = command.stderr(Stdio::piped()).spawn();
    let mut daemon = Daemon(daemon.expect("cargo build -p flash-base --example healthz"));
    let logs = BufReader::new(daemon.0.stderr.take().unwrap());
    let mut lines = logs.lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains("listening")).unwrap();
    let url = line.split("listening on ").nth(1).unwrap();
    let url = url.split('"').next().unwrap().to_owned();
    std::thread::spawn(move || lines.for_each(drop));
    (daemon, url)
}

#[test]
fn a_daemon_of_its_own_logic_alone_is_short_and_complete() {
    assert!(EXAMPLE.lines().count() < 60);
    let folder = tempfile::tempdir().unwrap();
    let (mut daemon, url) = start(folder.path());
    let get = |path: &str| {
        let mut answer = ureq::get(format!("{url}{path}")).call().unwrap();
        answer.body_mut().read_to_string().unwrap()
    };
    assert_eq!(
        (get("/healthz"), get("/readyz")),
        ("ok".into(), "ready".into())
    );
    assert!(get("/metrics").contains("daemon_connections_open"));
    let pid = daemon.0.id().to_string();
    let told = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(told.unwrap().success());
    assert!(daemon.0.wait().unwrap().success());
}
