//! Setting, replacing and revoking.

use flash_interfaces::mandates::{Mandate, MandateRevoked, MandateSet, MandatesError};
use flash_money::units::{MAX_DURATION_SECS, MAX_MONEY};
use soroban_sdk::{
    testutils::{AuthorizedFunction, MockAuth, MockAuthInvoke},
    IntoVal, Symbol,
};

use super::fixture::*;

#[test]
fn a_consumer_sets_replaces_and_revokes_the_mandate_of_its_deal() {
    let m = Market::new();
    assert_eq!(m.mandates.get_mandate(&m.deal), None);
    let until_ts = m.now() + DAY;
    let answer = m.try_set(&m.consumer, m.deal, (TOP_UP, LIMIT), until_ts);
    assert_eq!(answer, Ok(Ok(())));
    assert!(m.published(&MandateSet {
        deal_id: m.deal,
        consumer: m.consumer.clone(),
        asset: m.asset.clone(),
        top_up: TOP_UP,
        most_per_30_days: LIMIT,
        until_ts,
    }));
    let mandate = Mandate {
        deal_id: m.deal,
        consumer: m.consumer.clone(),
        asset: m.asset.clone(),
        top_up: TOP_UP,
        most_per_30_days: LIMIT,
        until_ts,
        drawn: 0,
    };
    assert_eq!(m.mandates.get_mandate(&m.deal), Some(mandate.clone()));

    let answer = m.try_set(&m.consumer, m.deal, (1, 2), until_ts + 1);
    assert_eq!(answer, Ok(Ok(())));
    let replaced = Mandate {
        top_up: 1,
        most_per_30_days: 2,
        until_ts: until_ts + 1,
        ..mandate
    };
    assert_eq!(m.mandates.get_mandate(&m.deal), Some(replaced));

    m.mandates
        .mock_all_auths()
        .revoke_mandate(&m.consumer, &m.deal);
    assert!(m.published(&MandateRevoked {
        deal_id: m.deal,
        consumer: m.consumer.clone(),
    }));
    assert_eq!(m.mandates.get_mandate(&m.deal), None);
}

#[test]
fn amounts_and_times_have_bounds() {
    let m = Market::new();
    let now = m.now();
    let (least, latest) = (now + 1, now + MAX_DURATION_SECS);
    for (top_up, limit, until_ts, error) in [
        (0, LIMIT, least, MandatesError::TopUpOutOfBounds),
        (-1, LIMIT, least, MandatesError::TopUpOutOfBounds),
        (i128::MIN, LIMIT, least, MandatesError::TopUpOutOfBounds),
        (
            MAX_MONEY + 1,
            i128::MAX,
            least,
            MandatesError::TopUpOutOfBounds,
        ),
        (5, 4, least, MandatesError::LimitOutOfBounds),
        (5, -5, least, MandatesError::LimitOutOfBounds),
        (5, MAX_MONEY + 1, least, MandatesError::LimitOutOfBounds),
        (5, i128::MAX, least, MandatesError::LimitOutOfBounds),
        (5, 5, now, MandatesError::UntilOutOfBounds),
        (5, 5, 0, MandatesError::UntilOutOfBounds),
        (5, 5, latest + 1, MandatesError::UntilOutOfBounds),
        (5, 5, u64::MAX, MandatesError::UntilOutOfBounds),
    ] {
        let answer = m.try_set(&m.consumer, m.deal, (top_up, limit), until_ts);
        assert_eq!(refused(answer), error, "{top_up} {limit} {until_ts}");
    }
    assert_eq!(m.mandates.get_mandate(&m.deal), None);
    for (top_up, limit, until_ts) in [(1, 1, least), (MAX_MONEY, MAX_MONEY, latest)] {
        let answer = m.try_set(&m.consumer, m.deal, (top_up, limit), until_ts);
        assert_eq!(answer, Ok(Ok(())));
    }
}

