//! Money as text. Amounts are in stroops; nothing is rounded.

const USD: u128 = 1_0000000;

/// With all seven decimals, for columns.
pub fn decimals(amount: i128) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.unsigned_abs();
    format!("{sign}{}.{:07}", amount / USD, amount % USD)
}

/// With at least two decimals, and as many as the amount needs.
pub fn usd(amount: i128) -> String {
    let all = decimals(amount);
    let (whole, fraction) = all.split_at(all.len() - 7);
    let (cents, rest) = fraction.split_at(2);
    format!("{whole}{cents}{} USD", rest.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_have_cents_and_no_more_decimals_than_they_need() {
        assert_eq!(usd(0), "0.00 USD");
        assert_eq!(usd(12_5000000), "12.50 USD");
        assert_eq!(usd(1), "0.0000001 USD");
        assert_eq!(usd(-5000001), "-0.5000001 USD");
        assert_eq!(decimals(12_3456000), "12.3456000");
    }
}
