// One deal: what happened, what is agreed, every window, every payment.

import { Link } from "wouter";
import { useDeal, useMarket, useNetwork, useStatus, useTimeline, useWindows } from "../api/queries";
import type { Deal, TimelineItem, Window } from "../api/types";
import { share, size, span, whole } from "../lib/format";
import { REASON, STATUS, VERDICT } from "../lib/words";
import { Address, Badge, Empty, Figures, Loading, Money, Notice, Pairs, Problem, Table, When } from "../ui/bits";
import { DealActions, EgressLeft, HealthNotice, LeavingNotice, Runway } from "../ui/deal-money";
import { ServiceCharts } from "../ui/service";
import { UsageChart } from "../ui/usage";
import { useWallet } from "../chain/wallet";

export function DealPage({ id }: { id: string }) {
  const found = useDeal(id);
  if (found.isError && !found.data) return <><h1>Deal {id}</h1><Problem error={found.error} retry={() => void found.refetch()} /></>;
  if (!found.data) return <><h1>Deal {id}</h1><Loading what="the deal" /></>;
  return <Found deal={found.data} />;
}

function Found({ deal }: { deal: Deal }) {
  const { account } = useWallet();
  const { now } = useMarket();
  const policy = useNetwork().data?.policy;
  const id = String(deal.deal_id);
  const windows = useWindows(id);
  const all = windows.data?.pages.flatMap(({ items }) => items) ?? [];
  const [word, tone] = STATUS[deal.status];
  const { money, terms } = deal;
  const role = account?.address === deal.provider ? "provider" : "consumer";
  return (
    <>
      <div className="stack tight">
        <div className="row"><h1>Deal {id}</h1><Badge tone={tone}>{word}</Badge></div>
        <p className="lead">
          {deal.consumer_name || <Address of={deal.consumer} />} stores {size(terms.storage_mb)} on <Link href={`/buckets/${deal.bucket_id}`}>{deal.bucket_name}</Link> of {deal.provider_name || <Address of={deal.provider} />}, for {span(terms.duration_secs)}.
          {deal.reason !== "open" && ` ${REASON[deal.reason]}`}
        </p>
      </div>
      <HealthNotice deal={deal} role={role} />
      <LeavingNotice deal={deal} role={role} />
      {deal.close_ts && !deal.released && <Notice tone="info" title="Closed; the final report is still to come."><p>What it leaves is given back{deal.final_until_ts ? <> by <When ts={deal.final_until_ts} /> at the latest</> : null}.</p></Notice>}
      {money && (
        <Figures
          of={[
            { label: "Paid", value: <Money of={money.paid_stroops} />, note: <>of it <Money of={money.fee_stroops} /> fee</> },
            { label: "In escrow", value: <Money of={money.locked_stroops} />, note: <>of it <Money of={money.reserve_stroops} /> for egress</> },
            { label: "Owed", value: <Money of={money.owed_stroops} />, note: "used, not paid yet" },
            { label: "SLA credit", value: <Money of={money.credited_stroops} />, note: "not charged" },
            { label: "Given back", value: <Money of={money.refunded_stroops} />, note: "to the consumer" },
            ...(deal.health ? [{ label: "Back if closed now", value: <Money of={deal.health.refund_if_closed_now_stroops} />, note: <>up to <Money of={deal.health.refund_at_release_stroops} /> more after the final report</> }] : []),
          ]}
        />
      )}
      <div className="split">
        <div className="stack">
          {deal.status === "funded" && (
            <section className="card stack" aria-label="Runway">
              <Runway deal={deal} minRunwaySecs={policy?.min_runway_secs ?? 86_400} />
              <EgressLeft deal={deal} />
            </section>
          )}
          {(account || !deal.close_ts) && <section className="card" aria-label="Actions"><h2>What you can do</h2><DealActions deal={deal} /></section>}
          {all.length > 0 && <section className="card stack" aria-label="Usage and payment"><h2>Used and paid</h2><UsageChart deal={deal} windows={all} /></section>}
          {all.length > 0 && <section className="card stack" aria-label="Service"><h2>Service against the SLA</h2><ServiceCharts windows={all} none="" /></section>}
        </div>
        <div className="stack">
          <Terms deal={deal} now={now} />
          <Timeline id={id} />
        </div>
      </div>
      <section className="stack" aria-label="Windows">
        <h2>Every window</h2>
        {windows.isError && <Problem error={windows.error} retry={() => void windows.refetch()} />}
        {windows.data && all.length === 0 && <Empty>{deal.status === "funded" ? "No report has come yet." : "Nothing was reported for this deal."}</Empty>}
        {all.length > 0 && <Windows windows={all} />}
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
          ["Repository", deal.repo_id ? <code>{deal.repo_id}</code> : "named at funding"],
          ["Storage", <>{size(terms.storage_mb)} at <Money of={terms.storage_price_stroops} /> per GB and month</>],
          ["Egress", <>{size(terms.egress_mb)} at <Money of={terms.egress_price_stroops} /> per GB</>],
          ["Costs at most", <Money of={terms.total_stroops} />],
          ["Promised", `${share(terms.uptime_bps)} uptime, ${whole(terms.latency_ms)} ms`],
          ["Fee", `${share(terms.fee_bps)} of what is paid, from the provider's part`],
          ["Rules", `policy ${terms.policy_version}`],
          ["Asked for", <When ts={deal.created_ts} />],
          ...(deal.start_ts ? ([["Began", <When ts={deal.start_ts} />]] as [string, React.ReactNode][]) : []),
          ...(deal.end_ts ? ([["Ends", <><When ts={deal.end_ts} />{deal.status === "funded" && deal.end_ts > now ? `, in ${span(deal.end_ts - now)}` : ""}</>]] as [string, React.ReactNode][]) : []),
          ...(deal.close_ts ? ([["Closed", <When ts={deal.close_ts} />]] as [string, React.ReactNode][]) : []),
          ...(deal.through_ts ? ([["Reported up to", <When ts={deal.through_ts} />]] as [string, React.ReactNode][]) : []),
        ]}
      />
    </section>
  );
}

