//! Refunds, and closing accounts. Nothing here calls the token, except a push at the end on request.

use flash_common::ensure;
use flash_interfaces::escrow::{AccountClosed, EscrowError, Refunded};
use soroban_sdk::Env;

use crate::{
    payout, policy,
    slot::{Charge, Page},
    storage,
    storage::LiveAccount,
};

/// Credits money of a live account back to its consumer.
pub fn refund(env: &Env, deal_id: u32, amount: i128) -> Result<(), EscrowError> {
    policy::check_positive(amount)?;
    let mut page = Page::default();
    let mut live = storage::load_live(env, deal_id, &mut page)?;
    live.slot.refund(amount)?;
    storage::set_live(env, deal_id, &live, &mut page)?;
    credit_parties(env, &live, &Charge::default(), amount)?;
    Refunded {
        deal_id,
        consumer: live.head.consumer,
        amount,
    }
    .publish(env);
    Ok(())
}

/// What a closing deal pays and gets back, and whether its account ends with that.
pub struct Closing {
    pub pay: i128,
    pub refund: i128,
    pub release: bool,
    pub push: bool,
}

/// Pays the provider, refunds the consumer, and with `release` refunds the rest and takes the
/// account off its page.
pub fn close(env: &Env, deal_id: u32, closing: &Closing) -> Result<(), EscrowError> {
    policy::check_not_negative(closing.pay)?;
    policy::check_not_negative(closing.refund)?;
    let mut page = Page::default();
    let mut live = storage::load_live(env, deal_id, &mut page)?;
    let mut charge = Charge::default();
    live.slot.charge(closing.pay, &mut charge)?;
    let left = live.slot.locked()?;
    ensure!(closing.refund <= left, EscrowError::InsufficientLocked);
    let refund = if closing.release {
        left
    } else {
        closing.refund
    };
    live.slot.refund(refund)?;
    if closing.release {
        storage::release(env, deal_id, &mut live, &mut page)?;
    } else {
        storage::set_live(env, deal_id, &live, &mut page)?;
        // Writes the head too: a close that was simulated may land as a release, or the reverse.
        storage::set_head(env, deal_id, &live.head);
    }
    credit_parties(env, &live, &charge, refund)?;
    AccountClosed {
        deal_id,
        net: charge.net,
        fee: charge.fee,
        refund,
        released: closing.release,
    }
    .publish(env);
    if closing.push {
        payout::push_if_possible(env, &live.head.provider, &live.head.asset)?;
        payout::push_if_possible(env, &live.head.consumer, &live.head.asset)?;
    }
    Ok(())
}

fn credit_parties(
    env: &Env,
    live: &LiveAccount,
    charge: &Charge,
    refund: i128,
) -> Result<(), EscrowError> {
    let asset = &live.head.asset;
    let mut totals = storage::totals(env, asset);
    totals.charge(charge)?;
    totals.refund(refund)?;
    storage::set_totals(env, asset, &totals);
    storage::credit(env, asset, &live.head.provider, charge.net)?;
    storage::credit(env, asset, &live.head.consumer, refund)
}
