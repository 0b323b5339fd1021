// The consumer's page: every deal with its runway, usage, cost and refund.

import { Link } from "wouter";
import { useConsumer, useMarket, useNetwork, useWindows } from "../api/queries";
import type { ConsumerPage as Answer, Deal } from "../api/types";
import { useRegistered } from "../chain/registered";
import { useWallet } from "../chain/wallet";
import { size, span } from "../lib/format";
import { HEALTH, STATUS, whyEnded } from "../lib/labels";
import { Address, Badge, Empty, Figures, Loading, Money, Pairs, Problem, Table, When } from "../ui/elements";
import { ClaimsCard } from "../ui/claims";
import { DealActions, EgressLeft, HealthNotice, LeavingNotice, Runway } from "../ui/deal-money";
import { ConnectPrompt, VisitorNotice } from "../ui/party";
import { Reputation } from "../ui/reputation";
import { UsageChart } from "../ui/usage";
import { Register, unregistered } from "./bucket";

export function ConsumerPage({ address: named }: { address: string | undefined }) {
  const { account } = useWallet();
  const address = named ?? account?.address;
  const own = address !== undefined && address === account?.address;
  const registered = useRegistered("consumer", own ? address : undefined);
  const answer = useConsumer(registered === "yes" ? address : undefined);
  if (!address) return <><h1>Consumer</h1><ConnectPrompt role="consumer" /></>;
  if (registered === "no" || (own && unregistered(answer.error))) return <><h1>Consumer</h1><section className="card"><Register address={address} /></section></>;
  if (answer.isError && !answer.data) return <><h1>Consumer</h1><Problem error={answer.error} retry={() => void answer.refetch()} /></>;
  if (!answer.data) return <><h1>Consumer</h1><Loading what="the consumer" /></>;
  return <Dashboard page={answer.data} address={address} own={own} />;
}

function Dashboard({ page, address, own }: { page: Answer; address: string; own: boolean }) {
  const { consumer, spending, deals } = page;
  const open = deals.filter(({ status }) => ["pending", "accepted", "funded"].includes(status));
  const ended = deals.filter((deal) => !open.includes(deal));
  return (
    <>
      <div className="stack tight">
        <h1>{consumer.name || "Consumer"}</h1>
        <p className="lead">Consumer <Address of={address} full />, registered <When ts={consumer.registered_ts} /></p>
      </div>
      <VisitorNotice own={own} role="consumer" />
      {open.map((deal) => <HealthNotice key={deal.deal_id} deal={deal} role="consumer" />)}
      {open.map((deal) => <LeavingNotice key={deal.deal_id} deal={deal} role="consumer" />)}
      <Figures
        of={[
          { label: "Paid", value: <Money of={spending.paid_stroops} />, note: "storage and egress of all deals" },
          { label: "In escrow", value: <Money of={spending.locked_stroops} />, note: "for running deals" },
          { label: "SLA credit received", value: <Money of={spending.credited_stroops} />, note: "not charged, because a promise was missed" },
          { label: "Refunded", value: <Money of={spending.refunded_stroops} />, note: "unused deposits" },
          { label: "To withdraw", value: <Money of={spending.claimable_stroops} />, note: "in the escrow" },
        ]}
      />
      <section className="stack" aria-label="Open deals">
        <div className="row between"><h2>Open deals</h2>{own && <Link href="/" className="button smaller">Find a bucket</Link>}</div>
        {open.length === 0 && <Empty action={own ? <Link href="/" className="button primary">Go to the market</Link> : undefined}>No open deals.</Empty>}
        {open.map((deal) => <OpenDeal key={deal.deal_id} deal={deal} />)}
      </section>
      <div className="split">
        <section className="stack" aria-label="Ended deals">
          <h2>Ended deals</h2>
          {ended.length === 0 ? <Empty>No ended deals yet.</Empty> : <EndedDeals deals={ended} />}
        </section>
        <div className="stack">
          <ClaimsCard address={address} />
          <Reputation score={consumer.reputation} evidence={page.evidence} history={page.reputation_history} role="consumer" />
        </div>
      </div>
    </>
  );
}

