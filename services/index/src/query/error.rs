//! Why a read has no answer.

#[derive(Debug)]
pub enum Error {
    /// There is no such thing.
    NotFound(&'static str),
    /// The cursor is none of this list: why.
    Cursor(&'static str),
    /// It may be there later: why it is not.
    Unavailable(String),
    Database(sqlx::Error),
    /// A fault of this program, or of who wrote the tables.
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
