// The market: the offered buckets, the cost of the requested storage at each, and a comparison.

import { Link } from "wouter";
import { useBuckets, useBucketsById, useQuotes } from "../api/queries";
import type { Bucket } from "../api/types";
import { whole } from "../lib/format";
import { Empty, Loading, Problem } from "../ui/elements";
import { Calculator, readWish } from "../ui/calculator";
import { Comparison } from "../ui/comparison";
import { FilterPanel, readFilters, useFilters } from "../ui/filters";
import { OfferCard, type Offer } from "../ui/offer";

const SORTS = [
  ["cost", "Total cost"],
  ["storage_price", "Storage price"],
  ["egress_price", "Egress price"],
  ["reputation", "Reputation"],
  ["capacity", "Free capacity"],
  ["newest", "Newest"],
] as const;

/** How many buckets can be compared at once. */
const MAX_COMPARED = 4;

export function Market() {
  const filters = useFilters();
  // In the address, so that going to a bucket and back keeps the comparison.
  const compared = filters.get("compare").split(",").filter((id) => /^\d{1,10}$/.test(id)).slice(0, MAX_COMPARED);
  const comparedBuckets = useBucketsById(compared);
  const asked = { gb: filters.get("gb", "500"), months: filters.get("months", "6"), egress: filters.get("egress", "50") };
  const { wish, plain, problems: wishProblems } = readWish(asked);
  const wished = plain ?? asked;
  const { query, problems } = readFilters(filters);
  const sort = filters.get("sort", "cost");
  const byCost = sort === "cost" && wish !== null;

  const quotes = useQuotes(byCost ? { ...query, gb: wished.gb, months: wished.months, egress_gb_per_month: wished.egress, limit: 100 } : null);
  const listed = useBuckets({ ...query, sort: sort === "cost" ? "storage_price" : sort, order: ["storage_price", "egress_price", "cost"].includes(sort) ? "asc" : "desc", limit: 24 });
  const offers: Offer[] | undefined = byCost ? quotes.data?.items.map((quote) => ({ bucket: quote.bucket, quote })) : listed.data?.pages.flatMap(({ items }) => items.map((bucket) => ({ bucket })));
  const active = byCost ? quotes : listed;

  const compare = ({ bucket_id }: Bucket) => {
    const others = compared.filter((id) => id !== String(bucket_id));
    filters.set("compare", (others.length < compared.length ? others : [...compared, bucket_id]).slice(0, MAX_COMPARED).join(","));
  };

  return (
    <>
      <div className="stack tight">
        <h1>Cloud storage, paid for what you use</h1>
        <p className="lead">Each bucket has a price and an SLA. Your money waits in escrow, pays for metered usage only, and comes back to you with credit if the SLA is missed.</p>
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
          {comparedBuckets.length > 0 && <Comparison buckets={comparedBuckets} asked={wished} drop={compare} />}
          {active.isError && <Problem error={active.error} retry={() => void active.refetch()} />}
          {!offers && active.isPending && <Loading what="buckets" />}
          {offers?.length === 0 && (
            <Empty action={filters.any ? <button type="button" onClick={filters.clear}>Clear filters</button> : <Link href="/provider" className="button">List a bucket</Link>}>
              {filters.any ? "No bucket matches these filters." : "No buckets yet."}
            </Empty>
          )}
          <ul className="cards-list">
            {offers?.map((offer) => (
              <li key={offer.bucket.bucket_id}>
                <OfferCard offer={offer} asked={wished} compared={compared.includes(String(offer.bucket.bucket_id))} full={compared.length >= MAX_COMPARED} compare={() => compare(offer.bucket)} />
              </li>
            ))}
          </ul>
          {byCost && quotes.data && quotes.data.matching > quotes.data.items.length && <p className="small soft">Showing the cheapest {quotes.data.items.length} of {whole(quotes.data.matching)} buckets. Use the filters to see fewer.</p>}
          {!byCost && listed.hasNextPage && (
            <div><button type="button" disabled={listed.isFetchingNextPage} onClick={() => void listed.fetchNextPage()}>{listed.isFetchingNextPage ? "Loading…" : "More buckets"}</button></div>
          )}
        </section>
      </div>
    </>
  );
}
