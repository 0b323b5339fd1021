//! Rows as the contracts' own queries give them: the other way to the same tables.

use crate::{
    chain::{address, many, Chain},
    event::snake,
    json_rows::{bucket, measured, policy},
    rows::{Bucket, Claim, Consumer, ContractRow, Deal, Market, Policy, Provider, Solvency},
    table::Wide,
};
use anyhow::{Context, Result};
use flash_deploy::types::{DealStatus, Role};
use flash_deploy::{instance, types};

fn int<T: TryInto<i64>>(value: T) -> Result<i64> {
    value.try_into().ok().context("a number above 63 bits")
}

fn word(value: impl std::fmt::Debug) -> String {
    snake(&format!("{value:?}"))
}

/// A bucket; `None` where there is none.
///
/// # Errors
/// Where the network does not answer as it should.
pub async fn bucket_of(chain: &Chain, bucket_id: i64, ledger: i64) -> Result<Option<Bucket>> {
    let id = u32::try_from(bucket_id)?;
    let found = chain.read(chain.market.registry.get_bucket(id)).await?;
    found
        .map(|found| bucket(&serde_json::to_value(found)?, ledger))
        .transpose()
}

macro_rules! with_record {
    ($row:ident, $record:expr) => {
        if let Some(record) = $record {
            $row.completed = record.completed.into();
            $row.completed_with_credit = record.completed_with_credit.into();
            $row.cancelled = record.cancelled.into();
            $row.breached_by_provider = record.breached_by_provider.into();
            $row.breached_by_consumer = record.breached_by_consumer.into();
            $row.volume = Wide(record.volume);
            $row.first_outcome_ts = int(record.first_outcome_ts)?;
            $row.last_outcome_ts = int(record.last_outcome_ts)?;
        }
    };
}

/// A provider, but for its live deals.
///
/// # Errors
/// Where the network does not answer as it should.
pub async fn provider_of(chain: &Chain, who: &str, ledger: i64) -> Result<Option<Provider>> {
    let id = address(who)?;
    let market = &chain.market;
    let found = chain.read(market.registry.get_provider(id.clone())).await?;
    let Some(found) = found else { return Ok(None) };
    let record = chain.read(market.reputation.get_record(id, Role::Provider));
    let mut row = Provider {
        address: who.to_owned(),
        description: found.description,
        registered_ts: int(found.registered_ts)?,
        updated_ts: int(found.last_update_ts)?,
        deleted: found.deleted.into(),
        bucket_count: found.units_count.into(),
        reputation: found.reputation.into(),
        changed_ledger: ledger,
        ..Provider::default()
    };
    with_record!(row, record.await?);
    Ok(Some(row))
}

/// A consumer, but for its live deals.
///
/// # Errors
/// Where the network does not answer as it should.
pub async fn consumer_of(chain: &Chain, who: &str, ledger: i64) -> Result<Option<Consumer>> {
    let id = address(who)?;
    let market = &chain.market;
    let found = chain.read(market.registry.get_consumer(id.clone())).await?;
    let Some(found) = found else { return Ok(None) };
    let record = chain.read(market.reputation.get_record(id, Role::Consumer));
    let mut row = Consumer {
        address: who.to_owned(),
        description: found.description,
        registered_ts: int(found.registered_ts)?,
        updated_ts: int(found.last_update_ts)?,
        deleted: found.deleted.into(),
        reputation: found.reputation.into(),
        changed_ledger: ledger,
        ..Consumer::default()
    };
    with_record!(row, record.await?);
    Ok(Some(row))
}

/// A deal, with what only events tell taken from `known`; `None` where its record was deleted.
///
/// # Errors
/// Where the network does not answer as it should.
pub async fn deal_of(
    chain: &Chain,
    deal_id: i64,
    known: Option<Deal>,
    ledger: i64,
) -> Result<Option<Deal>> {
    let id = u32::try_from(deal_id)?;
    let (deals, escrow) = (&chain.market.deals, &chain.market.escrow);
    let Some(terms) = chain.read(deals.get_deal_terms(id)).await? else {
        return Ok(None);
    };
    let (consumer, provider) = (terms.consumer_id.clone(), terms.provider_id.clone());
    let Some(deal) = chain.read(deals.get_deal(consumer, provider, id)).await? else {
        return Ok(None);
    };
    let mut row = of_terms(&terms, &deal)?;
    let known = known.unwrap_or_else(|| Deal {
        window_from_ts: row.start_ts,
        ..Deal::default()
    });
    row.fund_until_ts = known.fund_until_ts;
    row.window_from_ts = known.window_from_ts;
    row.window_storage_mb_secs = known.window_storage_mb_secs;
    row.window_egress_mb = known.window_egress_mb;
    row.changed_ledger = ledger;
    let meter = chain
        .read(deals.get_meters(vec![id]))
        .await?
        .pop()
        .flatten();
    if let Some(meter) = meter {
        metered(&mut row, &meter)?;
        if let Some(account) = chain.read(escrow.get_account(id)).await? {
            row.deposited = Wide(account.deposited);
            row.refunded = Wide(account.refunded);
        }
    }
    if deal.status == DealStatus::Funded {
        if let Some(stage) = chain.read(deals.get_stage(id)).await? {
            staged(&mut row, &stage)?;
        }
    }
    Ok(Some(row))
}

