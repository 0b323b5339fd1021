//! What the contract's codes mean for the oracle.

use super::{build::in_order_sent, Step, Submitter};
use crate::{
    chain::Outcome,
    outbox::{Batch, State},
};
use anyhow::Result;
use flash_base::db::column;
use flash_client::{
    codec::ContractError as _,
    types::{DealsError as D, EscrowError as E, MandatesError, RegistryError},
    ContractError, FromScVal,
};

/// What to do about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The chain has what was reported, or more.
    Done,
    /// The next round sees the deal as it is then.
    NextRound,
    /// Nothing will ever be taken for this deal again.
    Terminal,
    /// Nobody may report just now.
    Stopped,
    /// The batch was too large.
    Split,
    /// Somebody has to look: set aside, and an alarm.
    SetAside,
}

/// The class of an error of the contracts.
pub fn classify(code: u32) -> Class {
    match ContractError::from_code(code) {
        Some(ContractError::DealsError(error)) => match error {
            D::AlreadyReported | D::WatermarkNotAfter | D::NothingToSettle => Class::Done,
            D::WatermarkTooLate
            | D::NotOnPage
            | D::DuplicateInBatch
            | D::DuplicateBook
            | D::TotalsFell
            | D::NotDue => Class::NextRound,
            D::ReportsClosed | D::DealNotFound | D::NotFunded => Class::Terminal,
            D::OracleSuspended | D::NoOracle => Class::Stopped,
            D::BatchTooLarge | D::TooManyItems => Class::Split,
            _ => Class::SetAside,
        },
        Some(ContractError::EscrowError(E::NothingClaimable)) => Class::Done,
        Some(ContractError::MandatesError(MandatesError::NothingDue)) => Class::Done,
        Some(ContractError::MandatesError(_)) => Class::NextRound,
        Some(ContractError::EscrowError(E::BatchTooLarge)) => Class::Split,
        Some(ContractError::RegistryError(RegistryError::TooManyItems)) => Class::Split,
        _ => Class::SetAside,
    }
}

/// Whether an error of a whole call may come from one of its items: then it is looked for.
pub(super) fn is_of_an_item(code: u32) -> bool {
    classify(code) != Class::Stopped
}

/// A deal that is left alone.
pub(super) struct Aside {
    pub deal_id: u32,
    pub code: u32,
    pub reason: String,
    pub until_secs: u64,
}

impl Submitter {
    /// Confirmed: what was refused of it is dealt with by its code.
    pub(super) async fn confirm(&self, batch: &Batch, outcome: &Outcome) -> Result<Step> {
        let items = in_order_sent(batch.kind.items());
        let codes = match items.is_empty() {
            true => Vec::new(),
            false => Vec::<u32>::from_scval(&outcome.returned)?,
        };
        anyhow::ensure!(codes.len() == items.len(), "the contract left codes out");
        let now = self.chain.tip().await.map_or(0, |tip| tip.close_ts);
        for (item, code) in items.into_iter().zip(&codes) {
            let name = ContractError::from_code(*code).map_or("Unknown", ContractError::name);
            let result = if *code == 0 { "applied" } else { name };
            metrics::counter!("oracle_reports_total", "result" => result).increment(1);
            let until = match classify(*code) {
                _ if *code == 0 => {
                    self.take_back(item.deal_id).await?;
                    continue;
                }
                Class::Done | Class::NextRound => continue,
                Class::Terminal => u64::from(u32::MAX),
                Class::Stopped | Class::Split | Class::SetAside => {
                    now.saturating_add(self.terms.set_aside_secs)
                }
            };
            tracing::error!(deal = item.deal_id, code, name, "a report was refused");
            let aside = Aside {
                deal_id: item.deal_id,
                code: *code,
                reason: name.to_owned(),
                until_secs: until,
            };
            self.set_aside(&aside).await?;
        }
        let mut next = batch.clone();
        next.state = State::Confirmed;
        next.outcome = Some(format!("ledger {}, codes {codes:?}", outcome.ledger));
        self.outbox.swap(batch, next).await?;
        Ok(Step::Done)
    }

    pub(super) async fn set_aside(&self, aside: &Aside) -> Result<()> {
        metrics::counter!("oracle_deals_set_aside_total").increment(1);
        let mut write = self.db.write().await?;
        let put = sqlx::query(
            "INSERT INTO set_aside (deal_id, code, reason, until_secs) VALUES ($1, $2, $3, $4)
             ON CONFLICT (deal_id) DO UPDATE SET code = $2, reason = $3, until_secs = $4",
        );
        let put = put
            .bind(i64::from(aside.deal_id))
            .bind(i64::from(aside.code))
            .bind(aside.reason.clone())
            .bind(column(aside.until_secs));
        write.run(put).await?;
        write.commit().await
    }

    /// A report of it was applied: the deal is like the others again.
    async fn take_back(&self, deal_id: u32) -> Result<()> {
        let mut write = self.db.write().await?;
        let delete = sqlx::query("DELETE FROM set_aside WHERE deal_id = $1");
        write.run(delete.bind(i64::from(deal_id))).await?;
        write.commit().await
    }
}
