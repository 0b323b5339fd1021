//! Ids of contracts and keys of ledger entries.

use crate::{codec::FITS, Address, Client, Error};
use sha2::{Digest, Sha256};
use stellar_xdr::{
    AccountId, Asset, AssetCode, ContractDataDurability, ContractExecutable, ContractId,
    ContractIdPreimage, ContractIdPreimageFromAddress, Hash, LedgerEntryData, LedgerKey,
    LedgerKeyContractData, ScAddress, ScVal, Uint256,
};

pub(crate) fn salted(deployer: &AccountId, salt: [u8; 32]) -> ContractIdPreimage {
    ContractIdPreimage::Address(ContractIdPreimageFromAddress {
        address: ScAddress::Account(deployer.clone()),
        salt: Uint256(salt),
    })
}

/// The id of a contract that is made from a preimage.
fn contract_id(preimage: ContractIdPreimage, network_id: [u8; 32]) -> stellar_xdr::ContractId {
    use stellar_xdr::{HashIdPreimage, HashIdPreimageContractId, Limits, WriteXdr};
    let image = HashIdPreimage::ContractId(HashIdPreimageContractId {
        network_id: Hash(network_id),
        contract_id_preimage: preimage,
    });
    let image = image.to_xdr(Limits::none()).expect(FITS);
    stellar_xdr::ContractId(Hash(Sha256::digest(image).into()))
}

/// The id that a contract of this deployer and salt has, on this network.
pub fn salted_contract_id(
    deployer: &AccountId,
    salt: [u8; 32],
    network_id: [u8; 32],
) -> stellar_xdr::ContractId {
    contract_id(salted(deployer, salt), network_id)
}

/// The id of the contract of a classic asset, on this network.
pub fn asset_contract_id(asset: &Asset, network_id: [u8; 32]) -> stellar_xdr::ContractId {
    contract_id(ContractIdPreimage::Asset(asset.clone()), network_id)
}

/// A classic asset.
///
/// # Errors
/// Where the code is not one of 1 to 12 letters and digits.
pub fn classic_asset(code: &str, issuer: AccountId) -> Result<Asset, Error> {
    use stellar_xdr::{AlphaNum12, AlphaNum4};
    let bad = |_| {
        Error::Config(format!(
            "{code:?} is no asset code: 1 to 12 letters and digits"
        ))
    };
    Ok(match code.parse::<AssetCode>().map_err(bad)? {
        AssetCode::CreditAlphanum4(asset_code) => {
            Asset::CreditAlphanum4(AlphaNum4 { asset_code, issuer })
        }
        AssetCode::CreditAlphanum12(asset_code) => {
            Asset::CreditAlphanum12(AlphaNum12 { asset_code, issuer })
        }
    })
}

/// The key of a contract's instance.
pub fn instance_key(contract: &ContractId) -> LedgerKey {
    LedgerKey::ContractData(LedgerKeyContractData {
        contract: Address::Contract(contract.clone()),
        key: ScVal::LedgerKeyContractInstance,
        durability: ContractDataDurability::Persistent,
    })
}

/// The hash of the Wasm that a contract runs; `None` where there is no such contract.
///
/// # Errors
/// Where the network does not answer, or the contract is that of an asset.
pub async fn instance(client: &Client, id: &ContractId) -> Result<Option<Hash>, Error> {
    let Some(entry) = client
        .entries(&[instance_key(id)])
        .await?
        .into_iter()
        .next()
    else {
        return Ok(None);
    };
    if let LedgerEntryData::ContractData(data) = entry.val {
        if let ScVal::ContractInstance(instance) = data.val {
            if let ContractExecutable::Wasm(hash) = instance.executable {
                return Ok(Some(hash));
            }
        }
    }
    Err(Error::Mismatch(format!("{id} is no contract of Wasm")))
}
