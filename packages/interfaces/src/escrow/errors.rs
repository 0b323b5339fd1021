//! Why a call of `escrow` fails: codes 3200 to 3299.

use soroban_sdk::contracterror;

#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum EscrowError {
    /// The amount is zero or negative.
    AmountNotPositive = 3200,
    /// The amount, or the deal's deposits with it, exceed 2^62.
    AmountTooLarge = 3201,
    /// The fee is above 1_000 basis points.
    FeeTooHigh = 3202,
    /// The deal has an account already.
    AccountExists = 3203,
    /// No live account of that deal on that page of that provider's book.
    AccountNotFound = 3204,
    /// More is to be paid or refunded than the account has locked.
    InsufficientLocked = 3205,
    /// More is to be withdrawn than is claimable.
    InsufficientClaimable = 3206,
    /// Nothing is claimable.
    NothingClaimable = 3207,
    /// The token refused the call, or does not answer as a SEP-41 token.
    TokenRefused = 3208,
    /// The escrow's balance did not grow by the whole amount.
    TransferNotWhole = 3209,
    /// The token does not have 7 decimals.
    DecimalsNotSeven = 3210,
    /// An issuer's claw-back left the escrow short of what it owes; deposits, pushes and fee
    /// withdrawals are refused until it is made up.
    EscrowShort = 3211,
    /// More than the fees, or fees and surplus, was to be taken.
    InsufficientFees = 3212,
    /// The escrow itself cannot be the receiver.
    ReceiverIsEscrow = 3213,
    /// The page of the book has no free slot.
    PageFull = 3214,
    /// More than 60 books or 100 payments in one call.
    BatchTooLarge = 3215,
    /// The stored bytes of a page are not of a known version.
    CorruptPage = 3216,
    /// What the escrow owes in this token would exceed 2^63 − 1.
    LiabilitiesTooLarge = 3217,
    /// An amount of money is out of the range that the contract computes with.
    Overflow = 3218,
    /// The faucet gives at most 100_000 USD a call.
    FaucetAmountTooLarge = 3219,
    /// The withdrawal would send less than its `min_paid`: the escrow is short of what it owes.
    BelowMinPaid = 3220,
}
