// What a deal used and what it paid, over its windows.

import type { Deal, Window } from "../api/types";
import { useMarket } from "../api/queries";
import { size } from "../lib/format";
import { Empty } from "./bits";
import { TimeChart } from "./charts";

/** Charts draw with floats; the figures beside them do not. */
const units = (stroops: bigint) => Number(stroops) / 1e7;

export function UsageChart({ deal, windows }: { deal: Deal; windows: readonly Window[] }) {
  const { code } = useMarket();
  const ordered = [...windows].sort((a, b) => a.through_ts - b.through_ts);
  const first = ordered[0];
  if (!first) return <Empty>No usage was reported yet.</Empty>;
  let paid = 0n;
  const payments = [{ ts: first.from_ts, value: 0 }];
  for (const window of ordered) {
    paid += BigInt(window.paid_stroops);
    payments.push({ ts: window.through_ts, value: units(paid) });
  }
  return (
    <div className="stack">
      <TimeChart
        title="Stored"
        from={0}
        series={[{ name: "average of the window", colour: 1, area: true, points: ordered.map(({ through_ts, average_storage_mb }) => ({ ts: through_ts, value: average_storage_mb })) }]}
        show={(value) => size(BigInt(Math.round(value)))}
        limit={{ name: `agreed ${size(deal.terms.storage_mb)}`, value: deal.terms.storage_mb }}
      />
      <TimeChart title={`Paid, ${code}`} from={0} series={[{ name: "in all", colour: 2, stepped: true, points: payments }]} show={(value) => value.toFixed(2)} />
    </div>
  );
}