#[test]
fn only_the_consumer_of_a_live_deal_sets_one() {
    let m = Market::new();
    let until_ts = m.now() + DAY;
    let limits = (TOP_UP, LIMIT);
    for who in [&m.stranger, &m.provider, &m.owner] {
        let answer = m.try_set(who, m.deal, limits, until_ts);
        assert_eq!(refused(answer), MandatesError::NotTheConsumer);
    }
    let unknown = m.try_set(&m.consumer, 4_000_000_000, limits, until_ts);
    assert_eq!(refused(unknown), MandatesError::DealNotFound);
    let accepted = m.accepted_by(&m.consumer, "later");
    let unfunded = m.try_set(&m.consumer, accepted, limits, until_ts);
    assert_eq!(refused(unfunded), MandatesError::DealNotLive);
    m.deals.mock_all_auths().close_deal(&m.consumer, &m.deal);
    let closed = m.try_set(&m.consumer, m.deal, limits, until_ts);
    assert_eq!(refused(closed), MandatesError::DealNotLive);
}

#[test]
fn a_mandate_is_revoked_by_who_set_it_whatever_became_of_the_deal() {
    let m = Market::new();
    m.set();
    let revoke = |who| m.mandates.mock_all_auths().try_revoke_mandate(who, &m.deal);
    assert_eq!(refused(revoke(&m.stranger)), MandatesError::NotTheConsumer);
    assert_eq!(refused(revoke(&m.provider)), MandatesError::NotTheConsumer);
    m.deals.mock_all_auths().close_deal(&m.consumer, &m.deal);
    assert_eq!(revoke(&m.consumer), Ok(Ok(())));
    assert_eq!(refused(revoke(&m.consumer)), MandatesError::MandateNotFound);
}

#[test]
fn setting_and_revoking_need_exactly_the_consumers_signature() {
    let m = Market::new();
    let until_ts = m.now() + DAY;
    let set = |m: &Market| {
        m.mandates
            .try_set_mandate(&m.consumer, &m.deal, &TOP_UP, &LIMIT, &until_ts)
    };
    let signed = |who, name, args| {
        m.env.mock_auths(&[MockAuth {
            address: who,
            invoke: &MockAuthInvoke {
                contract: &m.mandates.address,
                fn_name: name,
                args,
                sub_invokes: &[],
            },
        }]);
    };
    let args = |limit: i128| (&m.consumer, m.deal, TOP_UP, limit, until_ts).into_val(&m.env);
    m.env.set_auths(&[]);
    assert!(unauthorised(&set(&m)), "nobody signed");
    signed(&m.stranger, "set_mandate", args(LIMIT));
    assert!(unauthorised(&set(&m)), "somebody else signed");
    signed(&m.consumer, "set_mandate", args(2 * LIMIT));
    assert!(unauthorised(&set(&m)), "signed for another limit");
    signed(&m.consumer, "set_mandate", args(LIMIT));
    assert_eq!(set(&m), Ok(Ok(())));
    let auths = m.env.auths();
    assert_eq!(auths.len(), 1);
    assert_eq!(auths[0].0, m.consumer);
    let name = Symbol::new(&m.env, "set_mandate");
    let call = (m.mandates.address.clone(), name, args(LIMIT));
    assert_eq!(auths[0].1.function, AuthorizedFunction::Contract(call));
    assert!(auths[0].1.sub_invocations.is_empty());

    m.env.set_auths(&[]);
    let revoke = || m.mandates.try_revoke_mandate(&m.consumer, &m.deal);
    assert!(unauthorised(&revoke()), "nobody signed");
    let of_deal = (&m.consumer, m.deal).into_val(&m.env);
    signed(&m.stranger, "revoke_mandate", of_deal);
    assert!(unauthorised(&revoke()), "somebody else signed");
    let of_deal = (&m.consumer, m.deal).into_val(&m.env);
    signed(&m.consumer, "revoke_mandate", of_deal);
    assert_eq!(revoke(), Ok(Ok(())));
}
