//! For tests: an empty SQLite database in a folder, one of PostgreSQL from the system's packages on a free
//! port, and a disk that can be full.

mod disk;
mod port;
mod postgres;

pub use disk::SmallDisk;
pub use port::start_on_free_port;
pub use postgres::{certificate, PostgresServer};

use std::{
    path::PathBuf,
    sync::{Mutex, OnceLock, PoisonError},
};
use tempfile::TempDir;

/// A database that is empty.
pub struct Database {
    pub kind: &'static str,
    pub url: String,
    /// PostgreSQL: of who signed its certificate, which is for `localhost`.
    pub ca: Option<PathBuf>,
    _folder: Option<TempDir>,
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            kind: "SQLite",
            url: format!("sqlite://{}", folder.path().join("test.db").display()),
            ca: None,
            _folder: Some(folder),
        }
    }

    /// `None` where PostgreSQL is not installed; a failure in CI.
    pub fn postgres() -> Option<Self> {
        static SERVER: OnceLock<Option<PostgresServer>> = OnceLock::new();
        static NEXT: Mutex<u32> = Mutex::new(0);
        let server = SERVER.get_or_init(PostgresServer::start).as_ref()?;
        let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
        *next += 1;
        let name = format!("test_{next}");
        Some(Self {
            kind: "PostgreSQL",
            url: server.create(&name),
            ca: Some(server.ca()),
            _folder: None,
        })
    }

    /// One that somebody else made.
    pub fn at(kind: &'static str, url: &str) -> Self {
        Self {
            kind,
            url: url.to_owned(),
            ca: None,
            _folder: None,
        }
    }
}

/// Both, or the one that there is.
pub fn databases() -> Vec<Database> {
    let mut all = vec![Database::sqlite()];
    all.extend(Database::postgres());
    all
}
