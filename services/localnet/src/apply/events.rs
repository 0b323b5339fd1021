//! The events that the protocol itself emits: fees, and the movements of classic assets, all on the
//! contract that every asset has.

use crate::tx::account;
use sha2::{Digest, Sha256};
use stellar_xdr::{
    AccountId, AlphaNum12, AlphaNum4, Asset, ContractEvent, ContractEventBody, ContractEventType,
    ContractEventV0, ContractId, ContractIdPreimage, ExtensionPoint, Hash, HashIdPreimage,
    HashIdPreimageContractId, Int128Parts, Limits, Memo, MuxedAccount, ScAddress, ScBytes, ScMap,
    ScMapEntry, ScString, ScSymbol, ScVal, TransactionEvent, TransactionEventStage, WriteXdr,
};

/// The id of the contract of an asset.
///
/// # Errors
/// Where the asset cannot be encoded.
pub fn asset_contract_id(
    asset: &Asset,
    network_id: [u8; 32],
) -> Result<ContractId, stellar_xdr::Error> {
    let image = HashIdPreimage::ContractId(HashIdPreimageContractId {
        network_id: Hash(network_id),
        contract_id_preimage: ContractIdPreimage::Asset(asset.clone()),
    });
    Ok(ContractId(Hash(
        Sha256::digest(image.to_xdr(Limits::none())?).into(),
    )))
}

/// An amount as contracts write it.
pub fn amount(value: i64) -> ScVal {
    let value = i128::from(value);
    // The two halves of the number, as they are.
    ScVal::I128(Int128Parts {
        hi: (value >> 64) as i64,
        lo: value as u64,
    })
}

fn symbol(text: &str) -> ScVal {
    ScVal::Symbol(ScSymbol(text.try_into().unwrap_or_default()))
}

fn address(id: &AccountId) -> ScVal {
    ScVal::Address(ScAddress::Account(id.clone()))
}

/// The fee that was taken, or with a negative amount the part that came back.
///
/// # Errors
/// Where the event cannot be built.
pub fn fee(
    payer: &AccountId,
    stroops: i64,
    stage: TransactionEventStage,
    network_id: [u8; 32],
) -> Result<TransactionEvent, stellar_xdr::Error> {
    let topics = vec![symbol("fee"), address(payer)];
    let event = event(&Asset::Native, topics, amount(stroops), network_id)?;
    Ok(TransactionEvent { stage, event })
}

/// A movement of an asset: a mint where it comes from its issuer, a burn where it goes there.
pub struct Movement<'a> {
    pub asset: &'a Asset,
    pub from: ScAddress,
    pub to: ScAddress,
    /// The id that the receiver is written with, where it has one.
    pub muxed_id: Option<u64>,
    pub amount: i64,
    pub memo: &'a Memo,
}

impl Movement<'_> {
    /// The event.
    ///
    /// # Errors
    /// Where it cannot be built.
    pub fn event(&self, network_id: [u8; 32]) -> Result<ContractEvent, stellar_xdr::Error> {
        let issuer = account::issuer(self.asset);
        let is_issuer =
            |address: &ScAddress| matches!(address, ScAddress::Account(id) if Some(id) == issuer);
        let name = ScVal::String(ScString(asset_name(self.asset).as_str().try_into()?));
        let (from, to) = (
            ScVal::Address(self.from.clone()),
            ScVal::Address(self.to.clone()),
        );
        let (topics, data) = match (is_issuer(&self.from), is_issuer(&self.to)) {
            (true, false) => (vec![symbol("mint"), to, name], self.received()?),
            (false, true) => (vec![symbol("burn"), from, name], amount(self.amount)),
            _ => (vec![symbol("transfer"), from, to, name], self.received()?),
        };
        event(self.asset, topics, data, network_id)
    }

    /// The amount, and for whom it is where the receiver's address or the memo says so.
    fn received(&self) -> Result<ScVal, stellar_xdr::Error> {
        let is_account = matches!(self.to, ScAddress::Account(_));
        let id = match (self.muxed_id, self.memo) {
            (Some(id), _) => ScVal::U64(id),
            _ if !is_account => return Ok(amount(self.amount)),
            (None, Memo::None) => return Ok(amount(self.amount)),
            (None, Memo::Id(id)) => ScVal::U64(*id),
            (None, Memo::Text(text)) => ScVal::String(ScString(text.to_vec().try_into()?)),
            (None, Memo::Hash(hash) | Memo::Return(hash)) => {
                ScVal::Bytes(ScBytes(hash.0.to_vec().try_into()?))
            }
        };
        let field = |name: &str, val| ScMapEntry {
            key: symbol(name),
            val,
        };
        let fields = vec![
            field("amount", amount(self.amount)),
            field("to_muxed_id", id),
        ];
        Ok(ScVal::Map(Some(ScMap(fields.try_into()?))))
    }
}

/// The id that an account is written with, where it has one.
pub fn muxed_id(account: &MuxedAccount) -> Option<u64> {
    match account {
        MuxedAccount::MuxedEd25519(muxed) => Some(muxed.id),
        MuxedAccount::Ed25519(_) => None,
    }
}

/// The issuer said whether an account may hold its asset.
///
/// # Errors
/// Where the event cannot be built.
pub fn set_authorized(
    asset: &Asset,
    holder: &AccountId,
    authorized: bool,
    network_id: [u8; 32],
) -> Result<ContractEvent, stellar_xdr::Error> {
    let name = ScVal::String(ScString(asset_name(asset).as_str().try_into()?));
    let topics = vec![symbol("set_authorized"), address(holder), name];
    event(asset, topics, ScVal::Bool(authorized), network_id)
}

fn event(
    asset: &Asset,
    topics: Vec<ScVal>,
    data: ScVal,
    network_id: [u8; 32],
) -> Result<ContractEvent, stellar_xdr::Error> {
    Ok(ContractEvent {
        ext: ExtensionPoint::V0,
        contract_id: Some(asset_contract_id(asset, network_id)?),
        type_: ContractEventType::Contract,
        body: ContractEventBody::V0(ContractEventV0 {
            topics: topics.try_into()?,
            data,
        }),
    })
}

/// `CODE:ISSUER`, or `native`.
pub fn asset_name(asset: &Asset) -> String {
    let (code, issuer): (&[u8], _) = match asset {
        Asset::Native => return "native".to_owned(),
        Asset::CreditAlphanum4(AlphaNum4 { asset_code, issuer }) => (&asset_code.0, issuer),
        Asset::CreditAlphanum12(AlphaNum12 { asset_code, issuer }) => (&asset_code.0, issuer),
    };
    let code: String = code
        .iter()
        .take_while(|byte| **byte != 0)
        .map(|b| char::from(*b))
        .collect();
    format!("{code}:{issuer}")
}
