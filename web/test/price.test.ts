import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MONTH_SECS } from "../src/lib/format";
import { charge, minFund, quote, wishOf } from "../src/lib/price";

const prices = { storage_stroops: 2_000_000n, egress_stroops: 100_000n };

describe("the formula of docs/money.md", () => {
  it("prices 500 GiB for six months with 50 GiB egress a month", () => {
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

interface Vectors {
  bounds: { mb_per_gb: number; secs_per_month: number };
  charge: { prices: PublishedPrices; storage_mb_secs: string; egress_mb: string; charge: string }[];
  quote: {
    prices: PublishedPrices;
    storage_mb: string;
    egress_mb: string;
    duration_secs: string;
    min_runway_secs: string;
    policy_min_fund: string;
    quote: string;
    min_fund: string;
  }[];
}

interface PublishedPrices {
  storage: string;
  egress: string;
}

/** What the contracts' own crate answers: `make vectors`. */
const vectors = JSON.parse(readFileSync(new URL("../../packages/money/vectors.json", import.meta.url), "utf8")) as Vectors;

const pricesOf = (published: PublishedPrices) => ({
  storage_stroops: BigInt(published.storage),
  egress_stroops: BigInt(published.egress),
});

describe("the test vectors of packages/money", () => {
  it("has the same units", () => {
    expect(vectors.bounds).toMatchObject({ mb_per_gb: 1024, secs_per_month: MONTH_SECS });
  });

  it.each(vectors.charge)("charges $charge for $storage_mb_secs MiB-seconds and $egress_mb MiB", (vector) => {
    const cost = charge(pricesOf(vector.prices), BigInt(vector.storage_mb_secs), BigInt(vector.egress_mb));
    expect(cost.total).toBe(BigInt(vector.charge));
  });

  it.each(vectors.quote)("quotes $quote, and $min_fund as the least deposit", (vector) => {
    const wish = {
      storage_mb: BigInt(vector.storage_mb),
      egress_mb: BigInt(vector.egress_mb),
      duration_secs: BigInt(vector.duration_secs),
    };
    const policy = { min_fund: BigInt(vector.policy_min_fund), min_runway_secs: BigInt(vector.min_runway_secs) };
    expect(quote(pricesOf(vector.prices), wish).total).toBe(BigInt(vector.quote));
    expect(minFund(pricesOf(vector.prices), wish, policy)).toBe(BigInt(vector.min_fund));
  });
});