/** Where a transaction can be looked at; local networks have no explorer. */
export function useExplorer(): (hash: string) => string | null {
  const { data: status } = useStatus();
  const known: Record<string, string> = { "Test SDF Network ; September 2015": "testnet", "Public Global Stellar Network ; September 2015": "public" };
  const place = known[status?.network_passphrase ?? ""];
  return (hash) => (place ? `https://stellar.expert/explorer/${place}/tx/${hash}` : null);
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
      {!timeline.data && timeline.isPending && <p role="status">Loading what happened…</p>}
      {timeline.data && items.length === 0 && <p className="soft">Nothing has happened yet.</p>}
      <ol className="timeline" tabIndex={0} aria-label="What happened, newest first">{items.map((item) => <Happened key={item.event_id} item={item} />)}</ol>
      {timeline.hasNextPage && <button type="button" className="smaller" onClick={() => void timeline.fetchNextPage()}>More</button>}
    </section>
  );
}

function Happened({ item }: { item: TimelineItem }) {
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
        { title: "Until", cell: (one) => <When ts={one.through_ts} /> },
        { title: "Long", cell: (one) => span(one.through_ts - one.from_ts) },
        { title: "Stored", number: true, cell: (one) => <>{size(one.average_storage_mb)}{one.clipped && <> <Badge tone="warn">cut to the agreed</Badge></>}</> },
        { title: "Egress", number: true, cell: (one) => size(one.egress_mb) },
        { title: "Latency", number: true, cell: (one) => (one.latency_ms === null || one.latency_ms === undefined ? "—" : `${whole(one.latency_ms)} ms`) },
        { title: "Uptime", number: true, cell: (one) => (one.uptime_bps === null || one.uptime_bps === undefined ? "—" : share(one.uptime_bps)) },
        { title: "Verdict", cell: (one) => <><Badge tone={VERDICT[one.verdict][1]}>{VERDICT[one.verdict][0]}</Badge>{one.credit_bps > 0 && <span className="small soft"> {share(one.credit_bps)} credit</span>}</> },
        { title: "Paid", number: true, cell: (one) => <Money of={one.paid_stroops} /> },
        { title: "Transaction", cell: (one) => <Transaction hash={one.tx_hash} /> },
      ]}
    />
  );
}
