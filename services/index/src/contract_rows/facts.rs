//! What changes without an event of the market: contracts, the oracle, policies, solvency; and claims.

use super::int;
use crate::{
    chain::{address, many, Chain},
    json_rows::policy,
    rows::{Claim, ContractRow, Market, Policy, Solvency},
    table::Int128,
};
use anyhow::{Context, Result};
use flash_client::{instance, types};

/// What one may withdraw of a token.
///
/// # Errors
/// Where the network does not answer as it should.
pub async fn claim_of(chain: &Chain, who: &str, token: &str) -> Result<Claim> {
    let call = chain
        .market
        .escrow
        .get_claimable(address(who)?, address(token)?);
    Ok(Claim {
        address: who.to_owned(),
        token: token.to_owned(),
        amount: Int128(chain.read(call).await?),
    })
}

/// What changes without an event of the market too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub contracts: Vec<ContractRow>,
    pub market: Vec<Market>,
    pub solvency: Vec<Solvency>,
    pub policies: Vec<Policy>,
}

/// Reads them; `assets` are those of deals.
///
/// # Errors
/// Where the network does not answer as it should.
pub async fn facts(chain: &Chain, assets: &[String]) -> Result<Facts> {
    let all = &chain.market;
    let deals = chain.read(all.deals.get_config()).await?;
    let escrow = chain.read(all.escrow.get_config()).await?;
    let mandates = chain.read(all.mandates.get_config()).await?;
    let registry = chain.read(all.registry.get_config()).await?;
    let reputation = chain.read(all.reputation.get_config()).await?;
    let asset = escrow.stable_asset.to_string();
    let contracts = vec![
        contract(
            chain,
            "deals",
            all.deals.id.clone(),
            all.deals.version(),
            &deals.admin,
        )
        .await?,
        contract(
            chain,
            "escrow",
            all.escrow.id.clone(),
            all.escrow.version(),
            &escrow.admin,
        )
        .await?,
        contract(
            chain,
            "mandates",
            all.mandates.id.clone(),
            all.mandates.version(),
            &mandates.admin,
        )
        .await?,
        contract(
            chain,
            "registry",
            all.registry.id.clone(),
            all.registry.version(),
            &registry.admin,
        )
        .await?,
        contract(
            chain,
            "reputation",
            all.reputation.id.clone(),
            all.reputation.version(),
            &reputation.admin,
        )
        .await?,
    ];
    let mut tokens = assets.to_vec();
    tokens.push(asset.clone());
    tokens.sort();
    tokens.dedup();
    let versions = (1..=deals.policy_version).collect();
    let asked = |version| {
        let chain = chain.clone();
        async move {
            let found = chain.read(chain.market.deals.get_policy(version)).await?;
            let found = found.map(|found| policy(version.into(), &serde_json::to_value(found)?));
            found.transpose()
        }
    };
    let policies = many(versions, asked).await?.into_iter().flatten().collect();
    let solvency = |token: String| {
        let chain = chain.clone();
        async move { solvency(&chain, token).await }
    };
    Ok(Facts {
        contracts,
        market: vec![Market {
            id: 1,
            policy_version: deals.policy_version.into(),
            asset,
            oracle: deals.oracle.acting.map(|who| who.to_string()),
            oracle_next: deals.oracle.next.map(|who| who.to_string()),
            oracle_next_from_ts: int(deals.oracle.next_from_ts)?,
        }],
        solvency: many(tokens, solvency).await?,
        policies,
    })
}

async fn solvency(chain: &Chain, token: String) -> Result<Solvency> {
    let call = chain.market.escrow.get_solvency(address(&token)?);
    let found = chain.read(call).await?;
    Ok(Solvency {
        asset: token,
        balance: Int128(found.balance),
        locked: Int128(found.locked),
        claimable: Int128(found.claimable),
        fees: Int128(found.fees),
        surplus: Int128(found.surplus),
    })
}

async fn contract(
    chain: &Chain,
    name: &str,
    id: stellar_xdr::ContractId,
    version: flash_client::Call<flash_client::Text>,
    admin: &types::AdminConfig,
) -> Result<ContractRow> {
    let hash = instance(&chain.client, &id).await?;
    let hash = hash.with_context(|| format!("there is no contract {name}"))?;
    Ok(ContractRow {
        name: name.to_owned(),
        contract_id: flash_client::Address::Contract(id).to_string(),
        wasm_hash: hex::encode(hash.0),
        version: chain.read(version).await?.to_string(),
        schema_version: admin.schema.into(),
        owner: admin.owner.as_ref().map(ToString::to_string),
        upgrade_delay_secs: int(admin.upgrade_delay_secs)?,
        upgrade_wasm_hash: admin.upgrade_wasm_hash.map(hex::encode),
        upgrade_ready_ts: int(admin.upgrade_ready_ts)?,
        upgrade_void_ts: int(admin.upgrade_void_ts)?,
        paused_until_ts: admin.paused_until_ts.map(int).transpose()?,
    })
}
