// The market as a whole, what the escrow holds against what it owes, and the code that runs.

import { useMarket, useNetwork, useStatus, useTotals } from "../api/queries";
import type { ContractState, Policy, Solvency } from "../api/types";
import { share, size, span, when, whole } from "../lib/format";
import { Address, Badge, Figures, Loading, Money, Notice, Pairs, Problem, When } from "../ui/bits";

export function NetworkPage() {
  const totals = useTotals();
  const network = useNetwork();
  const { data: status } = useStatus();
  return (
    <>
      <div className="stack tight">
        <h1>The network</h1>
        <p className="lead">{status ? `${status.network}, “${status.network_passphrase}”, through ${status.rpc_url}` : "Which network this is will be said in a moment."}</p>
      </div>
      {totals.isError && !totals.data && <Problem error={totals.error} retry={() => void totals.refetch()} />}
      {!totals.data && totals.isPending && <Loading what="the totals" />}
      {totals.data && (
        <>
          <Figures
            of={[
              { label: "Providers", value: whole(totals.data.providers) },
              { label: "Consumers", value: whole(totals.data.consumers) },
              { label: "Buckets listed", value: whole(totals.data.buckets) },
              { label: "Running deals", value: whole(totals.data.live_deals), note: `of ${whole(totals.data.deals)} ever` },
              { label: "Offered", value: size(BigInt(totals.data.offered_gb) * 1024n), note: `${size(BigInt(totals.data.reserved_gb) * 1024n)} reserved` },
              { label: "Paid", value: <Money of={totals.data.paid_stroops} />, note: <>of it <Money of={totals.data.fees_stroops} /> fees</> },
              { label: "SLA credit given", value: <Money of={totals.data.credited_stroops} /> },
            ]}
          />
          <section className="stack" aria-label="Solvency">
            <h2>What the escrow holds and owes</h2>
            {totals.data.solvency.map((one) => <SolvencyLine key={one.asset} of={one} />)}
            <p className="small soft">As of ledger {whole(totals.data.as_of_ledger)}, <When ts={totals.data.as_of_ts} />.</p>
          </section>
        </>
      )}
      {network.isError && !network.data && <Problem error={network.error} retry={() => void network.refetch()} />}
      {!network.data && network.isPending && <Loading what="the contracts" />}
      {network.data && (
        <>
          <section className="stack" aria-label="Contracts">
            <h2>Contracts</h2>
            <Contracts contracts={network.data.contracts} />
          </section>
          <div className="grid">
            <section className="card" aria-label="Oracle">
              <h2>Who meters</h2>
              <Pairs
                of={[
                  ["Oracle", network.data.oracle.acting ? <Address of={network.data.oracle.acting} full /> : <Badge tone="bad">suspended: nobody reports</Badge>],
                  ["Next", network.data.oracle.scheduled ? <><Address of={network.data.oracle.scheduled} full /> from <When ts={network.data.oracle.scheduled_from_ts ?? 0} /></> : "no change announced"],
                  ["Asset", <>{network.data.asset.code ?? "token"} <Address of={network.data.asset.id} full /></>],
                ]}
              />
            </section>
            <PolicyCard policy={network.data.policy} />
          </div>
        </>
      )}
    </>
  );
}

function SolvencyLine({ of }: { of: Solvency }) {
  const { code } = useMarket();
  const owed = BigInt(of.locked_stroops) + BigInt(of.claimable_stroops) + BigInt(of.fees_stroops);
  const balance = BigInt(of.balance_stroops);
  const most = balance > owed ? balance : owed;
  const parts = [["locked for deals", of.locked_stroops, 1], ["to be withdrawn", of.claimable_stroops, 2], ["fees", of.fees_stroops, 3]] as const;
  const percent = (part: bigint) => (most > 0n ? Number((part * 10_000n) / most) / 100 : 0);
  return (
    <div className="card stack">
      {balance < owed && <Notice tone="bad" alert title="The escrow is short of what it owes."><p>An issuer's claw-back took money out. Withdrawals pay everybody the same share until it is made up.</p></Notice>}
      <div className="row between">
        <span>Holds <strong><Money of={of.balance_stroops} /></strong></span>
        <span>owes <strong><Money of={owed} /></strong></span>
        <span>surplus <strong><Money of={of.surplus_stroops} /></strong> <Badge tone={balance >= owed ? "ok" : "bad"}>{balance >= owed ? "covered" : "short"}</Badge></span>
      </div>
      <svg className="chart" viewBox="0 0 100 5" preserveAspectRatio="none" style={{ height: 22 }} role="img" aria-label={`Of ${code} owed: ${parts.map(([name, , ]) => name).join(", ")}`}>
        <rect width="100" height="5" fill="var(--sunken)" />
        {parts.reduce<{ at: number; bars: React.ReactNode[] }>(({ at, bars }, [name, amount, colour]) => {
          const width = percent(BigInt(amount));
          return { at: at + width, bars: [...bars, <rect key={name} x={at} width={width} height="5" fill={`var(--chart-${colour})`} />] };
        }, { at: 0, bars: [] }).bars}
      </svg>
      <p className="legend">{parts.map(([name, amount, colour]) => <span key={name}><i style={{ background: `var(--chart-${colour})` }} />{name} <Money of={amount} /></span>)}</p>
    </div>
  );
}

function Contracts({ contracts }: { contracts: ContractState[] }) {
  const { now } = useMarket();
  return (
    <div className="grid broad">
      {contracts.map((one) => (
        <article className="card stack tight" key={one.name} aria-label={one.name}>
          <div className="row between">
            <h3>{one.name}</h3>
            <span className="row">
              {one.paused_until_ts && one.paused_until_ts > now ? <Badge tone="warn">paused until {when(one.paused_until_ts)}</Badge> : null}
              {one.pending_upgrade ? <Badge tone="warn">upgrade announced</Badge> : <Badge tone="ok">no upgrade announced</Badge>}
            </span>
          </div>
          <Pairs
            of={[
              ["Address", <Address of={one.id} full />],
              ["Wasm, SHA-256", <code>{one.wasm_hash}</code>],
              ["Version", `${one.version}, schema ${one.schema}`],
              ["Owner", one.owner ? <Address of={one.owner} full /> : "—"],
              ["Upgrades announced", `at least ${span(one.upgrade_delay_secs)} ahead`],
              ...(one.pending_upgrade ? ([["Announced", <><code>{one.pending_upgrade.wasm_hash}</code><br />not before <When ts={one.pending_upgrade.ready_ts} />, void after <When ts={one.pending_upgrade.void_ts} /></>]] as [string, React.ReactNode][]) : []),
            ]}
          />
        </article>
      ))}
    </div>
  );
}

function PolicyCard({ policy }: { policy: Policy }) {
  const rows: [string, string][] = [
    ["To accept", span(policy.accept_window_secs)],
    ["To fund", span(policy.fund_window_secs)],
    ["Notice of a provider", span(policy.notice_secs)],
    ["Grace in arrears", span(policy.grace_secs)],
    ["For the final report", span(policy.final_window_secs)],
    ["Least runway", span(policy.min_runway_secs)],
    ["Fee", share(policy.fee_bps)],
    ["Minor shortfall", `${share(policy.minor_credit_bps)} credit`],
    ["Major shortfall", `${share(policy.major_credit_bps)} credit`],
    ["Critical", `${share(policy.critical_credit_bps)} credit; ${policy.critical_limit} in a row end the deal`],
  ];
  return (
    <section className="card" aria-label="Rules">
      <h2>Rules of new deals, policy {policy.version}</h2>
      <Pairs of={rows} />
    </section>
  );
}
