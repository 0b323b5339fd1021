// One deal: timeline, terms, every window and every payment.

import { Link } from "wouter";
import { useDeal, useMarket, useNetwork, useStatus, useTimeline, useWindows } from "../api/queries";
import type { Deal, TimelineItem, Window } from "../api/types";
import { share, size, span, whole } from "../lib/format";
import { STATUS, VERDICT, whyEnded } from "../lib/labels";
import { Address, Badge, Empty, Figures, Loading, Money, Notice, Pairs, Problem, Table, When } from "../ui/elements";
import { DealActions, EgressLeft, HealthNotice, LeavingNotice, Runway, SilenceNotice } from "../ui/deal-money";
import { ServiceCharts } from "../ui/service";
import { UsageChart } from "../ui/usage";
import { useWallet } from "../chain/wallet";

export function DealPage({ id }: { id: string }) {
  const answer = useDeal(id);
  if (answer.isError && !answer.data) return <><h1>Deal {id}</h1><Problem error={answer.error} retry={() => void answer.refetch()} /></>;
  if (!answer.data) return <><h1>Deal {id}</h1><Loading what="the deal" /></>;
  return <DealDetails deal={answer.data} />;
}

function DealDetails({ deal }: { deal: Deal }) {
  const { account } = useWallet();
  const { now } = useMarket();
  const policy = useNetwork().data?.policy;
  const id = String(deal.deal_id);
  const windows = useWindows(id);
  const loaded = windows.data?.pages.flatMap(({ items }) => items) ?? [];
  const [label, tone] = STATUS[deal.status];
  const { money, terms } = deal;
  const role = account?.address === deal.provider ? "provider" : "consumer";
  return (
    <>
      <div className="stack tight">
        <div className="row"><h1>Deal {id}</h1><Badge tone={tone}>{label}</Badge></div>
        <p className="lead">
          {deal.consumer_name || <Address of={deal.consumer} />} stores up to {size(terms.storage_mb)} on <Link href={`/buckets/${deal.bucket_id}`}>{deal.bucket_name}</Link> of {deal.provider_name || <Address of={deal.provider} />}, for {span(terms.duration_secs)}.
          {deal.reason !== "open" && ` ${whyEnded(deal)}`}
        </p>
      </div>
      {deal.succeeded_by && <Notice tone="info" title="Another deal took its place."><p><Link href={`/deals/${deal.succeeded_by}`}>Deal {deal.succeeded_by}</Link> goes on with the same data.</p></Notice>}
      <HealthNotice deal={deal} role={role} />
      <SilenceNotice deal={deal} policy={policy} />
      <LeavingNotice deal={deal} role={role} />
      {deal.close_ts && !deal.released && <Notice tone="info" title="Closed. The final report is still due."><p>The rest is refunded{deal.final_until_ts ? <> by <When ts={deal.final_until_ts} /> at the latest</> : null}.</p></Notice>}
      {money && (
        <Figures
          of={[
            { label: "Paid", value: <Money of={money.paid_stroops} />, note: <>including a fee of <Money of={money.fee_stroops} /></> },
            { label: "In escrow", value: <Money of={money.locked_stroops} />, note: <>including <Money of={money.reserve_stroops} /> for egress</> },
            { label: "Owed", value: <Money of={money.owed_stroops} />, note: "used but not paid yet" },
            { label: "SLA credit", value: <Money of={money.credited_stroops} />, note: "not charged" },
            { label: "Refunded", value: <Money of={money.refunded_stroops} />, note: "to the consumer" },
            ...(deal.health ? [{ label: "Refund if closed now", value: <Money of={deal.health.refund_if_closed_now_stroops} />, note: <>up to <Money of={deal.health.refund_at_release_stroops} /> more after the final report</> }] : []),
          ]}
        />
      )}
      <div className="split">
        <div className="stack">
          {deal.status === "funded" && (
            <section className="card stack" aria-label="Runway">
              <Runway deal={deal} minRunwaySecs={policy?.min_runway_secs ?? 604_800} />
              <EgressLeft deal={deal} />
            </section>
          )}
          {(account || !deal.close_ts) && <section className="card" aria-label="Actions"><h2>Actions</h2><DealActions deal={deal} /></section>}
          {loaded.length > 0 && <section className="card stack" aria-label="Usage and payment"><h2>Usage and payments</h2><UsageChart deal={deal} windows={loaded} /></section>}
          {loaded.length > 0 && <section className="card stack" aria-label="Service"><h2>Service against the SLA</h2><ServiceCharts windows={loaded} none="" /></section>}
        </div>
        <div className="stack">
          <Terms deal={deal} now={now} />
          <Timeline id={id} />
        </div>
      </div>
      <section className="stack" aria-label="Windows">
        <h2>All windows</h2>
        {windows.isError && <Problem error={windows.error} retry={() => void windows.refetch()} />}
        {windows.data && loaded.length === 0 && <Empty>{deal.status === "funded" ? "No report yet." : "Nothing was reported for this deal."}</Empty>}
        {loaded.length > 0 && <Windows windows={loaded} />}
        {windows.hasNextPage && <div><button type="button" onClick={() => void windows.fetchNextPage()} disabled={windows.isFetchingNextPage}>Older windows</button></div>}
      </section>
    </>
  );
}

