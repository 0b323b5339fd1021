//! Structs as they are stored: vectors, whose fields are named here and not on the ledger.

use flash_common::stored;
use flash_interfaces::{
    deals::{DealStatus, EndReason, Policy, SlaTiers, Terms},
    registry::Metering,
};
use soroban_sdk::{Address, Bytes, String};

use crate::record::{DealRecord, Progress};

/// The capacity was given back.
const FREED: u32 = 1;
/// The outcome was written.
const WRITTEN: u32 = 2;
const DELETED: u32 = 4;
/// The bucket accepted it.
const AUTO_ACCEPTED: u32 = 8;
/// The provider's counts are billed.
const METERED_BY_PROVIDER: u32 = 16;

/// Stored by their places in these lists: a new one comes last.
const STATUSES: [DealStatus; 7] = [
    DealStatus::Pending,
    DealStatus::Accepted,
    DealStatus::Funded,
    DealStatus::Completed,
    DealStatus::Cancelled,
    DealStatus::BreachedConsumer,
    DealStatus::BreachedProvider,
];
const REASONS: [EndReason; 10] = [
    EndReason::Open,
    EndReason::Consumer,
    EndReason::Notice,
    EndReason::Silence,
    EndReason::Term,
    EndReason::Grace,
    EndReason::Strikes,
    EndReason::Expired,
    EndReason::Rejected,
    EndReason::Withdrawn,
];

stored! {
    /// A deal: its [`Terms`], then its [`Progress`].
    pub struct StoredDeal {
        consumer_id: Address,
        provider_id: Address,
        bucket_id: u32,
        api_compatibility: String,
        duration_secs: u64,
        agreed_storage_mb: u64,
        agreed_egress_mb: u64,
        price_per_gb_storage: u128,
        price_per_gb_egress: u128,
        sla_avg_latency_ms: u32,
        sla_avg_uptime_pct: u32,
        asset: Address,
        policy_version: u32,
        created_ts: u64,
        /// A place in [`STATUSES`].
        status: u32,
        /// A place in [`REASONS`].
        reason: u32,
        fb_repo_id: String,
        accepted_ts: u64,
        page: Option<u32>,
        last_slot: Option<Bytes>,
        /// [`FREED`], [`WRITTEN`], [`DELETED`], [`AUTO_ACCEPTED`], [`METERED_BY_PROVIDER`].
        marks: u32,
        offer_revision: u32,
        succeeds: Option<u32>,
    }
}

impl StoredDeal {
    #[inline(always)]
    pub fn of(record: &DealRecord) -> Self {
        let DealRecord { terms, progress } = record.clone();
        let mark = |set: bool, bit: u32| if set { bit } else { 0 };
        Self {
            consumer_id: terms.consumer_id,
            provider_id: terms.provider_id,
            bucket_id: terms.bucket_id,
            api_compatibility: terms.api_compatibility,
            duration_secs: terms.duration_secs,
            agreed_storage_mb: terms.agreed_storage_mb,
            agreed_egress_mb: terms.agreed_egress_mb,
            price_per_gb_storage: terms.price_per_gb_storage,
            price_per_gb_egress: terms.price_per_gb_egress,
            sla_avg_latency_ms: terms.sla_avg_latency_ms,
            sla_avg_uptime_pct: terms.sla_avg_uptime_pct,
            asset: terms.asset,
            policy_version: terms.policy_version,
            created_ts: terms.created_ts,
            status: progress.status as u32,
            reason: progress.reason as u32,
            fb_repo_id: progress.fb_repo_id,
            accepted_ts: progress.accepted_ts,
            page: progress.page,
            last_slot: progress.last_slot,
            marks: mark(progress.capacity_freed, FREED)
                | mark(progress.outcome_written, WRITTEN)
                | mark(progress.deleted, DELETED)
                | mark(progress.accepted_by_bucket, AUTO_ACCEPTED)
                | mark(terms.metering == Metering::Provider, METERED_BY_PROVIDER),
            offer_revision: terms.offer_revision,
            succeeds: terms.succeeds,
        }
    }

