// The market: what is offered, what a wish would cost at each bucket, side by side where wanted.

import { useState } from "react";
import { Link } from "wouter";
import { useBuckets, useQuotes } from "../api/queries";
import type { Bucket } from "../api/types";
import { whole } from "../lib/format";
import { Empty, Loading, Problem } from "../ui/bits";
import { Calculator, readWish } from "../ui/calculator";
import { Comparison } from "../ui/comparison";
import { FilterPanel, readFilters, useFilters } from "../ui/filters";
import { OfferCard, type Offer } from "../ui/offer";

const SORTS = [
  ["cost", "Cost of your storage"],
  ["storage_price", "Storage price"],
  ["egress_price", "Egress price"],
  ["reputation", "Reputation"],
  ["capacity", "Capacity left"],
  ["newest", "Newest"],
] as const;

/** At most so many side by side. */
const MAX_COMPARED = 4;
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
