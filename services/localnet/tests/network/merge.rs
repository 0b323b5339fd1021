//! Merging one account into another.

use crate::classic::{fails, ok, options, pay, trust};
use crate::setup::Stage;
use flash_localnet_testkit::{operation, sign, transaction, Wallet};
use stellar_xdr::*;

fn merge(into: &Wallet) -> OperationBody {
    OperationBody::AccountMerge(MuxedAccount::from(into.account()))
}

/// An account whose number is low enough to be merged: those of this ledger are too far.
fn funded(stage: &Stage, name: &str) -> Wallet {
    let wallet = Wallet::named(name);
    stage.client.fund(&wallet).unwrap();
    wallet
}

#[test]
fn an_account_is_merged_with_all_that_it_holds() {
    let stage = Stage::new();
    let bob = funded(&stage, "bob");
    let held = stage.client.account(&bob).unwrap().balance;
    let before = stage.client.account(&stage.alice).unwrap().balance;
    ok(&stage, &bob, merge(&stage.alice));
    assert!(stage.client.account(&bob).is_err(), "it is gone");
    let after = stage.client.account(&stage.alice).unwrap().balance;
    assert_eq!(after, before + held - 100);
    // Friendbot makes it anew.
    stage.client.fund(&bob).unwrap();
}

#[test]
fn an_account_that_may_not_be_merged_stays() {
    let stage = Stage::new();
    let bob = funded(&stage, "bob");
    let nobody = Wallet::named("nobody");
    fails(&stage, &bob, merge(&bob), "AccountMerge(Malformed)");
    fails(&stage, &bob, merge(&nobody), "AccountMerge(NoAccount)");
    ok(&stage, &bob, trust(&stage.alice, 100));
    fails(
        &stage,
        &bob,
        merge(&stage.alice),
        "AccountMerge(HasSubEntries)",
    );
    ok(&stage, &bob, trust(&stage.alice, 0));
    let far = OperationBody::BumpSequence(BumpSequenceOp {
        bump_to: SequenceNumber(1 << 50),
    });
    let carol = funded(&stage, "carol");
    ok(&stage, &carol, far);
    fails(
        &stage,
        &carol,
        merge(&stage.alice),
        "AccountMerge(SeqnumTooFar)",
    );
    let immutable = SetOptionsOp {
        set_flags: Some(4),
        ..options()
    };
    ok(&stage, &bob, OperationBody::SetOptions(immutable));
    fails(
        &stage,
        &bob,
        merge(&stage.alice),
        "AccountMerge(ImmutableSet)",
    );
    ok(&stage, &bob, pay(&stage.alice, Asset::Native, 1));
}

#[test]
fn what_comes_after_the_merge_in_one_transaction_has_no_account() {
    let stage = Stage::new();
    let bob = funded(&stage, "bob");
    let number = stage.client.next_sequence(&bob).unwrap();
    let bodies = [merge(&stage.alice), pay(&stage.alice, Asset::Native, 1)];
    let operations = bodies.into_iter().map(operation).collect();
    let tx = transaction(&bob.account(), number, operations).unwrap();
    let envelope = sign(&tx, stage.client.network_id, &[&bob]).unwrap();
    let answer = stage.client.submit(&envelope).unwrap();
    assert_eq!(answer["status"], "FAILED");
    assert!(stage.client.account(&bob).is_ok(), "all of it is undone");
}
