//! Statements for many rows.

/// Rows per statement. Few sizes, so that few statements are prepared; small ones, because SQLite
/// looks up each placeholder in a list of all.
const SIZES: [usize; 3] = [60, 10, 1];

/// Splits rows into parts of these sizes.
pub fn chunks<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rest.len())?;
        let (chunk, after) = rest.split_at(size);
        rest = after;
        Some(chunk)
    })
}
