//! The only file that touches storage.

use flash_common::{ensure, ttl};
use flash_interfaces::escrow::EscrowError;
use soroban_sdk::{symbol_short, Address, Bytes, Env, FromVal, IntoVal, Symbol, Val};

use crate::{
    slot::{AccountHead, AccountSlot, Figures, Page},
    totals::Totals,
};

/// Instance: who opens, settles and closes accounts.
const DEALS: Symbol = symbol_short!("Deals");
/// Instance: asset of deals created from now on.
const ASSET: Symbol = symbol_short!("Asset");
/// (provider, asset, number): the live accounts of one page of a provider's book.
const PAGE: Symbol = symbol_short!("Page");
/// (deal): what stays of an account.
const HEAD: Symbol = symbol_short!("Head");
/// (token, who): what may be withdrawn; absent when nothing.
const CLAIMABLE: Symbol = symbol_short!("Claimable");
/// (token): what is owed and kept in all.
const TOTALS: Symbol = symbol_short!("Totals");

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
    // Absent only where the constructor never ran. Then nobody can sign for it.
    configured(env, &DEALS).unwrap_or_else(|| env.current_contract_address())
}

pub fn set_deals(env: &Env, deals: &Address) {
    configure(env, &DEALS, deals);
}

/// Asset of deals created from now on.
pub fn stable_asset(env: &Env) -> Address {
    // As above: the escrow itself does not answer as a token.
    configured(env, &ASSET).unwrap_or_else(|| env.current_contract_address())
}

pub fn set_stable_asset(env: &Env, asset: &Address) {
    configure(env, &ASSET, asset);
}

/// Loads a page of a provider's book; an absent one is empty.
pub fn load_page(
    env: &Env,
    provider: &Address,
    asset: &Address,
    number: u32,
    page: &mut Page,
) -> Result<(), EscrowError> {
    let key = page_key(env, provider, asset, number);
    page.load(read::<Bytes>(env, key))
        .ok_or(EscrowError::CorruptPage)
}

/// Stores a page, or removes its entry when nothing lives on it any more.
pub fn set_page(env: &Env, provider: &Address, asset: &Address, number: u32, page: &Page) {
    let key = page_key(env, provider, asset, number);
    if page.is_empty() {
        env.storage().persistent().remove(&key);
    } else {
        set(env, key, &page.to_bytes(env));
    }
}

pub fn head(env: &Env, deal_id: u32) -> Option<AccountHead> {
    let stored: StoredHead = read(env, head_key(env, deal_id))?;
    let (consumer, provider, asset, page, fee_bps, released) = stored;
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
    env.storage().persistent().has(&head_key(env, deal_id))
}

/// Stores a head. A released one is never touched again; it gets the longest TTL.
pub fn set_head(env: &Env, deal_id: u32, head: &AccountHead) {
    let key = head_key(env, deal_id);
    let stored: StoredHead = (
        head.consumer.clone(),
        head.provider.clone(),
        head.asset.clone(),
        head.page,
        head.fee_bps,
        head.released
            .map(|last| (last.deposited, last.charged, last.refunded)),
    );
    if head.released.is_some() {
        env.storage().persistent().set(&key, &stored);
        ttl::extend_longest(env, &key);
    } else {
        set(env, key, &stored);
    }
}

/// What `who` may withdraw.
pub fn claimable(env: &Env, token: &Address, who: &Address) -> i128 {
    let key = (CLAIMABLE, token, who).into_val(env);
    read(env, key).unwrap_or(0)
}

/// Stores what `who` may withdraw, or removes the entry when that is nothing.
pub fn set_claimable(env: &Env, token: &Address, who: &Address, amount: i128) {
    let key = (CLAIMABLE, token, who).into_val(env);
    if amount == 0 {
        env.storage().persistent().remove::<Val>(&key);
    } else {
        set(env, key, &amount);
    }
}

/// Adds to what `who` may withdraw. Adding 0 writes too: by the time a simulated close lands, there may
/// be something to pay or refund.
pub fn credit(env: &Env, token: &Address, who: &Address, amount: i128) -> Result<(), EscrowError> {
    let claimable = claimable(env, token, who)
        .checked_add(amount)
        .ok_or(EscrowError::Overflow)?;
    set_claimable(env, token, who, claimable);
    Ok(())
}

pub fn totals(env: &Env, token: &Address) -> Totals {
    let key = (TOTALS, token).into_val(env);
    let (locked, claimable, fees) = read(env, key).unwrap_or((0, 0, 0));
    Totals {
        locked,
        claimable,
        fees,
    }
}

pub fn set_totals(env: &Env, token: &Address, totals: &Totals) {
    let key = (TOTALS, token).into_val(env);
    set(env, key, &(totals.locked, totals.claimable, totals.fees));
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
    ttl::extend(env, &head_key(env, deal_id));
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

// ---- entries of any kind ----

#[inline(never)]
fn page_key(env: &Env, provider: &Address, asset: &Address, number: u32) -> Val {
    (PAGE, provider, asset, number).into_val(env)
}

fn head_key(env: &Env, deal_id: u32) -> Val {
    (HEAD, deal_id).into_val(env)
}

fn configured(env: &Env, key: &Symbol) -> Option<Address> {
    env.storage().instance().get(key)
}

fn configure(env: &Env, key: &Symbol, value: &Address) {
    env.storage().instance().set(key, value);
}

fn read<V: FromVal<Env, Val>>(env: &Env, key: Val) -> Option<V> {
    load(env, key).map(|value| V::from_val(env, &value))
}

/// Sets an entry that commands come back to.
fn set<V: IntoVal<Env, Val>>(env: &Env, key: Val, value: &V) {
    store(env, key, value.into_val(env));
}

#[inline(never)]
fn load(env: &Env, key: Val) -> Option<Val> {
    env.storage().persistent().get(&key)
}

#[inline(never)]
fn store(env: &Env, key: Val, value: Val) {
    env.storage().persistent().set(&key, &value);
    ttl::extend(env, &key);
}
