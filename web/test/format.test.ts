import { describe, expect, it } from "vitest";
import { decimal, decimalTb, money, share, short, size, span, when } from "../src/lib/format";
import { parseMoney, parseShare, parseWhole } from "../src/lib/typed";

const plain = (text: string) => text.replaceAll(/[\u202f\u00a0]/g, " ");

describe("money", () => {
  it("shows at least two decimals, and every decimal that the amount has", () => {
    expect(decimal(0n)).toBe("0.00");
    expect(decimal(125_000_000n)).toBe("12.50");
    expect(decimal(1n)).toBe("0.0000001");
    expect(decimal(-5_000_001n)).toBe("−0.5000001");
    expect(plain(money("12345678900000", "USDC"))).toBe("1 234 567.89 USDC");
  });

  it("keeps amounts exact that a float would round", () => {
    expect(plain(decimal(4_611_686_018_427_387_903n))).toBe("461 168 601 842.7387903");
    expect(parseMoney("461168601842.7387903", "x")).toEqual({ value: 4_611_686_018_427_387_903n });
    expect(parseMoney("0.1", "x")).toEqual({ value: 1_000_000n });
    expect(parseMoney("0,0000001", "x")).toEqual({ value: 1n });
    expect(parseMoney("7", "x")).toEqual({ value: 70_000_000n });
  });

  it("says what is wrong with text that is not an amount", () => {
    for (const text of ["", "-1", "1.23456789", "1e3", "0x10", "1 00", "1 000 0", ".", "1,00,000", "1.2.3", "NaN", "9".repeat(41)]) {
      expect(parseMoney(text, "Deposit")).toEqual({ problem: "Deposit: enter a number like 12.5, with at most 7 decimals" });
    }
    expect(parseMoney("999999999999", "Deposit")).toHaveProperty("problem");
  });
});

describe("other quantities", () => {
  it("shows sizes in the largest unit that they fill", () => {
    expect(size(0)).toBe("0 MiB");
    expect(size(1023n)).toBe("1023 MiB");
    expect(size(1024n)).toBe("1 GiB");
    expect(size(1536)).toBe("1.5 GiB");
    expect(size("1048576")).toBe("1 TiB");
    expect(size(1_075_000n)).toBe("1.02 TiB");
  });

  it("shows capacity as disks are sold", () => {
    expect(decimalTb(37_252n)).toBe("39.99 TB");
    expect(plain(decimalTb(1n << 30n))).toBe("1 152 921.50 TB");
  });

  it("shows spans in their two largest units", () => {
    expect(span(0)).toBe("0 seconds");
    expect(span(59)).toBe("59 seconds");
    expect(span(3_600)).toBe("1 hour");
    expect(span(90_061)).toBe("1 day 1 hour");
    expect(span(180 * 86_400)).toBe("6 months");
    expect(span(18_446_744_073_709_551_615n)).toBe("no end in sight");
  });

  it("reads shares without floats", () => {
    expect(parseShare("99.9", "Uptime", 5_000, 10_000)).toEqual({ value: 9_990 });
    expect(parseShare("100", "Uptime", 5_000, 10_000)).toEqual({ value: 10_000 });
    expect(parseShare("49.99", "Uptime", 5_000, 10_000)).toHaveProperty("problem");
    expect(parseShare("99.999", "Uptime", 5_000, 10_000)).toHaveProperty("problem");
    expect(share(9_990)).toBe("99.90\u00a0%");
    expect(share(5)).toBe("0.05\u00a0%");
  });

  it("reads whole numbers within limits", () => {
    expect(parseWhole(" 12 ", "GiB", 1n, 12n)).toEqual({ value: 12n });
    expect(parseWhole("13", "GiB", 1n, 12n)).toEqual({ problem: "GiB: 1 to 12" });
    expect(parseWhole("1.5", "GiB", 1n, 12n)).toEqual({ problem: "GiB: enter a whole number" });
  });

  it("shows ledger time in UTC", () => {
    expect(when(1_767_225_600)).toMatch(/1 Jan 2026.*00:00 UTC/);
    expect(when(0)).toBe("—");
    expect(short("GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7")).toBe("GAAZI…OCCWN7".slice(0, 6) + "CCWN7");
  });
});
