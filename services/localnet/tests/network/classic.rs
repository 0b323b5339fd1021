//! The classic operations: what they do, and each of their refusals.

use crate::setup::{code_of, Stage};
use flash_localnet_testkit::{operation, result_of, sign, transaction, Wallet};
use serde_json::Value;
use stellar_xdr::*;

/// Sends operations of somebody's; what became of them.
pub fn attempt(stage: &Stage, who: &Wallet, bodies: Vec<OperationBody>) -> Value {
    let number = stage.client.next_sequence(who).unwrap();
    let operations = bodies.into_iter().map(operation).collect();
    let tx = transaction(&who.account(), number, operations).unwrap();
    let envelope = sign(&tx, stage.client.network_id, &[who]).unwrap();
    let sent = stage.client.send(&envelope).unwrap();
    if sent["status"] == "ERROR" {
        return sent;
    }
    let params = serde_json::json!({ "hash": sent["hash"] });
    stage.client.result("getTransaction", params).unwrap()
}

/// The result of the first operation, as text: `Inner(Payment(Underfunded))` and the like.
fn first(answer: &Value) -> String {
    let result = match answer["errorResultXdr"].as_str() {
        Some(text) => TransactionResult::from_xdr_base64(text, Limits::none()).unwrap(),
        None => result_of(answer).unwrap(),
    };
    match result.result {
        TransactionResultResult::TxFailed(results)
        | TransactionResultResult::TxSuccess(results) => {
            format!("{:?}", results[0])
        }
        other => panic!("{other:?}"),
    }
}

pub fn ok(stage: &Stage, who: &Wallet, body: OperationBody) {
    let answer = attempt(stage, who, vec![body]);
    assert_eq!(answer["status"], "SUCCESS", "{}", first(&answer));
}

pub fn fails(stage: &Stage, who: &Wallet, body: OperationBody, expected: &str) {
    let answer = attempt(stage, who, vec![body]);
    assert_ne!(answer["status"], "SUCCESS");
    assert_eq!(first(&answer), format!("OpInner({expected})"));
}

pub fn usd(issuer: &Wallet) -> AlphaNum4 {
    AlphaNum4 {
        asset_code: AssetCode4(*b"USD\0"),
        issuer: issuer.account(),
    }
}

pub fn pay(to: &Wallet, asset: Asset, amount: i64) -> OperationBody {
    OperationBody::Payment(PaymentOp {
        destination: MuxedAccount::from(to.account()),
        asset,
        amount,
    })
}

pub fn trust(issuer: &Wallet, limit: i64) -> OperationBody {
    let line = ChangeTrustAsset::CreditAlphanum4(usd(issuer));
    OperationBody::ChangeTrust(ChangeTrustOp { line, limit })
}

pub fn options() -> SetOptionsOp {
    SetOptionsOp {
        inflation_dest: None,
        clear_flags: None,
        set_flags: None,
        master_weight: None,
        low_threshold: None,
        med_threshold: None,
        high_threshold: None,
        home_domain: None,
        signer: None,
    }
}

fn signer(wallet: &Wallet, weight: u32) -> Signer {
    Signer {
        key: SignerKey::Ed25519(Uint256(wallet.public())),
        weight,
    }
}

fn people(stage: &Stage) -> (Wallet, Wallet) {
    let (bob, issuer) = (Wallet::named("bob"), Wallet::named("issuer"));
    stage.client.fund(&bob).unwrap();
    stage.client.fund(&issuer).unwrap();
    (bob, issuer)
}

#[test]
fn accounts_are_created_out_of_a_balance() {
    let stage = Stage::new();
    let carol = Wallet::named("carol");
    let create = |starting_balance| {
        OperationBody::CreateAccount(CreateAccountOp {
            destination: carol.account(),
            starting_balance,
        })
    };
    fails(&stage, &stage.alice, create(-1), "CreateAccount(Malformed)");
    fails(
        &stage,
        &stage.alice,
        create(9_999_999),
        "CreateAccount(LowReserve)",
    );
    fails(
        &stage,
        &stage.alice,
        create(i64::MAX),
        "CreateAccount(Underfunded)",
    );
    ok(&stage, &stage.alice, create(20_000_000));
    let account = stage.client.account(&carol).unwrap();
    let sequence = i64::from(stage.network.view().sequence());
    assert_eq!(
        (account.balance, account.seq_num.0),
        (20_000_000, sequence << 32)
    );
    fails(
        &stage,
        &stage.alice,
        create(20_000_000),
        "CreateAccount(AlreadyExist)",
    );
}

