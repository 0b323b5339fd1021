extern crate std;

use std::vec::Vec;

use proptest::prelude::*;
use soroban_sdk::Env;

use super::*;

#[derive(Clone, Debug, Default, PartialEq)]
struct Sample {
    id: u32,
    size: u64,
    total: u128,
    amount: i128,
}

impl Slot for Sample {
    const SIZE: usize = 4 + 5 + 11 + 8;
    type Buffer = [u8; buffer_bytes(Self::SIZE)];

    fn buffer() -> Self::Buffer {
        [0; buffer_bytes(Self::SIZE)]
    }

    fn encode(&self, out: &mut impl Writer) {
        out.u64::<4>(self.id.into());
        out.u64::<5>(self.size);
        out.u128::<11>(self.total);
        out.money(self.amount);
    }

    fn decode(from: &mut Reader) -> Self {
        Self {
            id: from.u32::<4>(),
            size: from.u64::<5>(),
            total: from.u128::<11>(),
            amount: from.money(),
        }
    }
}

fn sample() -> impl Strategy<Value = Sample> {
    (any::<u32>(), 0..1_u64 << 40, 0..1_u128 << 88, 0..=i64::MAX).prop_map(
        |(id, size, total, amount)| Sample {
            id,
            size,
            total,
            amount: amount.into(),
        },
    )
}

/// Loads over a page that had other slots.
fn parse(stored: &Bytes) -> Option<Page<Sample>> {
    let mut page = page_of(&[Sample {
        id: 1,
        size: 2,
        total: 3,
        amount: 4,
    }]);
    let known = page.load(Some(stored.clone()));
    assert!(known.is_some() || page.is_empty());
    known.map(|()| page)
}

fn page_of(samples: &[Sample]) -> Page<Sample> {
    let mut page = Page::default();
    samples.iter().for_each(|s| page.push(s).expect("fits"));
    page
}

proptest! {
    #[test]
    fn a_stored_page_reads_back_as_it_was(samples in prop::collection::vec(sample(), 0..=16)) {
        let env = Env::default();
        let page = page_of(&samples);
        let read = parse(&page.to_bytes(&env)).expect("parses");
        let back: Vec<Sample> = (0..read.len()).map(|i| read.get(i).expect("live")).collect();
        prop_assert_eq!(back, samples);
    }

    #[test]
    fn writing_a_slot_leaves_every_other_byte(
        samples in prop::collection::vec(sample(), 1..=16),
        new in sample(),
        pick in any::<prop::sample::Index>(),
    ) {
        let index = pick.index(samples.len());
        let before = page_of(&samples);
        let mut after = page_of(&samples);
        after.set(index, &new).expect("in range");
        let (start, end) = after.range(index).expect("live");
        prop_assert_eq!(&before.bytes[..start], &after.bytes[..start]);
        prop_assert_eq!(&before.bytes[end..], &after.bytes[end..]);
        prop_assert_eq!(after.get(index), Some(new));
    }

    #[test]
    fn removing_a_slot_keeps_the_others(
        samples in prop::collection::vec(sample(), 1..=16),
        pick in any::<prop::sample::Index>(),
    ) {
        let index = pick.index(samples.len());
        let mut page = page_of(&samples);
        page.remove(index).expect("live");
        let mut left: Vec<Sample> = (0..page.len()).filter_map(|i| page.get(i)).collect();
        let mut expected = samples;
        expected.swap_remove(index);
        left.sort_by_key(|s| (s.id, s.size, s.total));
        expected.sort_by_key(|s| (s.id, s.size, s.total));
        prop_assert_eq!(left, expected);
    }
}

#[test]
fn a_value_that_does_not_fit_is_refused() {
    let fits = Sample {
        id: 1,
        size: (1 << 40) - 1,
        total: (1 << 88) - 1,
        amount: i64::MAX.into(),
    };
    let mut page = Page::<Sample>::default();
    assert!(page.push(&fits).is_some());
    for wrong in [
        Sample {
            size: 1 << 40,
            ..fits.clone()
        },
        Sample {
            total: 1 << 88,
            ..fits.clone()
        },
        Sample {
            amount: i128::from(i64::MAX) + 1,
            ..fits.clone()
        },
        Sample {
            amount: -1,
            ..fits.clone()
        },
    ] {
        assert!(page.push(&wrong).is_none(), "{wrong:?}");
    }
    assert_eq!(page.len(), 1);
}

#[test]
fn the_seventeenth_slot_is_refused() {
    let slot = Sample {
        id: 7,
        size: 1,
        total: 2,
        amount: 3,
    };
    let mut page = page_of(&std::vec![slot.clone(); SLOTS_PER_PAGE]);
    assert!(page.is_full());
    assert!(page.push(&slot).is_none());
}

#[test]
fn slots_are_found_by_deal_id_and_only_live_ones() {
    let slot = |id| Sample {
        id,
        size: 1,
        total: 2,
        amount: 3,
    };
    let mut page = page_of(&[slot(5), slot(0x0500_0000), slot(9)]);
    assert_eq!(page.find(9), Some(2));
    assert_eq!(page.ids().collect::<Vec<_>>(), [5, 0x0500_0000, 9]);
    page.remove(0);
    assert_eq!(page.find(5), None);
    assert_eq!(page.get_by_id(9), Some((0, slot(9))));
    assert_eq!(page.get(2), None);
    assert!(page.remove(2).is_none());
}

#[test]
fn foreign_bytes_are_not_a_page() {
    let env = Env::default();
    let good = page_of(&[Sample {
        id: 1,
        size: 1,
        total: 1,
        amount: 1,
    }])
    .to_bytes(&env);
    let mut other_version = good.clone();
    other_version.set(0, 2);
    assert!(parse(&other_version).is_none());
    assert!(parse(&good.slice(..good.len() - 1)).is_none());
    assert!(parse(&Bytes::new(&env)).is_none());
    assert!(parse(&Bytes::from_slice(&env, &[1; 4096])).is_none());
    assert!(parse(&good).is_some());
}
