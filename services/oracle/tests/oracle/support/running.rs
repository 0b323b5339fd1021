//! The daemon as it runs, and requests to it.

use super::Daemon;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

/// `oracle run`; killed when it is dropped.
pub struct Running {
    pub child: Child,
    pub url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn digest(token: &str) -> String {
    flash_oracle::sources::push::token_digest(token)
}

/// Starts `oracle run` and reads the address from its log.
pub fn start(daemon: &Daemon) -> Running {
    let mut command = daemon.command(&["run"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let url = loop {
        let line = lines.next().expect("it ended").unwrap();
        if let Some((_, rest)) = line.split_once("\"address\":\"") {
            break format!("http://{}", rest.split('"').next().unwrap());
        }
    };
    // The pipe must not fill up.
    std::thread::spawn(move || lines.for_each(drop));
    Running { child, url }
}

pub fn request(method: &str, url: &str, token: Option<&str>, body: &str) -> (u16, String) {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let agent: ureq::Agent = config.build().into();
    let mut answer = match method {
        "GET" => agent.get(url).call().unwrap(),
        _ => {
            let mut post = agent.post(url);
            if let Some(token) = token {
                post = post.header("authorization", format!("Bearer {token}"));
            }
            post.send(body).unwrap()
        }
    };
    (
        answer.status().as_u16(),
        answer.body_mut().read_to_string().unwrap(),
    )
}
