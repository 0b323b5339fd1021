// The money and the runway of a deal, and the actions of its parties.

import { useState } from "react";
import { useDeal, useMarket, useNetwork } from "../api/queries";
import type { Deal, Policy } from "../api/types";
import * as requests from "../chain/requests";
import { useWallet } from "../chain/wallet";
import { DAY_SECS, decimal, size, span, when } from "../lib/format";
import { parseMoney } from "../lib/typed";
import { HEALTH, isLive, isNoticed } from "../lib/labels";
import { Field, Money, Notice, Problem, When } from "./elements";
import { Gauge } from "./charts";
import { ReplaceDeal } from "./deal-form";
import { useSign } from "./sign";

/** How long the money lasts, compared with the rest of the term. */
export function Runway({ deal, minRunwaySecs }: { deal: Deal; minRunwaySecs: number }) {
  const { now } = useMarket();
  const { health } = deal;
  if (!health) return null;
  const left = Math.max(0, (deal.end_ts ?? now) - now);
  const runway = health.runway_secs ?? null;
  const lowSecs = 2 * minRunwaySecs;
  const max = Math.max(left, lowSecs * 2);
  return (
    <Gauge
      label="Runway"
      value={runway === null ? max : runway}
      max={max}
      tone={HEALTH[health.level].tone}
      text={runway === null ? "no usage reported" : runway >= left ? `${span(left)}: until the end of the deal` : `${span(runway)} of the remaining ${span(left)}`}
      marks={[{ at: minRunwaySecs, name: `critical below ${span(minRunwaySecs)}` }, { at: lowSecs, name: `low below ${span(lowSecs)}` }]}
    />
  );
}

export function EgressLeft({ deal }: { deal: Deal }) {
  const { usage, terms } = deal;
  if (!usage || terms.egress_mb === 0) return null;
  const part = usage.egress_left_mb / terms.egress_mb;
  return <Gauge label="Egress left" value={usage.egress_left_mb} max={terms.egress_mb} tone={part > 0.2 ? "ok" : part > 0 ? "warn" : "bad"} text={`${size(usage.egress_left_mb)} of ${size(terms.egress_mb)}`} />;
}

/** A warning, unless the deal is healthy. */
export function HealthNotice({ deal, role }: { deal: Deal; role: "consumer" | "provider" }) {
  const { health } = deal;
  if (!health || health.level === "ok") return null;
  const level = HEALTH[health.level];
  return (
    <Notice tone={level.tone} title={`Deal ${deal.deal_id}: ${level.label.toLowerCase()}`}>
      <p>{level[role]}</p>
      {health.level === "grace" && (
        <p>{health.grace_until_ts ? <>The grace period ends <When ts={health.grace_until_ts} />. </> : null}{BigInt(health.arrears_stroops) > 0n ? <>Owed beyond the deposit: <Money of={health.arrears_stroops} />.</> : null}</p>
      )}
    </Notice>
  );
}

/** The reports of a running deal are late: what that means, and for whom. */
export function SilenceNotice({ deal, policy }: { deal: Deal; policy: Policy | undefined }) {
  const { now } = useMarket();
  const through = deal.through_ts ?? 0;
  if (!policy || !isLive(deal) || through === 0) return null;
  // As docs/money.md counts on reports: at most two windows late.
  const lateSecs = 2 * Math.max(policy.min_window_secs, DAY_SECS);
  if (Math.min(now, deal.end_ts ?? now) - through <= lateSecs) return null;
  const leaves = through + policy.silence_secs;
  return (
    <Notice tone="warn" title={`Deal ${deal.deal_id}: no report since ${when(through)}`}>
      <p>
        Nothing reported does not mean that nothing is used: what was stored and sent since then is billed by the next report, up to what is agreed.{" "}
        {now >= leaves ? "The provider may leave at once now, without harm to its reputation." : <>If no report comes, the provider may leave at once from <When ts={leaves} />.</>} The consumer can close the deal at any time.
      </p>
    </Notice>
  );
}

/** Shown when the provider leaves before the agreed end. */
export function LeavingNotice({ deal, role }: { deal: Deal; role: "consumer" | "provider" }) {
  if (!isNoticed(deal)) return null;
  return (
    <Notice tone="warn" title={`Deal ${deal.deal_id}: the provider has given notice`}>
      <p>It ends <When ts={deal.end_ts ?? 0} />. {role === "consumer" ? "Download your data before then: the provider does not have to keep it afterwards. You get back the unused deposit." : "Until then you serve it and get paid."}</p>
    </Notice>
  );
}

/** Whether a step is due that anyone may take, by ledger time. */
function isDue(deal: Deal, now: number): boolean {
  const { usage, health } = deal;
  if (deal.status === "pending") return now > (deal.accept_until_ts ?? Infinity);
  if (deal.status === "accepted") return now > (deal.fund_until_ts ?? Infinity);
  if (deal.status !== "funded") return !deal.released && !!deal.close_ts && now > (deal.final_until_ts ?? Infinity);
  return now >= (deal.end_ts ?? Infinity) || now >= (health?.grace_until_ts ?? Infinity) || (!!usage && usage.strikes >= usage.critical_limit);
}

