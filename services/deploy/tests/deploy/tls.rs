//! Networks that are reached by HTTPS only, as public ones are.

use crate::setup::wasm_dir;
use flash_base_testkit::certificate;
use flash_client::Deployment;
use flash_localnet::{Config, Localnet};
use serde_json::Value;
use std::{path::Path, process::Output, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    process::Command,
};
use tokio_rustls::{
    rustls::{
        pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
        ServerConfig,
    },
    TlsAcceptor,
};

/// Serves a network by HTTPS, with friendbot. Its port.
async fn serve_by_https(network: &Localnet, folder: &Path) -> u16 {
    certificate(folder);
    let chain = CertificateDer::from_pem_file(folder.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![chain], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (inside, outside) = (network.url(), format!("https://localhost:{port}"));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, inside, outside) = (acceptor.clone(), inside.clone(), outside.clone());
            tokio::spawn(async move {
                // A client that does not trust the certificate goes away here.
                if let Ok(stream) = acceptor.accept(stream).await {
                    pass_on(stream, &inside, &outside).await;
                }
            });
        }
    });
    port
}

/// Passes one request on. What the network says of its own address becomes the address outside.
async fn pass_on(mut stream: impl AsyncRead + AsyncWrite + Unpin, inside: &str, outside: &str) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            return;
        };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.unwrap();
    let url = format!("{inside}{path}");
    let answer = tokio::task::spawn_blocking(move || {
        let answer = match length {
            Some(_) => ureq::post(&url)
                .content_type("application/json")
                .send(&body[..]),
            None => ureq::get(&url).call(),
        };
        answer.unwrap().body_mut().read_to_string().unwrap()
    });
    let answer = answer.await.unwrap().replace(inside, outside);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all((head + &answer).as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
}

async fn flash_deploy(folder: &Path, rpc_url: &str, trusted: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flash-deploy"));
    command.args([
        "deploy",
        "--network",
        "local",
        "--fund",
        "--rpc-url",
        rpc_url,
    ]);
    command.arg("--deployments").arg(folder);
    command.arg("--wasm-dir").arg(wasm_dir());
    if let Some(authority) = trusted {
        command.env("SSL_CERT_FILE", authority);
    }
    command.output().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_behind_https_is_deployed_to_if_its_authority_is_trusted() {
    let network = Localnet::start(&Config::of_environment()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let port = serve_by_https(&network, folder.path()).await;
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/settings.json");
    std::fs::copy(settings, folder.path().join("settings.json")).unwrap();
    let url = format!("https://localhost:{port}");

    let refused = flash_deploy(folder.path(), &url, None).await;
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert!(errors.contains(&url), "{errors}");

    let authority = folder.path().join("ca.pem");
    let deployed = flash_deploy(folder.path(), &url, Some(&authority)).await;
    let errors = String::from_utf8_lossy(&deployed.stderr);
    assert!(deployed.status.success(), "{errors}");
    // The file names the RPC server that was used, not that of the settings.
    let file = folder.path().join("local.json");
    assert_eq!(Deployment::load(&file).unwrap().rpc_url, url);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_the_url_is_kept_out_of_the_file() {
    let network = Localnet::start(&Config::of_environment()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/settings.json");
    std::fs::copy(settings, folder.path().join("settings.json")).unwrap();
    let url = format!("{}/?key=c0ffee", network.url());
    let deployed = flash_deploy(folder.path(), &url, None).await;
    let errors = String::from_utf8_lossy(&deployed.stderr);
    assert!(deployed.status.success(), "{errors}");
    assert!(!errors.contains("c0ffee"), "{errors}");
    let text = std::fs::read_to_string(folder.path().join("local.json")).unwrap();
    assert!(!text.contains("c0ffee"), "{text}");
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["rpc_url"], "http://127.0.0.1:8000");
}
