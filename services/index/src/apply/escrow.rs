//! Money: locked for deals, paid, refunded, withdrawn.

use crate::{
    batch::Batch,
    event::{wide, Event},
    rows::{Claim, Withdrawal},
    table::Int128,
};
use anyhow::{Context, Result};

impl Batch {
    fn credit(&mut self, who: &str, token: &str, amount: i128) {
        let key = (who.to_owned(), token.to_owned());
        self.touched.claims.insert(key.clone());
        let row = self.claims.entry(key).or_insert_with(|| Claim {
            address: who.to_owned(),
            token: token.to_owned(),
            amount: Int128(0),
        });
        row.amount.0 += amount;
    }

    pub(super) fn escrow(&mut self, event: &Event) -> Result<()> {
        match &*event.name {
            "account_opened" | "deposited" => {
                let amount = event.wide("amount")?;
                let deal = self.deal(event, event.int("deal_id")?)?;
                deal.deposited.0 += amount;
                deal.locked.0 += amount;
            }
            "refunded" => {
                let amount = event.wide("amount")?;
                let deal = self.deal(event, event.int("deal_id")?)?;
                deal.pay(0, amount);
                let (consumer, asset) = (deal.consumer.clone(), deal.asset.clone());
                self.credit(&consumer, &asset, amount);
                self.settle(event, event.int("deal_id")?, 0, amount, 0);
            }
            "account_closed" => {
                let (net, fee) = (event.wide("net")?, event.wide("fee")?);
                let refund = event.wide("refund")?;
                let deal_id = event.int("deal_id")?;
                let deal = self.deal(event, deal_id)?;
                deal.pay(net + fee, refund);
                let asset = deal.asset.clone();
                let (provider, consumer) = (deal.provider.clone(), deal.consumer.clone());
                self.credit(&provider, &asset, net);
                self.credit(&consumer, &asset, refund);
                self.settle(event, deal_id, net + fee, refund, 0);
            }
            "payments_settled" => {
                for book in event.list("books") {
                    let who = book[0].as_str().context("provider")?;
                    let token = book[1].as_str().context("asset")?;
                    self.credit(who, token, wide(&book[2], "net")?);
                }
            }
            "withdrawn" => {
                let (who, token) = (event.text("who")?, event.text("token")?);
                let amount = event.wide("amount")?;
                self.credit(&who, &token, -amount);
                self.withdrawals.push(Withdrawal {
                    event_id: event.event_id.clone(),
                    address: who,
                    token,
                    to_address: event.text("to")?,
                    amount: Int128(amount),
                    paid: Int128(event.wide("paid")?),
                    ts: event.closed_ts,
                });
            }
            "push_refused" | "faucet_minted" | "fees_withdrawn" => {}
            _ => self.touched.facts = true,
        }
        Ok(())
    }
}
