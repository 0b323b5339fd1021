//! How text is cut into words, for what is indexed and for what is looked for alike.

/// Lower-cased runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let runs = text.split(|letter: char| !letter.is_alphanumeric());
    runs.filter(|run| !run.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_lower_cased_runs_of_letters_and_digits() {
        let found: Vec<_> = words("Cold-Archive_7 | Käse\0\"x\" ''").collect();
        assert_eq!(found, ["cold", "archive", "7", "käse", "x"]);
    }
}
