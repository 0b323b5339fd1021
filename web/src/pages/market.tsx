// The market: what is offered, what a wish would cost at each bucket, side by side where wanted.

import { useMemo, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { useBuckets, useMarket, useQuotes } from "../api/queries";
import type { Query } from "../api/client";
import type { Bucket, Quote } from "../api/types";
import { money, parseMoney, parseWhole, share, size, whole } from "../lib/format";
import { quote, wishOf } from "../lib/price";
import { Address, Badge, Check, Choice, Empty, Field, Loading, Money, Problem, Table } from "../ui/bits";

const SORTS = [
  ["cost", "Cost of your storage"],
  ["storage_price", "Storage price"],
  ["egress_price", "Egress price"],
  ["reputation", "Reputation"],
  ["capacity", "Capacity left"],
  ["newest", "Newest"],
] as const;

const FEATURES = [
  ["versioning", "Versioning"],
  ["encryption_at_rest", "Encrypted at rest"],
  ["encryption_in_transit", "Encrypted in transit"],
  ["object_locking", "Object locking"],
  ["auto_accept", "Accepts by itself"],
] as const;

/** At most so many side by side. */
const MAX_COMPARED = 4;
const MAX_GB = 1n << 30n;

interface Asked {
  gb: string;
  months: string;
  egress: string;
}

/** The state of the page is its address: it can be kept and sent. */
function useFilters() {
  const [params, setParams] = useSearchParams();
  const get = (name: string, otherwise = "") => params.get(name) ?? otherwise;
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const features = params.getAll("feature");
  const toggle = (feature: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        const kept = next.getAll("feature").filter((one) => one !== feature);
        if (kept.length === next.getAll("feature").length) kept.push(feature);
        next.delete("feature");
        kept.forEach((one) => next.append("feature", one));
        return next;
      },
      { replace: true },
    );
  const clear = () => setParams({}, { replace: true });
  return { get, set, features, toggle, clear, any: [...params.keys()].some((name) => !["gb", "months", "egress", "sort"].includes(name)) };
}

type Filters = ReturnType<typeof useFilters>;

/** What is asked of the index, and what is wrong with what was typed. */
function readFilters(filters: Filters): { query: Query; problems: Record<string, string> } {
  const problems: Record<string, string> = {};
  const query: Record<string, string | readonly string[] | undefined> = { feature: filters.features };
  for (const name of ["q", "region", "country", "api"]) query[name] = filters.get(name);
  for (const [name, label] of [["max_storage", "Storage price"], ["max_egress", "Egress price"]] as const) {
    const text = filters.get(name);
    if (!text) continue;
    const read = parseMoney(text, label);
    if ("problem" in read) problems[name] = read.problem;
    else query[`${name}_price_stroops`] = read.value.toString();
  }
  const bounds = [
    ["max_latency", "max_latency_ms", "Latency", 1n, 60_000n],
    ["min_capacity", "min_capacity_gb", "Capacity", 1n, MAX_GB],
    ["min_reputation", "min_reputation", "Reputation", 0n, 100n],
  ] as const;
  for (const [name, field, label, min, max] of bounds) {
    const text = filters.get(name);
    if (!text) continue;
    const read = parseWhole(text, label, min, max);
    if ("problem" in read) problems[name] = read.problem;
    else query[field] = read.value.toString();
  }
  if (filters.get("min_uptime")) query.min_uptime_bps = filters.get("min_uptime");
  return { query, problems };
}

function readWish(asked: Asked) {
  const gb = parseWhole(asked.gb, "Storage", 0n, MAX_GB);
  const months = parseWhole(asked.months, "Months", 1n, 60n);
  const egress = parseWhole(asked.egress, "Egress", 0n, MAX_GB);
  const problems = { gb: "problem" in gb ? gb.problem : "", months: "problem" in months ? months.problem : "", egress: "problem" in egress ? egress.problem : "" };
  if (!("value" in gb && "value" in months && "value" in egress)) return { wish: null, problems };
  if (gb.value === 0n && egress.value === 0n) return { wish: null, problems: { ...problems, gb: "Ask for some storage or egress" } };
  return { wish: wishOf(gb.value, months.value, egress.value), problems };
}

