//! Reads deals: one, a list, those of a party.

use super::{
    cursor,
    deal_row::{deal_row, status_text},
    policy::Policies,
    row::Row,
    select::{page, Paging, Select},
    Error, Reads, Result,
};
use crate::answers::{Deal, DealStatus, Page};
use utoipa::IntoParams;

/// Filters of a list of deals.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DealFilter {
    pub provider: Option<String>,
    pub consumer: Option<String>,
    #[param(minimum = 1)]
    pub bucket: Option<u32>,
    /// pending, accepted, funded, completed, cancelled, breached_consumer or breached_provider.
    #[param(value_type = Option<String>)]
    pub status: Option<DealStatus>,
}

pub struct DealQuery {
    pub filter: DealFilter,
    pub paging: Paging,
}

/// All columns of a deal, with the names of its parties and its bucket.
const DEAL: &str = "SELECT d.*, c.description AS consumer_name, p.description AS provider_name,
    b.name AS bucket_name FROM deals d
    LEFT JOIN consumers c ON c.address = d.consumer
    LEFT JOIN providers p ON p.address = d.provider
    LEFT JOIN buckets b ON b.bucket_id = d.bucket_id";

impl Reads {
    pub async fn deal(&self, deal_id: u32) -> Result<Deal> {
        let mut select = Select::new(DEAL);
        select.and("d.deal_id = ?", deal_id);
        let deal = self.deals_of(select, 1).await?.pop();
        deal.ok_or(Error::NotFound("no such deal"))
    }

    pub async fn deals(&self, query: DealQuery) -> Result<Page<Deal>> {
        let (filter, limit) = (query.filter, query.paging.limit);
        let mut select = Select::new(DEAL);
        select.and_some("d.provider = ?", filter.provider.as_deref());
        select.and_some("d.consumer = ?", filter.consumer.as_deref());
        select.and_some("d.bucket_id = ?", filter.bucket);
        select.and_some("d.status = ?", filter.status.map(status_text));
        if let Some(after) = &query.paging.after {
            let [id] = cursor::read("deals", after)?;
            select.and("d.deal_id < ?", cursor::number::<u32>(&id)?);
        }
        let items = self.deals_of(select, limit + 1).await?;
        let next = |last: &Deal| cursor::write("deals", &[&last.deal_id.to_string()]);
        Ok(page(items, limit, next))
    }

    /// The newest deals of a party, all or those that have not ended.
    pub(super) async fn deals_with(
        &self,
        party: &str,
        address: &str,
        live_only: bool,
        most: usize,
    ) -> Result<Vec<Deal>> {
        let mut select = Select::new(DEAL);
        select.and(&format!("d.{party} = ?"), address);
        select.and_some("d.ended = ?", live_only.then_some(0_i64));
        self.deals_of(select, most).await
    }

    /// The newest deals, with their money at the newest ledger.
    async fn deals_of(&self, mut select: Select, most: usize) -> Result<Vec<Deal>> {
        select.first("d.deal_id DESC", most);
        let (_, now) = self.ledger().await?;
        let policies = self.policies().await?;
        let rows = self.rows(select.query()).await?;
        rows.iter().map(|row| shown(row, &policies, now)).collect()
    }

    pub(super) async fn has_deal(&self, deal_id: u32) -> Result<()> {
        let sql = "SELECT deal_id FROM deals WHERE deal_id = $1";
        let row = self.row(sqlx::query(sql).bind(i64::from(deal_id))).await?;
        row.map(drop).ok_or(Error::NotFound("no such deal"))
    }
}

fn shown(row: &Row, policies: &Policies, now: u64) -> Result<Deal> {
    let deal = deal_row(row)?;
    let policy = policies.get(deal.policy_version)?;
    Ok(deal.shown(policy, now)?)
}
