//! Words of texts, and in which items they occur; looked up by their beginnings.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

/// Lower-cased runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let parts = text.split(|letter: char| !letter.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase)
}

/// A set of small numbers.
#[derive(Clone, Debug, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    fn insert(&mut self, number: u32) {
        let place = usize::try_from(number / 64).unwrap_or(usize::MAX);
        if place >= self.0.len() {
            self.0.resize(place.saturating_add(1), 0);
        }
        if let Some(word) = self.0.get_mut(place) {
            *word |= 1 << (number % 64);
        }
    }

    pub fn has(&self, number: u32) -> bool {
        let word = usize::try_from(number / 64)
            .ok()
            .and_then(|place| self.0.get(place));
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

/// Which items have which words.
#[derive(Debug, Default)]
pub struct TextIndex {
    /// Items by word, in order.
    items: BTreeMap<Box<str>, Vec<u32>>,
}

impl TextIndex {
    pub fn add(&mut self, item: u32, texts: &[&str]) {
        for word in distinct(texts) {
            let items = self.items.entry(word.into_boxed_str()).or_default();
            if let Err(place) = items.binary_search(&item) {
                items.insert(place, item);
            }
        }
    }

    pub fn remove(&mut self, item: u32, texts: &[&str]) {
        for word in distinct(texts) {
            let Some(items) = self.items.get_mut(&*word) else {
                continue;
            };
            if let Ok(place) = items.binary_search(&item) {
                items.remove(place);
            }
            if items.is_empty() {
                self.items.remove(&*word);
            }
        }
    }

    /// The items that have a word with this beginning.
    pub fn beginning(&self, start: &str) -> Bits {
        let mut found = Bits::default();
        let from = (Bound::Included(start), Bound::Unbounded);
        let words = self.items.range::<str, _>(from);
        for (_, items) in words.take_while(|(word, _)| word.starts_with(start)) {
            items.iter().for_each(|item| found.insert(*item));
        }
        found
    }
}

fn distinct(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().flat_map(|text| words(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_beginning_until_they_are_removed() {
        let mut index = TextIndex::default();
        index.add(3, &["Cold Archive", "eu-central-1"]);
        index.add(70, &["archives"]);
        let found = |index: &TextIndex, start: &str| {
            let bits = index.beginning(start);
            (0..100).filter(|item| bits.has(*item)).collect::<Vec<_>>()
        };
        assert_eq!(found(&index, "arch"), [3, 70]);
        assert_eq!(found(&index, "archives"), [70]);
        assert_eq!(found(&index, "central"), [3]);
        assert_eq!(found(&index, "entral"), [] as [u32; 0]);
        index.remove(3, &["Cold Archive", "eu-central-1"]);
        assert_eq!(found(&index, "arch"), [70]);
        assert_eq!(index.items.len(), 1);
    }
}
