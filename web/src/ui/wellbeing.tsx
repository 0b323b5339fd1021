// Whether everything is all right, for everybody: index, oracle, escrow, contracts.

import type { ReactNode } from "react";
import type { Network, Status, Totals } from "../api/types";
import { span, when } from "../lib/format";
import { Badge, When } from "./elements";

/** The index may be this much behind before somebody should know. */
const MAX_LAG_SECS = 120;

export interface Finding {
  what: string;
  isFine: boolean;
  text: ReactNode;
}

/** What can be said of the marketplace, as of the ledger that the index has read. */
export function findings(status: Status, network: Network, totals: Totals): Finding[] {
  const { oracle, contracts, policy } = network;
  const now = status.ledger_ts;
  const isBehind = status.lag_secs > MAX_LAG_SECS;
  const short = totals.solvency.filter(({ balance_stroops, locked_stroops, claimable_stroops, fees_stroops }) => BigInt(balance_stroops) < BigInt(locked_stroops) + BigInt(claimable_stroops) + BigInt(fees_stroops));
  const paused = contracts.filter(({ paused_until_ts }) => (paused_until_ts ?? 0) > now).map(({ name }) => name);
  const upgrading = contracts.filter(({ pending_upgrade }) => pending_upgrade).map(({ name }) => name);
  const newest = oracle.newest_through_ts;
  const silent = oracle.silent_deals;
  return [
    { what: "This page", isFine: !isBehind, text: isBehind ? <>is {span(status.lag_secs)} behind the network: what it shows is older than it should be.</> : <>shows ledger {status.ledger}, closed <When ts={now} />.</> },
    {
      what: "Reports",
      isFine: oracle.acting !== null && silent === 0,
      text: oracle.acting === null ? "The oracle is suspended: nobody reports usage until another one is named."
        : silent > 0 ? <>{silent} running {silent === 1 ? "deal has" : "deals have"} not been reported for more than {span(policy.silence_secs)}, the longest since <When ts={oracle.oldest_through_ts ?? 0} />. Their providers may leave at once.</>
        : newest ? <>reach up to <When ts={newest} />.</> : "Nothing runs, so nothing is reported.",
    },
    { what: "The escrow", isFine: short.length === 0, text: short.length === 0 ? "holds at least what it owes." : "holds less than it owes: the issuer clawed money back." },
    { what: "The contracts", isFine: paused.length === 0, text: paused.length === 0 ? (upgrading.length === 0 ? "take new deals; no upgrade is announced." : `take new deals. An upgrade is announced for ${upgrading.join(", ")}.`) : `${paused.join(", ")}: no new deals for now. Everything that runs goes on.` },
  ];
}

export function Wellbeing({ status, network, totals }: { status: Status; network: Network; totals: Totals }) {
  const all = findings(status, network, totals);
  const wrong = all.filter(({ isFine }) => !isFine).length;
  return (
    <section className="card stack" aria-label="Is everything all right?">
      <h2>Is everything all right? <Badge tone={wrong === 0 ? "ok" : "bad"}>{wrong === 0 ? "Yes" : wrong === 1 ? "One thing is not" : `${wrong} things are not`}</Badge></h2>
      <ul className="stack tight">
        {all.map(({ what, isFine, text }) => <li key={what}><Badge tone={isFine ? "ok" : "bad"}>{isFine ? "ok" : "look"}</Badge> <strong>{what}</strong> {text}</li>)}
      </ul>
      <p className="small soft">As of {when(status.ledger_ts)}, from the ledger alone.</p>
    </section>
  );
}
