//! Stored byte-seconds and bytes sent, cumulative since a deal's start.
//!
//! Stored size carries forward: it changes by a sample's `size_change_bytes` and by nothing else, so
//! cold data is billed too. What was stored before the start is stored at the start. Times are half
//! open: a sample at the end of a deal belongs to whatever comes after it.

use flash_money::units::{BYTES_PER_MB, MAX_DEAL_MB};

/// One observation of a node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sample {
    pub at_secs: u64,
    pub egress_bytes: u64,
    pub size_change_bytes: i64,
}

/// What the totals of a deal depend on, besides its samples.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Basis {
    pub start_secs: u64,
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    /// Half-open times whose samples belong to no deal: see [`crate::overlap`].
    pub excluded: Vec<(u64, u64)>,
}

/// Totals up to a time, byte-exact. The beginning of every deal is [`Running::default`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Running {
    pub at_secs: u64,
    /// May be negative while the sample that says why is on its way.
    pub size_bytes: i128,
    pub byte_secs: u128,
    pub egress_bytes: u128,
    /// How many samples are in it.
    pub samples: u64,
}

/// Totals in the contract's units.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
}

/// A sample outside of the times that were to be added.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a sample at {at_secs} does not lie in {from_secs}..{to_secs}")]
pub struct OutsideWindow {
    pub at_secs: u64,
    pub from_secs: u64,
    pub to_secs: u64,
}

impl Basis {
    /// 2^60 at most, whatever a caller says.
    fn agreed_bytes(&self) -> u128 {
        u128::from(self.agreed_storage_mb.min(MAX_DEAL_MB)) * BYTES_PER_MB
    }

    fn counts(&self, sample: &Sample) -> bool {
        let out = |&(from, to): &(u64, u64)| (from..to).contains(&sample.at_secs);
        !self.excluded.iter().any(out)
    }
}

impl Running {
    /// Adds the samples in `self.at_secs..to_secs`, in whatever order they come.
    ///
    /// # Errors
    /// [`OutsideWindow`]; nothing has changed then.
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

    /// Lets time pass to a sample and adds it. More of the same second may follow, nothing older.
    ///
    /// # Errors
    /// [`OutsideWindow`]; nothing has changed then.
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

    /// Lets time pass. At most 2^60 bytes for at most 2^64 seconds in all: it fits.
    pub fn pass(&mut self, basis: &Basis, to_secs: u64) {
        let from_secs = self.at_secs.max(basis.start_secs);
        let secs = u128::from(to_secs.saturating_sub(from_secs));
        let size = u128::try_from(self.size_bytes).unwrap_or(0);
        let stored = size.min(basis.agreed_bytes()).saturating_mul(secs);
        self.byte_secs = self.byte_secs.saturating_add(stored);
        self.at_secs = self.at_secs.max(to_secs);
    }

    /// At most 2^64 samples of 2^63 bytes: it fits.
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

    /// In whole MB, floored; egress cut to what is agreed.
    pub fn totals(&self, basis: &Basis) -> Totals {
        let egress_mb = u64::try_from(self.egress_bytes / BYTES_PER_MB).unwrap_or(u64::MAX);
        Totals {
            storage_mb_secs: self.byte_secs / BYTES_PER_MB,
            egress_mb: egress_mb.min(basis.agreed_egress_mb),
        }
    }
}

/// What is reported where the chain already has `reported`: totals never fall, so an over-report is
/// held until reality catches up. `true` where something is held.
pub fn held(metered: Totals, reported: Totals) -> (Totals, bool) {
    let totals = Totals {
        storage_mb_secs: metered.storage_mb_secs.max(reported.storage_mb_secs),
        egress_mb: metered.egress_mb.max(reported.egress_mb),
    };
    (totals, totals != metered)
}
