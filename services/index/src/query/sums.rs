//! Sums over deals.

use super::{figures::Sums, row::Row, select::Select, Reads, Result};

/// Exact sums over deals on both databases. Amounts are text and a sum may exceed 63 bits, so whole
/// units of the asset and the remainders are summed separately.
const SUMS: &str = "SELECT
    CAST(COALESCE(SUM(CAST(d.paid_total AS BIGINT) / 10000000), 0) AS TEXT) AS paid_units,
    CAST(COALESCE(SUM(CAST(d.paid_total AS BIGINT) % 10000000), 0) AS TEXT) AS paid_rest,
    CAST(COALESCE(SUM(CAST(d.credited AS BIGINT) / 10000000), 0) AS TEXT) AS credited_units,
    CAST(COALESCE(SUM(CAST(d.credited AS BIGINT) % 10000000), 0) AS TEXT) AS credited_rest,
    CAST(COALESCE(SUM(CAST(d.refunded AS BIGINT) / 10000000), 0) AS TEXT) AS refunded_units,
    CAST(COALESCE(SUM(CAST(d.refunded AS BIGINT) % 10000000), 0) AS TEXT) AS refunded_rest,
    CAST(COALESCE(SUM(CAST(d.locked AS BIGINT) / 10000000), 0) AS TEXT) AS locked_units,
    CAST(COALESCE(SUM(CAST(d.locked AS BIGINT) % 10000000), 0) AS TEXT) AS locked_rest,
    CAST(COALESCE(SUM(CASE d.released WHEN 1 THEN 0
        ELSE CAST(d.owed AS BIGINT) END), 0) AS TEXT) AS owed_rest,
    CAST(COALESCE(SUM(CAST(d.paid_total AS BIGINT) / 10000 * p.fee_bps
        + CAST(d.paid_total AS BIGINT) % 10000 * p.fee_bps / 10000), 0) AS TEXT) AS fee_rest,
    COUNT(*) AS deals
    FROM deals d JOIN policies p ON p.version = d.policy_version";

fn sums(row: &Row) -> anyhow::Result<Sums> {
    let sum = |name: &str| -> anyhow::Result<i128> {
        let units: i128 = row.int128(&format!("{name}_units"))?;
        let rest: i128 = row.int128(&format!("{name}_rest"))?;
        Ok(units.saturating_mul(10_000_000).saturating_add(rest))
    };
    Ok(Sums {
        deals: row.number("deals")?,
        paid: sum("paid")?,
        fee: row.int128("fee_rest")?,
        credited: sum("credited")?,
        refunded: sum("refunded")?,
        locked: sum("locked")?,
        owed: row.int128("owed_rest")?,
    })
}

impl Reads {
    /// Over the deals of a party, or over all deals. The latter is for the background, not for
    /// requests.
    pub(super) async fn sums(&self, party: Option<(&str, &str)>) -> Result<Sums> {
        let mut select = Select::new(SUMS);
        if let Some((role, address)) = party {
            select.and(&format!("d.{role} = ?"), address);
        }
        let row = self.row(select.query()).await?;
        Ok(row.as_ref().map(sums).transpose()?.unwrap_or_default())
    }
}
