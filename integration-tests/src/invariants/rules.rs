//! The rules, one function each. A broken one is said with its name and the figures.

use flash_interfaces::{
    deals::{DealStatus, Meter},
    escrow::Account,
    registry::Bucket,
    reputation::{Record, Role},
};

use soroban_sdk::Address;

use super::{is_deleted, is_funded, History, Observed, SeenDeal};
use crate::expected::{Agreed, Prices};

type Broken = Vec<String>;

/// Everything that is broken.
pub fn broken(seen: &Observed, history: &History) -> Broken {
    let mut out = Broken::new();
    solvency(seen, &mut out);
    ids(seen, history, &mut out);
    for (id, deal) in &seen.deals {
        let before = history.last.as_ref().and_then(|last| last.deals.get(id));
        account(*id, deal, before, &mut out);
        money(*id, deal, &mut out);
        meter(*id, deal, before, seen.now, &mut out);
        terms(*id, deal, before, &mut out);
    }
    lists(seen, history, &mut out);
    for bucket in seen.buckets.values() {
        reservations(bucket, seen, history, &mut out);
    }
    scores(seen, history, &mut out);
    out
}

fn require(holds: bool, out: &mut Broken, say: impl FnOnce() -> String) {
    if !holds {
        out.push(say());
    }
}

/// E1: the escrow has what it owes, and nothing that nobody gave it.
fn solvency(seen: &Observed, out: &mut Broken) {
    let s = &seen.solvency;
    let owed = s.locked + s.claimable + s.fees;
    require(s.balance >= owed, out, || {
        format!("E1: balance {} is less than {owed} owed", s.balance)
    });
    require(s.surplus == s.balance - owed, out, || {
        format!("E1: surplus {} is not balance less owed", s.surplus)
    });
    require(s.surplus <= seen.donated, out, || {
        format!(
            "E1: surplus {} though {} were donated",
            s.surplus, seen.donated
        )
    });
    require(s.claimable == seen.claimable, out, || {
        format!(
            "E1: claimable {} is not the sum {}",
            s.claimable, seen.claimable
        )
    });
    let accounts = seen.deals.values().filter_map(|deal| deal.account.as_ref());
    let locked: i128 = accounts.clone().map(|account| account.locked).sum();
    require(s.locked == locked, out, || {
        format!("E1: locked {} is not the sum {locked}", s.locked)
    });
    let parts_positive = s.locked >= 0 && s.claimable >= 0 && s.fees >= 0;
    require(parts_positive, out, || {
        format!("E1: a negative part: {s:?}")
    });
}

/// E2: what was deposited is somewhere, and only `locked` ever falls. E4: released holds nothing.
fn account(id: u32, deal: &SeenDeal, before: Option<&SeenDeal>, out: &mut Broken) {
    let Some(a) = &deal.account else {
        let funded = deal.meter.is_some();
        return require(!funded, out, || format!("E2: deal {id} has no account"));
    };
    let parts = [a.locked, a.paid, a.fee, a.refunded];
    require(parts.iter().all(|part| *part >= 0), out, || {
        format!("E2: deal {id} has a negative part: {a:?}")
    });
    require(a.deposited == parts.iter().sum::<i128>(), out, || {
        format!("E2: deal {id} does not add up: {a:?}")
    });
    if let Some(last) = before.and_then(|before| before.account.as_ref()) {
        let rising = |a: &Account| [a.deposited, a.paid, a.fee, a.refunded];
        let fell = rising(a)
            .iter()
            .zip(rising(last))
            .any(|(now, was)| *now < was);
        require(!fell, out, || {
            format!("E2: deal {id} fell from {last:?} to {a:?}")
        });
    }
    require(!a.released || a.locked == 0, out, || {
        format!("E4: deal {id} is released with {} locked", a.locked)
    });
    let released = deal.meter.as_ref().is_some_and(|meter| meter.released);
    require(a.released == released, out, || {
        format!("E4: deals and escrow differ on the release of deal {id}")
    });
}

