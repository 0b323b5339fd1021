//! The demo fails with an error when something breaks.

use std::{path::Path, process::Command};

#[test]
fn a_transfer_that_fails_ends_the_demo_with_an_error() {
    let demo = Path::new(env!("CARGO_BIN_EXE_flash-demo"));
    for program in ["oracle", "index"] {
        let is_built = demo.with_file_name(program).is_file();
        assert!(is_built, "run cargo build --package flash-{program} first");
    }
    // Busy ports are skipped.
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
    let run = Command::new(demo).args(args).output().unwrap();
    let output = String::from_utf8_lossy(&run.stdout).into_owned();
    let errors = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(!run.status.success(), "{output}");
    assert!(errors.contains("Carol funds photo-archive"), "{errors}");
    assert!(!output.contains("demo ok"), "{output}");
    assert!(!output.contains(&format!("127.0.0.1:{port} ")), "{output}");
}
