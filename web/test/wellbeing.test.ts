// What the Network page says of the marketplace's health.

import { expect, it } from "vitest";
import type { Network, Status, Totals } from "../src/api/types";
import { findings } from "../src/ui/wellbeing";

const DAY_SECS = 86_400;
const status = { ledger: 7, ledger_ts: 1_800_000_000, lag_secs: 3 } as Status;
const oracle = { acting: "GA", newest_through_ts: 1_799_990_000, oldest_through_ts: 1_799_980_000, silent_deals: 0 };
const network = { oracle, contracts: [{ name: "deals", paused_until_ts: null, pending_upgrade: null }], policy: { silence_secs: 3 * DAY_SECS } } as unknown as Network;
const totals = { solvency: [{ balance_stroops: "30", locked_stroops: "10", claimable_stroops: "15", fees_stroops: "5" }] } as unknown as Totals;

const wrong = (changes: { status?: object; oracle?: object; contracts?: object[]; solvency?: object[] }) =>
  findings(
    { ...status, ...changes.status },
    { ...network, oracle: { ...oracle, ...changes.oracle }, contracts: changes.contracts ?? network.contracts } as Network,
    { ...totals, solvency: changes.solvency ?? totals.solvency } as Totals,
  )
    .filter(({ isFine }) => !isFine)
    .map(({ what }) => what);

it("finds nothing where all is well, also without deals", () => {
  expect(wrong({})).toEqual([]);
  expect(wrong({ oracle: { newest_through_ts: null, oldest_through_ts: null } })).toEqual([]);
  expect(wrong({ contracts: [{ name: "deals", paused_until_ts: 1_799_999_999, pending_upgrade: { ready_ts: 1 } }] })).toEqual([]);
});

it("names what is wrong", () => {
  expect(wrong({ status: { lag_secs: 121 } })).toEqual(["This page"]);
  expect(wrong({ oracle: { acting: null } })).toEqual(["Reports"]);
  expect(wrong({ oracle: { silent_deals: 2 } })).toEqual(["Reports"]);
  expect(wrong({ solvency: [{ balance_stroops: "29", locked_stroops: "10", claimable_stroops: "15", fees_stroops: "5" }] })).toEqual(["The escrow"]);
  expect(wrong({ contracts: [{ name: "deals", paused_until_ts: 1_800_000_001, pending_upgrade: null }] })).toEqual(["The contracts"]);
});
