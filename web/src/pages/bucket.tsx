// One bucket: its terms, its measured service, and the form that requests a deal.

import { useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { useBucket, useMarket, useNetwork } from "../api/queries";
import { ApiProblem } from "../api/client";
import type { Bucket, Policy } from "../api/types";
import { createDeal, registerConsumer } from "../chain/requests";
import { useRegistered } from "../chain/registered";
import { useWallet } from "../chain/wallet";
import { parseWhole, share, size, whole } from "../lib/format";
import { minFund, quote, wishOf } from "../lib/price";
import { Address, Field, Figures, Loading, Money, Notice, Pairs, Problem, When } from "../ui/elements";
import { BucketState, FeatureTags, left, pricesOf } from "../ui/offer";
import { ServiceCharts } from "../ui/service";
import { useSign } from "../ui/sign";

export function BucketPage({ id }: { id: string }) {
  const answer = useBucket(id);
  if (answer.isError && !answer.data) return <><h1>Bucket {id}</h1><Problem error={answer.error} retry={() => void answer.refetch()} /></>;
  if (!answer.data) return <><h1>Bucket {id}</h1><Loading what="the bucket" /></>;
  const { bucket, provider, recent_service } = answer.data;
  return (
    <>
      <div className="stack tight">
        <div className="row"><h1>{bucket.name}</h1><BucketState bucket={bucket} /></div>
        <p className="lead">Bucket {bucket.bucket_id} of {provider.name || "a provider"}, {[bucket.region, bucket.country, bucket.api].filter(Boolean).join(" · ")}</p>
      </div>
      <Figures
        of={[
          { label: "Storage", value: <Money of={bucket.storage_price_stroops} />, note: "per GB per month of 30 days" },
          { label: "Egress", value: <Money of={bucket.egress_price_stroops} />, note: "per GB" },
          { label: "Promised uptime", value: share(bucket.uptime_bps), note: "average of each window" },
          { label: "Promised latency", value: `${whole(bucket.latency_ms)} ms`, note: "average of each window" },
          { label: "Provider's reputation", value: `${provider.reputation}/100`, note: "everybody starts at 50" },
        ]}
      />
      <div className="split">
        <div className="stack">
          <section className="card stack" aria-label="Service">
            <h2>Measured service</h2>
            <ServiceCharts windows={recent_service} none="No report yet for any deal on this bucket." />
          </section>
          <section className="card stack" aria-label="Terms">
            <h2>Terms</h2>
            <Pairs
              of={[
                ["Provider", <Address of={bucket.provider} role="provider" />],
                ["Free", left(bucket)],
                ...(bucket.exclusive ? [] : ([["Offered", `${size(BigInt(bucket.max_storage_gb) * 1024n)}, egress ${size(BigInt(bucket.max_egress_gb) * 1024n)}`]] as [string, string][])),
                ["API", bucket.api],
                ...(bucket.endpoint ? ([["Endpoint", <code>{bucket.endpoint}</code>]] as [string, ReactNode][]) : []),
                ["Metered by", bucket.metering === "provider" ? "the provider" : "a gateway"],
                ["External id", <code>{bucket.external_id}</code>],
                ["Listed", <When ts={bucket.created_ts} />],
              ]}
            />
            <FeatureTags bucket={bucket} />
          </section>
        </div>
        <OpenDeal bucket={bucket} />
      </div>
    </>
  );
}

function OpenDeal({ bucket }: { bucket: Bucket }) {
  const { account, pick } = useWallet();
  const registered = useRegistered("consumer", account?.address);
  const network = useNetwork();
  const closed = bucket.status !== "active" || bucket.locked;
  return (
    <section className="card stack" aria-label="Open a deal">
      <h2>Open a deal</h2>
      {closed && <Notice tone="warn" title="This bucket takes no new deals right now." />}
      {!closed && !account && (
        <>
          <p className="soft">You need a wallet to open a deal. Prices and promises are copied into the deal and never change.</p>
          <div><button type="button" className="primary" onClick={() => pick(true)}>Connect wallet</button></div>
        </>
      )}
      {!closed && account?.address === bucket.provider && <Notice tone="info" title="This is your own bucket." />}
      {!closed && account && account.address !== bucket.provider && (
        <>
          {registered === "no" && <Register address={account.address} />}
          {registered === "yes" && network.data && <DealForm bucket={bucket} address={account.address} policy={network.data.policy} />}
          {registered === "yes" && network.isError && <Problem error={network.error} retry={() => void network.refetch()} />}
          {registered === "loading" && <p role="status">Checking whether you are registered…</p>}
        </>
      )}
    </section>
  );
}

export function unregistered(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 404;
}

export function Register({ address }: { address: string }) {
  const sign = useSign();
  const [name, setName] = useState("");
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); sign(registerConsumer(address, name.trim())); }}>
      <p className="soft">Register once. Only registered consumers can open deals.</p>
      <Field label="Name that providers see" value={name} onChange={setName} hint="Up to 256 bytes, public" required />
      <div><button type="submit" className="primary">Register as a consumer</button></div>
    </form>
  );
}

