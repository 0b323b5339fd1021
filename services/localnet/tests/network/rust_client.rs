//! A tour with the unmodified Rust client, `stellar-rpc-client`.

use crate::setup::{network, Stage};
use flash_localnet::{settings::Preset, Config};
use flash_localnet_testkit::{
    instance_key, operation, sign, symbol, transaction, upload_key, with_footprint, Wallet,
};
use stellar_rpc_client::{
    Client, Error, EventStart, EventType, GetTransactionsRequest, LedgerStart,
    TransactionsPaginationOptions,
};
use stellar_xdr::{Preconditions, ScVal, TimeBounds, TimePoint, TransactionEnvelope};

fn client(stage: &Stage) -> Client {
    Client::new(&stage.network.url()).unwrap()
}

fn call(stage: &Stage, function: &str, args: Vec<ScVal>) -> TransactionEnvelope {
    let body = stage.body(function, args);
    let tx = stage.client.prepare(&stage.alice, body).unwrap();
    sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_describes_itself() {
    let (network, _) = network();
    let client = Client::new(&network.url()).unwrap();
    assert_eq!(
        client.get_network().await.unwrap().passphrase,
        network.passphrase()
    );
    client
        .verify_network_passphrase(Some(network.passphrase()))
        .await
        .unwrap();
    assert!(client
        .friendbot_url()
        .await
        .unwrap()
        .ends_with("/friendbot"));
    assert_eq!(client.get_health().await.unwrap().status, "healthy");
    assert_eq!(
        client.get_latest_ledger().await.unwrap().protocol_version,
        28
    );
    assert_eq!(
        client.get_version_info().await.unwrap().protocol_version,
        28
    );
    client.get_fee_stats().await.unwrap();
    let ledgers = client
        .get_ledgers(LedgerStart::Ledger(1), Some(5), None)
        .await
        .unwrap();
    assert_eq!(ledgers.ledgers[0].sequence, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_from_simulation_to_its_events() {
    let stage = Stage::new();
    let client = client(&stage);
    let account = client.get_account(&stage.alice.address()).await.unwrap();
    assert_eq!(account.account_id, stage.alice.account());

    let topics = ScVal::Vec(Some(stellar_xdr::ScVec(
        vec![symbol("tour")].try_into().unwrap(),
    )));
    let envelope = call(&stage, "emit", vec![topics, ScVal::U32(7)]);
    let simulated = client
        .simulate_transaction_envelope(&envelope, None)
        .await
        .unwrap();
    assert!(simulated.error.is_none() && simulated.min_resource_fee > 0);
    assert_eq!(simulated.results().unwrap().len(), 1);
    simulated.transaction_data().unwrap();
    assert!(!simulated.events().unwrap().is_empty());

    let done = client.send_transaction_polling(&envelope).await.unwrap();
    assert_eq!(done.status, "SUCCESS");
    assert_eq!(done.return_value().unwrap(), ScVal::Void);
    assert_eq!(done.events.contract_events[0].len(), 1);
    assert_eq!(done.events.transaction_events.len(), 2);
    assert!(!done.events.diagnostic_events.is_empty());

    let ledger = done.ledger.unwrap();
    let contract = stellar_strkey::Contract(stage.contract.0 .0)
        .to_string()
        .to_string();
    let start = EventStart::Ledger(ledger);
    let ids = [contract];
    let kind = Some(EventType::Contract);
    let events = client
        .get_events(start, kind, &ids, &[], Some(10))
        .await
        .unwrap();
    assert_eq!(events.events.len(), 1);

    let request = GetTransactionsRequest {
        start_ledger: Some(1),
        pagination: Some(TransactionsPaginationOptions {
            cursor: None,
            limit: Some(10),
        }),
    };
    let all = client.get_transactions(request).await.unwrap();
    assert_eq!(all.transactions.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_code_and_times_to_live() {
    let stage = Stage::new();
    let client = client(&stage);
    let id = stage.contract.0 .0;
    client.get_contract_data(&id).await.unwrap();
    let code = client
        .get_full_ledger_entries(&[upload_key(&stage.wasm)])
        .await
        .unwrap();
    assert_eq!(code.entries.len(), 1);
    let keys = [instance_key(&stage.contract)];
    let entries = client.get_full_ledger_entries(&keys).await.unwrap();
    assert_eq!(entries.entries.len(), 1);
    let none = client.get_account(&Wallet::named("nobody").address()).await;
    assert!(matches!(none, Err(Error::NotFound(..))), "{none:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_told_as_the_client_understands_them() {
    let stage = Stage::new();
    let client = client(&stage);
    // A contract error, in simulation.
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let body = stage.body("refuse", vec![]);
    let tx = transaction(&stage.alice.account(), number, vec![operation(body)]).unwrap();
    let envelope = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let simulated = client
        .simulate_transaction_envelope(&envelope, None)
        .await
        .unwrap();
    assert!(simulated.error.unwrap().contains("Error(Contract, #7)"));
    // A bad signature, a bad sequence number, a fee that is too low.
    let eve = Wallet::named("eve");
    let good = stage.body("put", vec![symbol("a"), ScVal::U32(1)]);
    let good = stage.client.prepare(&stage.alice, good).unwrap();
    let id = stage.client.network_id;
    let refusal = |envelope: TransactionEnvelope| {
        let client = &client;
        async move {
            match client.send_transaction(&envelope).await {
                Err(Error::TransactionSubmissionFailed(text)) => text,
                other => panic!("{other:?}"),
            }
        }
    };
    assert!(refusal(sign(&good, id, &[&eve]).unwrap())
        .await
        .contains("TxBadAuth"));
    let mut late = good.clone();
    late.seq_num.0 += 1;
    assert!(refusal(sign(&late, id, &[&stage.alice]).unwrap())
        .await
        .contains("TxBadSeq"));
    let mut cheap = good.clone();
    cheap.fee -= 1;
    let text = refusal(sign(&cheap, id, &[&stage.alice]).unwrap()).await;
    assert!(text.contains("TxInsufficientFee"), "{text}");
    // A footprint that is too small fails in the ledger.
    let small = with_footprint(good.clone(), vec![], vec![]).unwrap();
    let mut small_tx = good;
    if let (stellar_xdr::TransactionExt::V1(data), stellar_xdr::TransactionExt::V1(empty)) =
        (&mut small_tx.ext, &small.ext)
    {
        data.resources.footprint.read_write = empty.resources.footprint.read_write.clone();
    }
    let envelope = sign(&small_tx, id, &[&stage.alice]).unwrap();
    assert!(failure(&client, &envelope).await.contains("Trapped"));
    // Time bounds that are over.
    let mut old = call(&stage, "put", vec![symbol("a"), ScVal::U32(1)]);
    let TransactionEnvelope::Tx(old_tx) = &mut old else {
        panic!()
    };
    old_tx.tx.cond = Preconditions::Time(TimeBounds {
        min_time: TimePoint(0),
        max_time: TimePoint(1_000_000),
    });
    let old = sign(&old_tx.tx, id, &[&stage.alice]).unwrap();
    assert!(refusal(old).await.contains("TxTooLate"));
}

/// What the client tells of a transaction that failed in the ledger.
async fn failure(client: &Client, envelope: &TransactionEnvelope) -> String {
    match client.send_transaction_polling(envelope).await {
        Err(Error::TransactionSubmissionFailed(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_archived_fails_and_comes_back_when_it_is_simulated_again() {
    let stage = Stage::with(&Config {
        settings: Preset::Fast.settings(),
        ..Config::default()
    });
    let client = client(&stage);
    stage.call("put", vec![symbol("a"), ScVal::U32(7)]);
    let envelope = call(&stage, "get", vec![symbol("a")]);
    stage.network.advance(0, 200).await.unwrap();
    let text = failure(&client, &envelope).await;
    assert!(text.contains("EntryArchived"), "{text}");
    let keys = [instance_key(&stage.contract)];
    let entries = client.get_full_ledger_entries(&keys).await.unwrap();
    // Archived is told by a zero.
    assert_eq!(entries.entries[0].live_until_ledger_seq, Some(0));
    let envelope = call(&stage, "get", vec![symbol("a")]);
    let done = client.send_transaction_polling(&envelope).await.unwrap();
    assert_eq!(done.return_value().unwrap(), ScVal::U32(7));
}
