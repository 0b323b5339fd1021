//! Parts of statements that differ between the databases.

use sqlx::AnyConnection;

/// `($1,$2),($3,$4)`: the places of a statement for many rows, values in that order. For SQLite they are
/// `?`: a name it looks up by walking through all before it, each time the statement runs.
pub fn places(on: &AnyConnection, rows: usize, columns: usize) -> String {
    let is_numbered = on.backend_name() != "SQLite";
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            match is_numbered {
                true => text.push_str(&format!("${}", row * columns + column + 1)),
                false => text.push('?'),
            }
        }
        text.push(')');
    }
    text
}

/// For columns of 63 bits: what does not fit is refused before it comes here.
pub fn column(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// What [`column`] wrote.
pub fn from_column(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
