//! The tour's own accounts.

use anyhow::{bail, Context, Result};
use flash_client::{Client, Signer};
use serde_json::{Map, Value};
use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};

/// How often friendbot is asked: public ones are busy now and then.
const ATTEMPTS: u32 = 5;

/// Everybody who takes part.
pub struct People {
    pub deployer: Signer,
    pub issuer: Signer,
    pub oracle: Signer,
    pub provider: Signer,
    pub consumer: Signer,
}

impl People {
    /// With keys that nobody else knows.
    ///
    /// # Errors
    /// Where the machine gives no random numbers.
    pub fn new() -> Result<Self> {
        Ok(Self {
            deployer: random()?,
            issuer: random()?,
            oracle: random()?,
            provider: random()?,
            consumer: random()?,
        })
    }

    /// All of them, by name.
    pub fn all(&self) -> [(&'static str, &Signer); 5] {
        [
            ("deployer", &self.deployer),
            ("issuer", &self.issuer),
            ("oracle", &self.oracle),
            ("provider", &self.provider),
            ("consumer", &self.consumer),
        ]
    }

    /// Writes the secret keys down, for the owner of the folder alone: what is left behind on the
    /// network belongs to them.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let keys: Map<String, Value> = self
            .all()
            .into_iter()
            .map(|(name, person)| (name.to_owned(), Value::from(person.secret())))
            .collect();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(folder.join("keys.json"))?;
        file.write_all(serde_json::to_string_pretty(&keys)?.as_bytes())?;
        Ok(())
    }

    /// Has all of them funded, by `friendbot` or by the network's own.
    ///
    /// # Errors
    /// Where an account is not funded.
    pub async fn fund(&self, client: &Client, friendbot: Option<&str>) -> Result<()> {
        for (name, person) in self.all() {
            fund(client, person, friendbot)
                .await
                .with_context(|| format!("the {name} was not funded"))?;
        }
        Ok(())
    }
}

fn random() -> Result<Signer> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    Ok(Signer::from_seed(seed))
}

async fn fund(client: &Client, person: &Signer, friendbot: Option<&str>) -> Result<()> {
    let account = person.account();
    let mut failure = String::new();
    for attempt in 0..ATTEMPTS {
        tokio::time::sleep(Duration::from_secs(2) * attempt).await;
        let asked = match friendbot {
            None => client
                .fund(&account)
                .await
                .map_err(|error| error.to_string()),
            Some(friendbot) => ask(format!("{friendbot}?addr={account}")).await,
        };
        // The answer may get lost on its way, so the account is looked at in any case.
        if client.has_account(&account).await? {
            return Ok(());
        }
        failure = asked
            .err()
            .unwrap_or_else(|| "there is no account".to_owned());
    }
    bail!("friendbot: {failure}")
}

async fn ask(url: String) -> Result<(), String> {
    let ask = move || ureq::get(&url).call().map(drop);
    let answer = tokio::task::spawn_blocking(ask).await;
    answer
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())
}
