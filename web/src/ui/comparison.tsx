// Compares buckets side by side.

import { useMarket } from "../api/queries";
import type { Bucket } from "../api/types";
import { money, share, whole } from "../lib/format";
import { Table } from "./elements";
import { costAt, type Asked } from "./calculator";
import { left } from "./offer";

export function Comparison({ buckets, asked, drop }: { buckets: Bucket[]; asked: Asked; drop: (bucket: Bucket) => void }) {
  const { code } = useMarket();
  const costs = new Map(buckets.map((bucket) => [bucket.bucket_id, costAt(bucket, asked)]));
  const totals = [...costs.values()].flatMap((cost) => (cost ? [cost.total] : []));
  const cheapest = totals.length > 1 ? totals.reduce((a, b) => (a < b ? a : b)) : null;
  const row = (title: string, of: (bucket: Bucket) => string) => ({ title, of });
  const rows = [
    row("Maximum cost", (bucket) => { const cost = costs.get(bucket.bucket_id); return cost ? `${money(cost.total, code)}${cost.total === cheapest ? " · cheapest" : ""}` : "—"; }),
    row("for storage", (bucket) => { const cost = costs.get(bucket.bucket_id); return cost ? money(cost.storage, code) : "—"; }),
    row("for egress", (bucket) => { const cost = costs.get(bucket.bucket_id); return cost ? money(cost.egress, code) : "—"; }),
    row("Promised uptime", (bucket) => share(bucket.uptime_bps)),
    row("Promised latency", (bucket) => `${whole(bucket.latency_ms)} ms`),
    row("Free", left),
    row("Reputation", (bucket) => `${bucket.provider_reputation}/100`),
    row("Region", (bucket) => [bucket.region, bucket.country].filter(Boolean).join(", ") || "—"),
    row("API", (bucket) => bucket.api),
  ];
  return (
    <section className="card stack" aria-label="Comparison">
      <h2>Comparison</h2>
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
