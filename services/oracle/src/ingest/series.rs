//! Series: a repo in a bucket of a provider.

use crate::digest::digest63;
use anyhow::Result;
use flash_base::db::{from_column, places, Write};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// Cache of series that are in the table.
const MAX_KNOWN: usize = 200_000;
/// Cache of the number of series per source.
const MAX_SOURCES: usize = 10_000;

const IDS_PER_QUERY: usize = 500;

/// The id of a series. It is a digest, so it needs no lookup.
pub fn series_id(provider: &str, bucket: &str, repo: &str) -> i64 {
    digest63(&[provider, bucket, repo])
}

/// Provider, bucket, repo.
pub type Name<'a> = (&'a Arc<str>, &'a str, &'a str);

/// Why a row of a series cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    SameDigest,
    OverQuota,
}

/// Knowledge about series that needs no database query.
pub struct Known {
    max_of_source: u64,
    ids: HashSet<i64>,
    /// The number of series of each source.
    begun: HashMap<String, u64>,
}

/// What an unfinished commit has learned.
#[derive(Default)]
pub struct Found {
    ids: HashSet<i64>,
    /// Ids that were looked up, with the names of those that are in the table.
    looked_up: HashMap<i64, Option<(String, String, String)>>,
    begun: HashMap<String, u64>,
}

impl Known {
    pub fn new(max_of_source: u64) -> Self {
        Self {
            max_of_source,
            ids: HashSet::new(),
            begun: HashMap::new(),
        }
    }

    /// Adopts what a commit learned once it is finished.
    pub fn learn(&mut self, found: Found) {
        if self.ids.len() + found.ids.len() > MAX_KNOWN {
            self.ids.clear();
        }
        if self.begun.len() + found.begun.len() > MAX_SOURCES {
            self.begun.clear();
        }
        self.ids.extend(found.ids);
        self.begun.extend(found.begun);
    }

    /// Looks up all series of a load in few queries: one at a time, a source that names thousands would keep the
    /// writer from everybody else.
    pub async fn look_up(
        &self,
        write: &mut Write,
        found: &mut Found,
        names: impl Iterator<Item = Name<'_>>,
    ) -> Result<()> {
        let ids = names.map(|name| series_id(name.0, name.1, name.2));
        let unknown = ids.filter(|id| !self.ids.contains(id) && !found.ids.contains(id));
        let unknown: BTreeSet<i64> = unknown
            .filter(|id| !found.looked_up.contains_key(id))
            .collect();
        let unknown: Vec<i64> = unknown.into_iter().collect();
        for chunk in unknown.chunks(IDS_PER_QUERY) {
            found.looked_up.extend(chunk.iter().map(|id| (*id, None)));
            let sql = format!(
                "SELECT series_id, provider, bucket, repo FROM series WHERE series_id IN {}",
                places(write.connection(), 1, chunk.len())
            );
            let mut query = sqlx::query_as::<_, (i64, String, String, String)>(&sql);
            for id in chunk {
                query = query.bind(*id);
            }
            for (id, provider, bucket, repo) in query.fetch_all(write.connection()).await? {
                found.looked_up.insert(id, Some((provider, bucket, repo)));
            }
        }
        Ok(())
    }

    /// Returns the id of a series that was looked up, and makes sure that it has a row.
    pub async fn id(
        &self,
        write: &mut Write,
        found: &mut Found,
        source: &str,
        name: Name<'_>,
    ) -> Result<Result<i64, Refusal>> {
        let id = series_id(name.0, name.1, name.2);
        if self.ids.contains(&id) || found.ids.contains(&id) {
            return Ok(Ok(id));
        }
        match found.looked_up.get(&id).cloned().flatten() {
            Some(row) if (&*row.0, &*row.1, &*row.2) != (&**name.0, name.1, name.2) => {
                return Ok(Err(Refusal::SameDigest));
            }
            Some(_) => {}
            None => {
                let begun = self.begun(write, found, source).await?;
                if begun >= self.max_of_source {
                    return Ok(Err(Refusal::OverQuota));
                }
                insert(write, id, source, name).await?;
                found.begun.insert(source.to_owned(), begun + 1);
            }
        }
        found.ids.insert(id);
        Ok(Ok(id))
    }

    async fn begun(&self, write: &mut Write, found: &mut Found, source: &str) -> Result<u64> {
        let known = found.begun.get(source).or_else(|| self.begun.get(source));
        if let Some(begun) = known {
            return Ok(*begun);
        }
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM series WHERE source = $1")
            .bind(source.to_owned())
            .fetch_one(write.connection())
            .await?;
        found.begun.insert(source.to_owned(), from_column(count));
        Ok(from_column(count))
    }
}

async fn insert(write: &mut Write, id: i64, source: &str, name: Name<'_>) -> Result<()> {
    let insert = sqlx::query(
        "INSERT INTO series (series_id, provider, bucket, repo, source)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    );
    let insert = insert.bind(id).bind(name.0.to_string());
    let insert = insert.bind(name.1.to_owned()).bind(name.2.to_owned());
    write.run(insert.bind(source.to_owned())).await?;
    Ok(())
}

/// The time before which samples of a series were deleted.
pub async fn forgotten_ms(write: &mut Write, series_id: i64) -> Result<u64> {
    let ms: i64 = sqlx::query_scalar("SELECT forgotten_ms FROM series WHERE series_id = $1")
        .bind(series_id)
        .fetch_one(write.connection())
        .await?;
    Ok(from_column(ms))
}
