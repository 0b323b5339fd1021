//! D1, D2, D3, D4: the deals.

use flash_interfaces::deals::DealStatus;

use super::{require, Broken};
use crate::invariants::{History, Observed, SeenDeal};

/// D2: ids are dense and never reused.
pub fn ids(seen: &Observed, history: &History, out: &mut Broken) {
    for id in 1..=seen.deal_count {
        let is_consistent = seen.deals.contains_key(&id) != history.deleted.contains(&id);
        require(is_consistent, out, || {
            format!("D2: deal {id} is missing, or back")
        });
    }
    let before = history.last.as_ref().map_or(0, |last| last.deal_count);
    require(seen.deal_count >= before, out, || {
        format!("D2: {} deals after {before}", seen.deal_count)
    });
    for (id, deal) in &seen.deals {
        require(deal.deal.deal_id == *id, out, || {
            format!("D2: deal {id} says it is {}", deal.deal.deal_id)
        });
    }
}

/// D3: totals and watermark never fall, and stay within the time and the size agreed.
pub fn meter(id: u32, deal: &SeenDeal, before: Option<&SeenDeal>, now: u64, out: &mut Broken) {
    let Some(m) = &deal.meter else { return };
    let close_ts = if m.close_ts == 0 {
        u64::MAX
    } else {
        m.close_ts
    };
    let latest_ts = now.min(m.end_ts).min(close_ts);
    require(
        (m.start_ts..=latest_ts).contains(&m.through_ts),
        out,
        || {
            format!(
                "D3: deal {id} is metered through {}, at most {latest_ts}",
                m.through_ts
            )
        },
    );
    let secs = if m.released { latest_ts } else { m.through_ts } - m.start_ts;
    let most = u128::from(m.agreed_storage_mb) * u128::from(secs);
    require(m.storage_mb_secs <= most, out, || {
        format!("D3: deal {id} stored {} of {most}", m.storage_mb_secs)
    });
    require(
        m.payable_mb_secs_bps <= m.storage_mb_secs * 10_000,
        out,
        || format!("D3: deal {id} pays for more than it stored"),
    );
    require(m.egress_mb <= m.agreed_egress_mb, out, || {
        format!(
            "D3: deal {id} sent {} of {}",
            m.egress_mb, m.agreed_egress_mb
        )
    });
    if let Some(last) = before.and_then(|before| before.meter.as_ref()) {
        let fell = m.storage_mb_secs < last.storage_mb_secs
            || m.payable_mb_secs_bps < last.payable_mb_secs_bps
            || m.egress_mb < last.egress_mb
            || m.through_ts < last.through_ts
            || m.paid_total < last.paid_total;
        require(!fell, out, || {
            format!("D3: deal {id} fell from {last:?} to {m:?}")
        });
    }
}

/// D1: a closed deal ends as it was closed, or at its release as a breach; what is released stays as it
/// is. D4: terms never change.
pub fn terms(id: u32, deal: &SeenDeal, before: Option<&SeenDeal>, out: &mut Broken) {
    let Some(before) = before else { return };
    require(deal.terms == before.terms, out, || {
        format!("D4: the terms of deal {id} changed")
    });
    let (was, is) = (before.deal.status, deal.deal.status);
    let open = matches!(
        was,
        DealStatus::Pending | DealStatus::Accepted | DealStatus::Funded
    );
    let released = |deal: &SeenDeal| deal.meter.as_ref().is_some_and(|meter| meter.released);
    let decided = !released(before)
        && released(deal)
        && matches!(was, DealStatus::Completed | DealStatus::Cancelled)
        && matches!(
            is,
            DealStatus::BreachedConsumer | DealStatus::BreachedProvider
        );
    require(open || was == is || decided, out, || {
        format!("D1: deal {id} was {was:?} and is {is:?}")
    });
}
