//! Everybody who is hostile. They come from an address of their own, as strangers do.

use crate::{
    programs::Programs,
    support::{World, START},
    BUCKET,
};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    future::Future,
    io::Write as _,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};

const HOSTILE_ADDRESS: &str = "127.0.0.66:0";
const EVENT_STREAMS: usize = 987;
const HALF_SENT_HEADERS: usize = 1_100;
const UNKNOWN_SENDERS: usize = 60;
const PATIENCE: Duration = Duration::from_secs(10);

/// What was done, and how often.
pub type Deeds = BTreeMap<&'static str, u64>;

pub struct Crowd {
    tasks: JoinSet<()>,
    deeds: Arc<Mutex<Deeds>>,
}

impl Crowd {
    pub fn gather(world: &World, programs: &Programs) -> Self {
        let mut crowd = Self {
            tasks: JoinSet::new(),
            deeds: Arc::default(),
        };
        let address = |url: &str| url.trim_start_matches("http://").parse().unwrap();
        let (oracle, index): (SocketAddr, SocketAddr) =
            (address(&programs.oracle.url), address(&programs.index.url));
        crowd.again("987 event streams opened at once", move || {
            hold(
                index,
                EVENT_STREAMS,
                b"GET /api/v1/live HTTP/1.1\r\nhost: x\r\n\r\n",
            )
        });
        for daemon in [oracle, index] {
            crowd.again("1,100 headers half sent at once", move || {
                hold(
                    daemon,
                    HALF_SENT_HEADERS,
                    b"GET / HTTP/1.1\r\nhost: x\r\nx-a: ",
                )
            });
        }
        crowd.again("60 times 8 MiB sent without a token", move || {
            unknown_senders(oracle)
        });
        crowd.again("searches with anything in them", move || searches(index));
        crowd.again("4 MiB of short junk lines pushed", move || {
            push(oracle, "junk", "x\n".repeat(2 << 20))
        });
        crowd.again("30,000 repos begun in a push", move || {
            push(oracle, "repos", repos())
        });
        crowd.again("8,200 samples of 2^50 bytes pushed", move || {
            push(oracle, "huge", huge())
        });
        crowd.again("numbers used again with other content", move || {
            push(oracle, "conflicts", conflicts())
        });
        let log = programs.log.clone();
        crowd.again("hostile log lines written, and rotated", move || {
            log_lines(log.clone())
        });
        let url = world.network.url();
        crowd.again("names with anything asked of the network", move || {
            rpc(url.clone())
        });
        crowd
    }

    /// Does something again and again.
    fn again<F: Future<Output = ()> + Send>(
        &mut self,
        deed: &'static str,
        act: impl Fn() -> F + Send + 'static,
    ) {
        let deeds = self.deeds.clone();
        deeds.lock().unwrap().entry(deed).or_default();
        self.tasks.spawn(async move {
            loop {
                act().await;
                *deeds.lock().unwrap().entry(deed).or_default() += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
    }

    pub async fn leave(mut self) -> Deeds {
        self.tasks.shutdown().await;
        let deeds = self.deeds.lock().unwrap();
        deeds.clone()
    }
}

async fn connect(to: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(HOSTILE_ADDRESS.parse().unwrap()).ok()?;
    tokio::time::timeout(PATIENCE, socket.connect(to))
        .await
        .ok()?
        .ok()
}

/// Opens many connections at once, sends the same on each and keeps them for a while.
async fn hold(to: SocketAddr, count: usize, text: &'static [u8]) {
    let mut held = Vec::new();
    for _ in 0..count {
        let Some(mut stream) = connect(to).await else {
            continue;
        };
        // A connection that is refused breaks here, or is closed.
        if stream.write_all(text).await.is_ok() {
            held.push(stream);
        }
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
}

async fn send(to: SocketAddr, head: String, body: &[u8]) {
    let Some(mut stream) = connect(to).await else {
        return;
    };
    let exchange = async {
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        let mut answer = [0; 256];
        stream.read(&mut answer).await
    };
    // Whatever the answer is: refusals are expected.
    drop(tokio::time::timeout(PATIENCE, exchange).await);
}

async fn push(oracle: SocketAddr, token: &str, body: String) {
    let head = format!(
        "POST /v1/telemetry HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    send(oracle, head, body.as_bytes()).await;
}

async fn unknown_senders(oracle: SocketAddr) {
    let mut senders = JoinSet::new();
    for _ in 0..UNKNOWN_SENDERS {
        let head = "POST /v1/telemetry HTTP/1.1\r\nhost: x\r\ncontent-length: 8388608\r\n\r\n";
        senders.spawn(async move { send(oracle, head.to_owned(), &vec![b'x'; 8 << 20]).await });
    }
    senders.join_all().await;
}

async fn searches(index: SocketAddr) {
    for query in [
        "buckets?q=%00%ff",
        "buckets?q=%25%25%25%25%25%25%25&limit=100",
        "buckets?max_price=99999999999999999999999999999999999999",
        "deals?cursor=AAAA%00",
        "deals/18446744073709551616",
        "live?Last-Event-ID=%00",
    ] {
        let head = format!(
            "GET /api/v1/{query} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: [::1]:5, 1.2.3.4:80, \"\r\n\
             connection: close\r\n\r\n"
        );
        send(index, head, b"").await;
    }
}

fn sample(repo: &str, at_ms: u64, fields: &str) -> String {
    format!(
        "{{\"timestamp\":{at_ms},\"repoId\":\"{repo}\",\"bucketId\":\"{BUCKET}\",\"host\":\"h\"{fields}}}\n"
    )
}

fn repos() -> String {
    let mut body = String::new();
    for nth in 0..30_000 {
        let _ = write!(
            body,
            "{}",
            sample(&format!("{nth}-\u{1f600}"), START * 1_000, "")
        );
    }
    body
}

/// Of 2015, as large as may be: their sum does not fit into 64 bits.
fn huge() -> String {
    let mut body = String::new();
    for nth in 0..8_200_u64 {
        let fields = ",\"size_change\":1125899906842624,\"dwl_bytes\":1125899906842624";
        let _ = write!(
            body,
            "{}",
            sample("hostile", 1_430_000_000_000 + nth, fields)
        );
    }
    body
}

fn conflicts() -> String {
    let fields = |nth: u32| format!(",\"seq\":1,\"dwl_bytes\":{nth}");
    (0..200)
        .map(|nth| sample("hostile", START * 1_000, &fields(nth)))
        .collect()
}

/// NULs, quotes, a line of a megabyte, and a rotation in between.
async fn log_lines(log: PathBuf) {
    let write = move || {
        let mut file = std::fs::File::options()
            .append(true)
            .create(true)
            .open(&log)
            .unwrap();
        file.write_all(&vec![0; 200 * 1_024]).unwrap();
        for line in include_str!("../fixtures/s3-access.log").lines() {
            writeln!(
                file,
                "{line}\0\n{line} HTTP/1.1\" \"\n{}",
                line.replace('-', "\"")
            )
            .unwrap();
        }
        file.write_all(&vec![b'x'; 1 << 20]).unwrap();
        writeln!(file).unwrap();
        std::fs::rename(&log, log.with_extension("log.1")).unwrap();
    };
    tokio::task::spawn_blocking(write).await.unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
}

/// The network is loaded too.
async fn rpc(url: String) {
    let ask = move || {
        for body in ["{", "[]", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"getEvents\",\"params\":{\"startLedger\":1}}"] {
            drop(ureq::post(&url).header("content-type", "application/json").send(body));
        }
    };
    tokio::task::spawn_blocking(ask).await.unwrap();
}
