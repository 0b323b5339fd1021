// The form that asks for a deal, or for one that replaces a running deal.

import { useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { useBucket, useMarket, useNetwork } from "../api/queries";
import type { Bucket, Deal, Policy } from "../api/types";
import { createDeal } from "../chain/requests";
import { size, span } from "../lib/format";
import { parseGib, parseWhole } from "../lib/typed";
import { minFund, quote, wishOf } from "../lib/price";
import { Field, Loading, Money, Problem } from "./elements";
import { left, pricesOf } from "./offer";
import { useSign } from "./sign";

const MB_PER_GB = 1024;
const SECS_PER_MONTH = 2_592_000;

/** What a deal agrees, as the form asks for it; part of a GiB or a month counts as a whole one. */
function wishOfDeal({ terms }: Deal): { gb: string; months: string; egress: string } {
  const months = Math.max(1, Math.ceil(terms.duration_secs / SECS_PER_MONTH));
  return {
    gb: String(Math.ceil(terms.storage_mb / MB_PER_GB)),
    months: String(months),
    egress: String(Math.ceil(terms.egress_mb / MB_PER_GB / months)),
  };
}

export function DealForm({ bucket, address, policy, replaced }: { bucket: Bucket; address: string; policy: Policy; replaced?: Deal }) {
  const sign = useSign();
  const { code } = useMarket();
  const [, go] = useLocation();
  const [params] = useSearchParams();
  const before = replaced ? wishOfDeal(replaced) : { gb: params.get("gb") ?? "500", months: params.get("months") ?? "6", egress: params.get("egress") ?? "50" };
  const [gb, setGb] = useState(before.gb);
  const [months, setMonths] = useState(before.months);
  const [egress, setEgress] = useState(before.egress);
  const storage = parseGib(gb, "Storage", 0n, 1n << 30n);
  const time = parseWhole(months, "Months", 1n, 60n);
  const sent = parseGib(egress, "Egress", 0n, 1n << 30n);
  const wish = "value" in storage && "value" in time && "value" in sent ? wishOf(storage.value, time.value, sent.value) : null;
  const cost = wish && quote(pricesOf(bucket), wish);
  const minDeposit = wish && minFund(pricesOf(bucket), wish, { min_fund: BigInt(policy.min_fund_stroops), min_runway_secs: BigInt(policy.min_runway_secs) });
  const freed = replaced?.terms ?? { storage_mb: 0, egress_mb: 0 };
  const fits = (asked: bigint, free: number | null | undefined, more: number) => asked <= BigInt(free ?? 0) + BigInt(more);
  const tooMuch = wish && !bucket.exclusive && !(fits(wish.storage_mb, bucket.left_storage_mb, freed.storage_mb) && fits(wish.egress_mb, bucket.left_egress_mb, freed.egress_mb));
  const submit = () => {
    if (!wish || !cost) return;
    sign({ ...createDeal(address, { bucket, ...wish, replaced }, cost.total, policy, code), done: ({ value }) => go(`/deals/${String(value)}`) });
  };
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <Field label="Storage, GiB" inputMode="numeric" value={gb} onChange={setGb} problem={"problem" in storage ? storage.problem : undefined} />
      <Field label="For, months of 30 days" inputMode="numeric" value={months} onChange={setMonths} problem={"problem" in time ? time.problem : undefined} />
      <Field label="Egress, GiB per month" inputMode="numeric" value={egress} onChange={setEgress} problem={"problem" in sent ? sent.problem : undefined} />
      {cost && minDeposit !== null && (
        <div className="costs stack tight" aria-live="polite">
          <div className="row between"><span>Maximum cost</span><strong><Money of={cost.total} /></strong></div>
          <div className="row between small"><span className="soft">storage</span><Money of={cost.storage} /></div>
          <div className="row between small"><span className="soft">egress</span><Money of={cost.egress} /></div>
          <div className="row between"><span>Minimum first deposit</span><strong><Money of={minDeposit} /></strong></div>
          <p className="hint">You pay nothing until the provider accepts and you fund the deal.</p>
        </div>
      )}
      {tooMuch && <p className="wrong">The bucket has only {left(bucket)} free{replaced ? ` beside the ${size(replaced.terms.storage_mb)} of this deal` : ""}, so this deal could not be funded.</p>}
      <div><button type="submit" className="primary" disabled={!cost || cost.total === 0n}>{replaced ? "Request the new deal" : "Request this deal"}</button></div>
    </form>
  );
}

/** Renewal, extension, another size: a new deal takes the place of a running one. */
export function ReplaceDeal({ deal, address }: { deal: Deal; address: string }) {
  const bucket = useBucket(String(deal.bucket_id));
  const network = useNetwork();
  const { now } = useMarket();
  const rest = (deal.end_ts ?? now) - now;
  return (
    <details>
      <summary>Renew, extend or resize</summary>
      <div className="stack">
        <p className="soft">
          A new deal takes the place of this one in the second in which you fund it, at the prices that the bucket has today. Your data stays under its name. This deal then closes: what it still owes is paid, and the rest of its deposit goes back to you.
          {rest > 0 ? ` It ends in ${span(rest)}; the new term counts from the funding.` : ""}
        </p>
        {bucket.isError && <Problem error={bucket.error} retry={() => void bucket.refetch()} />}
        {!bucket.data && bucket.isPending && <Loading what="the bucket" />}
        {bucket.data && network.data && <DealForm bucket={bucket.data.bucket} address={address} policy={network.data.policy} replaced={deal} />}
      </div>
    </details>
  );
}
