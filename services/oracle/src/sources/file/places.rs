//! Where reading of each file continues, also after rotation.
//!
//! A place is an offset and a digest of the bytes before it. It identifies the content, not the name: when a file
//! was renamed, or copied and truncated, its place is found again in the file that now has these bytes.

use super::pattern::{Found, Pattern};
use crate::ingest::{set_cursor, Cursor};
use anyhow::Result;
use flash_base::db::Db;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs::File, os::unix::fs::FileExt, path::Path, str::FromStr};

/// How many bytes before the place identify the content.
const IDENTIFYING_BYTES: u64 = 4_096;
/// So many comparisons at a look. Where they do not suffice, files are read again, which is harmless.
const MAX_COMPARISONS: usize = 10_000;

/// What names of cursors begin with.
pub const PREFIX: &str = "file:";

/// How far a file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub offset: u64,
    digest: String,
    /// When the file was last changed before it was read.
    modified_ms: u64,
}

/// A file to read, and where.
pub struct Next {
    pub file: Found,
    pub offset: u64,
}

impl Place {
    /// The place in a file of which the bytes before `offset` were read.
    pub fn new(file: &File, offset: u64, modified_ms: u64) -> Result<Self> {
        Ok(Self {
            offset,
            digest: digest(file, offset)?,
            modified_ms,
        })
    }

    fn beginning(modified_ms: u64) -> Self {
        Self {
            offset: 0,
            digest: hex::encode(Sha256::digest([])),
            modified_ms,
        }
    }

    /// Whether the file still has the bytes that were read. A file that cannot be read has none.
    fn is_in(&self, path: &Path) -> bool {
        let digest = File::open(path).map_err(Into::into).and_then(|file| {
            let is_long_enough = file.metadata()?.len() >= self.offset;
            anyhow::ensure!(is_long_enough);
            digest(&file, self.offset)
        });
        digest.is_ok_and(|digest| digest == self.digest)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.offset, self.digest, self.modified_ms)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split(' ');
        let mut part = || parts.next().ok_or(());
        Ok(Self {
            offset: part()?.parse().map_err(|_| ())?,
            digest: part()?.to_owned(),
            modified_ms: part()?.parse().map_err(|_| ())?,
        })
    }
}

/// The cursor of a file.
pub fn cursor(path: &Path, place: &Place) -> Cursor {
    Cursor {
        source: cursor_name(path),
        position: place.to_string(),
    }
}

fn cursor_name(path: &Path) -> String {
    format!("{PREFIX}{}", path.display())
}

/// The files to read, and where. Stores the new names of files that were renamed or copied.
///
/// # Errors
/// The files cannot be listed, or the database does not answer.
pub async fn next(db: &Db, pattern: &Pattern) -> Result<Vec<Next>> {
    let mut places = stored(db, pattern).await?;
    let mut rotation = Rotation::default();
    let (mut next, mut others) = (Vec::new(), Vec::new());
    for file in pattern.files()? {
        let name = cursor_name(&file.path);
        match places.remove(&name) {
            Some(place) if place.is_in(&file.path) => next.push(Next {
                file,
                offset: place.offset,
            }),
            Some(place) => {
                rotation.moved.insert(name, place);
                others.push(file);
            }
            None => others.push(file),
        }
    }
    // What is left are places in files that are gone.
    rotation.moved.append(&mut places);
    rotation.since_ms = rotation.moved.values().map(|place| place.modified_ms).min();
    next.extend(others.into_iter().filter_map(|file| rotation.next(file)));
    rotation.save(db).await?;
    Ok(next)
}

/// What rotation did since the last look.
#[derive(Default)]
struct Rotation {
    /// Places whose content is not under its name any more.
    moved: BTreeMap<String, Place>,
    /// The oldest of them.
    since_ms: Option<u64>,
    comparisons: usize,
    /// Those that are done with, and the new ones.
    gone: Vec<String>,
    new: Vec<Cursor>,
}

impl Rotation {
    /// Where to read a file that has no place under its own name.
    fn next(&mut self, file: Found) -> Option<Next> {
        if let Some((name, place)) = self.origin(&file) {
            self.moved.remove(&name);
            self.gone.push(name);
            self.new.push(cursor(&file.path, &place));
            let offset = place.offset;
            return Some(Next { file, offset });
        }
        // A file that came and was rotated between two looks. Older ones were there before.
        let came_since = self.since_ms.is_some_and(|since| file.modified_ms >= since);
        if came_since && !file.is_match {
            let place = Place::beginning(file.modified_ms);
            self.new.push(cursor(&file.path, &place));
        }
        (file.is_match || came_since).then_some(Next { file, offset: 0 })
    }

    /// The place whose content this file has now.
    fn origin(&mut self, file: &Found) -> Option<(String, Place)> {
        if self.comparisons + self.moved.len() > MAX_COMPARISONS {
            return None;
        }
        self.comparisons += self.moved.len();
        let fitting = self.moved.iter().filter(|(_, place)| place.offset > 0);
        let fitting = fitting.filter(|(_, place)| place.is_in(&file.path));
        let origin = fitting.max_by_key(|(_, place)| place.offset)?;
        Some((origin.0.clone(), origin.1.clone()))
    }

    async fn save(mut self, db: &Db) -> Result<()> {
        for name in self.moved.into_keys() {
            let path = name.strip_prefix(PREFIX).unwrap_or(&name);
            if Path::new(path).exists() {
                tracing::warn!(
                    path,
                    "replaced: what was written to it after the last look was not found"
                );
            }
            self.gone.push(name);
        }
        if self.gone.is_empty() && self.new.is_empty() {
            return Ok(());
        }
        let mut write = db.write().await?;
        for name in self.gone {
            let delete = sqlx::query("DELETE FROM cursors WHERE source = $1");
            write.run(delete.bind(name)).await?;
        }
        for cursor in &self.new {
            set_cursor(&mut write, cursor).await?;
        }
        write.commit().await
    }
}

/// Places by their cursor's name.
async fn stored(db: &Db, pattern: &Pattern) -> Result<BTreeMap<String, Place>> {
    let beginning = format!("{PREFIX}{}", pattern.beginning());
    let sql = "SELECT source, position FROM cursors WHERE SUBSTR(source, 1, LENGTH($1)) = $1";
    let rows: Vec<(String, String)> = sqlx::query_as(sql)
        .bind(beginning)
        .fetch_all(db.pool())
        .await?;
    let concerned = rows.into_iter().filter(|(name, _)| {
        let path = name.strip_prefix(PREFIX);
        path.is_some_and(|path| pattern.concerns(path))
    });
    Ok(concerned
        .filter_map(|(name, position)| Some((name, position.parse().ok()?)))
        .collect())
}

/// The digest of the bytes before an offset.
fn digest(file: &File, offset: u64) -> Result<String> {
    let count = offset.min(IDENTIFYING_BYTES);
    let mut bytes = vec![0; usize::try_from(count)?];
    file.read_exact_at(&mut bytes, offset - count)?;
    Ok(hex::encode(Sha256::digest(&bytes)))
}
