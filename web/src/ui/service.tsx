// Measured service, window by window, compared with the SLA.

import type { Window } from "../api/types";
import { share, whole } from "../lib/format";
import { TimeChart, type Series } from "./charts";
import { Empty } from "./elements";

/** One line for each deal: a gap in the service of one deal says nothing about another. */
function linesOfDeals(windows: readonly Window[], colour: Series["colour"], measured: (window: Window) => number | null): Series[] {
  const lines = new Map<number, Series>();
  for (const window of windows) {
    const line = lines.get(window.deal_id) ?? { name: `Deal ${window.deal_id}`, colour, points: [] };
    line.points.push({ ts: window.through_ts, value: measured(window) });
    lines.set(window.deal_id, line);
  }
  return [...lines.values()];
}

export function ServiceCharts({ windows, none }: { windows: readonly Window[]; none: string }) {
  const oldestFirst = [...windows].sort((a, b) => a.through_ts - b.through_ts);
  const newest = oldestFirst.at(-1);
  if (!newest) return <Empty>{none}</Empty>;
  if (windows.every(({ uptime_bps, latency_ms }) => uptime_bps === null && latency_ms === null)) return <Empty>Usage was reported, but service was not measured in any of the {whole(windows.length)} windows.</Empty>;
  const uptime = linesOfDeals(oldestFirst, 1, ({ uptime_bps }) => uptime_bps);
  const latency = linesOfDeals(oldestFirst, 3, ({ latency_ms }) => latency_ms);
  const legend = uptime.length > 1 ? "measured, a line for each deal" : "measured";
  return (
    <div className="stack">
      <p className="hint">Each point is a window: the time from one report of the oracle to the next. Service is judged window by window.</p>
      <TimeChart title="Uptime" series={uptime} legend={legend} show={(value) => share(Math.round(value))} limit={{ name: `promised ${share(newest.agreed_uptime_bps)}`, value: newest.agreed_uptime_bps }} />
      <TimeChart title="Latency" series={latency} legend={legend} show={(value) => `${Math.round(value)} ms`} from={0} limit={{ name: `promised ${whole(newest.agreed_latency_ms)} ms`, value: newest.agreed_latency_ms }} />
    </div>
  );
}
