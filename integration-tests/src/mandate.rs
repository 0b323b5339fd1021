//! Standing top-ups of Carol's deals.

use flash_interfaces::mandates::Mandate;

use crate::{Answer, Deal, Usage, World, DAY, GB, USD};

/// What one draw of these mandates adds.
pub const TOP_UP: i128 = 40 * USD;

impl World {
    /// A deal of Carol's that has less than its minimum runway, with a mandate and an approval for one
    /// draw at least.
    pub fn due_for_a_draw(&self, approved: i128) -> Deal {
        let bucket_id = self.bucket(&self.ada).listed();
        let (secs, storage_mb, egress_mb) = (90 * DAY, 1_000 * GB, 50 * GB);
        let quote = self
            .deals()
            .get_quote(&bucket_id, &secs, &storage_mb, &egress_mb);
        let deal = self
            .deal()
            .bucket(bucket_id)
            .days(90)
            .storage_gb(1_000)
            .deposit(quote.min_fund)
            .funded();
        let carol = &self.carol.address;
        let limits = (TOP_UP, 3 * TOP_UP, self.now() + 365 * DAY);
        let set: Answer = self.by(&self.carol).mandates(
            "set_mandate",
            (carol, deal.id, limits.0, limits.1, limits.2),
        );
        set.expect("the consumer of a live deal");
        let until = self.env.ledger().sequence() + 2_000_000;
        let approve: Answer = self
            .by(&self.carol)
            .token_command("approve", (carol, &self.at.mandates, approved, until));
        approve.expect("the owner of the money");
        self.days(&deal, 1, Usage::stored_gb(1_000));
        deal
    }

    /// Anyone draws for a deal.
    pub fn draw(&self, deal: &Deal) -> Answer<i128> {
        self.unsigned().mandates("draw", (deal.id,))
    }

    pub fn mandate(&self, deal: &Deal) -> Option<Mandate> {
        self.mandates().get_mandate(&deal.id)
    }
}
