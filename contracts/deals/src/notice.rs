//! A provider leaves: unfunded deals end at once, funded ones after the notice period.

use flash_common::ensure;
use flash_interfaces::deals::{ArrearsCleared, DealStatus, DealsError, EndReason, NoticeGiven};
use flash_money::{meter::Flags, settle::GraceChange};
use soroban_sdk::{Address, Env};

use crate::{
    accept,
    slot::{DealPage, DealSlot},
    storage,
};

pub fn cancel(
    env: &Env,
    provider: &Address,
    consumer: &Address,
    deal_id: u32,
) -> Result<(), DealsError> {
    let record = storage::deal(env, deal_id)?;
    record.ensure_parties(consumer, provider)?;
    if record.is_unfunded() {
        accept::end_unfunded(env, deal_id, record, EndReason::Rejected);
        return Ok(());
    }
    record.ensure_status(DealStatus::Funded, DealsError::NotFunded)?;
    let policy = storage::policy(env, record.terms.policy_version)?;
    let (mut page, mut slot) = (DealPage::default(), DealSlot::default());
    let place = storage::load_slot(
        env,
        deal_id,
        &record,
        &mut page,
        &mut slot,
        DealsError::NotOnPage,
    )?;
    ensure!(
        !slot.meter.flags.has(Flags::NOTICE),
        DealsError::NoticeGiven
    );

    // Closing is a separate step: it touches keys that a simulated notice does not name.
    let now = env.ledger().timestamp();
    // After the term a notice would only change the recorded reason.
    ensure!(now < slot.meter.end_ts, DealsError::NotFunded);
    let under_silence = now >= slot.meter.through_ts.saturating_add(policy.silence_secs);
    let end_ts = if under_silence {
        now
    } else {
        now.saturating_add(policy.notice_secs)
    };
    slot.meter.give_notice(end_ts, under_silence);
    let grace = slot.meter.review_grace(now).ok_or(DealsError::Overflow)?;
    storage::set_slot(env, &place, &mut page, &slot)?;
    NoticeGiven {
        deal_id,
        end_ts: slot.meter.end_ts,
        under_silence,
    }
    .publish(env);
    if grace == GraceChange::Ended {
        ArrearsCleared { deal_id }.publish(env);
    }
    Ok(())
}
