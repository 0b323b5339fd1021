// Reads numbers as people type them, or says what is wrong with them.

import { decimal, MAX_MONEY, share, whole } from "./format";

const UNIT = 10_000_000n;
/** Spaces between groups, as this page and word processors write them. */
const SPACE = "[\\s\\u00a0\\u2009\\u202f]";
/** Longer texts are no numbers of this marketplace. */
const MAX_TYPED = 40;
const BYTES_PER_GIB = 1n << 30n;
/** Bytes of a unit. As on disks and in prices of clouds, TB is decimal and TiB is not; a bare number is in GiB. */
const BYTES_PER_UNIT: Record<string, bigint> = { "": BYTES_PER_GIB, GB: 10n ** 9n, GIB: BYTES_PER_GIB, TB: 10n ** 12n, TIB: 1n << 40n, PB: 10n ** 15n, PIB: 1n << 50n };

export type Read<Value> = { value: Value } | { problem: string };

/** The digits before and after the decimal point. */
interface Digits {
  whole: string;
  fraction: string;
}

/** Groups of three digits between separators. */
function isGrouped(text: string, separator: string): boolean {
  const groups = text.split(separator);
  return groups.length > 1 && /^\d{1,3}$/.test(groups[0] ?? "") && groups.slice(1).every((group) => /^\d{3}$/.test(group));
}

const digits = (whole: string, fraction: string): Digits | null => (/^\d*$/.test(whole + fraction) && whole + fraction !== "" ? { whole: whole || "0", fraction } : null);

/**
 * Takes a text apart: `1234.5`, `1 234,5`, `.5`, `1.234,56` and `1,234.56`. The last of two kinds of separators is the decimal one.
 * A lone comma before three digits may be either, so it is refused.
 */
function takeApart(typed: string): Digits | { ambiguous: string } | null {
  const trimmed = typed.trim();
  if (trimmed.length > MAX_TYPED) return null;
  const text = trimmed.replace(new RegExp(SPACE, "g"), "");
  // Spaces separate groups of three and nothing else.
  const isSpaced = new RegExp(`^\\d{1,3}(${SPACE}\\d{3})+([.,]\\d*)?$`).test(trimmed);
  if (text !== trimmed && !isSpaced) return null;
  const [point, comma] = [text.lastIndexOf("."), text.lastIndexOf(",")];
  if (point >= 0 && comma >= 0) {
    const [decimalSign, group] = point > comma ? [".", ","] : [",", "."];
    const at = Math.max(point, comma);
    const whole = text.slice(0, at);
    if (whole.includes(decimalSign) || !isGrouped(whole, group)) return null;
    return digits(whole.replaceAll(group, ""), text.slice(at + 1));
  }
  const sign = point >= 0 ? "." : ",";
  const parts = text.split(sign);
  if (parts.length > 2) return isGrouped(text, sign) ? digits(parts.join(""), "") : null;
  if (sign === "," && parts.length === 2 && isGrouped(text, ",") && parts[0] !== "0") return { ambiguous: text };
  return digits(parts[0] ?? "", parts[1] ?? "");
}

function problemOf(name: string, { ambiguous }: { ambiguous: string }): string {
  const plain = ambiguous.replace(",", "");
  return `${name}: “${ambiguous}” may mean ${whole(BigInt(plain))} or ${ambiguous.replace(",", ".")}. Write ${plain} or ${ambiguous.replace(",", ".")}`;
}

/** A typed amount in stroops. */
export function parseMoney(text: string, name: string): Read<bigint> {
  const read = takeApart(text);
  if (read && "ambiguous" in read) return { problem: problemOf(name, read) };
  if (!read || read.fraction.length > 7) return { problem: `${name}: enter a number like 12.5, with at most 7 decimals` };
  const value = BigInt(read.whole) * UNIT + BigInt(read.fraction.padEnd(7, "0"));
  return value > MAX_MONEY ? { problem: `${name}: at most ${decimal(MAX_MONEY)}` } : { value };
}

/** A typed whole number within limits. */
export function parseWhole(text: string, name: string, min: bigint, max: bigint): Read<bigint> {
  const read = takeApart(text);
  if (read && "ambiguous" in read) return { problem: problemOf(name, read) };
  if (!read || /[^0]/.test(read.fraction)) return { problem: `${name}: enter a whole number` };
  return within(BigInt(read.whole), name, min, max);
}

/** A typed size in GiB, or in the unit that is typed behind it: `40 TB` is 37252 whole GiB. */
export function parseGib(text: string, name: string, min: bigint, max: bigint): Read<bigint> {
  const [, number = "", unit = ""] = /^(.*?)([a-z]*)$/is.exec(text.trim()) ?? [];
  const bytes = BYTES_PER_UNIT[unit.toUpperCase()];
  if (bytes === undefined) return { problem: `${name}: enter GiB, or a unit like 40 TB or 2 TiB` };
  const read = takeApart(number);
  if (read && "ambiguous" in read) return { problem: problemOf(name, read) };
  if (!read || read.fraction.length > 9) return { problem: `${name}: enter a size like 500 or 1.5 TiB` };
  const scale = 10n ** BigInt(read.fraction.length);
  const scaled = (BigInt(read.whole) * scale + BigInt(read.fraction || "0")) * bytes;
  const gib = scaled / scale / BYTES_PER_GIB;
  // Nothing is cut off silently where the unit is the field's own.
  const isBinary = bytes % BYTES_PER_GIB === 0n;
  if (isBinary && scaled % (scale * BYTES_PER_GIB) !== 0n) return { problem: `${name}: enter whole GiB` };
  return within(gib, name, min, max);
}

function within(value: bigint, name: string, min: bigint, max: bigint): Read<bigint> {
  return value < min || value > max ? { problem: `${name}: ${whole(min)} to ${whole(max)}` } : { value };
}

/** 99.9 → 9990 basis points, without floats. */
export function parseShare(text: string, name: string, min: number, max: number): Read<number> {
  const read = takeApart(text.replace(/%\s*$/, ""));
  const fits = read && !("ambiguous" in read) && read.whole.length <= 3 && read.fraction.length <= 2;
  const value = fits ? Number(read.whole) * 100 + Number(read.fraction.padEnd(2, "0")) : -1;
  if (value < min || value > max) return { problem: `${name}: ${share(min)} to ${share(max)}, at most 2 decimals` };
  return { value };
}
