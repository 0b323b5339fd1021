//! Which files a setting names: a path, or a pattern such as `/var/log/s3/*`.

use anyhow::{ensure, Context, Result};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// More files cost too much at each look.
const MAX_FILES: usize = 100_000;

/// A path or a pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    names: glob::Pattern,
}

/// A file that is there.
#[derive(Clone, Debug)]
pub struct Found {
    pub path: PathBuf,
    pub modified_ms: u64,
    /// Its name matches. Otherwise rotation may have given it its name.
    pub is_match: bool,
}

impl Pattern {
    /// # Errors
    /// It is no pattern.
    pub fn new(path: &Path) -> Result<Self> {
        let text = path.to_str().context("a path must be UTF-8")?.to_owned();
        // Brackets and asterisks are allowed in names.
        let names = match path.exists() {
            true => glob::Pattern::new(&glob::Pattern::escape(&text))?,
            false => glob::Pattern::new(&text).with_context(|| format!("the pattern {text}"))?,
        };
        Ok(Self { text, names })
    }

    /// What all paths begin with that match.
    pub fn beginning(&self) -> &str {
        let wildcard = self.text.find(['*', '?', '[']);
        self.text
            .get(..wildcard.unwrap_or(self.text.len()))
            .unwrap_or(&self.text)
    }

    /// Whether it names this path, or the one that rotation made it from.
    pub fn concerns(&self, path: &str) -> bool {
        self.names.matches_with(path, OPTIONS) || self.is_rotated(path)
    }

    /// Files that match, then files beside them that rotation named; the oldest first.
    ///
    /// # Errors
    /// Nothing matches, or too much.
    pub fn files(&self) -> Result<Vec<Found>> {
        let mut found = Vec::new();
        let mut folders = BTreeSet::new();
        folders.extend(Path::new(&self.text).parent().map(Path::to_owned));
        for path in glob::glob_with(self.names.as_str(), OPTIONS)?.flatten() {
            folders.extend(path.parent().map(Path::to_owned));
            found.extend(look(path, true));
            self.check_count(&found)?;
        }
        for folder in folders {
            let folder = match folder.as_os_str().is_empty() {
                true => PathBuf::from("."),
                false => folder,
            };
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = match folder.as_os_str() == "." && !self.text.starts_with("./") {
                    true => PathBuf::from(entry.file_name()),
                    false => entry.path(),
                };
                let text = path.to_string_lossy();
                if self.is_rotated(&text) && !self.names.matches_with(&text, OPTIONS) {
                    found.extend(look(path, false));
                    self.check_count(&found)?;
                }
            }
        }
        ensure!(
            !found.is_empty(),
            "cannot read {}: there is no such file",
            self.text
        );
        found.sort_by(|a, b| (a.modified_ms, &a.path).cmp(&(b.modified_ms, &b.path)));
        Ok(found)
    }

    fn check_count(&self, found: &[Found]) -> Result<()> {
        ensure!(
            found.len() <= MAX_FILES,
            "{} names more than {MAX_FILES} files: move those away that were read",
            self.text
        );
        Ok(())
    }

    /// `access.log.1`, `access.log-20261130`, `access.log.old`: a name that matches, and a number or a date.
    fn is_rotated(&self, path: &str) -> bool {
        let starts = path.match_indices(['.', '-', '_']).map(|(at, _)| at);
        starts
            .map(|at| path.split_at(at))
            .any(|(name, suffix)| is_rotation(suffix) && self.names.matches_with(name, OPTIONS))
    }
}

/// `*` stays within a folder, as in a shell.
const OPTIONS: glob::MatchOptions = glob::MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

fn is_rotation(suffix: &str) -> bool {
    let is_number =
        |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '_' | 'T' | 'Z');
    suffix == ".old" || (suffix.len() > 1 && suffix.chars().all(is_number))
}

/// A file, if the path still is one.
fn look(path: PathBuf, is_match: bool) -> Option<Found> {
    let metadata = fs::metadata(&path)
        .ok()
        .filter(|metadata| metadata.is_file())?;
    let modified = metadata.modified().ok()?;
    let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    Some(Found {
        path,
        modified_ms: u64::try_from(modified.as_millis()).unwrap_or(u64::MAX),
        is_match,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_rotation_are_a_number_or_a_date_after_the_name() {
        let pattern = Pattern::new(Path::new("/logs/node?.log")).unwrap();
        for rotated in [
            "1.log.1",
            "2.log-20261130",
            "1.log.2026-11-30T23",
            "1.log.old",
        ] {
            let path = format!("/logs/node{rotated}");
            assert!(pattern.is_rotated(&path), "{path}");
        }
        for other in ["1.log", "1.log.1.gz", "1.log.state", "1.log.", "22.log.1"] {
            let path = format!("/logs/node{other}");
            assert!(!pattern.is_rotated(&path), "{path}");
        }
        assert_eq!(pattern.beginning(), "/logs/node");
    }

    #[test]
    fn a_pattern_names_files_of_its_folder_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.log", "b.log", "b.log.1", "c.txt", "b.log.gz"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("d.log")).unwrap();
        let names = |pattern: &str| {
            let pattern = Pattern::new(&folder.path().join(pattern)).unwrap();
            let files = pattern.files()?;
            let name = |found: &Found| found.path.file_name().unwrap().to_str().unwrap().to_owned();
            let mut names: Vec<_> = files.iter().map(name).collect();
            names.sort();
            anyhow::Ok(names)
        };
        assert_eq!(names("*.log").unwrap(), ["a.log", "b.log", "b.log.1"]);
        assert_eq!(names("a.log").unwrap(), ["a.log"]);
        let missing = names("*.json").unwrap_err().to_string();
        assert!(missing.contains("there is no such file"), "{missing}");
    }
}
