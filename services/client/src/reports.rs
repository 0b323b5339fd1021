//! What the oracle signs of a batch of reports: `report` in `packages/interfaces` publishes the layout.

use crate::{
    codec::{ToScVal, FITS},
    types::BookReports,
};
use sha2::{Digest, Sha256};
use stellar_xdr::ScVal;

/// For [`crate::Call::signed_as`]: the books by name, and a digest of their reports.
///
/// # Panics
/// With 2^32 reports in a book.
pub fn signed_reports(books: &[BookReports]) -> Vec<ScVal> {
    let mut names = Vec::with_capacity(books.len());
    let mut digest = Sha256::new();
    for book in books {
        let count = u32::try_from(book.reports.len()).expect(FITS);
        let (provider, asset) = (book.provider.clone(), book.asset.clone());
        names.push((provider, asset, book.page, count));
        for (deal_id, storage_mb_secs, egress_mb, latency_ms, uptime_bps, through_ts) in
            &book.reports
        {
            digest.update(deal_id.to_le_bytes());
            digest.update(storage_mb_secs.to_le_bytes());
            digest.update(egress_mb.to_le_bytes());
            digest.update(latency_ms.to_le_bytes());
            digest.update(uptime_bps.to_le_bytes());
            digest.update(through_ts.to_le_bytes());
        }
    }
    let digest: [u8; 32] = digest.finalize().into();
    vec![names.to_scval(), digest.to_scval()]
}