function DealForm({ bucket, address, policy }: { bucket: Bucket; address: string; policy: Policy }) {
  const sign = useSign();
  const { code } = useMarket();
  const [, go] = useLocation();
  const [gb, setGb] = useState("500");
  const [months, setMonths] = useState("6");
  const [egress, setEgress] = useState("50");
  const storage = parseWhole(gb, "Storage", 0n, 1n << 30n);
  const time = parseWhole(months, "Months", 1n, 60n);
  const sent = parseWhole(egress, "Egress", 0n, 1n << 30n);
  const wish = "value" in storage && "value" in time && "value" in sent ? wishOf(storage.value, time.value, sent.value) : null;
  const cost = wish && quote(pricesOf(bucket), wish);
  const minDeposit = wish && minFund(pricesOf(bucket), wish, { min_fund: BigInt(policy.min_fund_stroops), min_runway_secs: BigInt(policy.min_runway_secs) });
  const tooMuch = wish && !bucket.exclusive && (wish.storage_mb > BigInt(bucket.left_storage_mb ?? 0) || wish.egress_mb > BigInt(bucket.left_egress_mb ?? 0));
  const submit = () => {
    if (!wish || !cost) return;
    sign({ ...createDeal(address, { bucket, ...wish }, cost.total, policy, code), done: ({ value }) => go(`/deals/${String(value)}`) });
  };
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <Field label="Storage, GB" inputMode="numeric" value={gb} onChange={setGb} problem={"problem" in storage ? storage.problem : undefined} />
      <Field label="For, months of 30 days" inputMode="numeric" value={months} onChange={setMonths} problem={"problem" in time ? time.problem : undefined} />
      <Field label="Egress, GB per month" inputMode="numeric" value={egress} onChange={setEgress} problem={"problem" in sent ? sent.problem : undefined} />
      {cost && minDeposit !== null && (
        <div className="costs stack tight" aria-live="polite">
          <div className="row between"><span>Maximum cost</span><strong><Money of={cost.total} /></strong></div>
          <div className="row between small"><span className="soft">storage</span><Money of={cost.storage} /></div>
          <div className="row between small"><span className="soft">egress</span><Money of={cost.egress} /></div>
          <div className="row between"><span>Minimum first deposit</span><strong><Money of={minDeposit} /></strong></div>
          <p className="hint">You pay nothing until the provider accepts and you fund the deal.</p>
        </div>
      )}
      {tooMuch && <p className="wrong">The bucket has only {left(bucket)} free, so this deal could not be funded.</p>}
      <div><button type="submit" className="primary" disabled={!cost || cost.total === 0n}>Request this deal</button></div>
    </form>
  );
}
