// Forms to list and to edit a bucket.

import { useState } from "react";
import { useMarket, useNetwork } from "../api/queries";
import type { Bucket } from "../api/types";
import * as requests from "../chain/requests";
import { decimal, decimalTb } from "../lib/format";
import { parseGib, parseMoney, parseShare, parseWhole } from "../lib/typed";
import { Check, Field } from "./elements";
import { useSign } from "./sign";

const MAX_CAPACITY_GB = 1n << 30n;

type Read<T> = { value: T } | { problem: string };
const problem = (read: Read<unknown>) => ("problem" in read ? read.problem : undefined);

/** Without group separators, for an input field. */
const plain = (stroops: string) => decimal(BigInt(stroops)).replaceAll("\u202f", "");
const percent = (bps: number) => `${Math.floor(bps / 100)}.${String(bps % 100).padStart(2, "0")}`;

function useTerms(initial: { storage: string; egress: string; uptime: string; latency: string }) {
  const { code } = useMarket();
  const [typed, setTyped] = useState(initial);
  const set = (name: keyof typeof initial) => (text: string) => setTyped((before) => ({ ...before, [name]: text }));
  const storage = parseMoney(typed.storage, "Storage price");
  const egress = parseMoney(typed.egress, "Egress price");
  const uptime = parseShare(typed.uptime, "Uptime", 5_000, 10_000);
  const latency = parseWhole(typed.latency, "Latency", 1n, 60_000n);
  const value =
    "value" in storage && "value" in egress && "value" in uptime && "value" in latency
      ? { storage: storage.value, egress: egress.value, uptime: uptime.value, latency: Number(latency.value) }
      : null;
  const fields = (
    <div className="fields">
      <Field label={`Storage price, ${code}`} hint="Per GiB per month of 30 days" inputMode="decimal" value={typed.storage} onChange={set("storage")} problem={problem(storage)} />
      <Field label={`Egress price, ${code}`} hint="Per GiB" inputMode="decimal" value={typed.egress} onChange={set("egress")} problem={problem(egress)} />
      <Field label="Promised uptime, %" hint="50.00 to 100.00" inputMode="decimal" value={typed.uptime} onChange={set("uptime")} problem={problem(uptime)} />
      <Field label="Promised latency, ms" hint="1 to 60 000" inputMode="numeric" value={typed.latency} onChange={set("latency")} problem={problem(latency)} />
    </div>
  );
  return { value, fields };
}

export function ListBucket({ address }: { address: string }) {
  const sign = useSign();
  const { code } = useMarket();
  const [name, setName] = useState("");
  const [region, setRegion] = useState("");
  const [external, setExternal] = useState("");
  const [api, setApi] = useState("S3");
  const { value, fields } = useTerms({ storage: "0.02", egress: "0.01", uptime: "99.90", latency: "100" });
  const submit = () => {
    if (!value) return;
    sign({
      ...requests.createBucket(
        address,
        { name: name.trim(), region: region.trim(), fb_bucket_id: external.trim(), api_compatibility: api.trim(), price_per_gb_storage: value.storage, price_per_gb_egress: value.egress, sla_avg_latency_ms: value.latency, sla_avg_uptime_pct: value.uptime },
        code,
      ),
      // Clears the form for the next bucket.
      done: () => {
        setName("");
        setExternal("");
      },
    });
  };
  return (
    <details className="card">
      <summary className="strong">List a bucket</summary>
      <form className="stack" style={{ marginTop: 14 }} onSubmit={(event) => { event.preventDefault(); submit(); }}>
        <div className="fields">
          <Field label="Name" value={name} onChange={setName} hint="1 to 64 bytes" required />
          <Field label="Region" value={region} onChange={setRegion} hint="For example eu-north-1" />
          <Field label="External id" value={external} onChange={setExternal} hint="The bucket's name in your storage's logs" required />
          <Field label="API" value={api} onChange={setApi} hint="For example S3" required />
        </div>
        {fields}
        <div><button type="submit" className="primary" disabled={!value}>List this bucket</button></div>
      </form>
    </details>
  );
}

export function BucketForms({ bucket }: { bucket: Bucket }) {
  return (
    <section className="card stack" aria-label={`Edit ${bucket.name}`}>
      <h3>Edit {bucket.name}</h3>
      <TermsForm bucket={bucket} />
      <Capacity bucket={bucket} />
      <Details bucket={bucket} />
      <FeaturesForm bucket={bucket} />
      <ServiceForm bucket={bucket} />
      <Switches bucket={bucket} />
    </section>
  );
}

function TermsForm({ bucket }: { bucket: Bucket }) {
  const sign = useSign();
  const { code } = useMarket();
  const { value, fields } = useTerms({ storage: plain(bucket.storage_price_stroops), egress: plain(bucket.egress_price_stroops), uptime: percent(bucket.uptime_bps), latency: String(bucket.latency_ms) });
  return (
    <form className="stack tight" onSubmit={(event) => { event.preventDefault(); if (value) sign(requests.setConditions(bucket, value.storage, value.egress, value.latency, value.uptime, code)); }}>
      {fields}
      <div><button type="submit" className="smaller" disabled={!value}>Change the terms</button></div>
    </form>
  );
}

