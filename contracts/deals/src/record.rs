//! A deal's own entry: its terms, which never change, and its progress.

use flash_common::ensure;
use flash_interfaces::deals::{DealStatus, DealsError, EndReason, Terms};
use soroban_sdk::{Address, Bytes, String};

/// The progress of a deal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Progress {
    pub status: DealStatus,
    pub reason: EndReason,
    pub fb_repo_id: String,
    /// 0 until accepted.
    pub accepted_ts: u64,
    /// Not by its provider.
    pub accepted_by_bucket: bool,
    /// Page of the provider's book. Fixed at funding, so that no way out depends on shared state.
    pub page: Option<u32>,
    /// The slot as it left the book, once the deal is released.
    pub last_slot: Option<Bytes>,
    pub capacity_freed: bool,
    pub outcome_written: bool,
    pub deleted: bool,
}

/// What is stored of a deal besides its slot.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealRecord {
    pub terms: Terms,
    pub progress: Progress,
}

impl DealRecord {
    /// Neither funded nor ended.
    pub fn is_unfunded(&self) -> bool {
        matches!(
            self.progress.status,
            DealStatus::Pending | DealStatus::Accepted
        )
    }

    pub fn is_released(&self) -> bool {
        self.progress.last_slot.is_some()
    }

    pub fn ensure_parties(&self, consumer: &Address, provider: &Address) -> Result<(), DealsError> {
        let same = self.terms.consumer_id == *consumer && self.terms.provider_id == *provider;
        ensure!(same, DealsError::PartyMismatch);
        Ok(())
    }

    pub fn ensure_consumer(&self, consumer: &Address) -> Result<(), DealsError> {
        ensure!(
            self.terms.consumer_id == *consumer,
            DealsError::PartyMismatch
        );
        Ok(())
    }

    pub fn ensure_status(&self, status: DealStatus, error: DealsError) -> Result<(), DealsError> {
        ensure!(self.progress.status == status, error);
        Ok(())
    }
}
