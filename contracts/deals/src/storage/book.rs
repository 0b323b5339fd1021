//! The provider's book: pages of live deals, and on which page new ones are entered.

use flash_interfaces::deals::DealsError;
use soroban_sdk::{symbol_short, Address, Bytes, Env, FromVal, IntoVal, Symbol, Val, Vec};

use super::{load, read, set, store};
use crate::{
    record::DealRecord,
    slot::{DealPage, DealSlot},
};

/// (provider, asset, page): live deals.
const METER_PAGE: Symbol = symbol_short!("MeterPage");
/// (provider, asset): the page on which new deals are entered.
const BOOK_HEAD: Symbol = symbol_short!("BookHead");

/// Names a page of a provider's book.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PageKey {
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
    /// The entry in which it is stored.
    pub entry: Vec<Val>,
}

impl PageKey {
    #[inline(never)]
    pub fn new(env: &Env, provider: &Address, asset: &Address, page: u32) -> Self {
        let names = [
            METER_PAGE.to_val(),
            provider.to_val(),
            asset.to_val(),
            page.into(),
        ];
        Self {
            provider: provider.clone(),
            asset: asset.clone(),
            page,
            entry: Vec::from_array(env, names),
        }
    }
}

/// The page on which the next deal of this provider and asset is entered.
pub fn book_head(env: &Env, provider: &Address, asset: &Address) -> u32 {
    let key = (BOOK_HEAD, provider, asset);
    read(env, key.into_val(env)).unwrap_or(0)
}

pub fn set_book_head(env: &Env, provider: &Address, asset: &Address, page: u32) {
    set(env, (BOOK_HEAD, provider, asset).into_val(env), &page);
}

/// Loads a page; an absent one is empty.
pub fn load_page(env: &Env, key: &PageKey, page: &mut DealPage) -> Result<(), DealsError> {
    let stored = load(env, key.entry.to_val()).map(|stored| Bytes::from_val(env, &stored));
    page.load(stored).ok_or(DealsError::CorruptPage)
}

/// Stores a page, or removes it when the last slot has left.
pub fn set_page(env: &Env, key: &PageKey, page: &DealPage) {
    if page.is_empty() {
        env.storage().persistent().remove(&key.entry);
    } else {
        store(env, key.entry.to_val(), page.to_bytes(env).to_val());
    }
}

/// Where a live deal's slot was found.
pub struct Place {
    pub key: PageKey,
    index: usize,
}

/// Loads the page of a live deal and reads its slot, in place; an error of the caller's choice when
/// the deal is not on it.
pub fn load_slot(
    env: &Env,
    deal_id: u32,
    record: &DealRecord,
    page: &mut DealPage,
    slot: &mut DealSlot,
    absent: DealsError,
) -> Result<Place, DealsError> {
    let key = page_key(env, record).ok_or(absent)?;
    load_page(env, &key, page)?;
    let index = page.read(deal_id, slot).ok_or(absent)?;
    Ok(Place { key, index })
}

/// Stores the page of a live deal with its changed slot.
pub fn set_slot(
    env: &Env,
    place: &Place,
    page: &mut DealPage,
    slot: &DealSlot,
) -> Result<(), DealsError> {
    page.set(place.index, slot).ok_or(DealsError::Overflow)?;
    set_page(env, &place.key, page);
    Ok(())
}

/// A deal's slot, wherever it is: on its page while live, in its own entry once released.
pub fn read_slot(env: &Env, deal_id: u32, record: &DealRecord) -> Option<DealSlot> {
    let mut page = DealPage::default();
    match &record.progress.last_slot {
        Some(last) => page.load(Some(last.clone()))?,
        None => load_page(env, &page_key(env, record)?, &mut page).ok()?,
    }
    page.get_by_id(deal_id).map(|(_, slot)| slot)
}

/// Where a deal's slot lives; `None` unless it is in the book.
pub fn page_key(env: &Env, record: &DealRecord) -> Option<PageKey> {
    let terms = &record.terms;
    let page = record.progress.page?;
    Some(PageKey::new(env, &terms.provider_id, &terms.asset, page))
}