export function pricesOf(bucket: Bucket) {
  return { storage_stroops: BigInt(bucket.storage_price_stroops), egress_stroops: BigInt(bucket.egress_price_stroops) };
}

interface Offer {
  bucket: Bucket;
  quote?: Quote;
}

export function Market() {
  const filters = useFilters();
  const [compared, setCompared] = useState<Map<number, Bucket>>(new Map());
  const asked = { gb: filters.get("gb", "500"), months: filters.get("months", "6"), egress: filters.get("egress", "50") };
  const { wish, problems: wishProblems } = readWish(asked);
  const { query, problems } = readFilters(filters);
  const sort = filters.get("sort", "cost");
  const byCost = sort === "cost" && wish !== null;

  const quotes = useQuotes(byCost ? { ...query, gb: asked.gb, months: asked.months, egress_gb_per_month: asked.egress, limit: 100 } : null);
  const listed = useBuckets({ ...query, sort: sort === "cost" ? "storage_price" : sort, order: ["storage_price", "egress_price", "cost"].includes(sort) ? "asc" : "desc", limit: 24 });
  const offers: Offer[] | undefined = byCost ? quotes.data?.items.map((one) => ({ bucket: one.bucket, quote: one })) : listed.data?.pages.flatMap(({ items }) => items.map((bucket) => ({ bucket })));
  const active = byCost ? quotes : listed;

  const compare = (bucket: Bucket) =>
    setCompared((before) => {
      const next = new Map(before);
      if (!next.delete(bucket.bucket_id) && next.size < MAX_COMPARED) next.set(bucket.bucket_id, bucket);
      return next;
    });

  return (
    <>
      <div className="stack tight">
        <h1>Storage, priced per gigabyte, paid for what was served</h1>
        <p className="lead">Each bucket has a price and a promise. Money waits in escrow, is paid by metered use, and comes back with credit where the promise was not kept.</p>
      </div>
      <Calculator asked={asked} problems={wishProblems} set={filters.set} />
      <div className="split left">
        <FilterPanel filters={filters} problems={problems} />
        <section className="stack" aria-label="Offers">
          <div className="row between">
            <p role="status" className="strong">{offers ? `${whole(offers.length)}${active === listed && listed.hasNextPage ? "+" : ""} ${offers.length === 1 ? "bucket" : "buckets"}` : "Buckets"}</p>
            <div className="row">
              <label className="row small" style={{ gridAutoFlow: "column" }}>
                Sort by
                <select value={sort} style={{ width: "auto" }} onChange={(event) => filters.set("sort", event.target.value)}>
                  {SORTS.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
                </select>
              </label>
            </div>
          </div>
          {compared.size > 0 && <Comparison buckets={[...compared.values()]} asked={asked} drop={compare} />}
          {active.isError && <Problem error={active.error} retry={() => void active.refetch()} />}
          {!offers && active.isPending && <Loading what="buckets" />}
          {offers?.length === 0 && (
            <Empty action={filters.any ? <button type="button" onClick={filters.clear}>Clear the filters</button> : <Link href="/provider" className="button">List a bucket</Link>}>
              {filters.any ? "No bucket is offered that fits all of this." : "Nobody has listed a bucket yet."}
            </Empty>
          )}
          <ul className="cards-list">
            {offers?.map((offer) => (
              <li key={offer.bucket.bucket_id}>
                <OfferCard offer={offer} asked={asked} compared={compared.has(offer.bucket.bucket_id)} full={compared.size >= MAX_COMPARED} compare={() => compare(offer.bucket)} />
              </li>
            ))}
          </ul>
          {byCost && quotes.data && quotes.data.matching > quotes.data.items.length && <p className="small soft">The cheapest {quotes.data.items.length} of {whole(quotes.data.matching)} buckets. Filter for fewer.</p>}
          {!byCost && listed.hasNextPage && (
            <div><button type="button" disabled={listed.isFetchingNextPage} onClick={() => void listed.fetchNextPage()}>{listed.isFetchingNextPage ? "Loading…" : "More buckets"}</button></div>
          )}
        </section>
      </div>
    </>
  );
}

function Calculator({ asked, problems, set }: { asked: Asked; problems: Record<string, string>; set: (name: string, value: string) => void }) {
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

function FilterPanel({ filters, problems }: { filters: Filters; problems: Record<string, string> }) {
  const wide = useMemo(() => window.matchMedia("(min-width: 960px)").matches, []);
  const field = (name: string, label: string, hint?: string, inputMode?: "decimal" | "numeric") => (
    <Field label={label} value={filters.get(name)} onChange={(text) => filters.set(name, text)} problem={problems[name]} {...(hint ? { hint } : {})} {...(inputMode ? { inputMode } : {})} />
  );
  return (
    <details className="card" open={wide || filters.any}>
      <summary className="strong">Filters</summary>
      <form className="stack" style={{ marginTop: 14 }} role="search" onSubmit={(event) => event.preventDefault()}>
        <Field label="Search" type="search" value={filters.get("q")} onChange={(text) => filters.set("q", text)} hint="Name, provider, region, tag" />
        {field("region", "Region")}
        {field("country", "Country")}
        {field("api", "API", "For example S3")}
        {field("max_storage", "Storage price up to", "Per GB and month", "decimal")}
        {field("max_egress", "Egress price up to", "Per GB", "decimal")}
        <Choice label="Uptime promised" value={filters.get("min_uptime")} onChange={(value) => filters.set("min_uptime", value)} options={[["", "Any"], ["9900", "at least 99.00 %"], ["9950", "at least 99.50 %"], ["9990", "at least 99.90 %"], ["9999", "at least 99.99 %"]]} />
        {field("max_latency", "Latency up to, ms", undefined, "numeric")}
        {field("min_capacity", "Free storage from, GB", undefined, "numeric")}
        {field("min_reputation", "Reputation from", "0 to 100; everybody begins at 50", "numeric")}
        <fieldset>
          <legend>Features</legend>
          {FEATURES.map(([name, label]) => <Check key={name} label={label} checked={filters.features.includes(name)} onChange={() => filters.toggle(name)} />)}
        </fieldset>
        {filters.any && <button type="button" onClick={filters.clear}>Clear the filters</button>}
      </form>
    </details>
  );
}

/** The total of a wish at a bucket: the index's quote, or the same formula here. */
function costAt(bucket: Bucket, asked: Asked, known?: Quote) {
  if (known) return { total: BigInt(known.total_stroops), storage: BigInt(known.storage_stroops), egress: BigInt(known.egress_stroops) };
  const { wish } = readWish(asked);
  return wish ? quote(pricesOf(bucket), wish) : null;
}

function OfferCard({ offer: { bucket, quote: known }, asked, compared, full, compare }: { offer: Offer; asked: Asked; compared: boolean; full: boolean; compare: () => void }) {
  const cost = costAt(bucket, asked, known);
  return (
    <article className="card offer">
      <div className="row between">
        <h3><Link href={`/buckets/${bucket.bucket_id}`}>{bucket.name}</Link></h3>
        <BucketState bucket={bucket} />
      </div>
      <p className="small soft">
        {bucket.provider_name || <Address of={bucket.provider} />} · reputation {bucket.provider_reputation}/100
        <br />
        {[bucket.region, bucket.country, bucket.api].filter(Boolean).join(" · ")}
      </p>
      {cost && (
        <div>
          <p className="price"><Money of={cost.total} /></p>
          <p className="small soft">at most, for {whole(asked.gb)} GB × {asked.months} {asked.months === "1" ? "month" : "months"} with {whole(asked.egress)} GB egress a month</p>
        </div>
      )}
      <dl className="pairs small">
        <dt>Storage</dt><dd><Money of={bucket.storage_price_stroops} /> per GB and month</dd>
        <dt>Egress</dt><dd><Money of={bucket.egress_price_stroops} /> per GB</dd>
        <dt>Promise</dt><dd>{share(bucket.uptime_bps)} uptime, {whole(bucket.latency_ms)} ms</dd>
        <dt>Left</dt><dd>{left(bucket)}</dd>
      </dl>
      <FeatureTags bucket={bucket} />
      {known && !known.fits && <p className="small"><Badge tone="warn">Does not fit now</Badge> {known.reasons.join("; ")}</p>}
      <div className="row">
        <Link href={`/buckets/${bucket.bucket_id}`} className="button primary smaller">Details and deal<span className="visually-hidden"> on {bucket.name}</span></Link>
        <button type="button" className="smaller" aria-pressed={compared} disabled={full && !compared} onClick={compare}>
          {compared ? "✓ Compared" : "Compare"}<span className="visually-hidden"> {bucket.name}</span>
        </button>
      </div>
    </article>
  );
}

export function left(bucket: Bucket): string {
  if (bucket.exclusive) return bucket.locked ? "taken: one deal has all of it" : "all of it, for one deal";
  return `${size(bucket.left_storage_mb ?? 0)}, egress ${size(bucket.left_egress_mb ?? 0)}`;
}

export function BucketState({ bucket }: { bucket: Bucket }) {
  if (bucket.status === "deleted") return <Badge tone="bad">Deleted</Badge>;
  if (bucket.status === "inactive") return <Badge>Not listed</Badge>;
  if (bucket.locked) return <Badge tone="warn">Takes no deals</Badge>;
  return <Badge tone="ok">Open</Badge>;
}

export function FeatureTags({ bucket }: { bucket: Bucket }) {
  const names = [...FEATURES.filter(([name]) => bucket.features[name]).map(([, label]) => label), ...(bucket.access_scope ? [bucket.access_scope] : []), ...bucket.tags];
  if (names.length === 0) return null;
  return (
    <ul className="tags" aria-label="Features">
      {names.map((name) => <li key={name}><Badge>{name}</Badge></li>)}
    </ul>
  );
}

function Comparison({ buckets, asked, drop }: { buckets: Bucket[]; asked: Asked; drop: (bucket: Bucket) => void }) {
  const { code } = useMarket();
  const costs = new Map(buckets.map((bucket) => [bucket.bucket_id, costAt(bucket, asked)]));
  const totals = [...costs.values()].flatMap((cost) => (cost ? [cost.total] : []));
  const cheapest = totals.length > 1 ? totals.reduce((a, b) => (a < b ? a : b)) : null;
  const row = (title: string, of: (bucket: Bucket) => string) => ({ title, of });
  const rows = [
    row("Cost at most", (bucket) => { const cost = costs.get(bucket.bucket_id); return cost ? `${money(cost.total, code)}${cost.total === cheapest ? " · cheapest" : ""}` : "—"; }),
    row("… of it storage", (bucket) => { const cost = costs.get(bucket.bucket_id); return cost ? money(cost.storage, code) : "—"; }),
    row("… of it egress", (bucket) => { const cost = costs.get(bucket.bucket_id); return cost ? money(cost.egress, code) : "—"; }),
    row("Uptime promised", (bucket) => share(bucket.uptime_bps)),
    row("Latency promised", (bucket) => `${whole(bucket.latency_ms)} ms`),
    row("Left", left),
    row("Reputation", (bucket) => `${bucket.provider_reputation}/100`),
    row("Region", (bucket) => [bucket.region, bucket.country].filter(Boolean).join(", ") || "—"),
    row("API", (bucket) => bucket.api),
  ];
  return (
    <section className="card stack" aria-label="Comparison">
      <h2>Side by side</h2>
      <Table
        caption="Compared buckets"
        rows={rows}
        keyOf={({ title }) => title}
        columns={[
          { title: "Property", cell: ({ title }) => title },
          ...buckets.map((bucket) => ({ title: bucket.name, cell: ({ of }: (typeof rows)[number]) => of(bucket) })),
        ]}
      />
      <div className="row">
        {buckets.map((bucket) => <button key={bucket.bucket_id} type="button" className="smaller" onClick={() => drop(bucket)}>Remove {bucket.name}</button>)}
      </div>
    </section>
  );
}