function Capacity({ bucket }: { bucket: Bucket }) {
  const sign = useSign();
  const [storage, setStorage] = useState(String(bucket.max_storage_gb));
  const [egress, setEgress] = useState(String(bucket.max_egress_gb));
  const storageGb = parseGib(storage, "Storage", 0n, MAX_CAPACITY_GB);
  const egressGb = parseGib(egress, "Egress", 0n, MAX_CAPACITY_GB);
  return (
    <form className="stack tight" onSubmit={(event) => { event.preventDefault(); if ("value" in storageGb && "value" in egressGb) sign(requests.setCapacity(bucket, storageGb.value, egressGb.value)); }}>
      <div className="fields">
        <Field label="Capacity, GiB" hint={"value" in storageGb && storageGb.value > 0n ? `${decimalTb(storageGb.value)} as disks are sold` : "0 for both: one deal takes the whole bucket"} inputMode="numeric" value={storage} onChange={setStorage} problem={problem(storageGb)} />
        <Field label="Egress of all deals, GiB" inputMode="numeric" value={egress} onChange={setEgress} problem={problem(egressGb)} />
      </div>
      <div><button type="submit" className="smaller" disabled={!("value" in storageGb && "value" in egressGb)}>Set the capacity</button></div>
    </form>
  );
}

function Details({ bucket }: { bucket: Bucket }) {
  const sign = useSign();
  const [name, setName] = useState(bucket.name);
  const [region, setRegion] = useState(bucket.region);
  const [country, setCountry] = useState(bucket.country);
  return (
    <form className="stack tight" onSubmit={(event) => { event.preventDefault(); sign(requests.setDetails(bucket, { name: name.trim(), region: region.trim(), country: country.trim() })); }}>
      <div className="fields">
        <Field label="Name" value={name} onChange={setName} required />
        <Field label="Region" value={region} onChange={setRegion} />
        <Field label="Country" value={country} onChange={setCountry} />
      </div>
      <div><button type="submit" className="smaller">Change the details</button></div>
    </form>
  );
}

const SWITCHES = [
  ["versioning_enabled", "Versioning"],
  ["encryption_at_rest", "Encrypted at rest"],
  ["encryption_in_transit", "Encrypted in transit"],
  ["object_locking", "Object locking"],
  ["auto_accept", "Accept deals automatically"],
] as const;

function FeaturesForm({ bucket }: { bucket: Bucket }) {
  const sign = useSign();
  const { features } = bucket;
  const [on, setOn] = useState({ versioning_enabled: features.versioning, encryption_at_rest: features.encryption_at_rest, encryption_in_transit: features.encryption_in_transit, object_locking: features.object_locking, auto_accept: features.auto_accept });
  const [scope, setScope] = useState(bucket.access_scope);
  const [tags, setTags] = useState(bucket.tags.join(", "));
  const network = useNetwork().data;
  const { auto_accept, ...others } = on;
  const agreed = auto_accept && network ? { policy_version: network.policy.version, asset: network.asset.id } : null;
  const submit = () => sign(requests.setFeatures(bucket, { ...others, auto_accept: agreed, access_scope: scope.trim(), tags: tags.split(",").map((tag) => tag.trim()).filter(Boolean) }));
  return (
    <form className="stack tight" onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <fieldset>
        <legend>Features</legend>
        <div className="row" style={{ gap: 16 }}>
          {SWITCHES.map(([name, label]) => <Check key={name} label={label} checked={on[name]} onChange={(checked) => setOn({ ...on, [name]: checked })} />)}
        </div>
        <div className="fields">
          <Field label="Access scope" value={scope} onChange={setScope} hint="For example private" />
          <Field label="Tags" value={tags} onChange={setTags} hint="At most 8, separated by commas" />
        </div>
      </fieldset>
      <div><button type="submit" className="smaller" disabled={auto_accept && !network}>Set the features</button></div>
    </form>
  );
}

function ServiceForm({ bucket }: { bucket: Bucket }) {
  const sign = useSign();
  const [endpoint, setEndpoint] = useState(bucket.endpoint);
  const [own, setOwn] = useState(bucket.metering === "provider");
  return (
    <form className="stack tight" onSubmit={(event) => { event.preventDefault(); sign(requests.setService(bucket, endpoint.trim(), own ? "provider" : "gateway")); }}>
      <Field label="Endpoint" value={endpoint} onChange={setEndpoint} hint="URL of the bucket's API" />
      <Check label="I meter the deals myself, not a gateway" checked={own} onChange={setOwn} />
      <div><button type="submit" className="smaller">Set the endpoint</button></div>
    </form>
  );
}

function Switches({ bucket }: { bucket: Bucket }) {
  const sign = useSign();
  return (
    <div className="row">
      <button type="button" className="smaller" onClick={() => sign(requests.setLocked(bucket, !bucket.locked))}>{bucket.locked ? "Unlock" : "Lock: take no new deals"}</button>
      <button type="button" className="smaller" onClick={() => sign(requests.setListed(bucket, bucket.status !== "active"))}>{bucket.status === "active" ? "Hide from the market" : "List again"}</button>
      <button type="button" className="danger smaller" onClick={() => sign(requests.deleteBucket(bucket))}>Delete bucket</button>
    </div>
  );
}
