//! Sponsoring: one account pays the reserves of another.

use crate::classic::{fails, options, trust};
use crate::setup::Stage;
use flash_localnet_testkit::{operation, sign, transaction, Wallet};
use serde_json::Value;
use stellar_xdr::*;

fn begin(sponsored: &Wallet) -> OperationBody {
    OperationBody::BeginSponsoringFutureReserves(BeginSponsoringFutureReservesOp {
        sponsored_id: sponsored.account(),
    })
}

const END: OperationBody = OperationBody::EndSponsoringFutureReserves;

fn create(wallet: &Wallet, starting_balance: i64) -> OperationBody {
    OperationBody::CreateAccount(CreateAccountOp {
        destination: wallet.account(),
        starting_balance,
    })
}

/// Runs operations, each of its own account, in one transaction of Alice's.
fn together(stage: &Stage, bodies: Vec<(&Wallet, OperationBody)>) -> Value {
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let mut signers = vec![&stage.alice];
    let mut operations = Vec::new();
    for (wallet, body) in bodies {
        if !signers
            .iter()
            .any(|signer| signer.address() == wallet.address())
        {
            signers.push(wallet);
        }
        let source_account = Some(MuxedAccount::from(wallet.account()));
        operations.push(Operation {
            source_account,
            ..operation(body)
        });
    }
    let tx = transaction(&stage.alice.account(), number, operations).unwrap();
    let envelope = sign(&tx, stage.client.network_id, &signers).unwrap();
    let sent = stage.client.send(&envelope).unwrap();
    if sent["status"] == "ERROR" {
        return sent;
    }
    let params = serde_json::json!({ "hash": sent["hash"] });
    stage.client.result("getTransaction", params).unwrap()
}

/// How many reserves others lock for the account, and how many it locks for others.
fn reserves(stage: &Stage, wallet: &Wallet) -> (u32, u32) {
    match stage.client.account(wallet).unwrap().ext {
        AccountEntryExt::V1(AccountEntryExtensionV1 {
            ext: AccountEntryExtensionV1Ext::V2(v2),
            ..
        }) => (v2.num_sponsored, v2.num_sponsoring),
        _ => (0, 0),
    }
}

fn sponsored_account(stage: &Stage) -> Wallet {
    let bob = Wallet::named("bob");
    let answer = together(
        stage,
        vec![
            (&stage.alice, begin(&bob)),
            (&stage.alice, create(&bob, 0)),
            (&bob, trust(&stage.alice, 100)),
            (&bob, END),
        ],
    );
    assert_eq!(answer["status"], "SUCCESS", "{answer}");
    bob
}

#[test]
fn an_account_without_a_balance_lives_by_its_sponsor() {
    let stage = Stage::new();
    let bob = sponsored_account(&stage);
    assert_eq!(stage.client.account(&bob).unwrap().balance, 0);
    // Two reserves for the account, one for the line.
    assert_eq!(reserves(&stage, &bob), (3, 0));
    assert_eq!(reserves(&stage, &stage.alice), (0, 3));
    // It cannot pay for itself, so the sponsor cannot leave it.
    let account = RevokeSponsorshipOp::LedgerEntry(LedgerKey::Account(LedgerKeyAccount {
        account_id: bob.account(),
    }));
    let revoke = OperationBody::RevokeSponsorship(account);
    fails(
        &stage,
        &stage.alice,
        revoke.clone(),
        "RevokeSponsorship(LowReserve)",
    );
    let fund = crate::classic::pay(&bob, Asset::Native, 100_000_000);
    crate::classic::ok(&stage, &stage.alice, fund);
    fails(
        &stage,
        &bob,
        revoke.clone(),
        "RevokeSponsorship(NotSponsor)",
    );
    crate::classic::ok(&stage, &stage.alice, revoke);
    assert_eq!(reserves(&stage, &bob), (1, 0));
    assert_eq!(reserves(&stage, &stage.alice), (0, 1));
}

#[test]
fn what_a_sponsored_account_removes_frees_the_sponsors_reserve() {
    let stage = Stage::new();
    let bob = sponsored_account(&stage);
    let merge = OperationBody::AccountMerge(MuxedAccount::from(stage.alice.account()));
    let bodies = vec![(&bob, trust(&stage.alice, 0)), (&bob, merge)];
    // A merge of an account of this ledger would be too early.
    stage.client.advance(5, 1).unwrap();
    let answer = together(&stage, bodies);
    assert_eq!(answer["status"], "SUCCESS", "{answer}");
    assert_eq!(reserves(&stage, &stage.alice), (0, 0));
    assert!(stage.client.account(&bob).is_err());
}

#[test]
fn a_sponsorship_is_passed_on() {
    let stage = Stage::new();
    let bob = sponsored_account(&stage);
    let carol = Wallet::named("carol");
    stage.client.fund(&carol).unwrap();
    let line = TrustLineAsset::CreditAlphanum4(crate::classic::usd(&stage.alice));
    let line = LedgerKey::Trustline(LedgerKeyTrustLine {
        account_id: bob.account(),
        asset: line,
    });
    let revoke = OperationBody::RevokeSponsorship(RevokeSponsorshipOp::LedgerEntry(line));
    let answer = together(
        &stage,
        vec![
            (&carol, begin(&stage.alice)),
            (&stage.alice, revoke),
            (&stage.alice, END),
        ],
    );
    assert_eq!(answer["status"], "SUCCESS", "{answer}");
    assert_eq!(reserves(&stage, &bob), (3, 0));
    assert_eq!(reserves(&stage, &stage.alice), (0, 2));
    assert_eq!(reserves(&stage, &carol), (0, 1));
}

#[test]
fn a_sponsored_signer_is_told_apart_and_removed_with_its_reserve() {
    let stage = Stage::new();
    let bob = sponsored_account(&stage);
    let signer = |weight| {
        let key = SignerKey::Ed25519(Uint256(Wallet::named("key").public()));
        OperationBody::SetOptions(SetOptionsOp {
            signer: Some(Signer { key, weight }),
            ..options()
        })
    };
    let bodies = vec![(&stage.alice, begin(&bob)), (&bob, signer(1)), (&bob, END)];
    assert_eq!(together(&stage, bodies)["status"], "SUCCESS");
    assert_eq!(reserves(&stage, &bob), (4, 0));
    assert_eq!(
        together(&stage, vec![(&bob, signer(0))])["status"],
        "SUCCESS"
    );
    assert_eq!(reserves(&stage, &bob), (3, 0));
    assert_eq!(reserves(&stage, &stage.alice), (0, 3));
}

#[test]
fn a_sponsorship_that_is_not_ended_undoes_the_transaction() {
    let stage = Stage::new();
    let bob = sponsored_account(&stage);
    let answer = together(&stage, vec![(&stage.alice, begin(&bob))]);
    assert_eq!(crate::setup::code_of(&answer), "TxBadSponsorship");
    fails(
        &stage,
        &stage.alice,
        END,
        "EndSponsoringFutureReserves(NotSponsored)",
    );
    let own = begin(&stage.alice);
    fails(
        &stage,
        &stage.alice,
        own,
        "BeginSponsoringFutureReserves(Malformed)",
    );
    let answer = together(
        &stage,
        vec![(&stage.alice, begin(&bob)), (&bob, begin(&stage.alice))],
    );
    assert_eq!(answer["status"], "FAILED", "no circles");
}
