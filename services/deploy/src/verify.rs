//! Whether what is deployed is what a deployment says.

use flash_client::{Client, Deployment, Error, Market};
use serde_json::json;

/// Checks that each contract names the others, has an owner, and the delay of the deployment.
///
/// # Errors
/// [`Error::Mismatch`] that names the first thing that is not as it should be.
pub async fn verify(client: &Client, market: &Market, expected: &Deployment) -> Result<(), Error> {
    let deals = client.read(&market.deals.get_config()).await?;
    let escrow = client.read(&market.escrow.get_config()).await?;
    let registry = client.read(&market.registry.get_config()).await?;
    let reputation = client.read(&market.reputation.get_config()).await?;
    let mandates = client.read(&market.mandates.get_config()).await?;
    let deals_id = market.deals.address();
    let escrow_id = market.escrow.address();
    let reputation_id = market.reputation.address();
    for (what, actual, wanted) in [
        (
            "deals.registry",
            &deals.registry,
            &market.registry.address(),
        ),
        ("deals.escrow", &deals.escrow, &escrow_id),
        ("deals.reputation", &deals.reputation, &reputation_id),
        ("registry.deals", &registry.deals, &deals_id),
        ("registry.reputation", &registry.reputation, &reputation_id),
        ("escrow.deals", &escrow.deals, &deals_id),
        (
            "escrow.stable_asset",
            &escrow.stable_asset,
            &market.asset_address(),
        ),
        ("reputation.deals", &reputation.deals, &deals_id),
        ("mandates.deals", &mandates.deals, &deals_id),
        ("mandates.escrow", &mandates.escrow, &escrow_id),
    ] {
        same(what, actual, wanted)?;
    }
    for (name, admin) in [
        ("deals", &deals.admin),
        ("escrow", &escrow.admin),
        ("registry", &registry.admin),
        ("reputation", &reputation.admin),
        ("mandates", &mandates.admin),
    ] {
        let Some(contract) = expected.contracts.get(name) else {
            return Err(Error::Mismatch(format!("{name} is not in the deployment")));
        };
        let delay = json!(admin.upgrade_delay_secs);
        let wanted = &contract.constructor["upgrade_delay_secs"];
        same(&format!("{name}.upgrade_delay_secs"), &delay, wanted)?;
        // Who it is may have changed since: ownership is handed over.
        if admin.owner.is_none() {
            return Err(Error::Mismatch(format!("{name} has no owner")));
        }
    }
    Ok(())
}

fn same<T: PartialEq + std::fmt::Display>(what: &str, actual: &T, wanted: &T) -> Result<(), Error> {
    if actual == wanted {
        return Ok(());
    }
    Err(Error::Mismatch(format!(
        "{what} is {actual}, expected {wanted}"
    )))
}
