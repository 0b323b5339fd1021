//! Standing top-ups: draws for deals that run out of money and have a mandate.

use super::{ttl, Keeper};
use crate::{deal::Deal, outbox::Kind};
use anyhow::Result;
use flash_client::{types::MandatesError, Market};
use stellar_xdr::{LedgerKey, Limits, ScVal, WriteXdr};

impl Keeper<'_> {
    /// Draws that the contract would make now, and mandates whose entries would soon be archived.
    pub(super) async fn draws(&self, deals: &[Deal]) -> Result<Vec<Kind>> {
        let tip = self.chain.tip().await?.ledger;
        let (mut kinds, mut short_lived, mut mandates) = (Vec::new(), Vec::new(), 0_u32);
        let live: Vec<&Deal> = deals.iter().filter(|deal| !deal.is_closed()).collect();
        for some in live.chunks(ttl::KEYS_PER_READ) {
            let market = &self.chain.market;
            let keys = some
                .iter()
                .map(|deal| mandate_key(market, deal.deal_id))
                .collect::<Result<Vec<_>>>()?;
            // The network leaves out what is not there, and answers in an order of its own.
            let entries = self.chain.client.entries(&keys).await?;
            mandates += u32::try_from(entries.len()).unwrap_or(u32::MAX);
            for (deal, key) in some.iter().zip(keys) {
                let Some(entry) = entries.iter().find(|entry| entry.key == key) else {
                    continue;
                };
                kinds.extend(self.drawable(deal.deal_id).await);
                let until = entry.live_until_ledger_seq.unwrap_or(u32::MAX);
                if until >= tip && until - tip < self.duties.min_ttl_ledgers {
                    short_lived.push(key.to_xdr_base64(Limits::none())?);
                }
            }
        }
        metrics::gauge!("oracle_mandates").set(f64::from(mandates));
        let batches = short_lived.chunks(ttl::KEYS_PER_BATCH);
        kinds.extend(batches.map(|keys| Kind::Extend(keys.to_vec())));
        Ok(kinds)
    }

    async fn drawable(&self, deal_id: u32) -> Option<Kind> {
        let draw = self.chain.market.mandates.draw(deal_id);
        match self.chain.client.read(&draw).await {
            Ok(_) => Some(Kind::Draw(deal_id)),
            Err(error) => {
                if error.contract_error() != Some(MandatesError::NothingDue) {
                    // The deal is short of money, and its consumer's wallet or limit does not help it.
                    metrics::counter!("oracle_draws_refused_total").increment(1);
                    tracing::info!(deal = deal_id, %error, "a standing top-up cannot be drawn");
                }
                None
            }
        }
    }
}

fn mandate_key(market: &Market, deal_id: u32) -> Result<LedgerKey> {
    let parts = vec![ttl::name("Mandate")?, ScVal::U32(deal_id)];
    ttl::key(&market.mandates.id, parts)
}