/// E6: charges and fee are functions of the totals. E7: egress is covered.
fn money(id: u32, seen: &SeenDeal, out: &mut Broken) {
    let (Some(m), Some(a)) = (&seen.meter, &seen.account) else {
        return;
    };
    let agreed = agreed(seen);
    let charged = agreed
        .prices
        .net(int(m.payable_mb_secs_bps), m.egress_mb.into());
    require(m.paid_total + m.owed == charged, out, || {
        format!(
            "E6: deal {id} is charged {charged}, paid {} and owes {}",
            m.paid_total, m.owed
        )
    });
    let gross = agreed
        .prices
        .charge(int(m.storage_mb_secs), m.egress_mb.into());
    require(m.credited == gross - charged, out, || {
        format!(
            "E6: deal {id} is credited {} of {gross} − {charged}",
            m.credited
        )
    });
    let split = (agreed.earned(m.paid_total), agreed.fee(m.paid_total));
    require((a.paid, a.fee) == split, out, || {
        format!(
            "E6: deal {id} split {} into {} and {}",
            m.paid_total, a.paid, a.fee
        )
    });
    require(a.locked == m.locked, out, || {
        format!(
            "E6: deal {id} locks {} in deals and {} in escrow",
            m.locked, a.locked
        )
    });
    require(charged <= agreed.quote(), out, || {
        format!(
            "E7: deal {id} is charged {charged}, quoted {}",
            agreed.quote()
        )
    });
    if is_funded(seen) {
        egress_covered(id, m, a, &agreed, out);
    }
}

fn egress_covered(id: u32, m: &Meter, a: &Account, agreed: &Agreed, out: &mut Broken) {
    let used = agreed.prices.egress(m.egress_mb.into());
    let reserve = agreed.prices.egress(agreed.egress_mb) - used;
    require(m.reserve == reserve && m.locked >= reserve, out, || {
        format!(
            "E7: deal {id} locks {} for a reserve of {reserve}",
            m.locked
        )
    });
    let funded_whole = a.deposited - a.refunded >= agreed.quote();
    let in_arrears = m.arrears_since_ts != 0 || m.owed > m.locked - reserve;
    require(!(funded_whole && in_arrears), out, || {
        format!("E7: deal {id} was funded with its quote and is in arrears")
    });
}

