//! A provider lists a bucket, reads its own event, and is refused what it may not do.
//!
//!     cargo run -p flash-client --example list_bucket -- ../deployments/local.json

use anyhow::{ensure, Context, Result};
use flash_client::{
    events::{registry, Event},
    types::RegistryError,
    Client, Deployment, Market, Signer,
};

/// Lists a bucket of `provider`, whose account pays, and gives its id.
///
/// # Errors
/// Where the network does not answer, or a contract refuses.
pub async fn list_bucket(client: &Client, market: &Market, provider: &Signer) -> Result<u32> {
    let me = provider.address();
    let registry = &market.registry;
    let known = client.read(&registry.get_provider(me.clone())).await?;
    if known.is_none() {
        let call = registry.register_provider(me.clone(), "Disks in Lisbon");
        client.invoke(provider, &call).await?;
    }
    // Prices are in stroops of the asset for a gigabyte and 30 days, and for a gigabyte of egress.
    let call = registry.create_bucket(
        me.clone(),
        "photos",
        "eu-south",
        "photos-1",
        "S3",
        200_000,
        100_000,
        200,
        9_990,
    );
    let done = client.invoke(provider, &call).await?;

    let events = done.applied.contract_events(market)?;
    let listed = events.into_iter().find_map(|event| match event {
        Event::Registry(registry::Event::BucketCreated(event)) => Some(event),
        _ => None,
    });
    let listed = listed.context("no event tells of the bucket")?;
    ensure!(listed.bucket_id == done.answer && listed.bucket.name == "photos");

    // Refusals have names.
    let again = client
        .invoke(provider, &registry.register_provider(me, "twice"))
        .await;
    let refused = again.err().context("nobody registers twice")?;
    ensure!(
        refused.contract_error() == Some(RegistryError::ProviderExists),
        refused
    );
    Ok(done.answer)
}

#[tokio::main]
#[allow(dead_code, reason = "the tests call what it calls")]
async fn main() -> Result<()> {
    let file = std::env::args()
        .nth(1)
        .context("usage: list_bucket DEPLOYMENT")?;
    let deployment = Deployment::load(file.as_ref())?;
    let client = Client::connect(&deployment.rpc_url).await?;
    // On a real network: Signer::from_secret, with a key from a secret store.
    let provider = Signer::named("example provider");
    client.fund(&provider.account()).await?;
    let bucket = list_bucket(&client, &deployment.market()?, &provider).await?;
    println!("{} lists bucket {bucket}", provider.address());
    Ok(())
}
