// Usage and payments of a deal over its windows.

import type { Deal, Window } from "../api/types";
import { useMarket } from "../api/queries";
import { size } from "../lib/format";
import { Empty } from "./elements";
import { TimeChart } from "./charts";

const UNITS = [["TiB", 1024 * 1024], ["GiB", 1024], ["MiB", 1]] as const;

/** Charts use floats; the figures next to them do not. */
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
  const peak = Math.max(deal.terms.storage_mb, ...ordered.map(({ average_storage_mb }) => average_storage_mb));
  const [unit, scale] = UNITS.find(([, size]) => peak >= size) ?? UNITS[2];
  return (
    <div className="stack">
      <TimeChart
        title={`Stored, ${unit}`}
        from={0}
        series={[{ name: "average of the window", colour: 1, area: true, points: ordered.map(({ through_ts, average_storage_mb }) => ({ ts: through_ts, value: average_storage_mb / scale })) }]}
        show={(value) => String(Number(value.toFixed(2)))}
        limit={{ name: `agreed ${size(deal.terms.storage_mb)}`, value: deal.terms.storage_mb / scale }}
      />
      <TimeChart title={`Paid, ${code}`} from={0} series={[{ name: "total", colour: 2, stepped: true, points: payments }]} show={(value) => value.toFixed(2)} />
    </div>
  );
}
