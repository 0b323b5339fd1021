//! A deal's account: the slot in which it lives, and the head that stays.

use flash_common::{
    book::{self, buffer_bytes, Reader, Slot, Writer},
    ensure,
};
use flash_interfaces::escrow::{Account, EscrowError};
use soroban_sdk::Address;

/// A page of a provider's book with its live accounts.
pub type Page = book::Page<AccountSlot>;

/// The live account of one deal. `locked`, `fee` and `paid` follow from what is here.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AccountSlot {
    pub deal_id: u32,
    pub fee_bps: u32,
    pub figures: Figures,
}

/// The three totals of an account, none of which ever falls.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Figures {
    pub deposited: i128,
    /// Paid out gross, with the fee in it.
    pub charged: i128,
    /// Credited back to the consumer.
    pub refunded: i128,
}

/// What payments moved.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Charge {
    pub gross: i128,
    /// For the provider.
    pub net: i128,
    /// For the platform.
    pub fee: i128,
}

impl Slot for AccountSlot {
    const SIZE: usize = 4 + 2 + 3 * 8;
    type Buffer = [u8; buffer_bytes(Self::SIZE)];

    #[inline(always)]
    fn buffer() -> Self::Buffer {
        [0; buffer_bytes(Self::SIZE)]
    }

    #[inline(always)]
    fn encode(&self, out: &mut impl Writer) {
        out.u64::<4>(self.deal_id.into());
        out.u64::<2>(self.fee_bps.into());
        out.money(self.figures.deposited);
        out.money(self.figures.charged);
        out.money(self.figures.refunded);
    }

    #[inline(always)]
    fn decode(from: &mut Reader) -> Self {
        Self {
            deal_id: from.u32::<4>(),
            fee_bps: from.u32::<2>(),
            figures: Figures {
                deposited: from.money(),
                charged: from.money(),
                refunded: from.money(),
            },
        }
    }
}

impl AccountSlot {
    pub fn locked(&self) -> Result<i128, EscrowError> {
        self.figures.locked()
    }

    /// Pays `gross` ≥ 0 out of what is locked, and adds what that moved to `total`.
    ///
    /// The fee is the growth of the total's fee, not the fee of this payment: many small payments
    /// keep what one large would.
    #[inline(never)]
    pub fn charge(&mut self, gross: i128, total: &mut Charge) -> Result<(), EscrowError> {
        ensure!(gross <= self.locked()?, EscrowError::InsufficientLocked);
        let charged = sum(self.figures.charged, gross)?;
        let fee = difference(
            fee_total(charged, self.fee_bps)?,
            fee_total(self.figures.charged, self.fee_bps)?,
        )?;
        self.figures.charged = charged;
        total.gross = sum(total.gross, gross)?;
        total.net = sum(total.net, difference(gross, fee)?)?;
        total.fee = sum(total.fee, fee)?;
        Ok(())
    }

    /// Gives `amount` ≥ 0 of what is locked back.
    pub fn refund(&mut self, amount: i128) -> Result<(), EscrowError> {
        ensure!(amount <= self.locked()?, EscrowError::InsufficientLocked);
        self.figures.refunded = sum(self.figures.refunded, amount)?;
        Ok(())
    }
}

impl Figures {
    /// What was deposited and neither paid nor refunded yet.
    pub fn locked(&self) -> Result<i128, EscrowError> {
        difference(difference(self.deposited, self.charged)?, self.refunded)
    }
}

/// The part of an account that stays for ever.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountHead {
    pub consumer: Address,
    pub provider: Address,
    pub asset: Address,
    /// The page on which the account lives until it is released.
    pub page: u32,
    pub fee_bps: u32,
    /// The final figures; `None` while the account lives on its page.
    pub released: Option<Figures>,
}

impl AccountHead {
    /// The published account.
    pub fn account(self, deal_id: u32, figures: Figures) -> Result<Account, EscrowError> {
        let fee = fee_total(figures.charged, self.fee_bps)?;
        Ok(Account {
            deal_id,
            consumer: self.consumer,
            provider: self.provider,
            asset: self.asset,
            page: self.page,
            fee_bps: self.fee_bps,
            deposited: figures.deposited,
            locked: figures.locked()?,
            paid: difference(figures.charged, fee)?,
            fee,
            refunded: figures.refunded,
            released: self.released.is_some(),
        })
    }
}

fn fee_total(charged: i128, fee_bps: u32) -> Result<i128, EscrowError> {
    flash_money::fee_total(charged, fee_bps).ok_or(EscrowError::Overflow)
}

fn sum(a: i128, b: i128) -> Result<i128, EscrowError> {
    a.checked_add(b).ok_or(EscrowError::Overflow)
}

fn difference(a: i128, b: i128) -> Result<i128, EscrowError> {
    a.checked_sub(b).ok_or(EscrowError::Overflow)
}
