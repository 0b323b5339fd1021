//! Money as people read it. Amounts are in the asset's smallest unit; nothing is rounded away.

use flash_integration_tests::USD;

/// Cents at least, and as many decimals as the amount has: `12.50 USD`, `0.0000001 USD`.
pub fn usd(amount: i128) -> String {
    let all = decimals(amount);
    let (whole, fraction) = all.split_at(all.len() - 7);
    let cents = &fraction[..2];
    let rest = fraction[2..].trim_end_matches('0');
    format!("{whole}{cents}{rest} USD")
}

/// All seven decimals, for columns.
pub fn decimals(amount: i128) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.unsigned_abs();
    let unit = USD.unsigned_abs();
    format!("{sign}{}.{:07}", amount / unit, amount % unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_have_cents_and_no_more_decimals_than_they_need() {
        assert_eq!(usd(0), "0.00 USD");
        assert_eq!(usd(USD), "1.00 USD");
        assert_eq!(usd(12_5000000), "12.50 USD");
        assert_eq!(usd(12_3456000), "12.3456 USD");
        assert_eq!(usd(1_000), "0.0001 USD");
        assert_eq!(usd(1), "0.0000001 USD");
        assert_eq!(usd(-5000001), "-0.5000001 USD");
    }

    #[test]
    fn columns_have_all_decimals() {
        assert_eq!(decimals(0), "0.0000000");
        assert_eq!(decimals(12_3456000), "12.3456000");
        assert_eq!(decimals(-1), "-0.0000001");
        assert_eq!(
            decimals(i128::MIN),
            "-17014118346046923173168730371588.4105728"
        );
    }
}
