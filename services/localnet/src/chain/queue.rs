//! What waits for the next ledger, and what may wait beside it. The rules are those of a validator's
//! transaction queue: one transaction an account, replaced only by a fee bump that bids ten times as
//! much.

use crate::tx::Frame;
use std::collections::{HashSet, VecDeque};
use stellar_xdr::AccountId;

/// For how many ledgers a transaction that was applied, or was dropped, is not taken again.
const BANNED_LEDGERS: usize = 10;
/// How many times the bid of the waiting transaction a replacement has to bid.
const REPLACEMENT_FACTOR: i128 = 10;

/// The queue.
pub struct Queue {
    waiting: Vec<Frame>,
    /// The hashes that are not taken again, by ledger, the newest first.
    banned: VecDeque<HashSet<[u8; 32]>>,
}

/// What the queue says to a transaction, before it is known whether it is valid.
pub enum Admission {
    /// It may wait.
    Free,
    /// It may take the place of the waiting transaction of its account.
    Replaces,
    Duplicate,
    /// It was applied or dropped of late, or its account takes part in what waits of the other kind.
    TryAgainLater,
    /// Its account has another transaction waiting, which it may not replace.
    BehindAnother,
    /// Its sequence number is lower than that of the waiting one.
    TooOld,
    /// It bids too little to replace the waiting one: it needs this fee, in stroops.
    BidTooLow(i64),
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            waiting: Vec::new(),
            banned: (0..BANNED_LEDGERS).map(|_| HashSet::new()).collect(),
        }
    }
}

impl Queue {
    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many transactions of an account wait.
    pub fn count_of(&self, source: &AccountId) -> usize {
        let of_source = self.waiting.iter().filter(|tx| tx.source() == *source);
        of_source.count()
    }

    /// Whether a transaction may wait beside the others.
    pub fn admission(&self, frame: &Frame) -> Admission {
        let source = frame.source();
        let is_busy_elsewhere = self.waiting.iter().any(|tx| {
            tx.is_soroban() != frame.is_soroban()
                && (tx.source() == source || tx.fee_source() == source)
        });
        if is_busy_elsewhere || self.is_banned(&frame.hash) {
            return Admission::TryAgainLater;
        }
        let Some(current) = self.waiting.iter().find(|tx| tx.source() == source) else {
            return Admission::Free;
        };
        if is_duplicate(current, frame) {
            return Admission::Duplicate;
        }
        let (number, waiting) = (frame.tx().seq_num.0, current.tx().seq_num.0);
        if number < waiting {
            return Admission::TooOld;
        }
        if !frame.is_fee_bump() || number != waiting {
            return Admission::BehindAnother;
        }
        replacement(current, frame)
    }

    /// All that an account has agreed to pay for what waits, in stroops; without what `frame` would
    /// replace.
    pub fn promised_fees(&self, payer: &AccountId, frame: &Frame) -> i64 {
        let source = frame.source();
        let others = self
            .waiting
            .iter()
            .filter(|tx| tx.source() != source && tx.fee_source() == *payer);
        others.fold(0, |sum: i64, tx| sum.saturating_add(tx.full_fee()))
    }

    /// Lets a transaction wait, beside whatever waits.
    pub fn push(&mut self, frame: Frame) {
        self.waiting.push(frame);
    }

    /// Lets a transaction wait in the place of the one of the same account.
    pub fn replace(&mut self, frame: Frame) {
        let source = frame.source();
        self.waiting.retain(|tx| tx.source() != source);
        self.waiting.push(frame);
    }

    /// Puts what waits into an order; what is not in it comes last.
    pub fn sort(&mut self, order: &[[u8; 32]]) {
        let place = |hash: &[u8; 32]| order.iter().position(|other| other == hash);
        self.waiting
            .sort_by_key(|tx| place(&tx.hash).unwrap_or(usize::MAX));
    }

    /// Takes out everything, for the next ledger.
    pub fn take(&mut self) -> Vec<Frame> {
        std::mem::take(&mut self.waiting)
    }

    /// Bans what a ledger applied or dropped. To be called once with every ledger that closes.
    pub fn close(&mut self, done: impl Iterator<Item = [u8; 32]>) {
        if let Some(newest) = self.banned.front_mut() {
            newest.extend(done);
        }
        self.banned.pop_back();
        self.banned.push_front(HashSet::new());
    }

    /// Forgets everything, after the ledger was replaced.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn is_banned(&self, hash: &[u8; 32]) -> bool {
        self.banned.iter().any(|hashes| hashes.contains(hash))
    }
}

/// Whether the waiting transaction is the same; a fee bump is also the transaction that it carries.
fn is_duplicate(current: &Frame, frame: &Frame) -> bool {
    current.hash == frame.hash
        || (current.is_fee_bump() && !frame.is_fee_bump() && current.inner_hash == frame.hash)
}

/// Whether a fee bump bids enough to replace what waits.
fn replacement(current: &Frame, frame: &Frame) -> Admission {
    let (current_count, count) = (
        i128::from(current.paid_operations()),
        i128::from(frame.paid_operations()),
    );
    let needed = i128::from(current.inclusion_fee()) * count * REPLACEMENT_FACTOR;
    if i128::from(frame.inclusion_fee()) * current_count >= needed {
        return Admission::Replaces;
    }
    let inclusion = needed.div_euclid(current_count) + i128::from(needed % current_count != 0);
    let resources = i128::from(frame.full_fee().saturating_sub(frame.inclusion_fee()));
    Admission::BidTooLow(i64::try_from(inclusion + resources).unwrap_or(i64::MAX))
}
