//! Polls a stats endpoint: pages of samples with a cursor.
//!
//! `GET <url>?cursor=<cursor>&limit=<n>` returns `{"data": [samples], "cursor": "..."}`. A page
//! without samples is the end for now. The cursor is committed together with the samples of its
//! page.

use super::{
    ndjson,
    quota::{Over, Quota},
};
use crate::{
    ingest::{Cursor, Ingest, Load, Reject},
    time::now_ms,
};
use anyhow::{ensure, Context, Result};
use flash_base::{db::Db, secret_url::SecretUrl};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{sync::Arc, time::Duration};

const PAGE: usize = 1_000;
const TIMEOUT: Duration = Duration::from_secs(30);
const MAX_CURSOR_BYTES: usize = 1_024;
const MAX_ANSWER_BYTES: u64 = 4 * 1_024 * 1_024;

/// An endpoint to poll.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its cursor, its quota and its metrics have this name. It shows no secret.
    pub name: String,
    pub url: SecretUrl,
    pub provider: Arc<str>,
    /// Never printed.
    pub token: Option<Token>,
    /// How far clocks may be ahead.
    pub max_ahead_ms: u64,
}

/// A secret.
#[derive(Clone)]
pub struct Token(pub String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    cursor: Option<String>,
}

impl Source {
    /// Reads all available pages, as far as the quota goes: what is above it is asked for later.
    ///
    /// # Errors
    /// The endpoint does not answer, or the rows cannot be written.
    pub async fn read(&self, db: &Db, ingest: &Ingest, quota: &Quota) -> Result<Option<Over>> {
        let sql = "SELECT position FROM cursors WHERE source = $1";
        let known: Option<String> = sqlx::query_scalar(sql)
            .bind(self.name.clone())
            .fetch_optional(db.pool())
            .await?;
        let mut cursor = known.unwrap_or_default();
        loop {
            let text = self.page(cursor.clone()).await?;
            let page: Page<'_> = serde_json::from_str(&text)
                .with_context(|| format!("{} answered something else", self.url))?;
            let next = page.cursor.clone().unwrap_or_default();
            ensure!(
                next.len() <= MAX_CURSOR_BYTES && !next.contains('\0'),
                "{} answered a cursor of more than {MAX_CURSOR_BYTES} bytes, or with a NUL byte",
                self.url
            );
            if page.data.is_empty() {
                return Ok(None);
            }
            let lines = page.data.len() as u64;
            if let Err(over) = quota.take(&self.name, text.len() as u64, lines) {
                return Ok(Some(over));
            }
            let mut load = self.load(&page);
            if !next.is_empty() {
                load.cursor = Some(Cursor {
                    source: self.name.clone(),
                    position: next.clone(),
                });
            }
            ingest.write(load).await?;
            if next.is_empty() || next == cursor {
                return Ok(None);
            }
            cursor = next;
        }
    }

    fn load(&self, page: &Page<'_>) -> Load {
        let name = &self.name;
        let latest = now_ms().saturating_add(self.max_ahead_ms);
        let mut load = Load::of(name);
        for line in &page.data {
            match ndjson::sample(line.get(), &self.provider, latest) {
                Ok(sample) => load.samples.push(sample),
                Err(reason) => load.rejects.add(Reject::new(name, line.get(), &reason)),
            }
        }
        load
    }

    async fn page(&self, cursor: String) -> Result<String> {
        let source = self.clone();
        tokio::task::spawn_blocking(move || source.page_blocking(&cursor)).await?
    }

    fn page_blocking(&self, cursor: &str) -> Result<String> {
        let mut request = flash_client::https_agent(TIMEOUT)
            .get(self.url.expose())
            .query("limit", PAGE.to_string());
        if !cursor.is_empty() {
            request = request.query("cursor", cursor);
        }
        if let Some(Token(token)) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut answer = request
            .call()
            .with_context(|| format!("GET {}", self.url))?;
        let body = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES);
        Ok(body.read_to_string()?)
    }
}
