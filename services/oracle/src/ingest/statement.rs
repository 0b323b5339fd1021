//! Statements for many rows.

/// Rows of one statement: few sizes, so that few statements are prepared; and small ones, because
/// SQLite looks the name of each place up in a list of all.
const SIZES: [usize; 3] = [60, 10, 1];

/// Rows in parts of those sizes.
pub fn chunks<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rest.len())?;
        let (chunk, after) = rest.split_at(size);
        rest = after;
        Some(chunk)
    })
}
