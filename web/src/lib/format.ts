// Formats money, sizes and times for people. Money is always bigint, so nothing is lost to rounding.

const UNIT = 10_000_000n;
export const DAY_SECS = 86_400;
export const MONTH_SECS = 30 * DAY_SECS;
/** The largest amount that the contracts accept. */
export const MAX_MONEY = 1n << 62n;

function grouped(whole: bigint): string {
  return whole.toString().replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** An exact amount: at least two decimals, and as many as it needs. */
export function decimal(stroops: bigint): string {
  const size = stroops < 0n ? -stroops : stroops;
  const fraction = (size % UNIT).toString().padStart(7, "0");
  const rest = fraction.slice(2).replace(/0+$/, "");
  return `${stroops < 0n ? "−" : ""}${grouped(size / UNIT)}.${fraction.slice(0, 2)}${rest}`;
}

export function money(stroops: bigint | string, code: string): string {
  return `${decimal(BigInt(stroops))} ${code}`;
}

function scaled(value: bigint, scale: bigint): string {
  const hundredths = (value * 100n) / scale;
  const fraction = (hundredths % 100n).toString().padStart(2, "0").replace(/0+$/, "");
  return grouped(hundredths / 100n) + (fraction ? `.${fraction}` : "");
}

/** A size in GiB as disks are sold: decimal. */
export function decimalTb(gib: bigint): string {
  const hundredths = (gib * (1n << 30n)) / 10n ** 10n;
  return `${grouped(hundredths / 100n)}.${(hundredths % 100n).toString().padStart(2, "0")} TB`;
}

/** A size in MiB (2^20 bytes), shown in the largest unit that it fills, cut to two decimals. */
export function size(mb: bigint | number | string): string {
  const value = BigInt(mb);
  if (value < 1024n) return `${value} MiB`;
  if (value < 1024n * 1024n) return `${scaled(value, 1024n)} GiB`;
  return `${scaled(value, 1024n * 1024n)} TiB`;
}

/** Basis points: 9990 is 99.90 %. */
export function share(bps: number): string {
  return `${Math.floor(bps / 100)}.${String(bps % 100).padStart(2, "0")}\u00a0%`;
}

export function whole(value: number | bigint | string): string {
  return grouped(BigInt(value));
}

const STEPS: [number, string, string][] = [
  [365 * DAY_SECS, "year", "years"],
  [MONTH_SECS, "month", "months"],
  [DAY_SECS, "day", "days"],
  [3600, "hour", "hours"],
  [60, "minute", "minutes"],
  [1, "second", "seconds"],
];

/** The two largest units of a span of time. */
export function span(secs: number | bigint): string {
  let rest = Number(secs);
  if (!Number.isFinite(rest) || rest > 1e12) return "no end in sight";
  if (rest < 1) return "0 seconds";
  const parts: string[] = [];
  for (const [unit, singular, plural] of STEPS) {
    const count = Math.floor(rest / unit);
    if (count > 0) parts.push(`${count} ${count === 1 ? singular : plural}`);
    else if (parts.length > 0) break;
    rest -= count * unit;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** Ledger time in UTC. */
export function when(ts: number): string {
  return ts > 0 ? `${CLOCK.format(ts * 1000)} UTC` : "—";
}

export function day(ts: number): string {
  return DATE.format(ts * 1000);
}

export function short(address: string): string {
  return address.length > 14 ? `${address.slice(0, 5)}…${address.slice(-5)}` : address;
}
