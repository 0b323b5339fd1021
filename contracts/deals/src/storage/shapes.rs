//! Structs as they are stored: without the names of their fields, which cost as much as what is in them.

use flash_interfaces::deals::{DealStatus, EndReason, Policy, SlaTiers, Terms};
use soroban_sdk::{contracttype, Address, Bytes, String};

use crate::record::{DealRecord, Progress};

const FREED: u32 = 1;
const WRITTEN: u32 = 2;
const DELETED: u32 = 4;

/// Stored by their places: a new one comes last.
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

/// The fields of [`Terms`], then those of [`Progress`], in their order; status and reason are places in the lists
/// above, the three marks bits of the last number.
#[contracttype]
pub struct StoredDeal(
    Address,
    Address,
    u32,
    String,
    u64,
    u64,
    u64,
    u128,
    u128,
    u32,
    u32,
    Address,
    u32,
    u64,
    u32,
    u32,
    String,
    u64,
    Option<u32>,
    Option<Bytes>,
    u32,
);

impl StoredDeal {
    #[inline(always)]
    pub fn of(record: &DealRecord) -> Self {
        let DealRecord { terms, progress } = record.clone();
        let mark = |set: bool, bit: u32| if set { bit } else { 0 };
        Self(
            terms.consumer_id,
            terms.provider_id,
            terms.bucket_id,
            terms.api_compatibility,
            terms.duration_secs,
            terms.agreed_storage_mb,
            terms.agreed_egress_mb,
            terms.price_per_gb_storage,
            terms.price_per_gb_egress,
            terms.sla_avg_latency_ms,
            terms.sla_avg_uptime_pct,
            terms.asset,
            terms.policy_version,
            terms.created_ts,
            progress.status as u32,
            progress.reason as u32,
            progress.fb_repo_id,
            progress.accepted_ts,
            progress.page,
            progress.last_slot,
            mark(progress.capacity_freed, FREED)
                | mark(progress.outcome_written, WRITTEN)
                | mark(progress.deleted, DELETED),
        )
    }

    /// `None` for a status or a reason that this code does not know.
    #[inline(always)]
    pub fn into_record(self) -> Option<DealRecord> {
        let marks = self.20;
        Some(DealRecord {
            terms: Terms {
                consumer_id: self.0,
                provider_id: self.1,
                bucket_id: self.2,
                api_compatibility: self.3,
                duration_secs: self.4,
                agreed_storage_mb: self.5,
                agreed_egress_mb: self.6,
                price_per_gb_storage: self.7,
                price_per_gb_egress: self.8,
                sla_avg_latency_ms: self.9,
                sla_avg_uptime_pct: self.10,
                asset: self.11,
                policy_version: self.12,
                created_ts: self.13,
            },
            progress: Progress {
                status: *STATUSES.get(usize::try_from(self.14).ok()?)?,
                reason: *REASONS.get(usize::try_from(self.15).ok()?)?,
                fb_repo_id: self.16,
                accepted_ts: self.17,
                page: self.18,
                last_slot: self.19,
                capacity_freed: marks & FREED != 0,
                outcome_written: marks & WRITTEN != 0,
                deleted: marks & DELETED != 0,
            },
        })
    }
}

/// The fields of [`Policy`], then those of its [`SlaTiers`], in their order.
#[contracttype]
pub struct StoredPolicy(
    u64,
    u64,
    u64,
    u64,
    u64,
    u64,
    u64,
    i128,
    u64,
    u32,
    u32,
    u32,
    u32,
    u32,
    u32,
    u32,
    u32,
);

impl From<&Policy> for StoredPolicy {
    fn from(policy: &Policy) -> Self {
        let sla = &policy.sla;
        Self(
            policy.accept_window_secs,
            policy.fund_window_secs,
            policy.notice_secs,
            policy.grace_secs,
            policy.final_window_secs,
            policy.silence_secs,
            policy.min_runway_secs,
            policy.min_fund,
            policy.min_window_secs,
            policy.critical_limit,
            policy.fee_bps,
            sla.minor_uptime_bps,
            sla.minor_latency_bps,
            sla.major_uptime_bps,
            sla.minor_credit_bps,
            sla.major_credit_bps,
            sla.critical_credit_bps,
        )
    }
}

impl From<StoredPolicy> for Policy {
    fn from(stored: StoredPolicy) -> Self {
        Self {
            accept_window_secs: stored.0,
            fund_window_secs: stored.1,
            notice_secs: stored.2,
            grace_secs: stored.3,
            final_window_secs: stored.4,
            silence_secs: stored.5,
            min_runway_secs: stored.6,
            min_fund: stored.7,
            min_window_secs: stored.8,
            critical_limit: stored.9,
            fee_bps: stored.10,
            sla: SlaTiers {
                minor_uptime_bps: stored.11,
                minor_latency_bps: stored.12,
                major_uptime_bps: stored.13,
                minor_credit_bps: stored.14,
                major_credit_bps: stored.15,
                critical_credit_bps: stored.16,
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
