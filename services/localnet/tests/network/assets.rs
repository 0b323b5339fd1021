//! Assets: accounts, trust lines and contracts hold the same money.

use crate::setup::Stage;
use flash_localnet::{
    asset_contract_id,
    state::{issued_total, native_total},
};
use flash_localnet_testkit::{invoke, operation, sign, transaction, Wallet};
use stellar_xdr::{
    AlphaNum4, Asset, AssetCode4, ChangeTrustAsset, ChangeTrustOp, ContractExecutable,
    ContractIdPreimage, CreateContractArgs, HostFunction, Int128Parts, InvokeHostFunctionOp,
    LedgerEntryData, MuxedAccount, OperationBody, PaymentOp, ScAddress, ScVal, TransactionMeta,
};

fn amount(value: u64) -> ScVal {
    ScVal::I128(Int128Parts { hi: 0, lo: value })
}

fn of(wallet: &Wallet) -> ScVal {
    ScVal::Address(ScAddress::Account(wallet.account()))
}

/// Runs one classic operation of somebody's.
fn run(stage: &Stage, who: &Wallet, body: OperationBody) -> TransactionMeta {
    let number = stage.client.next_sequence(who).unwrap();
    let tx = transaction(&who.account(), number, vec![operation(body)]).unwrap();
    stage.client.run(&tx, &[who]).unwrap()
}

#[test]
fn the_native_assets_contract_is_there_from_the_start() {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    let native = asset_contract_id(&Asset::Native, stage.client.network_id).unwrap();
    let before = stage.client.account(&bob).unwrap().balance;
    let body = invoke(
        &native,
        "transfer",
        vec![of(&stage.alice), of(&bob), amount(1_000)],
    )
    .unwrap();
    stage.client.invoke(&stage.alice, body).unwrap();
    assert_eq!(stage.client.account(&bob).unwrap().balance, before + 1_000);
    // A contract holds it too, and the total does not change.
    let to = ScVal::Address(ScAddress::Contract(stage.contract.clone()));
    let body = invoke(
        &native,
        "transfer",
        vec![of(&stage.alice), to.clone(), amount(5)],
    )
    .unwrap();
    stage.client.invoke(&stage.alice, body).unwrap();
    let body = invoke(&native, "balance", vec![to]).unwrap();
    assert_eq!(stage.client.invoke(&stage.alice, body).unwrap(), amount(5));
    let view = stage.network.view();
    let total = native_total(&view.entries, stage.client.network_id).unwrap();
    assert_eq!(
        total + i128::from(view.header.fee_pool),
        1_000_000_000_000_000_000
    );
}

#[test]
fn an_issued_asset_moves_between_trust_lines_and_its_contract() {
    let stage = Stage::new();
    let (issuer, bob) = (Wallet::named("issuer"), Wallet::named("bob"));
    stage.client.fund(&issuer).unwrap();
    stage.client.fund(&bob).unwrap();
    let code = AlphaNum4 {
        asset_code: AssetCode4(*b"USDC"),
        issuer: issuer.account(),
    };
    let asset = Asset::CreditAlphanum4(code.clone());
    let total = || {
        issued_total(
            &stage.network.view().entries,
            &asset,
            stage.client.network_id,
        )
        .unwrap()
    };
    for who in [&stage.alice, &bob] {
        let line = ChangeTrustAsset::CreditAlphanum4(code.clone());
        run(
            &stage,
            who,
            OperationBody::ChangeTrust(ChangeTrustOp {
                line,
                limit: i64::MAX,
            }),
        );
    }
    let pay = PaymentOp {
        destination: MuxedAccount::from(stage.alice.account()),
        asset: asset.clone(),
        amount: 1_000,
    };
    let meta = run(&stage, &issuer, OperationBody::Payment(pay));
    let TransactionMeta::V4(meta) = meta else {
        panic!()
    };
    let told = format!("{:?}", meta.operations[0].events);
    assert!(told.contains("mint") && told.contains("USDC:"), "{told}");
    assert_eq!(total(), 1_000);

    // Its contract, made by anybody, moves what the trust lines hold.
    let create = HostFunction::CreateContract(CreateContractArgs {
        contract_id_preimage: ContractIdPreimage::Asset(asset.clone()),
        executable: ContractExecutable::StellarAsset,
    });
    let body = OperationBody::InvokeHostFunction(InvokeHostFunctionOp {
        host_function: create,
        auth: Default::default(),
    });
    stage.client.invoke(&stage.alice, body).unwrap();
    let contract = asset_contract_id(&asset, stage.client.network_id).unwrap();
    let body = invoke(
        &contract,
        "transfer",
        vec![of(&stage.alice), of(&bob), amount(300)],
    )
    .unwrap();
    stage.client.invoke(&stage.alice, body).unwrap();
    let line = line_key(&bob, &asset);
    let (LedgerEntryData::Trustline(line), _) = stage.client.entry(&line).unwrap().unwrap() else {
        panic!()
    };
    assert_eq!(line.balance, 300);
    let held = ScVal::Address(ScAddress::Contract(stage.contract.clone()));
    let body = invoke(
        &contract,
        "transfer",
        vec![of(&stage.alice), held, amount(200)],
    )
    .unwrap();
    stage.client.invoke(&stage.alice, body).unwrap();
    assert_eq!(total(), 1_000, "moving makes and destroys nothing");
    let body = invoke(&contract, "mint", vec![of(&bob), amount(50)]).unwrap();
    stage.client.invoke(&issuer, body).unwrap();
    assert_eq!(total(), 1_050);
    let body = invoke(&contract, "burn", vec![of(&bob), amount(20)]).unwrap();
    stage.client.invoke(&bob, body).unwrap();
    assert_eq!(total(), 1_030);
}

fn line_key(who: &Wallet, asset: &Asset) -> stellar_xdr::LedgerKey {
    let Asset::CreditAlphanum4(code) = asset else {
        panic!()
    };
    stellar_xdr::LedgerKey::Trustline(stellar_xdr::LedgerKeyTrustLine {
        account_id: who.account(),
        asset: stellar_xdr::TrustLineAsset::CreditAlphanum4(code.clone()),
    })
}

#[test]
fn a_transfer_of_more_than_there_is_is_refused() {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    let native = asset_contract_id(&Asset::Native, stage.client.network_id).unwrap();
    let much = amount(u64::MAX / 4);
    let body = invoke(&native, "transfer", vec![of(&stage.alice), of(&bob), much]).unwrap();
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let tx = transaction(&stage.alice.account(), number, vec![operation(body)]).unwrap();
    let answer = stage.client.simulate_raw(&tx).unwrap();
    // BalanceError of the asset contract.
    assert!(
        answer["error"]
            .as_str()
            .unwrap()
            .contains("Error(Contract, #10)"),
        "{answer}"
    );
    let envelope = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    assert_eq!(stage.client.send(&envelope).unwrap()["status"], "ERROR");
}
