//! Files that grow, are rotated, or come as many: every line counts once, on both databases.

use crate::support::on_each;
use flash_base::db::Db;
use flash_oracle::{
    ingest::{Ingest, Written},
    sources::{
        file::{Followed, Format, Source},
        quota::{Limits, Quota},
    },
};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};
use tempfile::TempDir;

const MANY: Limits = Limits {
    bytes: u64::MAX,
    lines: u64::MAX,
};

/// A folder of logs, and an oracle that follows some of them.
struct Logs {
    folder: TempDir,
    source: Source,
    db: Db,
    ingest: Ingest,
    quota: Arc<Quota>,
}

impl Logs {
    fn follow(db: Db, pattern: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (ingest, _) = Ingest::start(db.clone(), 4);
        Self {
            source: source(&folder.path().join(pattern)),
            folder,
            db,
            ingest,
            quota: Quota::new(MANY),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn append(&self, name: &str, text: &str) {
        let mut options = fs::OpenOptions::new();
        let mut file = options.append(true).create(true).open(self.path(name));
        write!(file.as_mut().unwrap(), "{text}").unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    async fn look(&self) -> Followed {
        let followed = self.source.follow(&self.db, &self.ingest, &self.quota);
        followed.await.unwrap()
    }

    /// How many samples a look added. Nothing was read twice.
    async fn added(&self) -> u64 {
        let written = self.look().await.written;
        let accepted = written.accepted;
        assert_eq!(
            written,
            Written {
                accepted,
                ..Written::default()
            }
        );
        accepted
    }
}

fn source(path: &Path) -> Source {
    Source {
        path: path.to_owned(),
        format: Format::Samples {
            provider: "P".into(),
        },
        max_ahead_ms: 0,
    }
}

/// A sample of its own.
fn line(nth: u32) -> String {
    let (minute, second) = (nth / 60, nth % 60);
    let sample = serde_json::json!({ "timestamp": format!("2024-01-01T00:{minute:02}:{second:02}Z"),
        "repoId": "r", "bucketId": "b", "dwl_bytes": 5, "host": "h" });
    format!("{sample}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_once_and_followed_as_it_grows() {
    on_each(|db, _| async move {
        let logs = Logs::follow(db, "log");
        logs.append(
            "log",
            &format!("{}{}nonsense\n{}", line(1), line(2), &line(3)[..20]),
        );
        let written = logs.look().await.written;
        assert_eq!((written.accepted, written.rejected), (2, 1));
        // The last line was still being written.
        logs.append("log", &line(3)[20..]);
        assert_eq!(logs.added().await, 1);
        assert_eq!(logs.added().await, 0);
        // Somebody begins it anew.
        fs::write(logs.path("log"), line(4)).unwrap();
        assert_eq!(logs.added().await, 1);
        // The next one has outgrown the old place before anybody looked, be it written over the old
        // one or put in its place.
        fs::write(logs.path("log"), line(5) + &line(6)).unwrap();
        assert_eq!(logs.added().await, 2);
        fs::write(logs.path("next"), line(7) + &line(8) + &line(9)).unwrap();
        logs.rename("next", "log");
        assert_eq!(logs.added().await, 3);
        assert_eq!(logs.added().await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_line_without_a_newline_counts_once_nobody_writes_any_more() {
    on_each(|db, _| async move {
        let logs = Logs::follow(db, "log");
        logs.append("log", &(line(1) + line(2).trim_end()));
        assert_eq!(logs.added().await, 1);
        let file = fs::File::options().append(true).open(logs.path("log"));
        let earlier = SystemTime::now() - Duration::from_secs(3_600);
        file.unwrap().set_modified(earlier).unwrap();
        assert_eq!(logs.added().await, 1);
        assert_eq!(logs.added().await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_log_is_read_to_its_end_before_and_after_its_writer_goes_on_to_the_next() {
    on_each(|db, _| async move {
        let logs = Logs::follow(db, "access.log");
        logs.append("access.log", &line(1));
        assert_eq!(logs.added().await, 1);
        logs.append("access.log", &line(2));
        logs.rename("access.log", "access.log.1");
        // The writer still has the old one open, and there is no new one yet.
        assert_eq!(logs.added().await, 1);
        logs.append("access.log.1", &line(3));
        assert_eq!(logs.added().await, 1);
        logs.append("access.log", &line(4));
        logs.append("access.log.1", &line(5));
        assert_eq!(logs.added().await, 2);
        assert_eq!(logs.added().await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_is_lost_where_a_log_is_rotated_twice_between_two_looks() {
    on_each(|db, _| async move {
        let logs = Logs::follow(db, "access.log");
        // It was there before the oracle, and is left alone.
        logs.append("access.log.9", &line(59));
        let file = fs::File::options()
            .append(true)
            .open(logs.path("access.log.9"));
        let earlier = SystemTime::now() - Duration::from_secs(86_400);
        file.unwrap().set_modified(earlier).unwrap();
        logs.append("access.log", &line(1));
        assert_eq!(logs.added().await, 1);
        logs.append("access.log", &line(2));
        logs.rename("access.log", "access.log.1");
        logs.append("access.log", &(line(3) + &line(4)));
        logs.rename("access.log.1", "access.log.2");
        logs.rename("access.log", "access.log.1");
        logs.append("access.log", &line(5));
        assert_eq!(logs.added().await, 4);
        // The next rotation moves what was read.
        logs.rename("access.log.2", "access.log.3");
        logs.rename("access.log.1", "access.log.2");
        logs.append("access.log", &line(6));
        logs.rename("access.log", "access.log.1");
        logs.append("access.log", &line(7));
        assert_eq!(logs.added().await, 2);
        assert_eq!(logs.added().await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_is_lost_where_a_log_is_copied_and_truncated() {
    on_each(|db, _| async move {
        let logs = Logs::follow(db, "access.log");
        logs.append("access.log", &(line(1) + &line(2)));
        assert_eq!(logs.added().await, 2);
        logs.append("access.log", &line(3));
        let copy = logs.path("access.log-20261130");
        fs::copy(logs.path("access.log"), &copy).unwrap();
        // A writer that does not append leaves a hole of NULs before its next line.
        let hole = vec![0; 200 * 1_024];
        let text = [&hole[..], line(4).as_bytes()].concat();
        fs::write(logs.path("access.log"), text).unwrap();
        assert_eq!(logs.added().await, 2);
        logs.append("access.log", &line(5));
        assert_eq!(logs.added().await, 1);
        assert_eq!(logs.added().await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_that_are_delivered_as_many_objects_are_read_by_a_pattern() {
    on_each(|db, _| async move {
        let logs = Logs::follow(db, "2026-*");
        logs.append("other", "nonsense\n");
        for nth in 0..30 {
            logs.append(&format!("2026-11-30-00-00-{nth:02}-ABC"), &line(nth));
        }
        assert_eq!(logs.added().await, 30);
        logs.append("2026-12-01-00-00-00-DEF", &line(40));
        fs::remove_file(logs.path("2026-11-30-00-00-00-ABC")).unwrap();
        assert_eq!(logs.added().await, 1);
        assert_eq!(logs.added().await, 0);
        let cursors = sqlx::query_scalar("SELECT COUNT(*) FROM cursors");
        let cursors: i64 = cursors.fetch_one(logs.db.pool()).await.unwrap();
        assert_eq!(cursors, 30, "the removed object's is gone");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_stops_no_other() {
    on_each(|db, _| async move {
        let logs = Logs::follow(db, "*.log");
        logs.append("a.log", &line(1));
        std::os::unix::fs::symlink("/proc/self/mem", logs.path("b.log")).unwrap();
        logs.append("c.log", &line(2));
        let followed = logs.source.follow(&logs.db, &logs.ingest, &logs.quota);
        let error = followed.await.unwrap_err();
        assert!(format!("{error:#}").contains("b.log"), "{error:#}");
        let samples = sqlx::query_scalar("SELECT COUNT(*) FROM samples");
        let samples: i64 = samples.fetch_one(logs.db.pool()).await.unwrap();
        assert_eq!(samples, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_over_its_quota_is_read_on_later_and_loses_nothing() {
    on_each(|db, _| async move {
        let mut logs = Logs::follow(db, "*.log");
        logs.quota = Quota::new(Limits {
            bytes: u64::MAX,
            lines: 100,
        });
        let many: String = (0..90).map(line).collect();
        logs.append("a.log", &many);
        logs.append("b.log", &(90..120).map(line).collect::<String>());
        let followed = logs.look().await;
        assert_eq!(followed.written.accepted, 90);
        let over = followed.over.unwrap();
        assert!(over.reason.contains("100 lines"), "{over}");
        logs.quota = Quota::new(MANY);
        assert_eq!(followed.written.accepted + logs.added().await, 120);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_reads_all_of_each_file_whatever_had_its_name_before() {
    on_each(|db, _| async move {
        let logs = Logs::follow(db, "log?");
        let import = || logs.source.import(&logs.ingest, |_, _| ());
        assert!(import().await.is_err(), "nothing matches");
        // Today's log again, and that of tomorrow, which begins with the same line.
        logs.append("log1", &(line(1) + &line(2)));
        assert_eq!(import().await.unwrap().accepted, 2);
        let again = import().await.unwrap();
        assert_eq!((again.accepted, again.duplicates), (0, 2));
        fs::write(logs.path("log1"), line(1) + line(3).trim_end()).unwrap();
        logs.append("log2", &line(4));
        let next = import().await.unwrap();
        assert_eq!((next.accepted, next.duplicates), (2, 1));
    })
    .await;
}
