// The provider's page: requests, buckets, running deals, money, service.

import { useState } from "react";
import { Link } from "wouter";
import { useMarket, useNetwork, useProvider } from "../api/queries";
import type { Bucket, Deal, ProviderPage as Answer } from "../api/types";
import * as requests from "../chain/requests";
import { useRegistered } from "../chain/registered";
import { useWallet } from "../chain/wallet";
import { share, size, span } from "../lib/format";
import { HEALTH, isNoticed, STATUS } from "../lib/labels";
import { Address, Badge, Empty, Field, Figures, Loading, Money, Problem, Table, When } from "../ui/elements";
import { BucketForms, ListBucket } from "../ui/bucket-forms";
import { ClaimsCard } from "../ui/claims";
import { BucketState, left } from "../ui/offer";
import { ConnectPrompt, VisitorNotice } from "../ui/party";
import { Reputation } from "../ui/reputation";
import { ServiceCharts } from "../ui/service";
import { useSign } from "../ui/sign";
import { unregistered } from "./bucket";

export function ProviderPage({ address: named }: { address: string | undefined }) {
  const { account } = useWallet();
  const address = named ?? account?.address;
  const own = address !== undefined && address === account?.address;
  const registered = useRegistered("provider", own ? address : undefined);
  const answer = useProvider(registered === "yes" ? address : undefined);
  if (!address) return <><h1>Provider</h1><ConnectPrompt role="provider" /></>;
  if (registered === "no" || (own && unregistered(answer.error))) return <><h1>Provider</h1><RegisterProvider address={address} /></>;
  if (answer.isError && !answer.data) return <><h1>Provider</h1><Problem error={answer.error} retry={() => void answer.refetch()} /></>;
  if (!answer.data) return <><h1>Provider</h1><Loading what="the provider" /></>;
  return <Dashboard page={answer.data} address={address} own={own} />;
}

function RegisterProvider({ address }: { address: string }) {
  const sign = useSign();
  const [description, setDescription] = useState("");
  return (
    <form className="card stack" onSubmit={(event) => { event.preventDefault(); sign(requests.registerProvider(address, description.trim())); }}>
      <h2>Offer your storage</h2>
      <p className="soft">Register once, then list buckets with a price and an SLA. You are paid for the metered usage.</p>
      <Field label="Name that consumers see" value={description} onChange={setDescription} hint="Up to 256 bytes, public" required />
      <div><button type="submit" className="primary">Register as a provider</button></div>
    </form>
  );
}

function Dashboard({ page, address, own }: { page: Answer; address: string; own: boolean }) {
  const { provider, earnings, buckets, live_deals, service } = page;
  const requested = live_deals.filter(({ status }) => status === "pending");
  const unfunded = live_deals.filter(({ status }) => status === "accepted");
  const running = live_deals.filter(({ status }) => status === "funded");
  return (
    <>
      <div className="stack tight">
        <h1>{provider.name || "Provider"}</h1>
        <p className="lead">Provider <Address of={address} full />, registered <When ts={provider.registered_ts} /></p>
      </div>
      <VisitorNotice own={own} role="provider" />
      <Figures
        of={[
          { label: "Earned", value: <Money of={earnings.paid_net_stroops} />, note: <>after <Money of={earnings.fee_stroops} /> of fees</> },
          { label: "Owed", value: <Money of={earnings.owed_stroops} />, note: "paid with the next settlement" },
          { label: "To withdraw", value: <Money of={earnings.claimable_stroops} />, note: "in the escrow" },
          { label: "Running deals", value: running.length, note: `${requested.length} ${requested.length === 1 ? "request" : "requests"}` },
          { label: "Reputation", value: `${provider.reputation}/100`, note: "everybody starts at 50" },
        ]}
      />
      <section className="stack" aria-label="Requests">
        <h2>Requests</h2>
        {requested.length === 0 ? <Empty>No requests.</Empty> : <Requests deals={requested} own={own} />}
      </section>
      <section className="stack" aria-label="Buckets">
        <h2>Buckets</h2>
        <Buckets buckets={buckets} own={own} />
        {own && <ListBucket address={address} />}
      </section>
      <section className="stack" aria-label="Deals">
        <h2>Running deals</h2>
        {running.length === 0 ? <Empty>No running deals.</Empty> : <Running deals={running} own={own} />}
        {unfunded.length > 0 && <p className="soft small">Accepted, waiting for the consumer to fund: {unfunded.map(({ deal_id }, nth) => <span key={deal_id}>{nth > 0 && ", "}<Link href={`/deals/${deal_id}`}>deal {deal_id}</Link></span>)}.</p>}
      </section>
      <div className="split">
        <section className="card stack" aria-label="Service">
          <h2>Service against the SLA</h2>
          <ServiceCharts windows={service} none="No report yet." />
        </section>
        <div className="stack">
          <ClaimsCard address={address} />
          <Reputation score={provider.reputation} evidence={page.evidence} history={page.reputation_history} role="provider" />
        </div>
      </div>
    </>
  );
}

