//! Table rows as structs: read, written in bulk, compared column by column.

use anyhow::{Context, Result};
use flash_base::{db::places, text::storable};
use sqlx::{
    any::{AnyArguments, AnyRow},
    query::Query,
    Any, AnyConnection, Row,
};
use std::{borrow::Cow, fmt};

/// Bound values per statement. PostgreSQL allows 65_535, SQLite half of that. Full statements are
/// cached.
const MAX_VALUES: usize = 8_000;
const MAX_ROWS: usize = 1_000;

pub type Statement<'q> = Query<'q, Any, AnyArguments<'q>>;

/// An integer above 63 bits, stored as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Int128(pub i128);

/// A type that a column can have.
pub trait Column: Sized {
    fn bind<'q>(&'q self, statement: Statement<'q>) -> Statement<'q>;
    /// # Errors
    /// The column has another type.
    fn get(row: &AnyRow, name: &str) -> Result<Self>;
    fn shown(&self) -> String;
}

macro_rules! plain {
    ($($type:ty => $bind:expr, $shown:expr;)+) => {$(
        impl Column for $type {
            fn bind<'q>(&'q self, statement: Statement<'q>) -> Statement<'q> {
                let bind: fn(&'q $type, Statement<'q>) -> Statement<'q> = $bind;
                bind(self, statement)
            }
            fn get(row: &AnyRow, name: &str) -> Result<Self> {
                row.try_get(name).with_context(|| format!("column {name}"))
            }
            fn shown(&self) -> String {
                let shown: fn(&$type) -> String = $shown;
                shown(self)
            }
        }
    )+};
}
plain! {
    i64 => |value, to| to.bind(*value), |value| value.to_string();
    Option<i64> => |value, to| to.bind(*value), |value| value.map_or("-".to_owned(), |value| value.to_string());
    String => |value, to| bind_text(to, value), |value| storable(value).into_owned();
    Option<String> => |value, to| match value {
        Some(text) => bind_text(to, text),
        None => to.bind(None::<&str>),
    }, |value| value.as_deref().map_or("-".into(), storable).into_owned();
}

/// Text on the ledger may contain characters that a database refuses.
fn bind_text<'q>(to: Statement<'q>, text: &'q str) -> Statement<'q> {
    match storable(text) {
        Cow::Borrowed(text) => to.bind(text),
        Cow::Owned(text) => to.bind(text),
    }
}

impl Column for Int128 {
    fn bind<'q>(&'q self, statement: Statement<'q>) -> Statement<'q> {
        statement.bind(self.0.to_string())
    }
    fn get(row: &AnyRow, name: &str) -> Result<Self> {
        let text: String = row.try_get(name)?;
        let number = text.parse().ok();
        Ok(Self(number.with_context(|| {
            format!("column {name} has {text:?}, which is no number")
        })?))
    }
    fn shown(&self) -> String {
        self.0.to_string()
    }
}

impl fmt::Display for Int128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A row of a table.
pub trait Table: Sized + Send + Sync {
    const NAME: &'static str;
    const KEYS: &'static [&'static str];
    const COLUMNS: &'static [&'static str];
    fn bind<'q>(&'q self, statement: Statement<'q>) -> Statement<'q>;
    /// # Errors
    /// A column has another type.
    fn read(row: &AnyRow) -> Result<Self>;
    fn cells(&self) -> Vec<String>;
    fn key(&self) -> String;
}

macro_rules! tables {
    ($($(#[$about:meta])* $name:ident $table:literal ($($key:ident),+) { $($field:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            $(pub $field: $type),+
        }
        impl $crate::table::Table for $name {
            const NAME: &'static str = $table;
            const KEYS: &'static [&'static str] = &[$(stringify!($key)),+];
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];
            fn bind<'q>(&'q self, to: $crate::table::Statement<'q>) -> $crate::table::Statement<'q> {
                $(let to = $crate::table::Column::bind(&self.$field, to);)+
                to
            }
            fn read(row: &sqlx::any::AnyRow) -> anyhow::Result<Self> {
                Ok(Self {
                    $($field: $crate::table::Column::get(row, stringify!($field))?),+
                })
            }
            fn cells(&self) -> Vec<String> {
                vec![$($crate::table::Column::shown(&self.$field)),+]
            }
            fn key(&self) -> String {
                [$($crate::table::Column::shown(&self.$key)),+].join(" ")
            }
        }
    )+};
}
pub(crate) use tables;

/// Writes rows, replacing those with the same keys.
///
/// # Errors
/// The database's.
pub async fn upsert<'r, T: Table + 'r>(
    to: &mut AnyConnection,
    rows: impl IntoIterator<Item = &'r T>,
) -> Result<()> {
    let rows: Vec<_> = rows.into_iter().collect();
    let columns = T::COLUMNS.join(", ");
    let keys = T::KEYS.join(", ");
    let rest = T::COLUMNS.iter().filter(|name| !T::KEYS.contains(*name));
    let set: Vec<_> = rest
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    let then = match set.is_empty() {
        true => "NOTHING".to_owned(),
        false => format!("UPDATE SET {}", set.join(", ")),
    };
    let at_once = (MAX_VALUES / T::COLUMNS.len()).clamp(1, MAX_ROWS);
    for chunk in rows.chunks(at_once) {
        let places = places(to, chunk.len(), T::COLUMNS.len());
        let (table, keys) = (T::NAME, &keys);
        let sql = format!(
            "INSERT INTO {table} ({columns}) VALUES {places} ON CONFLICT ({keys}) DO {then}"
        );
        let mut statement = sqlx::query(&sql).persistent(chunk.len() == at_once);
        for row in chunk {
            statement = row.bind(statement);
        }
        let done = statement.execute(&mut *to).await;
        done.with_context(|| format!("writing {table}"))?;
    }
    Ok(())
}

/// The rows whose column has one of the values.
///
/// # Errors
/// The database's.
pub async fn load<T: Table, V: Column>(
    from: &mut AnyConnection,
    column: &str,
    values: &[V],
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    for chunk in values.chunks(MAX_ROWS) {
        let sql = format!(
            "SELECT {} FROM {} WHERE {column} IN {}",
            T::COLUMNS.join(", "),
            T::NAME,
            places(from, 1, chunk.len())
        );
        let mut statement = sqlx::query(&sql).persistent(chunk.len() == MAX_ROWS);
        for value in chunk {
            statement = value.bind(statement);
        }
        for row in statement.fetch_all(&mut *from).await? {
            found.push(T::read(&row)?);
        }
    }
    Ok(found)
}

/// All rows of a table.
///
/// # Errors
/// The database's.
pub async fn all<T: Table>(from: &mut AnyConnection) -> Result<Vec<T>> {
    let sql = format!("SELECT {} FROM {}", T::COLUMNS.join(", "), T::NAME);
    let rows = sqlx::query(&sql).fetch_all(from).await?;
    rows.iter().map(T::read).collect()
}
