//! The table: every exported function of the contracts, who signs it, and when it is allowed.

use flash_integration_tests::deploy::CONTRACTS;

use crate::scenes::{self, Scene};

/// Whose signature a command needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Signer {
    /// A query: needs no signature and never writes.
    Query,
    /// Permissionless: anyone may send it, no signature is needed.
    Anyone,
    /// The party that the call names first.
    Named,
    /// The acting oracle.
    Oracle,
    Owner,
    /// The address that was offered the ownership.
    OfferedOwner,
    /// The contract `deals`, as the direct caller.
    Deals,
    /// Runs once, when the contract is deployed.
    Deployment,
}

pub struct Row {
    pub contract: &'static str,
    pub function: &'static str,
    pub signer: Signer,
    pub when: &'static str,
    /// Builds a world in which the command succeeds. `None` if it cannot be called as a command.
    pub scene: Option<Scene>,
}

const fn row(
    contract: &'static str,
    function: &'static str,
    signer: Signer,
    when: &'static str,
    scene: Scene,
) -> Row {
    Row {
        contract,
        function,
        signer,
        when,
        scene: Some(scene),
    }
}

const fn query(contract: &'static str, function: &'static str) -> Row {
    Row {
        contract,
        function,
        signer: Signer::Query,
        when: "always",
        scene: None,
    }
}

const fn constructor(contract: &'static str) -> Row {
    let when = "at deployment only";
    Row {
        contract,
        function: "__constructor",
        signer: Signer::Deployment,
        when,
        scene: None,
    }
}

use Signer::{Anyone, Deals, Named, OfferedOwner, Oracle, Owner};

/// Every row, contract by contract.
pub fn table() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(registry());
    rows.extend(deals());
    rows.extend(escrow());
    rows.extend(reputation());
    rows.extend(mandates());
    for contract in CONTRACTS {
        rows.extend(administration(contract));
    }
    for contract in ["registry", "deals"] {
        rows.extend(pause(contract));
    }
    rows
}

fn registry() -> Vec<Row> {
    let r = |function, signer, when, scene| row("registry", function, signer, when, scene);
    let mut rows = vec![
        r(
            "register_provider",
            Named,
            "not paused",
            scenes::register_provider,
        ),
        r(
            "register_consumer",
            Named,
            "not paused",
            scenes::register_consumer,
        ),
        r(
            "register_full_user",
            Named,
            "not paused",
            scenes::register_full_user,
        ),
        r(
            "update_provider",
            Named,
            "registered",
            scenes::update_provider,
        ),
        r(
            "update_consumer",
            Named,
            "registered",
            scenes::update_consumer,
        ),
        r(
            "delete_provider",
            Named,
            "all its buckets are deleted",
            scenes::delete_provider,
        ),
        r(
            "delete_consumer",
            Named,
            "registered",
            scenes::delete_consumer,
        ),
        r(
            "remove_provider",
            Owner,
            "all its buckets are deleted",
            scenes::remove_provider,
        ),
        r(
            "remove_consumer",
            Owner,
            "registered",
            scenes::remove_consumer,
        ),
        r(
            "readmit_provider",
            Owner,
            "the owner removed it",
            scenes::readmit_provider,
        ),
        r(
            "readmit_consumer",
            Owner,
            "the owner removed it",
            scenes::readmit_consumer,
        ),
        r(
            "remove_bucket",
            Owner,
            "no capacity is reserved on it",
            scenes::remove_bucket,
        ),
        r(
            "create_bucket",
            Named,
            "registered, not paused",
            scenes::create_bucket,
        ),
        r(
            "update_bucket_basic",
            Named,
            "its bucket, not paused",
            scenes::update_bucket_basic,
        ),
        r(
            "update_bucket_conditions",
            Named,
            "its bucket, not paused; applies to deals created afterwards",
            scenes::update_bucket_conditions,
        ),
        r(
            "set_bucket_capacity",
            Named,
            "its bucket, not paused, not below the reserved capacity",
            scenes::set_bucket_capacity,
        ),
        r(
            "set_bucket_features",
            Named,
            "its bucket, not paused",
            scenes::set_bucket_features,
        ),
        r(
            "set_bucket_service",
            Named,
            "its bucket, not paused",
            scenes::set_bucket_service,
        ),
        r(
            "set_bucket_status",
            Named,
            "its bucket, not paused",
            scenes::set_bucket_status,
        ),
        r(
            "lock_bucket",
            Named,
            "its bucket, not locked",
            scenes::lock_bucket,
        ),
        r(
            "unlock_bucket",
            Named,
            "its bucket, locked, not paused",
            scenes::unlock_bucket,
        ),
        r(
            "delete_bucket",
            Named,
            "its bucket, no capacity is reserved on it",
            scenes::delete_bucket,
        ),
        r("reserve", Deals, "while a deal is funded", scenes::reserve),
        r(
            "replace",
            Deals,
            "while a deal's successor is funded",
            scenes::replace,
        ),
        r("release", Deals, "after a deal is closed", scenes::release),
        constructor("registry"),
    ];
    rows.extend(
        [
            "get_provider",
            "get_consumer",
            "get_provider_count",
            "get_consumer_count",
            "get_bucket_count",
            "get_providers",
            "get_consumers",
            "get_provider_list",
            "get_consumer_list",
            "get_bucket",
            "get_buckets",
            "get_buckets_by_provider",
            "get_buckets_by_provider_page",
            "get_listing",
            "get_parties",
            "get_config",
        ]
        .map(|function| query("registry", function)),
    );
    rows
}