/// D2: ids are dense and never reused.
fn ids(seen: &Observed, history: &History, out: &mut Broken) {
    for id in 1..=seen.deal_count {
        let known = seen.deals.contains_key(&id) != history.deleted.contains(&id);
        require(known, out, || format!("D2: deal {id} is missing, or back"));
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
fn meter(id: u32, deal: &SeenDeal, before: Option<&SeenDeal>, now: u64, out: &mut Broken) {
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

/// D1: what has ended stays ended. D4: terms never change.
fn terms(id: u32, deal: &SeenDeal, before: Option<&SeenDeal>, out: &mut Broken) {
    let Some(before) = before else { return };
    require(deal.terms == before.terms, out, || {
        format!("D4: the terms of deal {id} changed")
    });
    let (was, is) = (before.deal.status, deal.deal.status);
    let open = matches!(
        was,
        DealStatus::Pending | DealStatus::Accepted | DealStatus::Funded
    );
    require(open || was == is, out, || {
        format!("D1: deal {id} was {was:?} and is {is:?}")
    });
}

/// R1: counts equal the records; the pages of a list, joined, are the list.
fn lists(seen: &Observed, history: &History, out: &mut Broken) {
    let deals: Vec<u32> = (1..=seen.deal_count)
        .rev()
        .filter(|id| !history.deleted.contains(id))
        .collect();
    require(seen.listed_deals == deals, out, || {
        format!(
            "R1: deals are listed as {:?}, not {deals:?}",
            seen.listed_deals
        )
    });
    let alive = |id: &u32| {
        seen.buckets
            .get(id)
            .is_some_and(|bucket| !is_deleted(bucket))
    };
    let buckets: Vec<u32> = (1..=seen.bucket_count).rev().filter(alive).collect();
    require(seen.listed_buckets == buckets, out, || {
        format!(
            "R1: buckets are listed as {:?}, not {buckets:?}",
            seen.listed_buckets
        )
    });
    require(
        seen.buckets.keys().copied().eq(1..=seen.bucket_count),
        out,
        || {
            format!(
                "R1: of {} buckets there are {:?}",
                seen.bucket_count,
                seen.buckets.keys()
            )
        },
    );
    let providers: Vec<_> = seen.providers.iter().map(|p| &p.provider_id).collect();
    require(each_once(providers, seen.provider_count), out, || {
        format!(
            "R1: {} providers listed of {}",
            seen.providers.len(),
            seen.provider_count
        )
    });
    let consumers: Vec<_> = seen.consumers.iter().collect();
    require(each_once(consumers, seen.consumer_count), out, || {
        format!(
            "R1: {} consumers listed of {}",
            seen.consumers.len(),
            seen.consumer_count
        )
    });
    for provider in &seen.providers {
        let own = |bucket: &&Bucket| bucket.provider_id == provider.provider_id;
        let units = seen.buckets.values().filter(own).filter(|b| !is_deleted(b));
        let units = units.count();
        require(
            usize::try_from(provider.units_count) == Ok(units),
            out,
            || {
                format!(
                    "R1: a provider of {units} buckets counts {}",
                    provider.units_count
                )
            },
        );
    }
}

/// Whether a list has so many people in it, and nobody twice.
fn each_once(mut listed: Vec<&Address>, count: u32) -> bool {
    let all = listed.len();
    listed.sort_unstable();
    listed.dedup();
    listed.len() == all && usize::try_from(count) == Ok(all)
}

/// R2: what is reserved is what funded deals agreed, within the capacity. R3: nothing is reserved
/// on a deleted bucket.
fn reservations(bucket: &Bucket, seen: &Observed, history: &History, out: &mut Broken) {
    let id = bucket.bucket_id;
    let of_bucket = |deal: &&SeenDeal| deal.deal.bucket_id == id && deal.meter.is_some();
    let holding = seen
        .deals
        .values()
        .filter(of_bucket)
        .filter(|deal| !history.freed.contains(&deal.deal.deal_id));
    let agreed = holding.clone().fold((0, 0), |(storage, egress), deal| {
        let deal = &deal.deal;
        (
            storage + deal.agreed_storage_mb,
            egress + deal.agreed_egress_mb,
        )
    });
    let reserved = (bucket.reserved_storage_mb, bucket.reserved_egress_mb);
    require(reserved == agreed, out, || {
        format!("R2: bucket {id} reserves {reserved:?} for {agreed:?}")
    });
    let exclusive = bucket.max_storage_gb == 0 && bucket.max_egress_gb == 0;
    let fits = if exclusive {
        holding.count() <= 1
    } else {
        let mb = |gb: u64| gb * crate::GB;
        reserved.0 <= mb(bucket.max_storage_gb) && reserved.1 <= mb(bucket.max_egress_gb)
    };
    require(fits, out, || format!("R2: bucket {id} is overbooked"));
    require(!is_deleted(bucket) || reserved == (0, 0), out, || {
        format!("R3: bucket {id} is deleted with {reserved:?} reserved")
    });
}

/// P1: scores are bounded, and every deal has at most one outcome in each role.
fn scores(seen: &Observed, history: &History, out: &mut Broken) {
    for (who, role, score, record) in &seen.standings {
        require(*score <= 100, out, || format!("P1: {who:?} scores {score}"));
        let party = |deal: &&SeenDeal| match role {
            Role::Provider => deal.terms.provider_id == *who,
            Role::Consumer => deal.terms.consumer_id == *who,
        };
        let released = |deal: &&SeenDeal| deal.meter.as_ref().is_some_and(|m| m.released);
        let deals = seen.deals.values().filter(party).filter(released).count();
        let most = deals + history.deleted.len();
        let outcomes = record.as_ref().map_or(0, outcomes);
        require(outcomes <= most, out, || {
            format!("P1: {outcomes} outcomes of {most} released deals for {who:?}")
        });
    }
}

fn outcomes(record: &Record) -> usize {
    let counts = [
        record.completed,
        record.cancelled,
        record.breached_by_provider,
        record.breached_by_consumer,
    ];
    usize::try_from(counts.iter().sum::<u32>()).expect("small")
}

fn agreed(seen: &SeenDeal) -> Agreed {
    let prices = Prices {
        storage: int(seen.terms.price_per_gb_storage),
        egress: int(seen.terms.price_per_gb_egress),
    };
    let terms = &seen.terms;
    let (storage_mb, egress_mb) = (terms.agreed_storage_mb, terms.agreed_egress_mb);
    Agreed::new(
        prices,
        storage_mb,
        egress_mb,
        terms.duration_secs,
        &seen.policy,
    )
}

fn int(value: u128) -> i128 {
    i128::try_from(value).expect("within the bounds of the units")
}
