//! How much of an asset there is: the sum of what everybody holds.

use super::{Entries, View};
use crate::apply::asset_contract_id;
use stellar_xdr::{
    Asset, ContractDataDurability, Error, LedgerEntryData, LedgerKey, LedgerKeyContractData,
    ScAddress, ScSymbol, ScVal, ScVec, TrustLineAsset,
};

/// All of the native asset that accounts and contracts hold, in stroops. What was paid in fees is
/// not among it.
///
/// # Errors
/// Where the asset's contract id cannot be computed.
pub fn native_total(entries: &Entries, network_id: [u8; 32]) -> Result<i128, Error> {
    let accounts: i128 = entries
        .values()
        .map(|entry| match &entry.entry.data {
            LedgerEntryData::Account(account) => i128::from(account.balance),
            LedgerEntryData::ClaimableBalance(balance) if balance.asset == Asset::Native => {
                i128::from(balance.amount)
            }
            _ => 0,
        })
        .sum();
    Ok(accounts + held_by_contracts(entries, &Asset::Native, network_id)?)
}

/// All of an issued asset that is in circulation, in its smallest unit.
///
/// # Errors
/// Where the asset's contract id cannot be computed.
pub fn issued_total(entries: &Entries, asset: &Asset, network_id: [u8; 32]) -> Result<i128, Error> {
    let named: TrustLineAsset = crate::tx::account::line_asset(asset);
    let lines: i128 = entries
        .values()
        .map(|entry| match &entry.entry.data {
            LedgerEntryData::Trustline(line) if line.asset == named => i128::from(line.balance),
            LedgerEntryData::ClaimableBalance(balance) if balance.asset == *asset => {
                i128::from(balance.amount)
            }
            _ => 0,
        })
        .sum();
    Ok(lines + held_by_contracts(entries, asset, network_id)?)
}

/// What contracts hold of an asset: their balances are data of the asset's own contract.
fn held_by_contracts(
    entries: &Entries,
    asset: &Asset,
    network_id: [u8; 32],
) -> Result<i128, Error> {
    let contract = ScAddress::Contract(asset_contract_id(asset, network_id)?);
    let balances = entries
        .values()
        .filter_map(|entry| match &entry.entry.data {
            LedgerEntryData::ContractData(data) if data.contract == contract => {
                is_balance(&data.key).then(|| amount(&data.val))
            }
            _ => None,
        });
    Ok(balances.sum())
}

/// What a contract holds of the native asset, in stroops.
///
/// # Errors
/// Where the asset's contract id cannot be computed.
pub fn native_balance(view: &View, contract: &ScAddress) -> Result<i128, Error> {
    let key = vec![symbol("Balance"), ScVal::Address(contract.clone())];
    let key = LedgerKey::ContractData(LedgerKeyContractData {
        contract: ScAddress::Contract(asset_contract_id(&Asset::Native, view.network.id)?),
        key: ScVal::Vec(Some(ScVec(key.try_into()?))),
        durability: ContractDataDurability::Persistent,
    });
    Ok(match view.entry(&key).map(|entry| &entry.entry.data) {
        Some(LedgerEntryData::ContractData(data)) => amount(&data.val),
        _ => 0,
    })
}

fn is_balance(key: &ScVal) -> bool {
    matches!(key, ScVal::Vec(Some(parts)) if parts.first() == Some(&symbol("Balance")))
}

fn amount(value: &ScVal) -> i128 {
    let ScVal::Map(Some(fields)) = value else {
        return 0;
    };
    let field = fields.iter().find(|field| field.key == symbol("amount"));
    match field.map(|field| &field.val) {
        Some(ScVal::I128(parts)) => (i128::from(parts.hi) << 64) | i128::from(parts.lo),
        _ => 0,
    }
}

fn symbol(text: &str) -> ScVal {
    ScVal::Symbol(ScSymbol(text.try_into().unwrap_or_default()))
}