fn deals() -> Vec<Row> {
    let r = |function, signer, when, scene| row("deals", function, signer, when, scene);
    let mut rows = vec![
        r(
            "create_deal",
            Named,
            "registered, not paused",
            scenes::create_deal,
        ),
        r(
            "create_deal_at",
            Named,
            "registered, not paused",
            scenes::create_deal_at,
        ),
        r(
            "set_deal_accepted",
            Named,
            "Pending, before its deadline, not paused",
            scenes::accept,
        ),
        r("set_deal_rejected", Named, "not funded", scenes::reject),
        r(
            "set_deal_cancelled",
            Named,
            "not ended; once funded, it gives notice",
            scenes::cancel,
        ),
        r("withdraw_deal", Named, "not funded", scenes::withdraw_deal),
        r(
            "set_deal_funded",
            Named,
            "Accepted, before its deadline, not paused",
            scenes::fund,
        ),
        r(
            "deposit_to_deal",
            Named,
            "from funding until release",
            scenes::deposit,
        ),
        r(
            "sponsor_deal",
            Named,
            "from funding until release",
            scenes::sponsor,
        ),
        r(
            "reduce_deposit",
            Named,
            "funded; what is owed, the reserve and the minimum runway must remain",
            scenes::reduce,
        ),
        r("set_deal_completed", Named, "funded", scenes::complete),
        r("close_deal", Named, "funded", scenes::close_deal),
        r(
            "advance_deal",
            Anyone,
            "always; does what is due",
            scenes::advance,
        ),
        r(
            "settle",
            Anyone,
            "always; does nothing if nothing is owed",
            scenes::settle,
        ),
        r(
            "update_deal_consumption",
            Oracle,
            "the deal still takes reports",
            scenes::stage_consumption,
        ),
        r(
            "update_deal_sla",
            Oracle,
            "the deal still takes reports",
            scenes::stage_service,
        ),
        r(
            "pay_pending_consumption",
            Oracle,
            "something is staged or owed",
            scenes::pay_pending,
        ),
        r(
            "report",
            Oracle,
            "returns one code per item",
            scenes::report,
        ),
        r(
            "report_and_settle",
            Oracle,
            "returns one code per item",
            scenes::report_and_settle,
        ),
        r(
            "delete_deal",
            Owner,
            "ended, released, synced",
            scenes::delete_deal,
        ),
        r(
            "add_policy",
            Owner,
            "within limits; applies to deals created afterwards",
            scenes::add_policy,
        ),
        r(
            "schedule_oracle",
            Owner,
            "takes effect after a day",
            scenes::schedule_oracle,
        ),
        r(
            "cancel_oracle",
            Owner,
            "an oracle is scheduled and not in office yet",
            scenes::cancel_oracle,
        ),
        r(
            "suspend_oracle",
            Owner,
            "an oracle is acting",
            scenes::suspend_oracle,
        ),
        constructor("deals"),
    ];
    rows.extend(
        [
            "get_deal",
            "get_deal_count",
            "get_deals",
            "get_active_deals",
            "get_deals_by_consumer",
            "get_deals_by_provider",
            "get_deals_by_consumer_page",
            "get_deals_by_provider_page",
            "get_meters",
            "get_deal_terms",
            "get_deal_health",
            "get_stage",
            "get_quote",
            "get_policy",
            "get_book",
            "get_deal_page",
            "get_config",
        ]
        .map(|function| query("deals", function)),
    );
    rows
}

