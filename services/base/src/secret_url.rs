//! A URL that never shows its secrets: user and password, values of the query, and parts of the path that
//! look like access keys.

use serde::{Deserialize, Serialize, Serializer};
use std::{convert::Infallible, fmt, str::FromStr};

const HIDDEN: &str = "***";
/// A longer part of a path is taken for a key, whatever its letters.
const MAX_WORD: usize = 24;

/// What it displays, also in `Debug` and when it is serialized, is safe to log. [`SecretUrl::expose`] is
/// for whoever connects.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretUrl(String);

impl SecretUrl {
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The whole URL with its secrets.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether anything of it is hidden when it is shown.
    pub fn has_secret(&self) -> bool {
        self.to_string() != self.0
    }
}

impl From<&str> for SecretUrl {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl FromStr for SecretUrl {
    type Err = Infallible;

    fn from_str(url: &str) -> Result<Self, Infallible> {
        Ok(Self::new(url))
    }
}

impl Serialize for SecretUrl {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The file of SQLite is no secret.
        if self.0.starts_with("sqlite:") {
            return f.write_str(&self.0);
        }
        // What is no URL may be a secret in the wrong place.
        let Some((scheme, rest)) = self.0.split_once("://") else {
            return f.write_str(HIDDEN);
        };
        write!(f, "{scheme}://")?;
        let (rest, fragment) = cut(rest, '#');
        let (rest, query) = cut(rest, '?');
        // A password may hold a slash; the host never holds `@`.
        let host_and_path = match rest.rsplit_once('@') {
            Some((_, after)) => {
                write!(f, "{HIDDEN}@")?;
                after
            }
            None => rest,
        };
        let (host, path) = cut(host_and_path, '/');
        f.write_str(host)?;
        for part in path.into_iter().flat_map(|path| path.split('/')) {
            let shown = if is_word(part) { part } else { HIDDEN };
            write!(f, "/{shown}")?;
        }
        if query.is_some() || fragment.is_some() {
            write!(f, "?{HIDDEN}")?;
        }
        Ok(())
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// `rpc`, `soroban-rpc`, `v1`, `flash_oracle`; nothing that could be a key.
fn is_word(part: &str) -> bool {
    let version = part.strip_prefix('v').unwrap_or_default();
    let is_version =
        (1..=2).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit());
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || b"-_.".contains(&byte);
    is_version || (part.len() <= MAX_WORD && part.bytes().all(is_letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        let url = SecretUrl::from(url);
        let (shown, debug) = (url.to_string(), format!("{url:?}"));
        assert_eq!(debug, format!("\"{shown}\""));
        assert_eq!(serde_json::to_string(&url).unwrap(), debug);
        shown
    }

    #[test]
    fn no_secret_of_a_database_is_shown() {
        let told =
            shown("postgres://oracle:p/a@ss@db.example:5432/flash_oracle?sslpassword=hunter2");
        assert_eq!(told, "postgres://***@db.example:5432/flash_oracle?***");
        assert_eq!(
            shown("sqlite:///var/lib/oracle.db"),
            "sqlite:///var/lib/oracle.db"
        );
    }

    #[test]
    fn no_key_of_an_rpc_server_is_shown() {
        let key = "https://rpc.example/v1/3f9aB7c2d1e0/soroban-rpc";
        assert_eq!(shown(key), "https://rpc.example/v1/***/soroban-rpc");
        assert_eq!(
            shown("https://rpc.example?apikey=1"),
            "https://rpc.example?***"
        );
        assert_eq!(
            shown("https://user@rpc.example/"),
            "https://***@rpc.example/"
        );
        assert_eq!(shown("SABC1234"), "***");
        assert!(!SecretUrl::from("http://[::1]:8000/soroban/rpc").has_secret());
        assert!(SecretUrl::from(key).has_secret());
    }
}
