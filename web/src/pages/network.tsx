// The market as a whole, the solvency of the escrow, and the contracts.

import { useMarket, useNetwork, useStatus, useTotals } from "../api/queries";
import type { ContractState, Policy, Solvency } from "../api/types";
import { share, size, span, when, whole } from "../lib/format";
import { Address, Badge, Figures, Loading, Money, Notice, Pairs, Problem, When } from "../ui/elements";
import { Wellbeing } from "../ui/wellbeing";

export function NetworkPage() {
  const totals = useTotals();
  const network = useNetwork();
  const { data: status } = useStatus();
  return (
    <>
      <div className="stack tight">
        <h1>The network</h1>
        <p className="lead">{status ? `${status.network} (“${status.network_passphrase}”), RPC server ${status.rpc_url}` : "Loading the network…"}</p>
      </div>
      {totals.data && network.data && status && <Wellbeing status={status} network={network.data} totals={totals.data} />}
      {totals.isError && !totals.data && <Problem error={totals.error} retry={() => void totals.refetch()} />}
      {!totals.data && totals.isPending && <Loading what="the totals" />}
      {totals.data && (
        <>
          <Figures
            of={[
              { label: "Providers", value: whole(totals.data.providers) },
              { label: "Consumers", value: whole(totals.data.consumers) },
              { label: "Buckets listed", value: whole(totals.data.buckets) },
              { label: "Running deals", value: whole(totals.data.live_deals), note: `of ${whole(totals.data.deals)} in total` },
              { label: "Offered capacity", value: size(BigInt(totals.data.offered_gb) * 1024n), note: `${size(BigInt(totals.data.reserved_gb) * 1024n)} reserved` },
              { label: "Paid", value: <Money of={totals.data.paid_stroops} />, note: <>including <Money of={totals.data.fees_stroops} /> of fees</> },
              { label: "SLA credit given", value: <Money of={totals.data.credited_stroops} /> },
            ]}
          />
          <section className="stack" aria-label="Solvency">
            <h2>What the escrow holds and owes</h2>
            {totals.data.solvency.map((solvency) => <SolvencyLine key={solvency.asset} of={solvency} />)}
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
              <h2>Oracle</h2>
              <Pairs
                of={[
                  ["Acting", network.data.oracle.acting ? <Address of={network.data.oracle.acting} full /> : <Badge tone="bad">suspended: nobody reports</Badge>],
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
  const total = balance > owed ? balance : owed;
  const parts = [["locked for deals", of.locked_stroops, 1], ["claimable", of.claimable_stroops, 2], ["fees", of.fees_stroops, 3]] as const;
  const percent = (part: bigint) => (total > 0n ? Number((part * 10_000n) / total) / 100 : 0);
  return (
    <div className="card stack">
      {balance < owed && <Notice tone="bad" alert title="The escrow holds less than it owes."><p>The issuer clawed money back. Until it is replaced, withdrawals pay everybody the same share.</p></Notice>}
      <div className="row between">
        <span>Holds <strong><Money of={of.balance_stroops} /></strong></span>
        <span>owes <strong><Money of={owed} /></strong></span>
        <span>surplus <strong><Money of={of.surplus_stroops} /></strong> <Badge tone={balance >= owed ? "ok" : "bad"}>{balance >= owed ? "covered" : "short"}</Badge></span>
      </div>
      <svg className="chart" viewBox="0 0 100 5" preserveAspectRatio="none" style={{ height: 22 }} role="img" aria-label={`What the escrow owes, in ${code}: ${parts.map(([name, , ]) => name).join(", ")}`}>
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
      {contracts.map((contract) => (
        <article className="card stack tight" key={contract.name} aria-label={contract.name}>
          <div className="row between">
            <h3>{contract.name}</h3>
            <span className="row">
              {contract.paused_until_ts && contract.paused_until_ts > now ? <Badge tone="warn">paused until {when(contract.paused_until_ts)}</Badge> : null}
              {contract.pending_upgrade ? <Badge tone="warn">upgrade announced</Badge> : <Badge tone="ok">no upgrade announced</Badge>}
            </span>
          </div>
          <Pairs
            of={[
              ["Address", <Address of={contract.id} full />],
              ["Wasm, SHA-256", <code>{contract.wasm_hash}</code>],
              ["Version", `${contract.version}, schema ${contract.schema}`],
              ["Owner", contract.owner ? <Address of={contract.owner} full /> : "—"],
              ["Upgrade delay", `at least ${span(contract.upgrade_delay_secs)} `],
              ...(contract.pending_upgrade ? ([["Announced", <><code>{contract.pending_upgrade.wasm_hash}</code><br />not before <When ts={contract.pending_upgrade.ready_ts} />, void after <When ts={contract.pending_upgrade.void_ts} /></>]] as [string, React.ReactNode][]) : []),
            ]}
          />
        </article>
      ))}
    </div>
  );
}

function PolicyCard({ policy }: { policy: Policy }) {
  const rows: [string, string][] = [
    ["Time to accept", span(policy.accept_window_secs)],
    ["Time to fund", span(policy.fund_window_secs)],
    ["Notice period", span(policy.notice_secs)],
    ["Grace period", span(policy.grace_secs)],
    ["Time for the final report", span(policy.final_window_secs)],
    ["Minimum runway", span(policy.min_runway_secs)],
    ["Fee", share(policy.fee_bps)],
    ["Minor shortfall", `${share(policy.minor_credit_bps)} credit`],
    ["Major shortfall", `${share(policy.major_credit_bps)} credit`],
    ["Critical shortfall", `${share(policy.critical_credit_bps)} credit; ${policy.critical_limit} in a row end the deal`],
  ];
  return (
    <section className="card" aria-label="Rules">
      <h2>Rules for new deals (policy {policy.version})</h2>
      <Pairs of={rows} />
    </section>
  );
}