    /// `None` for a status or a reason that this code does not know.
    #[inline(always)]
    pub fn into_record(self) -> Option<DealRecord> {
        Some(DealRecord {
            terms: Terms {
                consumer_id: self.consumer_id,
                provider_id: self.provider_id,
                bucket_id: self.bucket_id,
                api_compatibility: self.api_compatibility,
                duration_secs: self.duration_secs,
                agreed_storage_mb: self.agreed_storage_mb,
                agreed_egress_mb: self.agreed_egress_mb,
                price_per_gb_storage: self.price_per_gb_storage,
                price_per_gb_egress: self.price_per_gb_egress,
                sla_avg_latency_ms: self.sla_avg_latency_ms,
                sla_avg_uptime_pct: self.sla_avg_uptime_pct,
                asset: self.asset,
                policy_version: self.policy_version,
                created_ts: self.created_ts,
                metering: if self.marks & METERED_BY_PROVIDER == 0 {
                    Metering::Gateway
                } else {
                    Metering::Provider
                },
                offer_revision: self.offer_revision,
                succeeds: self.succeeds,
            },
            progress: Progress {
                status: *STATUSES.get(usize::try_from(self.status).ok()?)?,
                reason: *REASONS.get(usize::try_from(self.reason).ok()?)?,
                fb_repo_id: self.fb_repo_id,
                accepted_ts: self.accepted_ts,
                accepted_by_bucket: self.marks & AUTO_ACCEPTED != 0,
                page: self.page,
                last_slot: self.last_slot,
                capacity_freed: self.marks & FREED != 0,
                outcome_written: self.marks & WRITTEN != 0,
                deleted: self.marks & DELETED != 0,
            },
        })
    }
}

stored! {
    /// A [`Policy`], then its [`SlaTiers`].
    pub struct StoredPolicy {
        accept_window_secs: u64,
        fund_window_secs: u64,
        notice_secs: u64,
        grace_secs: u64,
        final_window_secs: u64,
        silence_secs: u64,
        min_runway_secs: u64,
        min_fund: i128,
        min_window_secs: u64,
        critical_limit: u32,
        fee_bps: u32,
        minor_uptime_bps: u32,
        minor_latency_bps: u32,
        major_uptime_bps: u32,
        minor_credit_bps: u32,
        major_credit_bps: u32,
        critical_credit_bps: u32,
    }
}

impl From<&Policy> for StoredPolicy {
    fn from(policy: &Policy) -> Self {
        let sla = &policy.sla;
        Self {
            accept_window_secs: policy.accept_window_secs,
            fund_window_secs: policy.fund_window_secs,
            notice_secs: policy.notice_secs,
            grace_secs: policy.grace_secs,
            final_window_secs: policy.final_window_secs,
            silence_secs: policy.silence_secs,
            min_runway_secs: policy.min_runway_secs,
            min_fund: policy.min_fund,
            min_window_secs: policy.min_window_secs,
            critical_limit: policy.critical_limit,
            fee_bps: policy.fee_bps,
            minor_uptime_bps: sla.minor_uptime_bps,
            minor_latency_bps: sla.minor_latency_bps,
            major_uptime_bps: sla.major_uptime_bps,
            minor_credit_bps: sla.minor_credit_bps,
            major_credit_bps: sla.major_credit_bps,
            critical_credit_bps: sla.critical_credit_bps,
        }
    }
}

impl From<StoredPolicy> for Policy {
    fn from(stored: StoredPolicy) -> Self {
        Self {
            accept_window_secs: stored.accept_window_secs,
            fund_window_secs: stored.fund_window_secs,
            notice_secs: stored.notice_secs,
            grace_secs: stored.grace_secs,
            final_window_secs: stored.final_window_secs,
            silence_secs: stored.silence_secs,
            min_runway_secs: stored.min_runway_secs,
            min_fund: stored.min_fund,
            min_window_secs: stored.min_window_secs,
            critical_limit: stored.critical_limit,
            fee_bps: stored.fee_bps,
            sla: SlaTiers {
                minor_uptime_bps: stored.minor_uptime_bps,
                minor_latency_bps: stored.minor_latency_bps,
                major_uptime_bps: stored.major_uptime_bps,
                minor_credit_bps: stored.minor_credit_bps,
                major_credit_bps: stored.major_credit_bps,
                critical_credit_bps: stored.critical_credit_bps,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_and_reason_is_found_where_it_is_stored() {
        for (place, status) in STATUSES.iter().enumerate() {
            assert_eq!(*status as usize, place);
        }
        for (place, reason) in REASONS.iter().enumerate() {
            assert_eq!(*reason as usize, place);
        }
    }
}
