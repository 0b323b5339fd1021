// Numbers as people in different countries type them.

import { describe, expect, it } from "vitest";
import { MAX_MONEY } from "../src/lib/format";
import { parseGib, parseMoney, parseWhole } from "../src/lib/typed";

const USD = 10_000_000n;

describe("a typed amount", () => {
  it("is read in every notation that has one meaning", () => {
    const amounts: [string, bigint][] = [
      [".5", USD / 2n],
      [",5", USD / 2n],
      ["1.5", (3n * USD) / 2n],
      ["1,5", (3n * USD) / 2n],
      ["1.234,56", 12_345_600_000n],
      ["1,234.56", 12_345_600_000n],
      ["1 234.56", 12_345_600_000n],
      ["1\u202f234,5", 12_345_000_000n],
      ["1,000,000", 1_000_000n * USD],
      ["1.000.000", 1_000_000n * USD],
      ["0,123", 1_230_000n],
      ["1.000", USD],
    ];
    for (const [text, value] of amounts) expect(parseMoney(text, "Deposit"), text).toEqual({ value });
  });

  it("is refused with both readings where a comma may be either", () => {
    expect(parseMoney("1,000", "Deposit")).toEqual({ problem: "Deposit: “1,000” may mean 1\u202f000 or 1.000. Write 1000 or 1.000" });
    expect(parseWhole("12,500", "GB", 1n, 20_000n)).toHaveProperty("problem", expect.stringContaining("12500 or 12.500"));
  });

  it("is told its limit where it is too large", () => {
    expect(parseMoney("9999999999999999", "Deposit")).toHaveProperty("problem", expect.stringContaining("at most 461"));
    expect(parseMoney(String(MAX_MONEY), "Deposit")).toHaveProperty("problem", expect.stringContaining("at most 461"));
  });
});

describe("a typed size", () => {
  it("may have a unit", () => {
    const sizes: [string, bigint][] = [["500", 500n], ["500 GB", 465n], ["500 GiB", 500n], ["40 TB", 37_252n], ["40tib", 40_960n], ["1.5 TiB", 1_536n], ["0,5 TiB", 512n], ["2 PiB", 2_097_152n], ["1 000 GiB", 1_000n]];
    for (const [text, value] of sizes) expect(parseGib(text, "Storage", 0n, 1n << 30n), text).toEqual({ value });
  });

  it("is whole in GiB and within its limits", () => {
    expect(parseGib("1.5", "Storage", 0n, 10n)).toEqual({ problem: "Storage: enter whole GiB" });
    expect(parseGib("11", "Storage", 0n, 10n)).toEqual({ problem: "Storage: 0 to 10" });
    expect(parseGib("7 apples", "Storage", 0n, 10n)).toHaveProperty("problem", expect.stringContaining("40 TB or 2 TiB"));
    expect(parseGib("", "Storage", 0n, 10n)).toHaveProperty("problem");
  });
});
