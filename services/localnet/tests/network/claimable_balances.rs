//! Claimable balances: set aside by one account, taken by another.

use crate::classic::{attempt, fails, ok, pay, trust, usd};
use crate::setup::Stage;
use flash_localnet_testkit::{result_of, Wallet};
use stellar_xdr::*;

fn create(asset: Asset, amount: i64, to: &Wallet, predicate: ClaimPredicate) -> OperationBody {
    let claimant = Claimant::ClaimantTypeV0(ClaimantV0 {
        destination: to.account(),
        predicate,
    });
    OperationBody::CreateClaimableBalance(CreateClaimableBalanceOp {
        asset,
        amount,
        claimants: vec![claimant].try_into().unwrap(),
    })
}

fn claim(id: &ClaimableBalanceId) -> OperationBody {
    OperationBody::ClaimClaimableBalance(ClaimClaimableBalanceOp {
        balance_id: id.clone(),
    })
}

/// Makes a balance; its id comes back.
fn made(stage: &Stage, who: &Wallet, body: OperationBody) -> ClaimableBalanceId {
    let answer = attempt(stage, who, vec![body]);
    assert_eq!(answer["status"], "SUCCESS", "{answer}");
    let TransactionResultResult::TxSuccess(results) = result_of(&answer).unwrap().result else {
        panic!()
    };
    match &results[0] {
        OperationResult::OpInner(OperationResultTr::CreateClaimableBalance(
            CreateClaimableBalanceResult::Success(id),
        )) => id.clone(),
        other => panic!("{other:?}"),
    }
}

fn two() -> (Stage, Wallet) {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    (stage, bob)
}

#[test]
fn a_balance_is_claimed_once_by_its_claimant() {
    let (stage, bob) = two();
    let before = stage.client.account(&stage.alice).unwrap();
    let always = ClaimPredicate::Unconditional;
    let body = create(Asset::Native, 5_000, &bob, always);
    let id = made(&stage, &stage.alice, body);
    let after = stage.client.account(&stage.alice).unwrap();
    assert_eq!(after.balance, before.balance - 5_000 - 100);
    fails(
        &stage,
        &stage.alice,
        claim(&id),
        "ClaimClaimableBalance(CannotClaim)",
    );
    let before = stage.client.account(&bob).unwrap().balance;
    ok(&stage, &bob, claim(&id));
    assert_eq!(
        stage.client.account(&bob).unwrap().balance,
        before + 5_000 - 100
    );
    fails(
        &stage,
        &bob,
        claim(&id),
        "ClaimClaimableBalance(DoesNotExist)",
    );
}

#[test]
fn a_balance_of_an_issued_asset_needs_a_line_when_it_is_claimed() {
    let (stage, bob) = two();
    let asset = Asset::CreditAlphanum4(usd(&stage.alice));
    let body = create(asset.clone(), 70, &bob, ClaimPredicate::Unconditional);
    let id = made(&stage, &stage.alice, body);
    fails(&stage, &bob, claim(&id), "ClaimClaimableBalance(NoTrust)");
    ok(&stage, &bob, trust(&stage.alice, 50));
    fails(&stage, &bob, claim(&id), "ClaimClaimableBalance(LineFull)");
    ok(&stage, &bob, trust(&stage.alice, 100));
    ok(&stage, &bob, claim(&id));
    ok(&stage, &bob, pay(&stage.alice, asset, 70));
}

#[test]
fn a_balance_can_be_claimed_before_its_time_ends_and_not_after() {
    let (stage, bob) = two();
    let soon = ClaimPredicate::BeforeRelativeTime(1_000);
    let ids: Vec<_> = (0..2)
        .map(|_| {
            let body = create(Asset::Native, 10, &bob, soon.clone());
            made(&stage, &stage.alice, body)
        })
        .collect();
    ok(&stage, &bob, claim(&ids[0]));
    stage.client.advance(1_001, 1).unwrap();
    fails(
        &stage,
        &bob,
        claim(&ids[1]),
        "ClaimClaimableBalance(CannotClaim)",
    );
}

#[test]
fn a_balance_that_cannot_be_made_costs_its_maker_nothing_but_the_fee() {
    let (stage, bob) = two();
    let always = || ClaimPredicate::Unconditional;
    let refused = "CreateClaimableBalance";
    let none = create(Asset::Native, 0, &bob, always());
    fails(&stage, &stage.alice, none, &format!("{refused}(Malformed)"));
    let open = create(Asset::Native, 1, &bob, ClaimPredicate::Not(None));
    fails(&stage, &stage.alice, open, &format!("{refused}(Malformed)"));
    let much = create(Asset::Native, i64::MAX, &bob, always());
    fails(
        &stage,
        &stage.alice,
        much,
        &format!("{refused}(Underfunded)"),
    );
    let asset = Asset::CreditAlphanum4(usd(&stage.alice));
    let without = create(asset, 1, &stage.alice, always());
    fails(&stage, &bob, without, &format!("{refused}(NoTrust)"));
    // All that Alice has, so that the reserve of the balance itself is missing.
    let account = stage.client.account(&stage.alice).unwrap();
    let rest = account.balance - 10_000_000 - 100;
    let all = create(Asset::Native, rest, &bob, always());
    fails(&stage, &stage.alice, all, &format!("{refused}(LowReserve)"));
}