/** The actions of the connected wallet. */
export function DealActions({ deal }: { deal: Deal }) {
  const { account, pick } = useWallet();
  const { code, now } = useMarket();
  const sign = useSign();
  const policy = useNetwork().data?.policy;
  const [consumer, provider] = [account?.address === deal.consumer, account?.address === deal.provider];
  const unfunded = deal.status === "pending" || deal.status === "accepted";
  const due = isDue(deal, now);
  const overdue = unfunded && due;
  return (
    <div className="stack">
      {consumer && deal.status === "accepted" && !overdue && (deal.terms.succeeds ? <FundSuccessor deal={deal} succeeds={deal.terms.succeeds} /> : <Fund deal={deal} />)}
      {account && deal.status === "funded" && <TopUp deal={deal} from={account.address} />}
      <div className="row">
        {provider && deal.status === "pending" && !overdue && (
          <>
            <button type="button" className="primary" onClick={() => sign(requests.acceptDeal(deal))}>Accept</button>
            <button type="button" onClick={() => sign(requests.rejectDeal(deal))}>Reject</button>
          </>
        )}
        {provider && deal.status === "funded" && !isNoticed(deal) && <button type="button" onClick={() => sign(requests.giveNotice(deal, policy))}>Give notice</button>}
        {consumer && unfunded && <button type="button" onClick={() => sign(requests.withdrawDeal(deal))}>Withdraw the request</button>}
        {consumer && deal.status === "funded" && <button type="button" className="danger" onClick={() => sign(requests.completeDeal(deal, code))}>Close the deal</button>}
        {account && due && <button type="button" className="primary" onClick={() => sign(requests.advanceDeal(deal))}>Advance deal</button>}
      </div>
      {consumer && deal.status === "funded" && <TakeOut deal={deal} />}
      {account && consumer && deal.status === "funded" && !isNoticed(deal) && now < (deal.end_ts ?? 0) && <ReplaceDeal deal={deal} address={account.address} />}
      {!account && <div><button type="button" className="primary" onClick={() => pick(true)}>Connect your wallet</button></div>}
      {account && !consumer && !provider && deal.status !== "funded" && !due && <p className="soft small">Only the consumer and the provider can act on this deal now.</p>}
    </div>
  );
}

/** Without group separators, for an input field. */
const plain = (stroops: bigint) => decimal(stroops).replaceAll("\u202f", "");

/** A successor keeps the repository of the deal that it replaces. */
function FundSuccessor({ deal, succeeds }: { deal: Deal; succeeds: number }) {
  const old = useDeal(String(succeeds));
  if (old.isError) return <Problem error={old.error} retry={() => void old.refetch()} />;
  if (!old.data) return <p role="status">Loading deal {succeeds}…</p>;
  if (old.data.status !== "funded") return <Notice tone="warn" title={`Deal ${succeeds} is over, so this deal cannot take its place.`}><p>Withdraw this request and ask for a deal of its own.</p></Notice>;
  return <Fund deal={deal} repository={old.data.repo_id} />;
}

function Fund({ deal, repository }: { deal: Deal; repository?: string }) {
  const sign = useSign();
  const { code } = useMarket();
  const { terms } = deal;
  const [amount, setAmount] = useState(plain(BigInt(terms.total_stroops) > BigInt(terms.min_fund_stroops) ? BigInt(terms.total_stroops) : BigInt(terms.min_fund_stroops)));
  const [repo, setRepo] = useState(repository ?? (deal.repo_id || `repo-${deal.deal_id}`));
  const read = parseMoney(amount, "Deposit");
  const short = "value" in read && read.value < BigInt(terms.min_fund_stroops);
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); if ("value" in read) sign(requests.fundDeal(deal, read.value, repo.trim(), code)); }}>
      <div className="fields">
        <Field
          label={`Deposit, ${code}`}
          inputMode="decimal"
          value={amount}
          onChange={setAmount}
          problem={"problem" in read ? read.problem : short ? `At least ${decimal(BigInt(terms.min_fund_stroops))}` : undefined}
          hint={<>Maximum cost of the deal: <Money of={terms.total_stroops} />. Minimum deposit: <Money of={terms.min_fund_stroops} /></>}
        />
        {repository ? <p className="soft">Your data stays in the repository <code>{repository}</code>.</p> : <Field label="Repository name" value={repo} onChange={setRepo} hint="Your data is stored in the bucket under this name" required />}
      </div>
      <div><button type="submit" className="primary" disabled={"problem" in read}>Fund the deal</button></div>
    </form>
  );
}

function TopUp({ deal, from }: { deal: Deal; from: string }) {
  const sign = useSign();
  const { code } = useMarket();
  const [amount, setAmount] = useState("");
  const read = amount ? parseMoney(amount, "Amount") : null;
  return (
    <form className="row" style={{ alignItems: "end" }} onSubmit={(event) => { event.preventDefault(); if (read && "value" in read) sign(requests.topUp(deal, from, read.value, code)); }}>
      <div style={{ flex: "1 1 180px" }}>
        <Field label={from === deal.consumer ? `Top up, ${code}` : `Sponsor this deal, ${code}`} inputMode="decimal" value={amount} onChange={setAmount} problem={read && "problem" in read ? read.problem : undefined} />
      </div>
      <button type="submit" className="primary" disabled={!read || "problem" in read}>{from === deal.consumer ? "Top up" : "Sponsor"}</button>
    </form>
  );
}

function TakeOut({ deal }: { deal: Deal }) {
  const sign = useSign();
  const { code } = useMarket();
  const [amount, setAmount] = useState("");
  const read = amount ? parseMoney(amount, "Amount") : null;
  return (
    <details className="small">
      <summary>Reduce the deposit</summary>
      <form className="row" style={{ alignItems: "end" }} onSubmit={(event) => { event.preventDefault(); if (read && "value" in read) sign(requests.takeOut(deal, read.value, code)); }}>
        <div style={{ flex: "1 1 160px" }}><Field label={`Amount, ${code}`} inputMode="decimal" value={amount} onChange={setAmount} problem={read && "problem" in read ? read.problem : undefined} /></div>
        <button type="submit" className="smaller" disabled={!read || "problem" in read}>Take out</button>
      </form>
    </details>
  );
}
