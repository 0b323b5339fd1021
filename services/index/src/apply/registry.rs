//! Providers, consumers and their buckets.

use crate::{batch::Batch, event::Event, json_rows::bucket};
use anyhow::Result;

impl Batch {
    pub(super) fn registry(&mut self, event: &Event) -> Result<()> {
        match &*event.name {
            "provider_registered" | "provider_updated" => {
                let row = self.provider(event, "provider_id")?;
                row.updated_ts = event.closed_ts;
                row.deleted = 0;
                row.description = event.text("description")?;
            }
            // Who is readmitted may register again; until then they stay deleted.
            "provider_deleted" | "provider_readmitted" => {
                let row = self.provider(event, "provider_id")?;
                row.updated_ts = event.closed_ts;
                row.deleted = 1;
            }
            "consumer_registered" | "consumer_updated" => {
                let row = self.consumer(event, "consumer_id")?;
                row.updated_ts = event.closed_ts;
                row.deleted = 0;
                row.description = event.text("description")?;
            }
            // Who is readmitted may register again; until then they stay deleted.
            "consumer_deleted" | "consumer_readmitted" => {
                let row = self.consumer(event, "consumer_id")?;
                row.updated_ts = event.closed_ts;
                row.deleted = 1;
            }
            "bucket_created" | "bucket_updated" => {
                let row = bucket(&event.body["bucket"], event.ledger)?;
                self.buckets.insert(row.bucket_id, row);
                if event.name == "bucket_created" {
                    self.provider(event, "provider_id")?.bucket_count += 1;
                }
            }
            "bucket_removed" => {
                let row = self.bucket(event)?;
                row.status = "deleted".to_owned();
                self.provider(event, "provider_id")?.bucket_count -= 1;
            }
            "capacity_reserved" | "capacity_released" => {
                let row = self.bucket(event)?;
                row.reserved_storage_mb = event.int("reserved_storage_mb")?;
                row.reserved_egress_mb = event.int("reserved_egress_mb")?;
            }
            _ => self.touched.facts = true,
        }
        Ok(())
    }
}
