//! E1, E2, E4, E6, E7: the money.

use flash_interfaces::{deals::Meter, escrow::Account};

use super::{require, Broken};
use crate::{
    expected::{Agreed, Prices},
    invariants::{is_funded, Observed, SeenDeal},
};

/// E1: the escrow has what it owes, and nothing that nobody gave it.
pub fn solvency(seen: &Observed, out: &mut Broken) {
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
pub fn account(id: u32, deal: &SeenDeal, before: Option<&SeenDeal>, out: &mut Broken) {
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
pub fn money(id: u32, seen: &SeenDeal, out: &mut Broken) {
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