fn escrow() -> Vec<Row> {
    let r = |function, signer, when, scene| row("escrow", function, signer, when, scene);
    let mut rows = vec![
        r("open", Deals, "while a deal is funded", scenes::escrow_open),
        r(
            "deposit",
            Deals,
            "the account is live, the escrow is not short",
            scenes::escrow_deposit,
        ),
        r(
            "settle",
            Deals,
            "the accounts are live",
            scenes::escrow_settle,
        ),
        r(
            "refund",
            Deals,
            "the account is live",
            scenes::escrow_refund,
        ),
        r("close", Deals, "the account is live", scenes::escrow_close),
        r(
            "withdraw",
            Named,
            "something is claimable; pays a share of it while the escrow is short, never less than `min_paid`",
            scenes::withdraw,
        ),
        r(
            "push",
            Anyone,
            "something is claimable, the escrow is not short",
            scenes::push,
        ),
        r(
            "set_stable_asset_address",
            Owner,
            "the token has 7 decimals",
            scenes::set_asset,
        ),
        r(
            "send_funds_owner",
            Owner,
            "there are fees or surplus, the escrow is not short",
            scenes::send_funds_owner,
        ),
        r(
            "withdraw_fees",
            Owner,
            "there are fees, the escrow is not short",
            scenes::withdraw_fees,
        ),
        r("test_faucet", Named, "test networks only", scenes::faucet),
        r(
            "change_asset_admin",
            Owner,
            "test networks only",
            scenes::change_asset_admin,
        ),
        constructor("escrow"),
    ];
    rows.extend(
        [
            "get_account",
            "get_claimable",
            "get_solvency",
            "get_stable_asset_name",
            "get_stable_asset_address",
            "get_config",
        ]
        .map(|function| query("escrow", function)),
    );
    rows
}

fn reputation() -> Vec<Row> {
    let mut rows = vec![
        row(
            "reputation",
            "record",
            Deals,
            "once a deal's money is settled",
            scenes::record,
        ),
        row(
            "reputation",
            "set_points",
            Owner,
            "within limits",
            scenes::set_points,
        ),
        constructor("reputation"),
    ];
    rows.extend(
        [
            "get_score",
            "get_scores",
            "get_record",
            "get_points",
            "get_config",
        ]
        .map(|function| query("reputation", function)),
    );
    rows
}

fn mandates() -> Vec<Row> {
    let r = |function, signer, when, scene| row("mandates", function, signer, when, scene);
    let mut rows = vec![
        r(
            "set_mandate",
            Named,
            "the party is the consumer of the deal, which is funded and live",
            scenes::set_mandate,
        ),
        r(
            "revoke_mandate",
            Named,
            "the party set the mandate; in any state of the deal",
            scenes::revoke_mandate,
        ),
        r(
            "draw",
            Anyone,
            "the deal has less than its minimum runway; within the mandate and the approval",
            scenes::draw,
        ),
        constructor("mandates"),
    ];
    rows.extend(["get_mandate", "get_config"].map(|function| query("mandates", function)));
    rows
}

fn administration(contract: &'static str) -> Vec<Row> {
    let r = |function, signer, when, scene| row(contract, function, signer, when, scene);
    vec![
        r(
            "transfer_ownership",
            Owner,
            "always; the offer ends at a given ledger",
            scenes::transfer_ownership,
        ),
        r(
            "accept_ownership",
            OfferedOwner,
            "while the offer stands",
            scenes::accept_ownership,
        ),
        r(
            "schedule_upgrade",
            Owner,
            "none is pending",
            scenes::schedule_upgrade,
        ),
        r(
            "cancel_upgrade",
            Owner,
            "one is pending",
            scenes::cancel_upgrade,
        ),
        r(
            "upgrade",
            Owner,
            "the announced hash, after the delay, for 14 days",
            scenes::upgrade,
        ),
        r(
            "migrate",
            Owner,
            "the stored schema is older than the code's",
            scenes::migrate,
        ),
        query(contract, "get_owner"),
        query(contract, "version"),
    ]
}

fn pause(contract: &'static str) -> Vec<Row> {
    vec![
        row(
            contract,
            "pause",
            Owner,
            "always; ends by itself after 14 days",
            scenes::pause,
        ),
        row(contract, "unpause", Owner, "paused", scenes::unpause),
    ]
}
