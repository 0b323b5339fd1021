//! The part of the resource fee that comes back: what was declared, less what was used.

use crate::{
    settings::Settings,
    tx::{limits, resource_fee, Diagnostics, Frame},
};

/// Keeps count of the refundable fee of one transaction, in stroops.
pub struct RefundTracker {
    /// The fee for what was declared and is charged whether it was used or not.
    pub non_refundable: i64,
    /// All that could come back.
    limit: i64,
    /// Of that, what was used for rent.
    pub rent: i64,
    /// Of that, what was used for events.
    events: i64,
}

impl RefundTracker {
    /// Starts the count.
    pub fn new(frame: &Frame, settings: &Settings) -> Self {
        let (non_refundable, _) = resource_fee(frame, &settings.fees().0, 0);
        let limit = frame.declared_resource_fee().saturating_sub(non_refundable);
        Self {
            non_refundable,
            limit,
            rent: 0,
            events: 0,
        }
    }

    /// Uses up some of it.
    ///
    /// # Errors
    /// `Err(())` with the reason in `diagnostics`, where the declared fee does not suffice.
    pub fn consume(
        &mut self,
        frame: &Frame,
        settings: &Settings,
        events_bytes: u32,
        rent_fee: i64,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), ()> {
        self.rent = rent_fee;
        limits::within(
            limits::unsigned(self.rent),
            limits::unsigned(self.limit),
            limits::OVER_BUDGET,
            "refundable resource fee was not sufficient to cover the ledger storage rent: {} > {}",
            diagnostics,
        )?;
        self.events = resource_fee(frame, &settings.fees().0, events_bytes).1;
        limits::within(
            limits::unsigned(self.events),
            limits::unsigned(self.limit.saturating_sub(self.rent)),
            limits::OVER_BUDGET,
            "refundable resource fee was not sufficient to cover the events fee after paying for \
             ledger storage rent: {} > {}",
            diagnostics,
        )
    }

    /// A failed operation gets all of it back.
    pub fn forget(&mut self) {
        self.rent = 0;
        self.events = 0;
    }

    /// What was used, in stroops.
    pub fn used(&self) -> i64 {
        self.rent.saturating_add(self.events)
    }

    /// What comes back, in stroops.
    pub fn refund(&self) -> i64 {
        self.limit.saturating_sub(self.used()).max(0)
    }
}
