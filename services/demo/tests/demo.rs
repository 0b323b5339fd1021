//! The demo tells when something breaks.

use std::{path::Path, process::Command};

#[test]
fn a_transfer_that_fails_ends_the_demo_with_an_error() {
    let demo = Path::new(env!("CARGO_BIN_EXE_flash-demo"));
    for program in ["oracle", "index"] {
        let there = demo.with_file_name(program).is_file();
        assert!(there, "cargo build --package flash-{program} first");
    }
    // Ports may be busy: they are stepped over.
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port().to_string();
    let mut args = vec!["--break-transfer"];
    args.extend([
        "--port",
        &port,
        "--oracle-port",
        &port,
        "--index-port",
        &port,
    ]);
    let done = Command::new(demo).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success(), "{said}");
    assert!(errors.contains("Carol funds photo-archive"), "{errors}");
    assert!(!said.contains("demo ok"), "{said}");
    assert!(!said.contains(&format!("127.0.0.1:{port} ")), "{said}");
}
