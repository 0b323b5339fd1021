//! Providers, consumers and their buckets.

use crate::{batch::Batch, event::Event, json_rows::bucket};
use anyhow::Result;

impl Batch {
    pub(super) fn registry(&mut self, event: &Event) -> Result<()> {
        match &*event.name {
            "provider_registered" | "provider_updated" | "provider_deleted" => {
                let row = self.provider(event, "provider_id")?;
                row.updated_ts = event.closed_ts;
                row.deleted = i64::from(event.name == "provider_deleted");
                if event.name != "provider_deleted" {
                    row.description = event.text("description")?;
                }
            }
            "consumer_registered" | "consumer_updated" | "consumer_deleted" => {
                let row = self.consumer(event, "consumer_id")?;
                row.updated_ts = event.closed_ts;
                row.deleted = i64::from(event.name == "consumer_deleted");
                if event.name != "consumer_deleted" {
                    row.description = event.text("description")?;
                }
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
