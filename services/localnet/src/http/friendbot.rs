//! `GET|POST /friendbot?addr=<account or contract>`

use super::{body, reply, Shared};
use crate::{
    friendbot::{Funding, STARTING_BALANCE},
    state::{native_balance, View},
};
use axum::{
    extract::{Query, Request, State},
    http::StatusCode,
    response::Response,
};
use base64::{engine::general_purpose::STANDARD, Engine};
use serde::Deserialize;
use serde_json::json;
use stellar_strkey::Strkey;
use stellar_xdr::{AccountId, ContractId, Hash, PublicKey, ScAddress, Uint256};

const MAX_FORM_BYTES: usize = 1_024;
/// What clients look for when they fund an account twice.
const ALREADY: &str = "account already funded to starting balance (createAccountAlreadyExist)";

#[derive(Deserialize, Default)]
pub struct Params {
    addr: Option<String>,
}

/// Funds an account or a contract. Answers when that is applied.
pub async fn handle(
    State(shared): State<Shared>,
    Query(params): Query<Params>,
    request: Request,
) -> Response {
    let address = match params.addr {
        Some(address) => address,
        None => match form_address(request).await {
            Ok(address) => address,
            Err(refusal) => return refusal,
        },
    };
    let Some(beneficiary) = parse(&address) else {
        return refuse("addr: the address is not that of an account or a contract");
    };
    if is_funded(&shared.service.chain.view(), &beneficiary) {
        return refuse(ALREADY);
    }
    match shared.service.chain.fund(beneficiary).await {
        Ok(funding) if funding.successful => success(&funding),
        // Nothing but an existing account makes the payment fail.
        Ok(_) => refuse(ALREADY),
        Err(error) => {
            tracing::error!("friendbot: {error:#}");
            let body = json!({ "title": "Internal Server Error", "status": 500,
                "detail": "the account could not be funded" });
            reply(StatusCode::INTERNAL_SERVER_ERROR, body)
        }
    }
}

async fn form_address(request: Request) -> Result<String, Response> {
    let bytes = body(request, MAX_FORM_BYTES).await?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    let field = text
        .split('&')
        .find_map(|field| field.strip_prefix("addr="));
    Ok(field.unwrap_or_default().to_owned())
}

fn parse(address: &str) -> Option<ScAddress> {
    match stellar_strkey::Strkey::from_string(address).ok()? {
        Strkey::PublicKeyEd25519(key) => {
            let key = PublicKey::PublicKeyTypeEd25519(Uint256(key.0));
            Some(ScAddress::Account(AccountId(key)))
        }
        Strkey::Contract(contract) => Some(ScAddress::Contract(ContractId(Hash(contract.0)))),
        _ => None,
    }
}

/// An account is funded where there is one; a contract where it holds what friendbot gives.
fn is_funded(view: &View, beneficiary: &ScAddress) -> bool {
    match beneficiary {
        ScAddress::Account(account) => view.entry(&crate::tx::account::key(account)).is_some(),
        other => native_balance(view, other).unwrap_or(0) >= i128::from(STARTING_BALANCE),
    }
}

fn refuse(detail: &str) -> Response {
    let body = json!({
        "type": "https://stellar.org/horizon-errors/bad_request",
        "title": "Bad Request",
        "status": 400,
        "detail": detail,
    });
    reply(StatusCode::BAD_REQUEST, body)
}

fn success(funding: &Funding) -> Response {
    let hash = hex::encode(funding.hash);
    let body = json!({
        "id": hash,
        "hash": hash,
        "successful": true,
        "ledger": funding.ledger,
        "envelope_xdr": STANDARD.encode(&funding.envelope),
        "result_xdr": STANDARD.encode(&funding.result),
        "result_meta_xdr": STANDARD.encode(&funding.meta),
        "starting_balance": STARTING_BALANCE.to_string(),
    });
    reply(StatusCode::OK, body)
}
