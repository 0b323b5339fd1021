//! Rechecks what changes without an event: contracts, the oracle and solvency; from time to time
//! scores, which decay; and stages, which are void once the oracle changes.

use crate::{
    batch::Batch,
    chain::Chain,
    contract_rows::{facts, Facts},
    rows::Market,
    table::all,
};
use anyhow::Result;
use flash_base::db::Db;
use std::collections::BTreeSet;

/// What to reread besides the rows that the events of a page touch.
#[derive(Clone, Copy, Debug)]
pub struct Recheck {
    pub facts: bool,
    pub scores: bool,
}

impl Recheck {
    /// Reads the facts and marks rows in `batch` to reread. `refresh` runs after this, so that it
    /// reads nothing older.
    ///
    /// # Errors
    /// The network or the database does not answer.
    pub async fn read(self, chain: &Chain, db: &Db, batch: &mut Batch) -> Result<Option<Facts>> {
        if !self.facts {
            return Ok(None);
        }
        let assets = sqlx::query_scalar("SELECT asset FROM solvency");
        let assets: Vec<String> = assets.fetch_all(db.pool()).await?;
        let found = facts(chain, &assets).await?;
        let known: Vec<Market> = all(&mut *db.pool().acquire().await?).await?;
        if batch.touched.stages || another_oracle(&known, &found.market) {
            touch_stages(db, batch).await?;
        }
        if self.scores {
            touch_scores(db, batch).await?;
        }
        Ok(Some(found))
    }
}

fn another_oracle(known: &[Market], found: &[Market]) -> bool {
    let role = |one: &Market| {
        let next = (one.oracle_next.clone(), one.oracle_next_from_ts);
        (one.oracle.clone(), next)
    };
    !known.iter().map(role).eq(found.iter().map(role))
}

async fn touch_stages(db: &Db, batch: &mut Batch) -> Result<()> {
    let sql = "SELECT deal_id FROM deals WHERE status = 'funded' AND stage_from_ts IS NOT NULL";
    let staged: Vec<i64> = sqlx::query_scalar(sql).fetch_all(db.pool()).await?;
    let mut connection = db.pool().acquire().await?;
    batch
        .load_deals(&mut connection, staged.iter().copied())
        .await?;
    batch.touched.deals.extend(staged);
    Ok(())
}

/// Marks parties whose score is not neutral.
async fn touch_scores(db: &Db, batch: &mut Batch) -> Result<()> {
    let scored = |table| format!("SELECT address FROM {table} WHERE reputation <> 50");
    let (providers, consumers) = (scored("providers"), scored("consumers"));
    let providers = sqlx::query_scalar(&providers).fetch_all(db.pool()).await?;
    let consumers = sqlx::query_scalar(&consumers).fetch_all(db.pool()).await?;
    let (providers, consumers) = (
        BTreeSet::from_iter(providers),
        BTreeSet::from_iter(consumers),
    );
    let mut connection = db.pool().acquire().await?;
    batch
        .load_parties(&mut connection, &providers, &consumers)
        .await?;
    batch.touched.providers.extend(providers);
    batch.touched.consumers.extend(consumers);
    Ok(())
}