#[test]
fn native_payments() {
    let stage = Stage::new();
    let (bob, _) = people(&stage);
    let nobody = Wallet::named("nobody");
    ok(&stage, &stage.alice, pay(&bob, Asset::Native, 5));
    fails(
        &stage,
        &stage.alice,
        pay(&bob, Asset::Native, 0),
        "Payment(Malformed)",
    );
    fails(
        &stage,
        &stage.alice,
        pay(&nobody, Asset::Native, 5),
        "Payment(NoDestination)",
    );
    let all = stage.client.account(&stage.alice).unwrap().balance;
    fails(
        &stage,
        &stage.alice,
        pay(&bob, Asset::Native, all),
        "Payment(Underfunded)",
    );
    ok(&stage, &stage.alice, pay(&stage.alice, Asset::Native, 5));
}

#[test]
fn trust_lines_and_issued_payments() {
    let stage = Stage::new();
    let (bob, issuer) = people(&stage);
    let asset = || Asset::CreditAlphanum4(usd(&issuer));
    fails(&stage, &issuer, pay(&bob, asset(), 5), "Payment(NoTrust)");
    fails(&stage, &bob, trust(&issuer, -1), "ChangeTrust(Malformed)");
    fails(
        &stage,
        &bob,
        trust(&Wallet::named("nobody"), 5),
        "ChangeTrust(NoIssuer)",
    );
    fails(&stage, &bob, trust(&issuer, 0), "ChangeTrust(InvalidLimit)");
    fails(&stage, &issuer, trust(&issuer, 5), "ChangeTrust(Malformed)");
    ok(&stage, &bob, trust(&issuer, 100));
    assert_eq!(stage.client.account(&bob).unwrap().num_sub_entries, 1);
    fails(
        &stage,
        &issuer,
        pay(&bob, asset(), 101),
        "Payment(LineFull)",
    );
    ok(&stage, &issuer, pay(&bob, asset(), 60));
    fails(
        &stage,
        &bob,
        trust(&issuer, 59),
        "ChangeTrust(InvalidLimit)",
    );
    fails(
        &stage,
        &bob,
        pay(&stage.alice, asset(), 1),
        "Payment(NoTrust)",
    );
    fails(
        &stage,
        &stage.alice,
        pay(&bob, asset(), 1),
        "Payment(SrcNoTrust)",
    );
    fails(
        &stage,
        &bob,
        pay(&issuer, asset(), 61),
        "Payment(Underfunded)",
    );
    ok(&stage, &bob, pay(&issuer, asset(), 60));
    ok(&stage, &bob, trust(&issuer, 0));
    assert_eq!(stage.client.account(&bob).unwrap().num_sub_entries, 0);
}

#[test]
fn an_issuer_can_ask_to_authorise_and_take_it_back() {
    let stage = Stage::new();
    let (bob, issuer) = people(&stage);
    let asset = || Asset::CreditAlphanum4(usd(&issuer));
    let flags = |set_flags, clear_flags| {
        let trustor = bob.account();
        let asset = asset();
        OperationBody::SetTrustLineFlags(SetTrustLineFlagsOp {
            trustor,
            asset,
            clear_flags,
            set_flags,
        })
    };
    let set = |flags| {
        OperationBody::SetOptions(SetOptionsOp {
            set_flags: Some(flags),
            ..options()
        })
    };
    ok(&stage, &issuer, set(1));
    fails(
        &stage,
        &issuer,
        flags(1, 0),
        "SetTrustLineFlags(NoTrustLine)",
    );
    // Without the right to revoke, whether there is a line is not even asked.
    fails(
        &stage,
        &issuer,
        flags(0, 1),
        "SetTrustLineFlags(CantRevoke)",
    );
    ok(&stage, &bob, trust(&issuer, 100));
    fails(
        &stage,
        &issuer,
        pay(&bob, asset(), 5),
        "Payment(NotAuthorized)",
    );
    fails(&stage, &bob, flags(1, 0), "SetTrustLineFlags(Malformed)");
    fails(&stage, &issuer, flags(1, 1), "SetTrustLineFlags(Malformed)");
    ok(&stage, &issuer, flags(1, 0));
    ok(&stage, &issuer, pay(&bob, asset(), 5));
    fails(
        &stage,
        &issuer,
        flags(0, 1),
        "SetTrustLineFlags(CantRevoke)",
    );
    ok(&stage, &issuer, set(2));
    ok(&stage, &issuer, flags(0, 1));
    fails(
        &stage,
        &bob,
        pay(&issuer, asset(), 5),
        "Payment(SrcNotAuthorized)",
    );
}

