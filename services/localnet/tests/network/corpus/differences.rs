//! What must differ from the validator, and why. An entry that no longer differs fails the test.

use super::compare::Part;

/// Transactions that differ in the same parts for the same reason.
pub struct Difference {
    pub scenario: &'static str,
    /// The labels of the transactions, or the first digits of the hash of one that has no label.
    pub of: &'static [&'static str],
    pub parts: &'static [Part],
    pub reason: &'static str,
}

/// What the README calls unsupported is refused at once, so the ledger does not hold it.
const REFUSED: &[Part] = &[Part::Answer, Part::Ledger];

/// All of them.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        scenario: "archival",
        of: &["temp expired: put again"],
        parts: &[Part::Operations],
        reason:
            "An expired temporary entry is evicted by the next ledger, so it is created anew. The \
                 validator was recorded without eviction, so there it is overwritten.",
    },
    Difference {
        scenario: "interval",
        of: &["extend y by e"],
        parts: &[
            Part::Result,
            Part::Refund,
            Part::Operations,
            Part::Events,
            Part::Soroban,
        ],
        reason:
            "Two calls extend the same entry in one ledger. On validators neither sees the other \
                 and both pay; here the second finds the entry extended already.",
    },
    Difference {
        scenario: "txlevel",
        of: &["v0 envelope"],
        parts: REFUSED,
        reason: "The form of envelopes before protocol 13 is not supported: no client writes it.",
    },
    Difference {
        scenario: "trust",
        of: &["pool share"],
        parts: REFUSED,
        reason: "Liquidity pools are not supported.",
    },
    Difference {
        scenario: "unsupported",
        of: &[
            "path payment strict receive",
            "path payment strict send",
            "manage sell offer",
            "manage buy offer",
            "create passive sell offer",
            "liquidity pool deposit",
            "liquidity pool withdraw",
            "allow trust",
            "clawback",
            "clawback claimable balance",
        ],
        parts: REFUSED,
        reason: "The exchange, liquidity pools, clawback and AllowTrust are not supported.",
    },
    Difference {
        scenario: "unsupported",
        of: &["supported then unsupported"],
        parts: &[Part::Operations],
        reason: "Merges into an account that a path payment of the same ledger paid to before.",
    },
];
