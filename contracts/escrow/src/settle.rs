//! Paying providers out of accounts, many at once.

use flash_common::{
    ensure,
    gathered::Gathered,
    limits::{MAX_BOOKS, MAX_REPORTS},
};
use flash_interfaces::escrow::{BookPayments, EscrowError, PaymentsSettled};
use soroban_sdk::{Address, Env, Vec};

use crate::{
    payout, policy,
    slot::{AccountSlot, Charge, Page},
    storage,
    totals::Totals,
};

/// Settles a batch. Each page is loaded and stored once per book. Consecutive books of one payee share
/// one credit, and consecutive books of one token one write of its totals.
pub fn settle(env: &Env, books: &Vec<BookPayments>, push: bool) -> Result<(), EscrowError> {
    ensure!(books.len() <= MAX_BOOKS, EscrowError::BatchTooLarge);
    let mut payments_left = MAX_REPORTS;
    let mut tally = Tally::new(env);
    let mut settled = Gathered::<_, { MAX_BOOKS as usize }>::default();
    let mut page = Page::default();
    for book in books {
        payments_left = payments_left
            .checked_sub(book.payments.len())
            .ok_or(EscrowError::BatchTooLarge)?;
        let charge = charge_book(env, &book, &mut page)?;
        tally.add(&book, &charge)?;
        let item = (book.provider, book.asset, charge.net, charge.fee);
        settled.push(env, &item).ok_or(EscrowError::BatchTooLarge)?;
    }
    tally.store()?;
    let books_settled = settled.to_vec(env);
    PaymentsSettled {
        books: books_settled,
    }
    .publish(env);
    if push {
        push_payees(env, books)?;
    }
    Ok(())
}

/// Charges every account named in a book. A deal that is named twice is charged twice, the second
/// time on what the first one left.
fn charge_book(env: &Env, book: &BookPayments, page: &mut Page) -> Result<Charge, EscrowError> {
    let BookPayments {
        provider, asset, ..
    } = book;
    storage::load_page(env, provider, asset, book.page, page)?;
    let (mut charge, mut slot) = (Charge::default(), AccountSlot::default());
    for (deal_id, gross) in book.payments.iter() {
        policy::check_positive(gross)?;
        let index = page
            .read(deal_id, &mut slot)
            .ok_or(EscrowError::AccountNotFound)?;
        slot.charge(gross, &mut charge)?;
        page.set(index, &slot).ok_or(EscrowError::Overflow)?;
    }
    storage::set_page(env, provider, asset, book.page, page);
    Ok(charge)
}

/// Sends each payee what they may claim, once for consecutive books.
fn push_payees(env: &Env, books: &Vec<BookPayments>) -> Result<(), EscrowError> {
    let mut last: Option<(Address, Address)> = None;
    for book in books {
        let payee = (book.provider, book.asset);
        if last.as_ref() != Some(&payee) {
            payout::push_if_possible(env, &payee.0, &payee.1)?;
            last = Some(payee);
        }
    }
    Ok(())
}

/// Sums that wait to be stored, so that consecutive books share the write of an entry.
struct Tally<'a> {
    env: &'a Env,
    token: Option<(Address, Totals)>,
    payee: Option<Payee>,
}

struct Payee {
    who: Address,
    token: Address,
    net: i128,
}

impl<'a> Tally<'a> {
    fn new(env: &'a Env) -> Self {
        Self {
            env,
            token: None,
            payee: None,
        }
    }

    fn add(&mut self, book: &BookPayments, charge: &Charge) -> Result<(), EscrowError> {
        self.add_to_totals(&book.asset, charge)?;
        self.add_to_payee(book, charge.net)
    }

    fn add_to_totals(&mut self, asset: &Address, charge: &Charge) -> Result<(), EscrowError> {
        let mut totals = match self.token.take() {
            Some((token, totals)) if token == *asset => totals,
            other => {
                store_totals(self.env, other);
                storage::totals(self.env, asset)
            }
        };
        totals.charge(charge)?;
        self.token = Some((asset.clone(), totals));
        Ok(())
    }

    fn add_to_payee(&mut self, book: &BookPayments, net: i128) -> Result<(), EscrowError> {
        let before = match self.payee.take() {
            Some(payee) if payee.who == book.provider && payee.token == book.asset => payee.net,
            other => {
                store_payee(self.env, other)?;
                0
            }
        };
        self.payee = Some(Payee {
            who: book.provider.clone(),
            token: book.asset.clone(),
            net: before.checked_add(net).ok_or(EscrowError::Overflow)?,
        });
        Ok(())
    }

    fn store(self) -> Result<(), EscrowError> {
        store_totals(self.env, self.token);
        store_payee(self.env, self.payee)
    }
}

fn store_totals(env: &Env, run: Option<(Address, Totals)>) {
    if let Some((token, totals)) = run {
        storage::set_totals(env, &token, &totals);
    }
}

fn store_payee(env: &Env, payee: Option<Payee>) -> Result<(), EscrowError> {
    match payee {
        Some(payee) => storage::credit(env, &payee.token, &payee.who, payee.net),
        None => Ok(()),
    }
}
