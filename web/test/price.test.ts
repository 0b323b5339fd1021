import { describe, expect, it } from "vitest";
import { charge, minFund, quote, wishOf } from "../src/lib/price";

const prices = { storage_stroops: 2_000_000n, egress_stroops: 100_000n };

describe("the formula of docs/money.md", () => {
  it("prices 500 GB for six months with 50 GB egress a month", () => {
    const wish = wishOf(500n, 6n, 50n);
    expect(wish).toEqual({ storage_mb: 512_000n, egress_mb: 307_200n, duration_secs: 15_552_000n });
    // 500 × 6 × 0.20 for storage, 300 × 0.01 for egress.
    expect(quote(prices, wish)).toEqual({ storage: 6_000_000_000n, egress: 30_000_000n, total: 6_030_000_000n });
  });

  it("rounds each part down separately, as the contract does", () => {
    const odd = { storage_stroops: 1n, egress_stroops: 1n };
    expect(charge(odd, 1024n * 2_592_000n - 1n, 1_023n)).toEqual({ storage: 0n, egress: 0n, total: 0n });
    expect(charge(odd, 1024n * 2_592_000n, 1_024n).total).toBe(2n);
  });

  it("stays exact at the limits of the contract", () => {
    const most = { storage_stroops: 10n ** 13n, egress_stroops: 10n ** 13n };
    const cost = charge(most, (1n << 40n) * 157_680_000n, 1n << 40n);
    expect(cost.storage).toBe(((1n << 40n) * 157_680_000n * 10n ** 13n) / 2_654_208_000n);
    expect(cost.egress).toBe((1n << 30n) * 10n ** 13n);
  });

  it("requires the minimum runway and the whole egress, and at least the policy's minimum", () => {
    const policy = { min_fund: 10_000_000n, min_runway_secs: 86_400n };
    expect(minFund(prices, wishOf(500n, 6n, 50n), policy)).toBe(63_333_333n);
    expect(minFund(prices, wishOf(1n, 1n, 0n), policy)).toBe(10_000_000n);
    const brief = { storage_mb: 512_000n, egress_mb: 0n, duration_secs: 3_600n };
    expect(minFund(prices, brief, { ...policy, min_fund: 0n })).toBe(charge(prices, 512_000n * 3_600n, 0n).total);
  });
});
