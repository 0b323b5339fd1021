//! Products and quotients of more than 64 bits, in digits of 32 bits. Wasm multiplies no wider, and
//! the functions that the compiler would call instead cost a hundred instructions or more per call.

/// `a × b`.
#[inline(always)]
pub fn product(a: u64, b: u64) -> u128 {
    let ((a1, a0), (b1, b0)) = (digits(a), digits(b));
    let (d0, carry) = a0.carrying_mul(b0, 0);
    let (d1, d2) = a1.carrying_mul(b0, carry);
    let (d1, carry) = a0.carrying_mul(b1, d1);
    let (d2, d3) = a1.carrying_mul_add(b1, d2, carry);
    u128::from(number(d3, d2)) << 64 | u128::from(number(d1, d0))
}

/// `a × b`; `None` beyond 128 bits.
#[inline(always)]
pub fn product_128(a: u128, b: u64) -> Option<u128> {
    let (high, low) = halves(a);
    let (beyond, high) = halves(product(high, b));
    let (carried, low) = halves(product(low, b));
    let high = high.checked_add(carried).filter(|_| beyond == 0)?;
    Some(u128::from(high) << 64 | u128::from(low))
}

/// `a × b`; `None` beyond 64 bits.
#[inline(always)]
pub fn product_64(a: u64, b: u32) -> Option<u64> {
    let (a1, a0) = digits(a);
    let (d0, carry) = a0.carrying_mul(b, 0);
    let (d1, beyond) = a1.carrying_mul(b, carry);
    (beyond == 0).then_some(number(d1, d0))
}

/// `a × b`.
#[inline(always)]
pub fn product_32(a: u32, b: u32) -> u64 {
    let (low, high) = a.carrying_mul(b, 0);
    number(high, low)
}

/// `floor(value / by)`; `None` by 0.
#[inline(always)]
pub fn quotient(value: u128, by: u32) -> Option<u128> {
    let (high, low) = halves(value);
    let ((d1, d0), by) = (digits(low), u64::from(by));
    let (high, rest) = (high.checked_div(by)?, high.checked_rem(by)?);
    // A rest is less than `by`, so what follows it is a quotient of one digit.
    let part = rest << 32 | u64::from(d1);
    let (q1, rest) = (part.checked_div(by)?, part.checked_rem(by)?);
    let q0 = (rest << 32 | u64::from(d0)).checked_div(by)?;
    Some(u128::from(high) << 64 | u128::from(q1 << 32 | q0))
}

/// `floor(value / BY)` by a constant whose odd part is below 2^32.
#[allow(clippy::cast_possible_truncation, reason = "asserted")]
#[inline(always)]
pub fn quotient_by<const BY: u64>(value: u128) -> Option<u128> {
    let odd = const {
        let odd = BY >> BY.trailing_zeros();
        assert!(
            odd <= u32::MAX as u64 && odd < BY,
            "an even divisor, odd part in 32 bits"
        );
        odd as u32
    };
    // The floor of a floor is the floor by the product of the divisors.
    quotient(shifted(value, const { BY.trailing_zeros() })?, odd)
}

/// `floor(value / 2^by)`, `by` of 1 ..= 63: the compiler makes a call of a shift of 128 bits.
#[inline(always)]
pub fn shifted(value: u128, by: u32) -> Option<u128> {
    let (high, low) = halves(value);
    let moved = high.checked_shl(u64::BITS.checked_sub(by)?)?;
    let low = low.checked_shr(by)? | moved;
    Some(u128::from(high.checked_shr(by)?) << 64 | u128::from(low))
}

/// The upper and the lower 64 bits.
#[allow(clippy::cast_possible_truncation, reason = "64 bits each")]
#[inline(always)]
pub fn halves(value: u128) -> (u64, u64) {
    let low = value & u128::from(u64::MAX);
    ((value >> 64) as u64, low as u64)
}

#[allow(clippy::cast_possible_truncation, reason = "32 bits each")]
#[inline(always)]
fn digits(value: u64) -> (u32, u32) {
    let low = value & u64::from(u32::MAX);
    ((value >> 32) as u32, low as u32)
}

#[inline(always)]
fn number(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}
