//! The HTTP server under clients that are slow, many or large.

use axum::{
    body::{Body, Bytes},
    routing::{get, post},
};
use flash_base::{
    http::{probes, Alive, Limits, Server},
    metrics::Metrics,
    tasks::Stop,
};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

struct Running {
    address: SocketAddr,
    stop: Stop,
    serving: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn start(limits: Limits) -> Running {
    let endless = || async {
        let (sender, receiver) = tokio::io::duplex(64);
        tokio::spawn(async move {
            let mut sender = sender;
            while sender.write_all(b"tick\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        Body::from_stream(tokio_util::io::ReaderStream::new(receiver))
    };
    let routes = probes(Metrics::detached(), Arc::new(Alive))
        .route("/endless", get(endless))
        .route("/echo", post(|body: Bytes| async { body }));
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), limits);
    let server = server.await.unwrap().max_body_bytes(1_000);
    let (address, stop) = (server.address().unwrap(), Stop::new());
    let serving = tokio::spawn(server.serve(routes, stop.clone()));
    Running {
        address,
        stop,
        serving,
    }
}

/// What a server on a busy machine needs at most, and less than the limits that `Limits::default` has.
const PATIENCE: Duration = Duration::from_secs(9);

/// Sends text, and reads until the end.
async fn talk(address: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    // A server that refuses may be gone before all is sent.
    drop(stream.write_all(text.as_bytes()).await);
    drop(tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await);
    String::from_utf8(answer).unwrap()
}

async fn ask(address: SocketAddr, headers: &str) -> String {
    let request = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
    talk(address, &request).await
}

#[tokio::test]
async fn half_sent_headers_are_cut_off_and_others_are_served_meanwhile() {
    let limits = Limits {
        max_per_address: 20,
        header_secs: 1,
        ..Limits::default()
    };
    let server = start(limits).await;
    let mut slow = Vec::new();
    for _ in 0..10 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /healthz HT").await.unwrap();
        slow.push(stream);
    }
    assert!(ask(server.address, "").await.ends_with("ok"));
    let begun = Instant::now();
    for mut stream in slow {
        let mut rest = Vec::new();
        drop(stream.read_to_end(&mut rest).await);
    }
    assert!(begun.elapsed() < PATIENCE);
}

#[tokio::test]
async fn one_address_takes_its_share_of_connections_and_no_more() {
    let limits = Limits {
        max_per_address: 5,
        ..Limits::default()
    };
    let server = start(limits).await;
    let mut open = Vec::new();
    for _ in 0..5 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n";
        stream.write_all(request).await.unwrap();
        assert!(stream.read_u8().await.is_ok());
        open.push(stream);
    }
    assert_eq!(ask(server.address, "").await, "", "the sixth is refused");
    open.pop();
    let begun = Instant::now();
    while !ask(server.address, "").await.ends_with("ok") {
        assert!(begun.elapsed() < PATIENCE, "no place comes back");
    }
}

#[tokio::test]
async fn behind_a_proxy_each_client_has_its_own_share() {
    let limits = Limits {
        max_per_address: 3,
        trusted_hops: 1,
        ..Limits::default()
    };
    let server = start(limits).await;
    let mut open = Vec::new();
    for port in 0..3 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = format!(
            "GET /endless HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 192.0.2.1:{port}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        assert!(stream.read_u8().await.is_ok());
        open.push(stream);
    }
    let refused = ask(server.address, "x-forwarded-for: 192.0.2.1\r\n").await;
    assert!(
        refused.starts_with("HTTP/1.1 429") && refused.contains("more than 3"),
        "{refused}"
    );
    let other = ask(server.address, "x-forwarded-for: 192.0.2.2\r\n").await;
    assert!(other.ends_with("ok"), "{other}");
}

#[tokio::test]
async fn a_body_that_is_slow_or_large_is_given_up() {
    let limits = Limits {
        body_secs: 1,
        ..Limits::default()
    };
    let server = start(limits).await;
    let post = |length: usize, body: &str| {
        format!("POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
    };
    let whole = talk(server.address, &post(3, "abc")).await;
    assert!(whole.ends_with("abc"), "{whole}");
    let begun = Instant::now();
    let slow = talk(server.address, &post(3, "a")).await;
    assert!(slow.starts_with("HTTP/1.1 4"), "{slow}");
    assert!(begun.elapsed() < PATIENCE);
    let large = talk(server.address, &post(2_000, &"a".repeat(2_000))).await;
    assert!(large.starts_with("HTTP/1.1 413"), "{large}");
}

#[tokio::test]
async fn at_shutdown_streams_are_cut_off_after_a_while() {
    let mut server = start(Limits::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(request).await.unwrap();
    assert!(stream.read_u8().await.is_ok());
    server.stop.cancel();
    let begun = Instant::now();
    while TcpStream::connect(server.address).await.is_ok() {
        assert!(begun.elapsed() < PATIENCE, "connections are still accepted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Streams have ten seconds to end; then the program may exit.
    let ended = tokio::time::timeout(Duration::from_secs(30), &mut server.serving);
    let ended = ended.await.expect("the server waits for an endless stream");
    ended.unwrap().unwrap();
}
