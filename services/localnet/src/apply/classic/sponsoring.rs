//! `BeginSponsoringFutureReserves` and `EndSponsoringFutureReserves`

use crate::apply::{
    results::{begin_sponsoring as began, end_sponsoring as ended},
    Workplace,
};
use stellar_xdr::{
    AccountId, BeginSponsoringFutureReservesOp, BeginSponsoringFutureReservesResult as Begin,
    EndSponsoringFutureReservesResult as End, OperationResult,
};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(
    op: &BeginSponsoringFutureReservesOp,
    source: &AccountId,
) -> Option<OperationResult> {
    (op.sponsored_id == *source).then(|| began(Begin::Malformed))
}

/// From here to its end, the source pays the reserves of what the other account makes.
pub fn begin(
    op: &BeginSponsoringFutureReservesOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> OperationResult {
    if at.sponsorships.sponsor_of(&op.sponsored_id).is_some() {
        return began(Begin::AlreadySponsored);
    }
    let is_sponsored = at.sponsorships.sponsor_of(source).is_some();
    if is_sponsored || at.sponsorships.is_sponsor(&op.sponsored_id) {
        return began(Begin::Recursive);
    }
    at.sponsorships
        .begin(source.clone(), op.sponsored_id.clone());
    began(Begin::Success)
}

/// Ends the sponsorship of the source.
pub fn end(source: &AccountId, at: &mut Workplace<'_, '_>) -> OperationResult {
    if at.sponsorships.end(source) {
        ended(End::Success)
    } else {
        ended(End::NotSponsored)
    }
}
