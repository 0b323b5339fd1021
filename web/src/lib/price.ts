// The price formula of docs/money.md, for quotes while typing. Before anything is signed, the contract computes the quote.

import { MONTH_SECS } from "./format";

export interface Prices {
  /** Per GiB per month of 30 days. */
  storage_stroops: bigint;
  /** Per GiB. */
  egress_stroops: bigint;
}

/** charge(S, E): what usage costs, each part floored. */
export function charge(prices: Prices, storage_mb_secs: bigint, egress_mb: bigint): { storage: bigint; egress: bigint; total: bigint } {
  const storage = (storage_mb_secs * prices.storage_stroops) / (1024n * BigInt(MONTH_SECS));
  const egress = (egress_mb * prices.egress_stroops) / 1024n;
  return { storage, egress, total: storage + egress };
}

export interface Wish {
  storage_mb: bigint;
  egress_mb: bigint;
  duration_secs: bigint;
}

/** The most that a deal can cost. */
export function quote(prices: Prices, wish: Wish) {
  return charge(prices, wish.storage_mb * wish.duration_secs, wish.egress_mb);
}

/** The minimum first deposit under a policy. */
export function minFund(prices: Prices, wish: Wish, policy: { min_fund: bigint; min_runway_secs: bigint }): bigint {
  const covered = wish.duration_secs < policy.min_runway_secs ? wish.duration_secs : policy.min_runway_secs;
  const least = charge(prices, wish.storage_mb * covered, wish.egress_mb).total;
  return least > policy.min_fund ? least : policy.min_fund;
}

export function wishOf(gb: bigint, months: bigint, egress_gb_per_month: bigint): Wish {
  return { storage_mb: gb * 1024n, egress_mb: egress_gb_per_month * months * 1024n, duration_secs: months * BigInt(MONTH_SECS) };
}
