//! Does what is due on a deal, one step per call; anyone may call. A step touches only the keys that
//! the simulation of that step named.

use flash_interfaces::deals::{Advance, DealStatus, DealsError, EndReason};
use soroban_sdk::Env;

use crate::{
    accept,
    close::{self, Closer},
    record::DealRecord,
    release, storage, sync,
};

/// Takes the first step that is due. Money comes first; `registry` and `reputation` are called after it.
pub fn advance(env: &Env, deal_id: u32) -> Result<Advance, DealsError> {
    let mut record = storage::deal(env, deal_id)?;
    if record.is_unfunded() {
        if !accept::is_expired(env, &record)? {
            return Ok(Advance::NothingDue);
        }
        accept::end_unfunded(env, deal_id, record, EndReason::Expired);
        return Ok(Advance::Expired);
    }
    if record.progress.page.is_none() {
        return Ok(Advance::NothingDue);
    }
    if record.progress.status == DealStatus::Funded {
        return close_if_due(env, deal_id, record);
    }
    let now = env.ledger().timestamp();
    if !record.is_released() {
        let slot = storage::read_slot(env, deal_id, &record).ok_or(DealsError::NotOnPage)?;
        let due = slot.meter.release_is_due(now);
        if due.ok_or(DealsError::Overflow)? {
            release::release_overdue(env, deal_id, record)?;
            return Ok(Advance::Released);
        }
    }
    if !record.progress.capacity_freed {
        let slot = storage::read_slot(env, deal_id, &record);
        let paid = slot.is_some_and(|slot| slot.meter.paid_total > 0);
        sync::free_capacity(env, deal_id, &mut record, paid)?;
        return Ok(Advance::CapacityFreed);
    }
    if record.is_released() && !record.progress.outcome_written {
        sync::write_outcome(env, deal_id, &mut record)?;
        return Ok(Advance::OutcomeWritten);
    }
    Ok(Advance::NothingDue)
}

fn close_if_due(env: &Env, deal_id: u32, record: DealRecord) -> Result<Advance, DealsError> {
    let policy = storage::policy(env, record.terms.policy_version)?;
    let slot = storage::read_slot(env, deal_id, &record).ok_or(DealsError::NotOnPage)?;
    if !close::is_due(&slot, &policy, env.ledger().timestamp()) {
        return Ok(Advance::NothingDue);
    }
    close::close(env, deal_id, record, Closer::Anyone, false)?;
    Ok(Advance::Closed)
}