#[test]
fn options_are_checked() {
    let stage = Stage::new();
    let bad = |options: SetOptionsOp, expected: &str| {
        let expected = format!("SetOptions({expected})");
        fails(
            &stage,
            &stage.alice,
            OperationBody::SetOptions(options),
            &expected,
        );
    };
    bad(
        SetOptionsOp {
            set_flags: Some(16),
            ..options()
        },
        "UnknownFlag",
    );
    bad(
        SetOptionsOp {
            set_flags: Some(1),
            clear_flags: Some(1),
            ..options()
        },
        "BadFlags",
    );
    bad(
        SetOptionsOp {
            low_threshold: Some(256),
            ..options()
        },
        "ThresholdOutOfRange",
    );
    bad(
        SetOptionsOp {
            signer: Some(signer(&stage.alice, 1)),
            ..options()
        },
        "BadSigner",
    );
    bad(
        SetOptionsOp {
            set_flags: Some(8),
            ..options()
        },
        "AuthRevocableRequired",
    );
    let nobody = Some(Wallet::named("nobody").account());
    bad(
        SetOptionsOp {
            inflation_dest: nobody,
            ..options()
        },
        "InvalidInflation",
    );
    let domain = Some(String32("a\u{7f}".try_into().unwrap()));
    bad(
        SetOptionsOp {
            home_domain: domain,
            ..options()
        },
        "InvalidHomeDomain",
    );
    ok(
        &stage,
        &stage.alice,
        OperationBody::SetOptions(SetOptionsOp {
            set_flags: Some(4),
            ..options()
        }),
    );
    bad(
        SetOptionsOp {
            clear_flags: Some(4),
            ..options()
        },
        "CantChange",
    );
}

/// Two of three signers can pay; it takes all three to change the signers.
#[test]
fn thresholds_say_how_many_have_to_sign() {
    let stage = Stage::new();
    let (bob, carol) = (Wallet::named("bob"), Wallet::named("carol"));
    for wallet in [&bob, &carol] {
        let add = SetOptionsOp {
            signer: Some(signer(wallet, 1)),
            ..options()
        };
        ok(&stage, &stage.alice, OperationBody::SetOptions(add));
    }
    let thresholds = SetOptionsOp {
        low_threshold: Some(1),
        med_threshold: Some(2),
        high_threshold: Some(3),
        ..options()
    };
    ok(&stage, &stage.alice, OperationBody::SetOptions(thresholds));
    let root = Wallet::of_secret(&stage.network.root().secret).unwrap();
    let send = |body: OperationBody, signers: &[&Wallet]| {
        let number = stage.client.next_sequence(&stage.alice).unwrap();
        let tx = transaction(&stage.alice.account(), number, vec![operation(body)]).unwrap();
        stage
            .client
            .send(&sign(&tx, stage.client.network_id, signers).unwrap())
            .unwrap()
    };
    let payment = || pay(&root, Asset::Native, 1);
    let refused = send(payment(), &[&bob]);
    assert_eq!(code_of(&refused), "TxFailed");
    assert_eq!(first(&refused), "OpBadAuth");
    assert_eq!(send(payment(), &[&bob, &carol])["status"], "PENDING");
    let remove = || {
        let signer = Some(signer(&carol, 0));
        OperationBody::SetOptions(SetOptionsOp {
            signer,
            ..options()
        })
    };
    assert_eq!(first(&send(remove(), &[&bob, &carol])), "OpBadAuth");
    assert_eq!(
        send(remove(), &[&bob, &carol, &stage.alice])["status"],
        "PENDING"
    );
    assert_eq!(stage.client.account(&stage.alice).unwrap().signers.len(), 1);
    let bump = OperationBody::BumpSequence(BumpSequenceOp {
        bump_to: SequenceNumber(0),
    });
    assert_eq!(
        send(bump, &[&bob])["status"],
        "PENDING",
        "a low threshold suffices"
    );
}