fn of_terms(terms: &types::Terms, deal: &types::Deal) -> Result<Deal> {
    let some = |value: u32| (value > 0).then_some(i64::from(value));
    let status = word(deal.status);
    Ok(Deal {
        deal_id: deal.deal_id.into(),
        consumer: terms.consumer_id.to_string(),
        provider: terms.provider_id.to_string(),
        bucket_id: terms.bucket_id.into(),
        asset: terms.asset.to_string(),
        api: terms.api_compatibility.clone(),
        fb_repo_id: deal.fb_repo_id.clone(),
        ended: i64::from(!["pending", "accepted", "funded"].contains(&&*status)),
        status,
        reason: word(deal.reason),
        created_ts: int(terms.created_ts)?,
        duration_secs: int(terms.duration_secs)?,
        agreed_storage_mb: int(terms.agreed_storage_mb)?,
        agreed_egress_mb: int(terms.agreed_egress_mb)?,
        price_storage: int(terms.price_per_gb_storage)?,
        price_egress: int(terms.price_per_gb_egress)?,
        sla_latency_ms: terms.sla_avg_latency_ms.into(),
        sla_uptime_bps: terms.sla_avg_uptime_pct.into(),
        policy_version: terms.policy_version.into(),
        start_ts: int(deal.start_ts)?,
        latency_ms: some(deal.sla_avg_latency_ms),
        uptime_bps: some(deal.sla_avg_uptime_pct),
        ..Deal::default()
    })
}

fn metered(row: &mut Deal, meter: &types::Meter) -> Result<()> {
    row.released = meter.released.into();
    row.start_ts = int(meter.start_ts)?;
    row.end_ts = int(meter.end_ts)?;
    row.close_ts = int(meter.close_ts)?;
    row.final_until_ts = int(meter.final_until_ts)?;
    row.through_ts = int(meter.through_ts)?;
    row.storage_mb_secs = Wide(i128::try_from(meter.storage_mb_secs)?);
    row.payable_mb_secs_bps = Wide(i128::try_from(meter.payable_mb_secs_bps)?);
    row.egress_mb = int(meter.egress_mb)?;
    row.rate_mb = int(meter.rate_mb)?;
    row.strikes = meter.strikes.into();
    row.owed = Wide(meter.owed);
    row.reserve = Wide(meter.reserve);
    row.paid_total = Wide(meter.paid_total);
    row.locked = Wide(meter.locked);
    row.credited = Wide(meter.credited);
    row.arrears_since_ts = int(meter.arrears_since_ts)?;
    Ok(())
}

fn staged(row: &mut Deal, stage: &types::Stage) -> Result<()> {
    row.stage_from_ts = Some(int(stage.from_ts)?);
    row.stage_through_ts = Some(int(stage.through_ts)?);
    row.stage_storage_mb = Some(int(stage.storage_mb)?);
    row.stage_egress_mb = Some(int(stage.egress_mb)?);
    row.stage_latency_ms = measured(stage.latency_ms.into());
    row.stage_uptime_bps = measured(stage.uptime_bps.into());
    Ok(())
}

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
        amount: Wide(chain.read(call).await?),
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
        balance: Wide(found.balance),
        locked: Wide(found.locked),
        claimable: Wide(found.claimable),
        fees: Wide(found.fees),
        surplus: Wide(found.surplus),
    })
}

async fn contract(
    chain: &Chain,
    name: &str,
    id: stellar_xdr::ContractId,
    version: flash_deploy::Call<String>,
    admin: &types::AdminConfig,
) -> Result<ContractRow> {
    let hash = instance(&chain.client, &id).await?;
    let hash = hash.with_context(|| format!("there is no contract {name}"))?;
    Ok(ContractRow {
        name: name.to_owned(),
        contract_id: flash_deploy::Address::Contract(id).to_string(),
        wasm_hash: hex::encode(hash.0),
        version: chain.read(version).await?,
        schema_version: admin.schema.into(),
        owner: admin.owner.as_ref().map(ToString::to_string),
        upgrade_delay_secs: int(admin.upgrade_delay_secs)?,
        upgrade_wasm_hash: admin.upgrade_wasm_hash.map(hex::encode),
        upgrade_ready_ts: int(admin.upgrade_ready_ts)?,
        upgrade_void_ts: int(admin.upgrade_void_ts)?,
        paused_until_ts: admin.paused_until_ts.map(int).transpose()?,
    })
}
