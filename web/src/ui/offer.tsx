// A bucket in the list of the market.

import { Link } from "wouter";
import type { Bucket, Quote } from "../api/types";
import { share, size, whole } from "../lib/format";
import { Address, Badge, Money } from "./elements";
import { costAt, wishIn, type Asked } from "./calculator";

export const FEATURES = [
  ["versioning", "Versioning"],
  ["encryption_at_rest", "Encrypted at rest"],
  ["encryption_in_transit", "Encrypted in transit"],
  ["object_locking", "Object locking"],
  ["auto_accept", "Accepts automatically"],
] as const;

export function pricesOf(bucket: Bucket) {
  return { storage_stroops: BigInt(bucket.storage_price_stroops), egress_stroops: BigInt(bucket.egress_price_stroops) };
}

export interface Offer {
  bucket: Bucket;
  quote?: Quote;
}

export function OfferCard({ offer: { bucket, quote }, asked, compared, full, compare }: { offer: Offer; asked: Asked; compared: boolean; full: boolean; compare: () => void }) {
  const cost = costAt(bucket, asked, quote);
  return (
    <article className="card offer">
      <div className="row between">
        <h3><Link href={`/buckets/${bucket.bucket_id}${wishIn(asked)}`}>{bucket.name}</Link></h3>
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
          <p className="small soft">at most, for {whole(asked.gb)} GiB × {asked.months} {asked.months === "1" ? "month" : "months"} with {whole(asked.egress)} GiB egress per month</p>
        </div>
      )}
      <dl className="pairs small">
        <dt>Storage</dt><dd><Money of={bucket.storage_price_stroops} /> per GiB per month</dd>
        <dt>Egress</dt><dd><Money of={bucket.egress_price_stroops} /> per GiB</dd>
        <dt>SLA</dt><dd>{share(bucket.uptime_bps)} uptime, {whole(bucket.latency_ms)} ms</dd>
        <dt>Free</dt><dd>{left(bucket)}</dd>
      </dl>
      <FeatureTags bucket={bucket} />
      {quote && !quote.fits && <p className="small"><Badge tone="warn">Not available now</Badge> {quote.reasons.join("; ")}</p>}
      <div className="row">
        <Link href={`/buckets/${bucket.bucket_id}${wishIn(asked)}`} className="button primary smaller">Details<span className="visually-hidden"> on {bucket.name}</span></Link>
        <button type="button" className="smaller" aria-pressed={compared} disabled={full && !compared} onClick={compare}>
          {compared ? "✓ Compared" : "Compare"}<span className="visually-hidden"> {bucket.name}</span>
        </button>
      </div>
    </article>
  );
}

export function left(bucket: Bucket): string {
  if (bucket.exclusive) return bucket.locked ? "nothing: one deal uses the whole bucket" : "the whole bucket, for one deal";
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
