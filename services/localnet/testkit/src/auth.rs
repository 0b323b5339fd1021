//! Signing what a contract asks an account to agree to.

use crate::{symbol, Wallet};
use anyhow::{bail, Result};
use sha2::{Digest, Sha256};
use stellar_xdr::{
    Hash, HashIdPreimage, HashIdPreimageSorobanAuthorization,
    HashIdPreimageSorobanAuthorizationWithAddress, Limits, ScBytes, ScMap, ScMapEntry, ScVal,
    ScVec, SorobanAuthorizationEntry, SorobanCredentials, WriteXdr,
};

/// Signs an authorisation that holds until ledger `expires`, in the form that it was recorded in.
///
/// # Errors
/// Where the authorisation is not one that an account signs.
pub fn authorize(
    mut entry: SorobanAuthorizationEntry,
    wallet: &Wallet,
    expires: u32,
    network_id: [u8; 32],
) -> Result<SorobanAuthorizationEntry> {
    let network_id = Hash(network_id);
    let invocation = entry.root_invocation.clone();
    let (credentials, image) = match &mut entry.credentials {
        SorobanCredentials::Address(credentials) => {
            let nonce = credentials.nonce;
            let image = HashIdPreimage::SorobanAuthorization(HashIdPreimageSorobanAuthorization {
                network_id,
                nonce,
                signature_expiration_ledger: expires,
                invocation,
            });
            (credentials, image)
        }
        SorobanCredentials::AddressV2(credentials) => {
            let (nonce, address) = (credentials.nonce, credentials.address.clone());
            let image = HashIdPreimage::SorobanAuthorizationWithAddress(
                HashIdPreimageSorobanAuthorizationWithAddress {
                    network_id,
                    nonce,
                    signature_expiration_ledger: expires,
                    address,
                    invocation,
                },
            );
            (credentials, image)
        }
        _ => bail!("nobody signs this authorisation"),
    };
    let payload = Sha256::digest(image.to_xdr(Limits::none())?);
    credentials.signature_expiration_ledger = expires;
    credentials.signature = signature(wallet, &payload)?;
    Ok(entry)
}

fn signature(wallet: &Wallet, payload: &[u8]) -> Result<ScVal> {
    let bytes =
        |bytes: &[u8]| -> Result<ScVal> { Ok(ScVal::Bytes(ScBytes(bytes.to_vec().try_into()?))) };
    let fields = vec![
        ScMapEntry {
            key: symbol("public_key"),
            val: bytes(&wallet.public())?,
        },
        ScMapEntry {
            key: symbol("signature"),
            val: bytes(&wallet.sign_bytes(payload))?,
        },
    ];
    let signature = ScVal::Map(Some(ScMap(fields.try_into()?)));
    Ok(ScVal::Vec(Some(ScVec(vec![signature].try_into()?))))
}
