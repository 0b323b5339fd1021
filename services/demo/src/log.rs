//! The recorded access log, replayed as if it were written now.

use anyhow::{Context, Result};
use std::{fmt::Write as _, fs::OpenOptions, io::Write as _, path::Path};
use time::{format_description::parse_borrowed, OffsetDateTime};

/// The first second of the recording: 2026-01-01.
const RECORDED_FROM: i64 = 1_767_225_600;
const FORMAT: &str = "[day]/[month repr:short]/[year]:[hour]:[minute]:[second] \
                      [offset_hour sign:mandatory][offset_minute]";

/// The recording of one bucket.
pub struct Recording {
    pub bucket: &'static str,
    pub provider: &'static str,
    text: &'static str,
}

pub const RECORDINGS: [Recording; 2] = [
    Recording {
        bucket: "ada-eu-1",
        provider: "Ada",
        text: include_str!("../recorded/ada-eu-1.log"),
    },
    Recording {
        bucket: "bert-us-1",
        provider: "Bert",
        text: include_str!("../recorded/bert-us-1.log"),
    },
];

impl Recording {
    /// Appends the lines recorded between two times of the play; returns how many.
    ///
    /// # Errors
    /// The file cannot be written, or the recording is damaged.
    pub fn append(&self, file: &Path, start: u64, from: u64, to: u64) -> Result<usize> {
        let start = i64::try_from(start)?;
        let window = i64::try_from(from)?..i64::try_from(to)?;
        let (mut lines, mut count) = (String::new(), 0);
        for line in self.text.lines() {
            let damaged = || format!("the recording has a damaged line: {line}");
            let (before, rest) = line.split_once('[').with_context(damaged)?;
            let (at, after) = rest.split_once(']').with_context(damaged)?;
            let format = parse_borrowed::<2>(FORMAT)?;
            let recorded = OffsetDateTime::parse(at, &format)?.unix_timestamp();
            let played = start + recorded - RECORDED_FROM;
            if !window.contains(&played) {
                continue;
            }
            let at = OffsetDateTime::from_unix_timestamp(played)?.format(&format)?;
            writeln!(lines, "{before}[{at}]{after}")?;
            count += 1;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(file)?;
        file.write_all(lines.as_bytes())?;
        Ok(count)
    }
}
