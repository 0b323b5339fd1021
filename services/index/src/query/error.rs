//! Why a read failed.

#[derive(Debug)]
pub enum Error {
    /// The requested item does not exist.
    NotFound(&'static str),
    /// The cursor does not belong to this list, with the reason.
    Cursor(&'static str),
    /// The answer may be available later, with the reason.
    Unavailable(String),
    Database(sqlx::Error),
    /// A fault of this program or in the tables.
    Internal(anyhow::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<sqlx::Error>() {
            Ok(error) => Self::Database(error),
            Err(error) => Self::Internal(error),
        }
    }
}