function Requests({ deals, own }: { deals: Deal[]; own: boolean }) {
  const sign = useSign();
  return (
    <Table
      caption="Requests"
      rows={deals}
      keyOf={({ deal_id }) => deal_id}
      columns={[
        { title: "Deal", cell: (deal) => <Link href={`/deals/${deal.deal_id}`}>Deal {deal.deal_id}</Link> },
        { title: "From", cell: (deal) => deal.consumer_name || <Address of={deal.consumer} /> },
        { title: "Bucket", cell: (deal) => deal.bucket_name },
        { title: "Asks for", cell: ({ terms }) => `${size(terms.storage_mb)} for ${span(terms.duration_secs)}, egress ${size(terms.egress_mb)}` },
        { title: "Maximum value", number: true, cell: ({ terms }) => <Money of={terms.total_stroops} /> },
        { title: "Answer by", cell: (deal) => <When ts={deal.accept_until_ts ?? 0} /> },
        ...(own
          ? [{
              title: "",
              cell: (deal: Deal) => (
                <span className="row">
                  <button type="button" className="primary smaller" onClick={() => sign(requests.acceptDeal(deal))} aria-label={`Accept deal ${deal.deal_id}`}>Accept</button>
                  <button type="button" className="smaller" onClick={() => sign(requests.rejectDeal(deal))} aria-label={`Reject deal ${deal.deal_id}`}>Reject</button>
                </span>
              ),
            }]
          : []),
      ]}
    />
  );
}

function Buckets({ buckets, own }: { buckets: Bucket[]; own: boolean }) {
  const [edited, setEdited] = useState<number | null>(null);
  const bucket = buckets.find(({ bucket_id, status }) => bucket_id === edited && status !== "deleted");
  if (buckets.length === 0) return <Empty>{own ? "You have no buckets yet. List one below." : "This provider has no buckets."}</Empty>;
  return (
    <>
      <Table
        caption="Buckets"
        rows={buckets}
        keyOf={({ bucket_id }) => bucket_id}
        chosen={({ bucket_id }) => bucket_id === edited}
        columns={[
          { title: "Bucket", cell: (row) => <Link href={`/buckets/${row.bucket_id}`}>{row.name}</Link> },
          { title: "State", cell: (row) => <BucketState bucket={row} /> },
          { title: "Storage, per GiB per month", number: true, cell: (row) => <Money of={row.storage_price_stroops} /> },
          { title: "Egress, per GiB", number: true, cell: (row) => <Money of={row.egress_price_stroops} /> },
          { title: "SLA", cell: (row) => `${share(row.uptime_bps)}, ${row.latency_ms} ms` },
          { title: "Reserved", cell: (row) => (row.exclusive ? (row.locked ? "all of it" : "nothing") : size(row.reserved_storage_mb)) },
          { title: "Free", cell: left },
          ...(own ? [{ title: "", cell: (row: Bucket) => row.status !== "deleted" && <button type="button" className="smaller" aria-expanded={edited === row.bucket_id} onClick={() => setEdited(edited === row.bucket_id ? null : row.bucket_id)} aria-label={`Edit ${row.name}`}>Edit</button> }] : []),
        ]}
      />
      {own && bucket && <BucketForms key={bucket.bucket_id} bucket={bucket} />}
    </>
  );
}

function Running({ deals, own }: { deals: Deal[]; own: boolean }) {
  const sign = useSign();
  const { now } = useMarket();
  const policy = useNetwork().data?.policy;
  return (
    <Table
      caption="Running deals"
      rows={deals}
      keyOf={({ deal_id }) => deal_id}
      columns={[
        { title: "Deal", cell: (deal) => <Link href={`/deals/${deal.deal_id}`}>Deal {deal.deal_id}</Link> },
        { title: "Consumer", cell: (deal) => deal.consumer_name || <Address of={deal.consumer} role="consumer" /> },
        { title: "Bucket", cell: (deal) => deal.bucket_name },
        { title: "Used", cell: ({ usage }) => (usage ? `${size(usage.last_storage_mb)}, egress ${size(usage.egress_mb)}` : "—") },
        { title: "Paid", number: true, cell: ({ money }) => <Money of={money?.paid_net_stroops ?? "0"} /> },
        { title: "Owed", number: true, cell: ({ money }) => <Money of={money?.owed_stroops ?? "0"} /> },
        { title: "Deposit", cell: (deal) => (deal.health ? <Badge tone={HEALTH[deal.health.level].tone}>{HEALTH[deal.health.level].label}</Badge> : <Badge>{STATUS[deal.status][0]}</Badge>) },
        { title: "Ends", cell: (deal) => (deal.end_ts ? `in ${span(Math.max(0, deal.end_ts - now))}` : "—") },
        ...(own ? [{ title: "", cell: (deal: Deal) => (isNoticed(deal) ? <Badge tone="warn">Notice given</Badge> : <button type="button" className="smaller" onClick={() => sign(requests.giveNotice(deal, policy))} aria-label={`Give notice for deal ${deal.deal_id}`}>Give notice</button>) }] : []),
      ]}
    />
  );
}
