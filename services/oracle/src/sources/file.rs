//! Files: imported once, or followed as they grow.
//!
//! The position in a growing file is committed together with the rows read from it and a digest of
//! the last bytes. If these bytes differ, the file was replaced, and is read from the beginning.
//! Reading a file again is harmless: stored rows stay as they are.

use super::{
    ndjson,
    s3_log::{self, Problem},
};
use crate::{
    ingest::{Cursor, Ingest, Load, Reject, Written},
    time::now_ms,
};
use anyhow::{Context, Result};
use flash_base::db::Db;
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{BufRead, BufReader, Seek, SeekFrom},
    os::unix::fs::FileExt,
    sync::Arc,
};

const LINES_PER_LOAD: usize = 5_000;
/// A longer line cannot be a log line.
const MAX_LINE_BYTES: usize = 64 * 1_024;
/// How many bytes before the position identify the file.
const KNOWN_BYTES: u64 = 4_096;

/// The content of a file.
#[derive(Clone, Debug)]
pub enum Format {
    S3Log(s3_log::LogOwner),
    /// Samples of this provider.
    Samples {
        provider: Arc<str>,
    },
    /// Status of nodes.
    Status,
}

/// A file to read.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: std::path::PathBuf,
    pub format: Format,
    /// How far clocks may be ahead.
    pub max_ahead_ms: u64,
}

/// How to read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The whole file, whatever was read before. A last line without a newline counts.
    Whole,
    /// From the last position. A last line without a newline is still being written.
    Growing,
}

impl Source {
    fn name(&self) -> String {
        format!("file:{}", self.path.display())
    }

    /// Reads the file. Calls `progress` with (bytes read, total bytes).
    ///
    /// # Errors
    /// The file cannot be read, or the rows cannot be written.
    pub async fn read(
        &self,
        db: &Db,
        ingest: &Ingest,
        reading: Reading,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Written> {
        let name = self.name();
        let path = &self.path;
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let len = file.metadata()?.len();
        let mut offset = match reading {
            Reading::Whole => 0,
            Reading::Growing => position(db, &name, &file, len).await?,
        };
        let mut reader = BufReader::new(file);
        reader.seek(SeekFrom::Start(offset))?;
        let mut total = Written::default();
        loop {
            let (lines, read) = next_lines(&mut reader, reading)?;
            if read == 0 {
                return Ok(total);
            }
            offset += read;
            let mut load = self.load(&lines, &name);
            if reading == Reading::Growing {
                let known = digest(reader.get_ref(), offset)?;
                load.cursor = Some(Cursor {
                    source: name.clone(),
                    position: format!("{offset} {known}"),
                });
            }
            let written = ingest.write(load).await?;
            total.add(&written);
            progress(offset, len);
        }
    }

    fn load(&self, lines: &[String], name: &str) -> Load {
        let mut load = Load::of(name);
        let latest = now_ms().saturating_add(self.max_ahead_ms);
        for line in lines.iter().filter(|line| !line.trim().is_empty()) {
            if let Err(problem) = self.take(line, latest, &mut load) {
                load.rejects.add(Reject {
                    alerts: problem.alerts,
                    ..Reject::new(name, line, &problem.reason)
                });
            }
        }
        load
    }

    fn take(&self, line: &str, latest: u64, load: &mut Load) -> Result<(), Problem> {
        match &self.format {
            Format::S3Log(owner) => {
                let told = s3_log::line(line, owner, latest)?;
                load.samples.extend(told.sample);
                load.events.extend(told.event);
                load.sightings.extend(told.sighting);
            }
            Format::Samples { provider } => {
                load.samples.push(ndjson::sample(line, provider, latest)?);
            }
            Format::Status => load.probes.push(ndjson::probe(line, latest)?),
        }
        Ok(())
    }
}

/// The position to continue at; 0 if the file was replaced, whether shorter or longer.
async fn position(db: &Db, name: &str, file: &File, len: u64) -> Result<u64> {
    let row: Option<String> = sqlx::query_scalar("SELECT position FROM cursors WHERE source = $1")
        .bind(name.to_owned())
        .fetch_optional(db.pool())
        .await?;
    let row = row.unwrap_or_default();
    let Some((offset, known)) = row.split_once(' ') else {
        return Ok(0);
    };
    let offset = offset.parse().unwrap_or(0);
    if offset > len || digest(file, offset)? != known {
        tracing::info!(name, "another file than before: read from its beginning");
        return Ok(0);
    }
    Ok(offset)
}

/// The digest of the bytes before a position.
fn digest(file: &File, offset: u64) -> Result<String> {
    let count = offset.min(KNOWN_BYTES);
    let mut bytes = vec![0; usize::try_from(count)?];
    file.read_exact_at(&mut bytes, offset - count)?;
    Ok(hex::encode(Sha256::digest(&bytes)))
}

/// The next lines, and how many bytes they take. Invalid UTF-8 is replaced.
fn next_lines(reader: &mut impl BufRead, reading: Reading) -> Result<(Vec<String>, u64)> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while lines.len() < LINES_PER_LOAD {
        let mut line = Vec::new();
        let read = reader.read_until(b'\n', &mut line)?;
        let ended = line.last() == Some(&b'\n');
        if read == 0 || (!ended && reading == Reading::Growing) {
            break;
        }
        bytes += read as u64;
        line.truncate(MAX_LINE_BYTES);
        let text = String::from_utf8_lossy(&line);
        lines.push(text.trim_end_matches(['\n', '\r']).to_owned());
    }
    Ok((lines, bytes))
}
