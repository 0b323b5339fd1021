//! The groups of settings, their defaults, and the sources that they describe.

use super::defaults;
use crate::{
    ingest::MAX_SERIES,
    sources::{
        file, pull, quota,
        s3_log::{LogOwner, RepoRule},
    },
    submitter::MAX_SHARE_PERCENT,
};
use anyhow::{ensure, Context, Result};
use flash_base::secret_url::SecretUrl;
use flash_client::Address;
use serde::Deserialize;
use std::{path::PathBuf, str::FromStr};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    pub rpc_url: SecretUrl,
    /// `deployments/<network>.json`
    pub deployment: PathBuf,
    /// A file with the oracle's secret key; else it is in `ORACLE_SECRET_KEY`.
    pub secret_key_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Round {
    pub every_secs: u64,
    pub report_every_secs: u64,
    pub lateness_secs: u64,
    pub final_delay_secs: u64,
    pub min_settle: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Submit {
    pub channels: u8,
    pub channel_balance_stroops: i64,
    pub valid_secs: u64,
    pub poll_ms: u64,
    pub bid_stroops: u32,
    pub max_bid_stroops: u32,
    pub bump_after_secs: u64,
    pub max_share_percent: u32,
    pub max_books: usize,
    pub max_reports: usize,
    pub set_aside_secs: u64,
    pub lease_secs: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keeper {
    pub advance: bool,
    pub draw: bool,
    pub min_push: i64,
    pub min_ttl_ledgers: u32,
    pub extend_to_ledgers: u32,
}

/// For how long what nobody needs any more is kept; 0 for ever.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    pub samples_days: u64,
    pub rejects_days: u64,
    pub batches_days: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Push {
    pub waiting: usize,
    pub node: Vec<Node>,
    pub prober: Vec<Prober>,
}

/// What one source may send, whether it pushes, is pulled, or is a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quota {
    pub bytes_a_minute: u64,
    pub lines_a_minute: u64,
    /// Repos in buckets that it may begin.
    pub max_series: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub name: String,
    pub provider: String,
    pub token_sha256: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prober {
    pub name: String,
    pub token_sha256: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pull {
    pub url: SecretUrl,
    /// Where the URL without its secrets does not tell it from the others.
    pub name: Option<String>,
    pub provider: String,
    pub token_file: Option<PathBuf>,
    #[serde(default = "defaults::every_secs")]
    pub every_secs: u64,
}

/// A file that grows, or a pattern of such files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub path: PathBuf,
    pub format: FileFormat,
    pub provider: Option<String>,
    /// Access logs: the bucket's external id, where it is not its name.
    pub bucket: Option<String>,
    /// Access logs: the repo of all objects, where it is not the first part of their keys.
    pub repo: Option<String>,
    #[serde(default = "defaults::every_secs")]
    pub every_secs: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum FileFormat {
    /// S3 server access log.
    S3Log,
    /// Samples, one JSON object a line.
    Samples,
    /// Node status, one JSON object a line.
    Status,
}

impl Default for Round {
    fn default() -> Self {
        Self {
            every_secs: 600,
            report_every_secs: 86_400,
            lateness_secs: 600,
            final_delay_secs: 3_600,
            // 0.05 USD
            min_settle: 500_000,
        }
    }
}

impl Default for Submit {
    fn default() -> Self {
        Self {
            channels: 4,
            channel_balance_stroops: 100_000_000,
            valid_secs: 120,
            poll_ms: 500,
            bid_stroops: 1_000,
            max_bid_stroops: 1_000_000,
            bump_after_secs: 30,
            max_share_percent: MAX_SHARE_PERCENT,
            max_books: 20,
            max_reports: 100,
            set_aside_secs: 3_600,
            lease_secs: 60,
        }
    }
}

impl Default for Keeper {
    fn default() -> Self {
        Self {
            advance: true,
            draw: true,
            // 1 USD
            min_push: 10_000_000,
            // 30 days at 5 s a ledger
            min_ttl_ledgers: 518_400,
            // 120 days, as the contracts do
            extend_to_ledgers: 2_073_600,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            samples_days: 400,
            rejects_days: 90,
            batches_days: 90,
        }
    }
}

impl Default for Push {
    fn default() -> Self {
        Self {
            waiting: 64,
            node: vec![],
            prober: vec![],
        }
    }
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            bytes_a_minute: 67_108_864,
            lines_a_minute: 120_000,
            max_series: MAX_SERIES,
        }
    }
}

impl Quota {
    pub fn limits(&self) -> quota::Limits {
        quota::Limits {
            bytes: self.bytes_a_minute,
            lines: self.lines_a_minute,
        }
    }
}

impl Pull {
    /// # Errors
    /// Where the token cannot be read.
    pub fn source(&self, max_ahead_ms: u64) -> Result<pull::Source> {
        let token = match &self.token_file {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("pull.token_file {}", path.display()))?;
                Some(pull::Token(text.trim().to_owned()))
            }
            None => None,
        };
        let shown = || self.url.to_string();
        Ok(pull::Source {
            name: format!("pull:{}", self.name.clone().unwrap_or_else(shown)),
            url: self.url.clone(),
            provider: self.provider.as_str().into(),
            token,
            max_ahead_ms,
        })
    }
}

impl File {
    /// # Errors
    /// Where the provider is missing.
    pub fn source(&self, max_ahead_ms: u64) -> Result<file::Source> {
        let provider = || {
            let file = || format!("file {}", self.path.display());
            let provider = self.provider.clone();
            let provider =
                provider.with_context(|| format!("{}: its provider is missing", file()))?;
            is_address(&provider).with_context(file)?;
            anyhow::Ok(provider.into())
        };
        let format = match self.format {
            FileFormat::Samples => file::Format::Samples {
                provider: provider()?,
            },
            FileFormat::Status => file::Format::Status,
            FileFormat::S3Log => file::Format::S3Log(LogOwner {
                provider: provider()?,
                bucket: self.bucket.clone(),
                repo: match &self.repo {
                    Some(repo) => RepoRule::Fixed(repo.clone()),
                    None => RepoRule::FirstPart,
                },
                host: "s3-access-log".to_owned(),
            }),
        };
        Ok(file::Source {
            path: self.path.clone(),
            format,
            max_ahead_ms,
        })
    }
}

/// Samples of what is no address would match no deal.
pub(super) fn is_address(provider: &str) -> Result<()> {
    let parsed = Address::from_str(provider);
    ensure!(
        parsed.is_ok(),
        "provider = {provider:?} is not an address, G... or C..."
    );
    Ok(())
}
