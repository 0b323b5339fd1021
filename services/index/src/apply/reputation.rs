//! Outcomes of deals in both parties' records.

use crate::{
    batch::Batch,
    event::{snake, text, Event},
    rows::Score,
    table::Int128,
};
use anyhow::Result;

impl Batch {
    pub(super) fn reputation(&mut self, event: &Event) -> Result<()> {
        if event.name != "outcome_recorded" {
            self.touched.facts = true;
            return Ok(());
        }
        let outcome = snake(text(&event.body, "outcome")?);
        let volume = event.wide("volume")?;
        let weight = event.int("weight_milli")?;
        let counted = |matches: bool| if matches { weight } else { 0 };
        let (provider_score, consumer_score) =
            (event.int("provider_score")?, event.int("consumer_score")?);
        let now = event.closed_ts;
        // Both tables have the same fields.
        macro_rules! record {
            ($row:expr, $score:expr) => {{
                let row = $row;
                row.reputation = $score;
                row.completed_milli += counted(outcome.starts_with("completed"));
                row.completed_with_credit_milli += counted(outcome.ends_with("_credit"));
                row.cancelled_milli += counted(outcome.starts_with("cancelled"));
                row.breached_by_provider_milli += counted(outcome == "breached_provider");
                row.breached_by_consumer_milli += counted(outcome == "breached_consumer");
                row.volume.0 += volume;
                row.last_outcome_ts = now;
                if row.first_outcome_ts == 0 {
                    row.first_outcome_ts = now;
                }
            }};
        }
        record!(self.provider(event, "provider")?, provider_score);
        record!(self.consumer(event, "consumer")?, consumer_score);
        for (role, score) in [("provider", provider_score), ("consumer", consumer_score)] {
            self.scores.push(Score {
                address: event.text(role)?,
                role: role.to_owned(),
                event_id: event.event_id.clone(),
                ts: now,
                score,
                deal_id: event.int("deal_id")?,
                outcome: outcome.clone(),
                volume: Int128(volume),
            });
        }
        Ok(())
    }
}
