// The calculator: what the requested storage costs at a bucket.

import type { Bucket, Quote } from "../api/types";
import { parseGib, parseWhole } from "../lib/typed";
import { quote, wishOf } from "../lib/price";
import { Field } from "./elements";
import { pricesOf } from "./offer";

export const MAX_GB = 1n << 30n;

/** The request as typed, or as plain numbers. */
export interface Asked {
  gb: string;
  months: string;
  egress: string;
}

export function readWish(asked: Asked) {
  const gb = parseGib(asked.gb, "Storage", 0n, MAX_GB);
  const months = parseWhole(asked.months, "Months", 1n, 60n);
  const egress = parseGib(asked.egress, "Egress", 0n, MAX_GB);
  const problems = { gb: "problem" in gb ? gb.problem : "", months: "problem" in months ? months.problem : "", egress: "problem" in egress ? egress.problem : "" };
  if (!("value" in gb && "value" in months && "value" in egress)) return { wish: null, plain: null, problems };
  if (gb.value === 0n && egress.value === 0n) return { wish: null, plain: null, problems: { ...problems, gb: "Enter some storage or egress" } };
  const plain: Asked = { gb: String(gb.value), months: String(months.value), egress: String(egress.value) };
  return { wish: wishOf(gb.value, months.value, egress.value), plain, problems };
}

/** The calculator's figures in the address of a page. */
export function wishIn(asked: Asked): string {
  return `?${new URLSearchParams({ ...asked }).toString()}`;
}

/** The cost at a bucket: the index's quote if there is one, otherwise the same formula computed here. */
export function costAt(bucket: Bucket, asked: Asked, indexQuote?: Quote) {
  if (indexQuote) return { total: BigInt(indexQuote.total_stroops), storage: BigInt(indexQuote.storage_stroops), egress: BigInt(indexQuote.egress_stroops) };
  const { wish } = readWish(asked);
  return wish ? quote(pricesOf(bucket), wish) : null;
}

export function Calculator({ asked, problems, set }: { asked: Asked; problems: Record<string, string>; set: (name: string, value: string) => void }) {
  return (
    <section className="card stack" aria-label="Calculator">
      <div className="row between">
        <h2>What would it cost?</h2>
        <p className="small soft">Shown for every bucket below, computed with the contract's formula.</p>
      </div>
      <div className="fields">
        <Field label="Storage, GiB" value={asked.gb} inputMode="numeric" onChange={(text) => set("gb", text)} problem={problems.gb} />
        <Field label="For, months of 30 days" value={asked.months} inputMode="numeric" onChange={(text) => set("months", text)} problem={problems.months} />
        <Field label="Egress, GiB per month" value={asked.egress} inputMode="numeric" onChange={(text) => set("egress", text)} problem={problems.egress} />
      </div>
    </section>
  );
}
