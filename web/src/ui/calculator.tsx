// What somebody needs, and what that costs at a bucket.

import type { Bucket, Quote } from "../api/types";
import { parseWhole } from "../lib/format";
import { quote, wishOf } from "../lib/price";
import { Field } from "./bits";
import { pricesOf } from "./offer";

export const MAX_GB = 1n << 30n;

/** As it was typed. */
export interface Asked {
  gb: string;
  months: string;
  egress: string;
}

export function readWish(asked: Asked) {
  const gb = parseWhole(asked.gb, "Storage", 0n, MAX_GB);
  const months = parseWhole(asked.months, "Months", 1n, 60n);
  const egress = parseWhole(asked.egress, "Egress", 0n, MAX_GB);
  const problems = { gb: "problem" in gb ? gb.problem : "", months: "problem" in months ? months.problem : "", egress: "problem" in egress ? egress.problem : "" };
  if (!("value" in gb && "value" in months && "value" in egress)) return { wish: null, problems };
  if (gb.value === 0n && egress.value === 0n) return { wish: null, problems: { ...problems, gb: "Ask for some storage or egress" } };
  return { wish: wishOf(gb.value, months.value, egress.value), problems };
}

/** The total of a wish at a bucket: the index's quote, or the same formula here. */
export function costAt(bucket: Bucket, asked: Asked, known?: Quote) {
  if (known) return { total: BigInt(known.total_stroops), storage: BigInt(known.storage_stroops), egress: BigInt(known.egress_stroops) };
  const { wish } = readWish(asked);
  return wish ? quote(pricesOf(bucket), wish) : null;
}

export function Calculator({ asked, problems, set }: { asked: Asked; problems: Record<string, string>; set: (name: string, value: string) => void }) {
  return (
    <section className="card stack" aria-label="Calculator">
      <div className="row between">
        <h2>What would it cost?</h2>
        <p className="small soft">Shown at every bucket below, by the contract's own formula.</p>
      </div>
      <div className="fields">
        <Field label="Storage, GB" value={asked.gb} inputMode="numeric" onChange={(text) => set("gb", text)} problem={problems.gb} />
        <Field label="For, months of 30 days" value={asked.months} inputMode="numeric" onChange={(text) => set("months", text)} problem={problems.months} />
        <Field label="Egress, GB a month" value={asked.egress} inputMode="numeric" onChange={(text) => set("egress", text)} problem={problems.egress} />
      </div>
    </section>
  );
}