#[test]
fn a_signer_by_hash_counts_and_is_spent() {
    let stage = Stage::new();
    let number = stage.client.next_sequence(&stage.alice).unwrap() + 1;
    let body = OperationBody::BumpSequence(BumpSequenceOp {
        bump_to: SequenceNumber(0),
    });
    let tx = transaction(&stage.alice.account(), number, vec![operation(body)]).unwrap();
    let hash = tx.hash(stage.client.network_id).unwrap();
    let allowed = Signer {
        key: SignerKey::PreAuthTx(Uint256(hash)),
        weight: 1,
    };
    let add = SetOptionsOp {
        signer: Some(allowed),
        ..options()
    };
    ok(&stage, &stage.alice, OperationBody::SetOptions(add));
    let answer = stage
        .client
        .send(&sign(&tx, stage.client.network_id, &[]).unwrap())
        .unwrap();
    assert_eq!(answer["status"], "PENDING", "{answer}");
    let account = stage.client.account(&stage.alice).unwrap();
    assert!(account.signers.is_empty() && account.num_sub_entries == 0);
}

#[test]
fn data_is_kept_changed_and_removed() {
    let stage = Stage::new();
    let manage = |name: &str, value: Option<&[u8]>| {
        OperationBody::ManageData(ManageDataOp {
            data_name: String64(name.try_into().unwrap()),
            data_value: value.map(|value| DataValue(value.to_vec().try_into().unwrap())),
        })
    };
    fails(
        &stage,
        &stage.alice,
        manage("", Some(b"x")),
        "ManageData(InvalidName)",
    );
    fails(
        &stage,
        &stage.alice,
        manage("a", None),
        "ManageData(NameNotFound)",
    );
    ok(&stage, &stage.alice, manage("a", Some(b"1")));
    ok(&stage, &stage.alice, manage("a", Some(b"2")));
    assert_eq!(
        stage.client.account(&stage.alice).unwrap().num_sub_entries,
        1
    );
    ok(&stage, &stage.alice, manage("a", None));
    assert_eq!(
        stage.client.account(&stage.alice).unwrap().num_sub_entries,
        0
    );
}

#[test]
fn the_sequence_number_moves_forward_only() {
    let stage = Stage::new();
    let bump = |to| {
        OperationBody::BumpSequence(BumpSequenceOp {
            bump_to: SequenceNumber(to),
        })
    };
    fails(&stage, &stage.alice, bump(-1), "BumpSequence(BadSeq)");
    let now = stage.client.account(&stage.alice).unwrap().seq_num.0;
    ok(&stage, &stage.alice, bump(now + 1_000));
    assert_eq!(
        stage.client.account(&stage.alice).unwrap().seq_num.0,
        now + 1_000
    );
    ok(&stage, &stage.alice, bump(5));
    assert_eq!(
        stage.client.account(&stage.alice).unwrap().seq_num.0,
        now + 1_001
    );
}

#[test]
fn operations_that_are_not_there_say_so() {
    let stage = Stage::new();
    let offer = OperationBody::ManageSellOffer(ManageSellOfferOp {
        selling: Asset::Native,
        buying: Asset::CreditAlphanum4(usd(&stage.alice)),
        amount: 1,
        price: Price { n: 1, d: 1 },
        offer_id: 0,
    });
    let answer = attempt(&stage, &stage.alice, vec![offer]);
    assert_eq!(first(&answer), "OpNotSupported");
}

/// One of two operations fails: neither happened, the fee is paid, the number is used.
#[test]
fn operations_happen_together_or_not_at_all() {
    let stage = Stage::new();
    let (bob, _) = people(&stage);
    let before = stage.client.account(&stage.alice).unwrap();
    let nobody = Wallet::named("nobody");
    let bodies = vec![
        pay(&bob, Asset::Native, 1_000),
        pay(&nobody, Asset::Native, 1),
    ];
    let answer = attempt(&stage, &stage.alice, bodies);
    assert_eq!(answer["status"], "FAILED");
    assert_eq!(first(&answer), "OpInner(Payment(Success))");
    let after = stage.client.account(&stage.alice).unwrap();
    assert_eq!(after.balance, before.balance - 200);
    assert_eq!(after.seq_num.0, before.seq_num.0 + 1);
}
