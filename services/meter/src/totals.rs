//! Stored byte-seconds and bytes sent, cumulative since the start of a deal.
//!
//! The stored size carries forward: only a sample's `size_change_bytes` changes it, so cold data is
//! billed too. Data stored before the start counts from the start. Time spans are half-open: a
//! sample at the end of a deal belongs to whatever comes after it.

use flash_money::units::{BYTES_PER_MB, MAX_DEAL_MB};

/// One observation of a node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sample {
    pub at_secs: u64,
    pub egress_bytes: u64,
    pub size_change_bytes: i64,
}

/// The inputs of a deal's totals, besides its samples.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Basis {
    pub start_secs: u64,
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    /// Half-open time spans whose samples belong to no deal: see [`crate::overlap`].
    pub excluded: Vec<(u64, u64)>,
}

/// Byte-exact totals up to a time. Every deal starts with [`Running::default`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Running {
    pub at_secs: u64,
    /// May be negative while an earlier sample is still on its way.
    pub size_bytes: i128,
    pub byte_secs: u128,
    pub egress_bytes: u128,
    /// The number of samples.
    pub samples: u64,
}

/// Totals in the contract's units.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
}

/// A sample outside the time span to add.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a sample at {at_secs} does not lie in {from_secs}..{to_secs}")]
pub struct OutsideWindow {
    pub at_secs: u64,
    pub from_secs: u64,
    pub to_secs: u64,
}

impl Basis {
    /// At most 2^60, whatever a caller passes.
    pub(crate) fn agreed_bytes(&self) -> u128 {
        u128::from(self.agreed_storage_mb.min(MAX_DEAL_MB)) * BYTES_PER_MB
    }

    fn counts(&self, sample: &Sample) -> bool {
        let out = |&(from, to): &(u64, u64)| (from..to).contains(&sample.at_secs);
        !self.excluded.iter().any(out)
    }
}

impl Running {
    /// Adds the samples in `self.at_secs..to_secs`, in any order.
    ///
    /// # Errors
    /// [`OutsideWindow`]. Nothing changes then.
    pub fn advance(
        &self,
        basis: &Basis,
        samples: &[Sample],
        to_secs: u64,
    ) -> Result<Self, OutsideWindow> {
        let window = self.at_secs..to_secs;
        if let Some(stray) = samples.iter().find(|one| !window.contains(&one.at_secs)) {
            return Err(OutsideWindow {
                at_secs: stray.at_secs,
                from_secs: self.at_secs,
                to_secs,
            });
        }
        let mut ordered: Vec<_> = samples.iter().collect();
        ordered.sort_by_key(|sample| sample.at_secs);
        let mut next = *self;
        for sample in ordered {
            next.absorb(basis, sample)?;
        }
        next.pass(basis, to_secs);
        Ok(next)
    }

    /// Advances to the time of a sample and adds it. Samples of the same second may follow, but not
    /// older ones.
    ///
    /// # Errors
    /// [`OutsideWindow`]. Nothing changes then.
    pub fn absorb(&mut self, basis: &Basis, sample: &Sample) -> Result<(), OutsideWindow> {
        if sample.at_secs < self.at_secs {
            return Err(OutsideWindow {
                at_secs: sample.at_secs,
                from_secs: self.at_secs,
                to_secs: u64::MAX,
            });
        }
        self.pass(basis, sample.at_secs);
        self.take(basis, sample);
        Ok(())
    }

    /// Advances time. At most 2^60 bytes for at most 2^64 seconds in total, which fits.
    pub fn pass(&mut self, basis: &Basis, to_secs: u64) {
        let from_secs = self.at_secs.max(basis.start_secs);
        let secs = u128::from(to_secs.saturating_sub(from_secs));
        let size = u128::try_from(self.size_bytes).unwrap_or(0);
        let stored = size.min(basis.agreed_bytes()).saturating_mul(secs);
        self.byte_secs = self.byte_secs.saturating_add(stored);
        self.at_secs = self.at_secs.max(to_secs);
    }

    /// At most 2^64 samples of 2^63 bytes, which fits.
    fn take(&mut self, basis: &Basis, sample: &Sample) {
        self.samples = self.samples.saturating_add(1);
        if !basis.counts(sample) {
            return;
        }
        let change = i128::from(sample.size_change_bytes);
        self.size_bytes = self.size_bytes.saturating_add(change);
        if sample.at_secs >= basis.start_secs {
            let sent = u128::from(sample.egress_bytes);
            self.egress_bytes = self.egress_bytes.saturating_add(sent);
        }
    }

    /// In whole MB, rounded down; egress is capped at the agreed size.
    pub fn totals(&self, basis: &Basis) -> Totals {
        let egress_mb = u64::try_from(self.egress_bytes / BYTES_PER_MB).unwrap_or(u64::MAX);
        Totals {
            storage_mb_secs: self.byte_secs / BYTES_PER_MB,
            egress_mb: egress_mb.min(basis.agreed_egress_mb),
        }
    }
}

/// The totals to report if the chain already has `reported`. Totals never fall, so an over-report
/// is held until the samples catch up. Returns `true` if something is held.
pub fn held(metered: Totals, reported: Totals) -> (Totals, bool) {
    let totals = Totals {
        storage_mb_secs: metered.storage_mb_secs.max(reported.storage_mb_secs),
        egress_mb: metered.egress_mb.max(reported.egress_mb),
    };
    (totals, totals != metered)
}