function OpenDeal({ deal }: { deal: Deal }) {
  const { now } = useMarket();
  const policy = useNetwork().data?.policy;
  const [label, tone] = STATUS[deal.status];
  const until = deal.status === "pending" ? deal.accept_until_ts : deal.status === "accepted" ? deal.fund_until_ts : deal.end_ts;
  return (
    <article className="card stack" aria-label={`Deal ${deal.deal_id}`}>
      <div className="row between">
        <h3><Link href={`/deals/${deal.deal_id}`}>Deal {deal.deal_id}</Link> on {deal.bucket_name}{deal.repo_id && <> · <span className="mono">{deal.repo_id}</span></>}</h3>
        <span className="row">
          {deal.health && <Badge tone={HEALTH[deal.health.level].tone}>{HEALTH[deal.health.level].label}</Badge>}
          <Badge tone={tone}>{label}</Badge>
        </span>
      </div>
      <p className="soft small">
        {size(deal.terms.storage_mb)} at {deal.provider_name || <Address of={deal.provider} role="provider" />}, egress {size(deal.terms.egress_mb)}, for {span(deal.terms.duration_secs)}
        {until ? ` · ${deal.status === "funded" ? "ends" : "expires"} in ${span(Math.max(0, until - now))}` : ""}
      </p>
      {deal.status === "funded" && (
        <div className="grid">
          <div className="stack">
            <Runway deal={deal} minRunwaySecs={policy?.min_runway_secs ?? 604_800} />
            <EgressLeft deal={deal} />
            <Pairs
              of={[
                ["Stored, average of the last window", size(deal.usage?.last_storage_mb ?? 0)],
                ["Paid", <Money of={deal.money?.paid_stroops ?? "0"} />],
                ["Owed", <Money of={deal.money?.owed_stroops ?? "0"} />],
                ["In escrow", <Money of={deal.money?.locked_stroops ?? "0"} />],
                ["SLA credit", <Money of={deal.money?.credited_stroops ?? "0"} />],
                ["If closed now", <>{deal.health ? <><Money of={deal.health.refund_if_closed_now_stroops} /> back at once, up to <Money of={deal.health.refund_at_release_stroops} /> more after the final report</> : "—"}</>],
              ]}
            />
          </div>
          <DealUsage deal={deal} />
        </div>
      )}
      <DealActions deal={deal} />
    </article>
  );
}

function DealUsage({ deal }: { deal: Deal }) {
  const windows = useWindows(String(deal.deal_id));
  if (!windows.data) return windows.isError ? <Problem error={windows.error} retry={() => void windows.refetch()} /> : <Loading what="usage" />;
  return <UsageChart deal={deal} windows={windows.data.pages.flatMap(({ items }) => items)} />;
}

function EndedDeals({ deals }: { deals: Deal[] }) {
  return (
    <Table
      caption="Ended deals"
      rows={deals}
      keyOf={({ deal_id }) => deal_id}
      columns={[
        { title: "Deal", cell: (deal) => <Link href={`/deals/${deal.deal_id}`}>Deal {deal.deal_id}</Link> },
        { title: "Bucket", cell: (deal) => deal.bucket_name },
        { title: "Outcome", cell: (deal) => <><Badge tone={STATUS[deal.status][1]}>{STATUS[deal.status][0]}</Badge><br /><span className="small soft">{whyEnded(deal)}</span></> },
        { title: "Paid", number: true, cell: ({ money }) => (money ? <Money of={money.paid_stroops} /> : "—") },
        { title: "SLA credit", number: true, cell: ({ money }) => (money ? <Money of={money.credited_stroops} /> : "—") },
        { title: "Refunded", number: true, cell: ({ money }) => (money ? <Money of={money.refunded_stroops} /> : "—") },
      ]}
    />
  );
}
