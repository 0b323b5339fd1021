//! What the oracle signs.

use flash_common::ttl;
use flash_interfaces::deals::{BookReports, DealsError, OracleCommands};
use soroban_sdk::{contractimpl, Address, Env, Vec};

use super::{begin::begin_as_oracle, Deals, DealsArgs, DealsClient};
use crate::{batch, oracle, settle, signed::Reports, stage};

#[contractimpl]
impl OracleCommands for Deals {
    /// Stages consumption. Signed by the oracle.
    fn update_deal_consumption(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<(), DealsError> {
        begin_as_oracle(&env)?;
        stage::stage_consumption(
            &env,
            &provider_id,
            &consumer_id,
            deal_id,
            storage_mb,
            egress_mb,
        )
    }

    /// Stages service. Signed by the oracle.
    fn update_deal_sla(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
        latency_ms: u32,
        uptime: u32,
    ) -> Result<(), DealsError> {
        begin_as_oracle(&env)?;
        stage::stage_service(
            &env,
            &provider_id,
            &consumer_id,
            deal_id,
            latency_ms,
            uptime,
        )
    }

    /// Reports the stage, settles, pays out. Signed by the oracle.
    fn pay_pending_consumption(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError> {
        begin_as_oracle(&env)?;
        settle::pay_pending(&env, &provider_id, &consumer_id, deal_id)
    }

    /// Applies reports; a code an item. Signed by the oracle.
    fn report(env: Env, books: Vec<BookReports>) -> Result<Vec<u32>, DealsError> {
        report_as_oracle(&env, &books, false)
    }

    /// Applies reports and settles; a code an item. Signed by the oracle.
    fn report_and_settle(env: Env, books: Vec<BookReports>) -> Result<Vec<u32>, DealsError> {
        report_as_oracle(&env, &books, true)
    }
}

/// Opens a batch and applies it. Signed are its books by name and a digest of its reports.
fn report_as_oracle(
    env: &Env,
    books: &Vec<BookReports>,
    settling: bool,
) -> Result<Vec<u32>, DealsError> {
    ttl::extend_instance(env);
    let mut reports = Reports::default();
    let signed = reports.read(env, books)?;
    oracle::enforce_for(env, signed)?;
    batch::report(env, books, reports.as_slice(), settling)
}
