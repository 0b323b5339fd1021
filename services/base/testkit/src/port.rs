//! Servers that cannot choose a free port by themselves.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How often a port is tried. A port that was free may be taken before the server has it.
const ATTEMPTS: usize = 5;

/// How long a server may take until it accepts connections.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a server on a port of 127.0.0.1 and waits until it accepts connections. If it ends before, another port
/// is tried.
///
/// # Panics
/// If the server does not start.
pub fn start_on_free_port(name: &str, command: impl Fn(u16) -> Command) -> (Child, u16) {
    for _ in 0..ATTEMPTS {
        let port = free_port();
        let mut server = command(port).stdout(Stdio::null()).spawn().unwrap();
        if accepts_connections(name, &mut server, port) {
            return (server, port);
        }
    }
    panic!("{name} ends at its start");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// `false` if the server ended: then whoever answers at the port is somebody else.
fn accepts_connections(name: &str, server: &mut Child, port: u16) -> bool {
    let begun = Instant::now();
    loop {
        let accepts = TcpStream::connect(("127.0.0.1", port)).is_ok();
        if server.try_wait().unwrap().is_some() {
            return false;
        }
        if accepts {
            return true;
        }
        if begun.elapsed() > PATIENCE {
            drop(server.kill());
            panic!("{name} accepts no connection");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
