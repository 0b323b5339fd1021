//! What can be read. Nothing here writes.

use flash_interfaces::escrow::{Account, EscrowError, Solvency};
use soroban_sdk::{Address, Env};

use crate::{slot::Page, storage, token};

/// The account of a deal, live or released.
pub fn account(env: &Env, deal_id: u32) -> Option<Account> {
    let head = storage::head(env, deal_id)?;
    let figures = match head.released {
        Some(last) => last,
        None => {
            let mut page = Page::default();
            storage::load_live(env, deal_id, &mut page)
                .ok()?
                .slot
                .figures
        }
    };
    head.account(deal_id, figures).ok()
}

/// What the escrow holds and owes of a token, now.
pub fn solvency(env: &Env, token: &Address) -> Result<Solvency, EscrowError> {
    let balance = token::balance(env, token)?;
    let totals = storage::totals(env, token);
    Ok(Solvency {
        balance,
        locked: totals.locked,
        claimable: totals.claimable,
        fees: totals.fees,
        surplus: totals.surplus(balance)?,
    })
}
