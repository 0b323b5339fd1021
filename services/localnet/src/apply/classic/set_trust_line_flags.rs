//! `SetTrustLineFlags`

use crate::{
    apply::{events, results::set_trust_line_flags as done, Done, Workplace},
    tx::account,
};
use stellar_xdr::{
    AccountFlags, AccountId, OperationResult, SetTrustLineFlagsOp, SetTrustLineFlagsResult as R,
    TrustLineFlags,
};

const AUTHORIZED: u32 = TrustLineFlags::AuthorizedFlag as u32;
const MAINTAIN: u32 = TrustLineFlags::AuthorizedToMaintainLiabilitiesFlag as u32;
const CLAWBACK: u32 = TrustLineFlags::TrustlineClawbackEnabledFlag as u32;

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(op: &SetTrustLineFlagsOp, source: &AccountId) -> Option<OperationResult> {
    let both = AUTHORIZED | MAINTAIN;
    let malformed = account::issuer(&op.asset) != Some(source)
        || !account::is_valid_asset(&op.asset)
        || op.trustor == *source
        || op.set_flags & op.clear_flags != 0
        || op.set_flags & !both != 0
        || op.set_flags & both == both
        || op.clear_flags & !(both | CLAWBACK) != 0;
    malformed.then(|| done(R::Malformed))
}

/// Allows or forbids an account to hold the issuer's asset.
pub fn apply(
    op: &SetTrustLineFlagsOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> anyhow::Result<Done> {
    let Some(issuer) = account::load(at.scratch, source) else {
        return Ok(Done::with(OperationResult::OpNoAccount));
    };
    let revocable = issuer.flags & (AccountFlags::RevocableFlag as u32) != 0;
    // Without the right to revoke, only authorising is allowed; whether there is a line is not asked.
    let clears_authorization = op.clear_flags & (AUTHORIZED | MAINTAIN) != 0;
    if !revocable && clears_authorization && op.set_flags & AUTHORIZED == 0 {
        return Ok(Done::with(done(R::CantRevoke)));
    }
    let asset = account::line_asset(&op.asset);
    let Some(mut line) = account::load_line(at.scratch, &op.trustor, &asset) else {
        return Ok(Done::with(done(R::NoTrustLine)));
    };
    let flags = (line.flags & !op.clear_flags) | op.set_flags;
    if flags & AUTHORIZED != 0 && flags & MAINTAIN != 0 {
        return Ok(Done::with(done(R::InvalidState)));
    }
    if !revocable && line.flags & AUTHORIZED != 0 && flags & MAINTAIN != 0 {
        return Ok(Done::with(done(R::CantRevoke)));
    }
    line.flags = flags;
    account::store_line(at.scratch, line);
    let authorized = flags & AUTHORIZED != 0;
    let network = at.context.network.id;
    let event = events::set_authorized(&op.asset, &op.trustor, authorized, network)?;
    Ok(Done {
        result: done(R::Success),
        events: vec![event],
        return_value: None,
    })
}
