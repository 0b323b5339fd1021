// One bucket: its terms, its measured service, and the form that requests a deal.

import { useState, type ReactNode } from "react";
import { useBucket, useNetwork } from "../api/queries";
import { ApiProblem } from "../api/client";
import type { Bucket } from "../api/types";
import { registerConsumer } from "../chain/requests";
import { useRegistered } from "../chain/registered";
import { useWallet } from "../chain/wallet";
import { share, size, whole } from "../lib/format";
import { Address, Field, Figures, Loading, Money, Notice, Pairs, Problem, When } from "../ui/elements";
import { DealForm } from "../ui/deal-form";
import { BucketState, FeatureTags, left } from "../ui/offer";
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
          { label: "Storage", value: <Money of={bucket.storage_price_stroops} />, note: "per GiB per month of 30 days" },
          { label: "Egress", value: <Money of={bucket.egress_price_stroops} />, note: "per GiB" },
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
