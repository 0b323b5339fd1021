//! Classic accounts: missing, full and deauthorised trustlines, real signatures.

extern crate std;

use flash_interfaces::escrow::{EscrowError, PushRefused, Withdrawn};
use soroban_sdk::{
    testutils::{Events as _, MockAuth, MockAuthInvoke, MuxedAddress as _},
    xdr::ContractEventBody,
    Address, Event, IntoVal, Map, MuxedAddress, Symbol, TryFromVal, Val,
};

use super::fixture::*;
use crate::testutils::{ClassicAccount, Trust};

/// A deal between two classic accounts, 1_000 deposited by somebody's contract.
fn classic_deal() -> (World, ClassicAccount, ClassicAccount) {
    let w = World::new();
    let consumer = ClassicAccount::new(&w.env, 1);
    let provider = ClassicAccount::new(&w.env, 2);
    consumer.set_trustline(&w.sac, Trust::default());
    w.mint(consumer.address(), 1_000);
    let mut account = w.account(1, 1_000);
    account.consumer = consumer.address().clone();
    account.provider = provider.address().clone();
    let open = MockAuthInvoke {
        contract: &w.escrow,
        fn_name: "open",
        args: (&account,).into_val(&w.env),
        sub_invokes: &[],
    };
    let by_deals = MockAuth {
        address: &w.deals,
        invoke: &open,
    };
    let transfer = MockAuthInvoke {
        contract: &w.asset,
        fn_name: "transfer",
        args: (consumer.address(), &w.escrow, 1_000_i128).into_val(&w.env),
        sub_invokes: &[],
    };
    w.env.mock_auths(core::slice::from_ref(&by_deals));
    assert_eq!(
        w.client().try_open(&account),
        refused(EscrowError::TokenRefused),
        "the consumer did not sign"
    );
    w.env
        .set_auths(&[(&by_deals).into(), consumer.sign(&transfer)]);
    assert_eq!(w.client().try_open(&account), Ok(Ok(())));
    assert_eq!(w.token().balance(consumer.address()), 0);
    (w, consumer, provider)
}

fn settle_pushing(w: &World, provider: &Address) {
    let book = w.book_of(provider, 0, &[(1, 500)]);
    assert_eq!(w.try_settle(&[book], true), Ok(Ok(())));
}

#[test]
fn a_provider_without_trustline_is_paid_when_there_is_one() {
    let (w, _, provider) = classic_deal();
    settle_pushing(&w, provider.address());
    let refusal = PushRefused {
        who: provider.address().clone(),
        token: w.asset.clone(),
        amount: 490,
    };
    assert_eq!(w.events()[1], refusal.to_xdr(&w.env, &w.escrow));
    assert_eq!(
        w.try_push(provider.address()),
        refused(EscrowError::TokenRefused)
    );
    provider.set_trustline(&w.sac, Trust::default());
    assert_eq!(w.try_push(provider.address()), Ok(Ok(490)));
    assert_eq!(w.token().balance(provider.address()), 490);
}

#[test]
fn a_full_or_deauthorised_trustline_blocks_nobody() {
    let full = Trust {
        balance: 20,
        limit: 509,
        ..Trust::default()
    };
    let deauthorised = Trust {
        authorized: false,
        ..Trust::default()
    };
    for trust in [full, deauthorised] {
        let (w, consumer, provider) = classic_deal();
        provider.set_trustline(&w.sac, trust);
        settle_pushing(&w, provider.address());
        assert_eq!(w.claimable(provider.address()), 490, "{trust:?}");
        assert_eq!(w.try_close(1, (0, 0), true, true), Ok(Ok(())));
        assert_eq!(w.token().balance(consumer.address()), 500);
        assert_eq!(w.owed(), (0, 490, 10, 0));
    }
    let (w, _, provider) = classic_deal();
    provider.set_trustline(&w.sac, Trust { limit: 510, ..full });
    settle_pushing(&w, provider.address());
    assert_eq!(w.claimable(provider.address()), 0, "one unit more of room");
}

#[test]
fn a_consumer_whose_trustline_is_unusable_is_refunded_all_the_same() {
    let (w, consumer, provider) = classic_deal();
    provider.set_trustline(&w.sac, Trust::default());
    let unusable = Trust {
        limit: 0,
        authorized: false,
        ..Trust::default()
    };
    consumer.set_trustline(&w.sac, unusable);
    assert_eq!(w.try_refund(1, 100), Ok(Ok(())));
    assert_eq!(w.try_close(1, (500, 0), true, true), Ok(Ok(())));
    assert_eq!(w.token().balance(provider.address()), 490);
    assert_eq!(w.claimable(consumer.address()), 500);
}

