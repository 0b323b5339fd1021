//! What the oracle signs of a batch: its books by name, and a digest of its reports. An authorisation
//! carries everything that is signed, so full reports would be sent and paid for twice.
//!
//! The layout is published with [`flash_interfaces::deals::OracleCommands::report`].

use arrayvec::ArrayVec;
use flash_common::{
    ensure,
    gathered::Gathered,
    limits::{MAX_BOOKS, MAX_REPORTS},
};
use flash_interfaces::deals::{BookReports, DealsError, Report};
use soroban_sdk::{Address, Bytes, Env, IntoVal, Val, Vec};

/// A report, packed: every field as wide as its type, little-endian as in the pages of a book.
pub const REPORT_BYTES: usize = 4 + 16 + 8 + 4 + 4 + 8;

pub type Packed = [u8; REPORT_BYTES];

/// (provider, asset, page, number of reports)
type BookName = (Address, Address, u32, u32);

/// The reports of a batch. They are read once, so what is applied is what the digest covers.
#[derive(Default)]
pub struct Reports {
    packed: ArrayVec<Packed, { MAX_REPORTS as usize }>,
}

impl Reports {
    /// Reads all reports and returns what has to be signed for them.
    #[inline(never)]
    pub fn read(&mut self, env: &Env, books: &Vec<BookReports>) -> Result<Vec<Val>, DealsError> {
        ensure!(books.len() <= MAX_BOOKS, DealsError::BatchTooLarge);
        let mut names = Gathered::<BookName, { MAX_BOOKS as usize }>::default();
        for book in books.iter() {
            let name = (book.provider, book.asset, book.page, book.reports.len());
            names.push(env, &name).ok_or(DealsError::BatchTooLarge)?;
            for report in book.reports.iter() {
                let room = self.packed.try_push(pack(&report));
                room.map_err(|_| DealsError::BatchTooLarge)?;
            }
        }
        let digest = env
            .crypto()
            .sha256(&Bytes::from_slice(env, self.packed.as_flattened()));
        Ok((names.to_vec(env), digest.to_bytes()).into_val(env))
    }

    pub fn as_slice(&self) -> &[Packed] {
        &self.packed
    }
}

#[inline(always)]
fn pack(report: &Report) -> Packed {
    let (deal_id, storage_mb_secs, egress_mb, latency_ms, uptime_bps, through_ts) = *report;
    let mut packed = [0; REPORT_BYTES];
    put(&mut packed, 0, deal_id.to_le_bytes());
    put(&mut packed, 4, storage_mb_secs.to_le_bytes());
    put(&mut packed, 20, egress_mb.to_le_bytes());
    put(&mut packed, 28, latency_ms.to_le_bytes());
    put(&mut packed, 32, uptime_bps.to_le_bytes());
    put(&mut packed, 36, through_ts.to_le_bytes());
    packed
}

#[inline(always)]
pub fn unpack(packed: &Packed) -> Report {
    (
        u32::from_le_bytes(take(packed, 0)),
        u128::from_le_bytes(take(packed, 4)),
        u64::from_le_bytes(take(packed, 20)),
        u32::from_le_bytes(take(packed, 28)),
        u32::from_le_bytes(take(packed, 32)),
        u64::from_le_bytes(take(packed, 36)),
    )
}

#[inline(always)]
fn put<const N: usize>(packed: &mut Packed, at: usize, value: [u8; N]) {
    if let Some(place) = packed.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
        *place = value;
    }
}

#[inline(always)]
fn take<const N: usize>(packed: &Packed, at: usize) -> [u8; N] {
    let place = packed.get(at..).and_then(|rest| rest.first_chunk());
    place.copied().unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_report_unpacks_as_it_was_packed(report in any::<Report>()) {
            prop_assert_eq!(unpack(&pack(&report)), report);
        }
    }

    /// The published layout: other implementations have to produce the same bytes.
    #[test]
    fn fields_follow_one_another_low_byte_first() {
        let packed = pack(&(0x0403_0201, 0x0605, 0x07, 0x08, 0x09, 0x0a0b << 48));
        let mut expected = [0; REPORT_BYTES];
        for (at, byte) in [
            (0, 1),
            (1, 2),
            (2, 3),
            (3, 4),
            (4, 5),
            (5, 6),
            (20, 7),
            (28, 8),
            (32, 9),
            (42, 0x0b),
            (43, 0x0a),
        ] {
            expected[at] = byte;
        }
        assert_eq!(packed, expected);
        assert_eq!(packed.len(), 44, "nothing follows the last field");
    }
}
