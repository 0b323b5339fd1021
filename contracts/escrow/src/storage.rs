//! The only file that touches storage.

use flash_common::{ensure, ttl};
use flash_interfaces::escrow::EscrowError;
use soroban_sdk::{contracttype, Address, Bytes, Env};

use crate::{
    slot::{AccountHead, AccountSlot, Figures, Page},
    totals::Totals,
};

/// Names of at most nine characters are small symbols, which cost no host call.
#[contracttype]
enum DataKey {
    /// Instance: who opens, settles and closes accounts.
    Deals,
    /// Instance: asset of deals created from now on.
    Asset,
    /// (provider, asset, number): the live accounts of one page of a provider's book.
    Page(Address, Address, u32),
    /// (deal): what stays of an account.
    Head(u32),
    /// (token, who): what may be withdrawn; absent when nothing.
    Claimable(Address, Address),
    /// (token): what is owed and kept in all.
    Totals(Address),
}

/// consumer, provider, asset, page, fee in basis points, final (deposited, charged, refunded).
type StoredHead = (
    Address,
    Address,
    Address,
    u32,
    u32,
    Option<(i128, i128, i128)>,
);

/// Who may move the money of accounts.
pub fn deals(env: &Env) -> Address {
    // Absent only in an instance whose constructor never ran; then nobody can sign for it.
    env.storage()
        .instance()
        .get(&DataKey::Deals)
        .unwrap_or_else(|| env.current_contract_address())
}

pub fn set_deals(env: &Env, deals: &Address) {
    env.storage().instance().set(&DataKey::Deals, deals);
}

/// Asset of deals created from now on.
pub fn stable_asset(env: &Env) -> Address {
    // As above: the escrow itself does not answer as a token.
    env.storage()
        .instance()
        .get(&DataKey::Asset)
        .unwrap_or_else(|| env.current_contract_address())
}

pub fn set_stable_asset(env: &Env, asset: &Address) {
    env.storage().instance().set(&DataKey::Asset, asset);
}

/// Loads a page of a provider's book; an absent one is empty.
pub fn load_page(
    env: &Env,
    provider: &Address,
    asset: &Address,
    number: u32,
    page: &mut Page,
) -> Result<(), EscrowError> {
    let key = DataKey::Page(provider.clone(), asset.clone(), number);
    let stored: Option<Bytes> = env.storage().persistent().get(&key);
    page.load(stored).ok_or(EscrowError::CorruptPage)
}

/// Stores a page, or removes its entry when nothing lives on it any more.
pub fn set_page(env: &Env, provider: &Address, asset: &Address, number: u32, page: &Page) {
    let key = DataKey::Page(provider.clone(), asset.clone(), number);
    if page.is_empty() {
        env.storage().persistent().remove(&key);
        return;
    }
    env.storage().persistent().set(&key, &page.to_bytes(env));
    ttl::extend(env, &key);
}

pub fn head(env: &Env, deal_id: u32) -> Option<AccountHead> {
    let stored: Option<StoredHead> = env.storage().persistent().get(&DataKey::Head(deal_id));
    let (consumer, provider, asset, page, fee_bps, released) = stored?;
    Some(AccountHead {
        consumer,
        provider,
        asset,
        page,
        fee_bps,
        released: released.map(|(deposited, charged, refunded)| Figures {
            deposited,
            charged,
            refunded,
        }),
    })
}

pub fn has_head(env: &Env, deal_id: u32) -> bool {
    env.storage().persistent().has(&DataKey::Head(deal_id))
}

/// Stores a head. A released one is never touched again and is kept readable as long as can be.
pub fn set_head(env: &Env, deal_id: u32, head: &AccountHead) {
    let key = DataKey::Head(deal_id);
    let stored: StoredHead = (
        head.consumer.clone(),
        head.provider.clone(),
        head.asset.clone(),
        head.page,
        head.fee_bps,
        head.released
            .map(|last| (last.deposited, last.charged, last.refunded)),
    );
    env.storage().persistent().set(&key, &stored);
    if head.released.is_some() {
        ttl::extend_longest(env, &key);
    } else {
        ttl::extend(env, &key);
    }
}

/// What `who` may withdraw.
pub fn claimable(env: &Env, token: &Address, who: &Address) -> i128 {
    let key = DataKey::Claimable(token.clone(), who.clone());
    env.storage().persistent().get(&key).unwrap_or(0)
}

/// Stores what `who` may withdraw; the entry goes when that is nothing.
pub fn set_claimable(env: &Env, token: &Address, who: &Address, amount: i128) {
    let key = DataKey::Claimable(token.clone(), who.clone());
    if amount == 0 {
        env.storage().persistent().remove(&key);
        return;
    }
    env.storage().persistent().set(&key, &amount);
    ttl::extend(env, &key);
}

/// Adds to what `who` may withdraw. Adding nothing writes too: the footprint of a simulated close
/// then fits when there is something to pay or refund by the time it lands.
pub fn credit(env: &Env, token: &Address, who: &Address, amount: i128) -> Result<(), EscrowError> {
    let claimable = claimable(env, token, who)
        .checked_add(amount)
        .ok_or(EscrowError::Overflow)?;
    set_claimable(env, token, who, claimable);
    Ok(())
}

pub fn totals(env: &Env, token: &Address) -> Totals {
    let key = DataKey::Totals(token.clone());
    let (locked, claimable, fees) = env.storage().persistent().get(&key).unwrap_or((0, 0, 0));
    Totals {
        locked,
        claimable,
        fees,
    }
}

pub fn set_totals(env: &Env, token: &Address, totals: &Totals) {
    let key = DataKey::Totals(token.clone());
    let stored = (totals.locked, totals.claimable, totals.fees);
    env.storage().persistent().set(&key, &stored);
    ttl::extend(env, &key);
}

/// A live account.
pub struct LiveAccount {
    pub head: AccountHead,
    pub slot: AccountSlot,
    index: usize,
}

/// The live account of a deal, found by its head, and the page on which it lives.
pub fn load_live(env: &Env, deal_id: u32, page: &mut Page) -> Result<LiveAccount, EscrowError> {
    let head = head(env, deal_id).ok_or(EscrowError::AccountNotFound)?;
    ensure!(head.released.is_none(), EscrowError::AccountNotFound);
    load_page(env, &head.provider, &head.asset, head.page, page)?;
    let (index, slot) = page
        .get_by_id(deal_id)
        .ok_or(EscrowError::AccountNotFound)?;
    Ok(LiveAccount { head, slot, index })
}

/// Stores a live account that stays live.
pub fn set_live(
    env: &Env,
    deal_id: u32,
    live: &LiveAccount,
    page: &mut Page,
) -> Result<(), EscrowError> {
    page.set(live.index, &live.slot)
        .ok_or(EscrowError::Overflow)?;
    let head = &live.head;
    set_page(env, &head.provider, &head.asset, head.page, page);
    ttl::extend(env, &DataKey::Head(deal_id));
    Ok(())
}

/// Takes a live account off its page; its final figures go to the head.
pub fn release(
    env: &Env,
    deal_id: u32,
    live: &mut LiveAccount,
    page: &mut Page,
) -> Result<(), EscrowError> {
    page.remove(live.index)
        .ok_or(EscrowError::AccountNotFound)?;
    live.head.released = Some(live.slot.figures);
    let head = &live.head;
    set_page(env, &head.provider, &head.asset, head.page, page);
    set_head(env, deal_id, head);
    Ok(())
}