function Terms({ deal, now }: { deal: Deal; now: number }) {
  const { terms } = deal;
  return (
    <section className="card" aria-label="Terms">
      <h2>Terms</h2>
      <Pairs
        of={[
          ["Consumer", <Address of={deal.consumer} role="consumer" />],
          ["Provider", <Address of={deal.provider} role="provider" />],
          ["Repository", deal.repo_id ? <code>{deal.repo_id}</code> : "chosen when the deal is funded"],
          ["Storage", <>{size(terms.storage_mb)} at <Money of={terms.storage_price_stroops} /> per GiB per month</>],
          ["Egress", <>{size(terms.egress_mb)} at <Money of={terms.egress_price_stroops} /> per GiB</>],
          ["Maximum cost", <Money of={terms.total_stroops} />],
          ["Promised", `${share(terms.uptime_bps)} uptime, ${whole(terms.latency_ms)} ms`],
          ["Metered by", terms.metering === "provider" ? "the provider" : "a gateway"],
          ["Fee", `${share(terms.fee_bps)} of each payment, taken from the provider's part`],
          ["Rules", `policy ${terms.policy_version}`],
          ...(terms.succeeds ? ([["In place of", <Link href={`/deals/${terms.succeeds}`}>deal {terms.succeeds}</Link>]] as [string, React.ReactNode][]) : []),
          ["Requested", <When ts={deal.created_ts} />],
          ...(deal.start_ts ? ([["Started", <When ts={deal.start_ts} />]] as [string, React.ReactNode][]) : []),
          ...(deal.end_ts ? ([["Ends", <><When ts={deal.end_ts} />{deal.status === "funded" && deal.end_ts > now ? `, in ${span(deal.end_ts - now)}` : ""}</>]] as [string, React.ReactNode][]) : []),
          ...(deal.close_ts ? ([["Closed", <When ts={deal.close_ts} />]] as [string, React.ReactNode][]) : []),
          ...(deal.through_ts ? ([["Reported up to", <When ts={deal.through_ts} />]] as [string, React.ReactNode][]) : []),
        ]}
      />
    </section>
  );
}

/** The URL of a transaction in an explorer; local networks have none. */
export function useExplorer(): (hash: string) => string | null {
  const { data: status } = useStatus();
  const explorers: Record<string, string> = { "Test SDF Network ; September 2015": "testnet", "Public Global Stellar Network ; September 2015": "public" };
  const network = explorers[status?.network_passphrase ?? ""];
  return (hash) => (network ? `https://stellar.expert/explorer/${network}/tx/${hash}` : null);
}

function Transaction({ hash }: { hash: string }) {
  const explorer = useExplorer();
  const link = explorer(hash);
  const text = `${hash.slice(0, 8)}…${hash.slice(-8)}`;
  return link ? <a className="mono small" href={link} rel="noreferrer" target="_blank">{text}</a> : <span className="mono small" title={hash}>{text}</span>;
}

function Timeline({ id }: { id: string }) {
  const timeline = useTimeline(id);
  const items = timeline.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card" aria-label="Timeline">
      <h2>Timeline</h2>
      {timeline.isError && <Problem error={timeline.error} retry={() => void timeline.refetch()} />}
      {!timeline.data && timeline.isPending && <p role="status">Loading the timeline…</p>}
      {timeline.data && items.length === 0 && <p className="soft">Nothing has happened yet.</p>}
      <ol className="timeline" tabIndex={0} aria-label="Events, newest first">{items.map((item) => <TimelineEntry key={item.event_id} item={item} />)}</ol>
      {timeline.hasNextPage && <button type="button" className="smaller" onClick={() => void timeline.fetchNextPage()}>More</button>}
    </section>
  );
}

function TimelineEntry({ item }: { item: TimelineItem }) {
  return (
    <li>
      <span className="strong">{item.words}</span>
      <span className="small soft"><When ts={item.ts} /> · ledger {whole(item.ledger)} · {item.contract} {item.name}</span>
      <span className="small">Transaction <Transaction hash={item.tx_hash} /></span>
    </li>
  );
}

function Windows({ windows }: { windows: Window[] }) {
  return (
    <Table
      caption="Windows, newest first"
      rows={windows}
      keyOf={({ through_ts, ledger }) => `${through_ts}:${ledger}`}
      columns={[
        { title: "Until", cell: (window) => <When ts={window.through_ts} /> },
        { title: "Length", cell: (window) => span(window.through_ts - window.from_ts) },
        { title: "Stored", number: true, cell: (window) => <>{size(window.average_storage_mb)}{window.clipped && <> <Badge tone="warn">capped at the agreed size</Badge></>}</> },
        { title: "Egress", number: true, cell: (window) => size(window.egress_mb) },
        { title: "Latency", number: true, cell: (window) => (window.latency_ms === null || window.latency_ms === undefined ? "—" : `${whole(window.latency_ms)} ms`) },
        { title: "Uptime", number: true, cell: (window) => (window.uptime_bps === null || window.uptime_bps === undefined ? "—" : share(window.uptime_bps)) },
        { title: "Verdict", cell: (window) => <><Badge tone={VERDICT[window.verdict][1]}>{VERDICT[window.verdict][0]}</Badge>{window.credit_bps > 0 && <span className="small soft"> {share(window.credit_bps)} credit</span>}</> },
        { title: "Paid", number: true, cell: (window) => <Money of={window.paid_stroops} /> },
        { title: "Transaction", cell: (window) => <Transaction hash={window.tx_hash} /> },
      ]}
    />
  );
}