#[test]
fn a_classic_account_withdraws_with_its_own_signature_only() {
    let (w, consumer, provider) = classic_deal();
    assert_eq!(w.try_close(1, (0, 0), true, false), Ok(Ok(())));
    let to = &w.stranger;
    let withdraw = |to: &Address, amount: i128, min_paid: i128| MockAuthInvoke {
        contract: &w.escrow,
        fn_name: "withdraw",
        args: (consumer.address(), &w.asset, to, amount, min_paid).into_val(&w.env),
        sub_invokes: &[],
    };
    let try_withdraw = || {
        w.client()
            .try_withdraw(consumer.address(), &w.asset, to, &1_000, &1_000)
    };
    w.env
        .set_auths(&[provider.sign(&withdraw(to, 1_000, 1_000))]);
    assert!(unauthorised(&try_withdraw()), "another's signature");
    w.env.set_auths(&[consumer.sign(&withdraw(to, 999, 1_000))]);
    assert!(unauthorised(&try_withdraw()), "another amount");
    w.env.set_auths(&[consumer.sign(&withdraw(to, 1_000, 0))]);
    assert!(unauthorised(&try_withdraw()), "another minimum");
    w.env
        .set_auths(&[consumer.sign(&withdraw(&w.owner, 1_000, 1_000))]);
    assert!(unauthorised(&try_withdraw()), "another receiver");
    let mut forged = provider.sign(&withdraw(to, 1_000, 1_000));
    if let soroban_sdk::xdr::SorobanCredentials::Address(credentials) = &mut forged.credentials {
        credentials.address = consumer.address().into();
    }
    w.env.set_auths(&[forged]);
    assert!(unauthorised(&try_withdraw()), "another's key");
    w.env
        .set_auths(&[consumer.sign(&withdraw(to, 1_000, 1_000))]);
    assert_eq!(try_withdraw(), Ok(Ok(1_000)));
    assert_eq!(w.token().balance(to), 1_000);
}

/// As an exchange or an anchor is paid: one account for all its customers, told apart by the id.
#[test]
fn a_payout_to_a_muxed_address_reaches_the_account_and_the_tokens_event_has_the_id() {
    let (w, consumer, provider) = classic_deal();
    assert_eq!(w.try_close(1, (0, 0), true, false), Ok(Ok(())));
    let exchange = provider;
    exchange.set_trustline(&w.sac, Trust::default());
    let customer = MuxedAddress::new(exchange.address().clone(), 42);
    let withdraw = |to: &MuxedAddress| MockAuthInvoke {
        contract: &w.escrow,
        fn_name: "withdraw",
        args: (consumer.address(), &w.asset, to, 1_000_i128, 1_000_i128).into_val(&w.env),
        sub_invokes: &[],
    };
    let try_withdraw = || {
        w.client()
            .try_withdraw(consumer.address(), &w.asset, &customer, &1_000, &1_000)
    };
    let another = MuxedAddress::new(exchange.address().clone(), 43);
    w.env.set_auths(&[consumer.sign(&withdraw(&another))]);
    assert!(unauthorised(&try_withdraw()), "another customer");
    w.env.set_auths(&[consumer.sign(&withdraw(&customer))]);
    assert_eq!(try_withdraw(), Ok(Ok(1_000)));

    let sent = Withdrawn {
        who: consumer.address().clone(),
        token: w.asset.clone(),
        to: exchange.address().clone(),
        amount: 1_000,
        paid: 1_000,
    };
    assert_eq!(w.events(), [sent.to_xdr(&w.env, &w.escrow)]);
    let of_token = w.env.events().all().filter_by_contract(&w.asset);
    let ContractEventBody::V0(event) = &of_token.events()[0].body;
    let data = Map::<Symbol, Val>::try_from_val(&w.env, &event.data).expect("a map");
    let id = data.get(Symbol::new(&w.env, "to_muxed_id")).expect("an id");
    assert_eq!(u64::try_from_val(&w.env, &id), Ok(42));
    assert_eq!(w.token().balance(exchange.address()), 1_000);
    assert_eq!(w.claimable(consumer.address()), 0);
}

#[test]
fn a_payout_beyond_what_an_account_can_hold_stays_claimable() {
    let (w, consumer, _) = classic_deal();
    let nearly_full = Trust {
        balance: i64::MAX - 999,
        ..Trust::default()
    };
    consumer.set_trustline(&w.sac, nearly_full);
    assert_eq!(w.try_close(1, (0, 0), true, true), Ok(Ok(())));
    assert_eq!(w.claimable(consumer.address()), 1_000);
}
