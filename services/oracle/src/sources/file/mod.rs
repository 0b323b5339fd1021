//! Files: imported once, or followed as they grow and are rotated.
//!
//! The place in a growing file is committed together with the rows read from it. Reading a file again is harmless:
//! stored rows stay as they are.

mod lines;
mod pattern;
mod places;

use super::{
    ndjson,
    quota::{Over, Quota},
    s3_log::{self, Problem},
};
use crate::{
    ingest::{Ingest, Load, Reject, Written},
    time::now_ms,
};
use anyhow::{Context, Result};
use flash_base::db::Db;
use lines::{next_chunk, LastLine};
use pattern::{Found, Pattern};
use places::{Next, Place};
use std::{
    fs::File,
    io::{BufReader, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
};

/// After so long nobody is writing the last line of a file any more.
const LAST_LINE_MS: u64 = 600_000;

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

/// Files to read.
#[derive(Clone, Debug)]
pub struct Source {
    /// A path, or a pattern such as `/var/log/s3/*`.
    pub path: PathBuf,
    pub format: Format,
    /// How far clocks may be ahead.
    pub max_ahead_ms: u64,
}

/// What a look at a followed file came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Followed {
    pub written: Written,
    /// There is more to read, but not now.
    pub over: Option<Over>,
}

impl Source {
    pub fn name(&self) -> String {
        format!("{}{}", places::PREFIX, self.path.display())
    }

    /// Reads whole files, whatever was read before. Calls `progress` with (bytes read, total bytes).
    ///
    /// # Errors
    /// A file cannot be read, or the rows cannot be written.
    pub async fn import(
        &self,
        ingest: &Ingest,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Written> {
        let mut files = Pattern::new(&self.path)?.files()?;
        files.retain(|file| file.is_match);
        let sizes = files.iter().map(|file| Ok(file.path.metadata()?.len()));
        let total = sizes.sum::<Result<u64>>()?;
        let (mut written, mut read) = (Written::default(), 0);
        for file in files {
            let mut reader = open(&file.path, 0)?;
            loop {
                let chunk = next_chunk(&mut reader, LastLine::Complete)?;
                if chunk.file_bytes == 0 {
                    break;
                }
                read += chunk.file_bytes;
                written.add(&ingest.write(self.load(&chunk.lines)).await?);
                progress(read, total);
            }
        }
        Ok(written)
    }

    /// Reads what is new since the last look, as far as the quota goes.
    ///
    /// # Errors
    /// A file cannot be read, or the rows cannot be written. The other files were read.
    pub async fn follow(&self, db: &Db, ingest: &Ingest, quota: &Quota) -> Result<Followed> {
        let mut followed = Followed::default();
        let mut failed = None;
        for next in places::next(db, &Pattern::new(&self.path)?).await? {
            let read = self.follow_one(&next, ingest, quota, &mut followed).await;
            if let Err(error) = read.with_context(|| next.file.path.display().to_string()) {
                failed.get_or_insert(error);
            }
            if followed.over.is_some() {
                break;
            }
        }
        failed.map_or(Ok(followed), Err)
    }

    async fn follow_one(
        &self,
        next: &Next,
        ingest: &Ingest,
        quota: &Quota,
        followed: &mut Followed,
    ) -> Result<()> {
        let Next { file, mut offset } = next;
        let mut reader = open(&file.path, offset)?;
        loop {
            let chunk = next_chunk(&mut reader, last_line(file))?;
            if chunk.file_bytes == 0 {
                return Ok(());
            }
            let lines = chunk.lines.len() as u64;
            if let Err(over) = quota.take(&self.name(), chunk.file_bytes, lines) {
                followed.over = Some(over);
                return Ok(());
            }
            offset += chunk.file_bytes;
            let place = Place::new(reader.get_ref(), offset, file.modified_ms)?;
            let mut load = self.load(&chunk.lines);
            load.cursor = Some(places::cursor(&file.path, &place));
            followed.written.add(&ingest.write(load).await?);
        }
    }

    fn load(&self, lines: &[String]) -> Load {
        let name = self.name();
        let mut load = Load::of(&name);
        let latest = now_ms().saturating_add(self.max_ahead_ms);
        for line in lines.iter().filter(|line| !line.trim().is_empty()) {
            if let Err(problem) = self.take(line, latest, &mut load) {
                load.rejects.add(Reject {
                    alerts: problem.alerts,
                    ..Reject::new(&name, line, &problem.reason)
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

fn open(path: &Path, offset: u64) -> Result<BufReader<File>> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(offset))?;
    Ok(reader)
}

fn last_line(file: &Found) -> LastLine {
    match now_ms().saturating_sub(file.modified_ms) > LAST_LINE_MS {
        true => LastLine::Complete,
        false => LastLine::Unfinished,
    }
}
