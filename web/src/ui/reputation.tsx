// A reputation score with its evidence.

import type { components } from "../api/schema";
import { outcome } from "../lib/labels";
import { TimeChart } from "./charts";
import { Money, Pairs } from "./elements";

type Evidence = components["schemas"]["Evidence"];
type Point = components["schemas"]["ReputationPoint"];

/** Deals of full weight: smaller ones count by their part. */
const deals = (milli: number) => (milli / 1_000).toLocaleString("en", { maximumFractionDigits: 2 });

export function Reputation({ score, evidence, history, role }: { score: number; evidence: Evidence; history: readonly Point[]; role: "provider" | "consumer" }) {
  const last = history.at(-1);
  return (
    <section className="card stack" aria-label="Reputation">
      <h2>Reputation {score}/100</h2>
      <Pairs
        of={[
          ["Completed", `${deals(evidence.completed_milli)}${evidence.completed_with_credit_milli ? `, ${deals(evidence.completed_with_credit_milli)} with SLA credit` : ""}`],
          ["Cancelled", deals(evidence.cancelled_milli)],
          ["Breached", deals(role === "provider" ? evidence.breached_by_provider_milli : evidence.breached_by_consumer_milli)],
          ["Volume", <Money of={evidence.volume_stroops} />],
          ...(last ? ([["Last outcome", `${outcome(last.outcome)}, deal ${last.deal_id}`]] as [string, string][]) : []),
        ]}
      />
      {history.length > 1 && <TimeChart title="Score after each outcome" from={0} series={[{ name: "score", colour: 1, stepped: true, points: history.map(({ ts, score: value }) => ({ ts, value })) }]} show={(value) => String(Math.round(value))} />}
      <p className="hint">Everybody starts at 50. Without new outcomes, a score moves back towards 50. Deals below 10 USD count by their part.</p>
    </section>
  );
}
