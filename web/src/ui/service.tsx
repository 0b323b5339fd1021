// Measured service, window by window, compared with the SLA.

import type { Window } from "../api/types";
import { share, whole } from "../lib/format";
import { TimeChart } from "./charts";
import { Empty } from "./elements";

const oldestFirst = (windows: readonly Window[]) => [...windows].sort((a, b) => a.through_ts - b.through_ts);

export function ServiceCharts({ windows, none }: { windows: readonly Window[]; none: string }) {
  const ordered = oldestFirst(windows);
  const uptime = ordered.map(({ through_ts, uptime_bps }) => ({ ts: through_ts, value: uptime_bps ?? null }));
  const latency = ordered.map(({ through_ts, latency_ms }) => ({ ts: through_ts, value: latency_ms ?? null }));
  const newest = ordered.at(-1);
  if (!newest) return <Empty>{none}</Empty>;
  if ([...uptime, ...latency].every(({ value }) => value === null)) return <Empty>Usage was reported, but service was not measured in any of the {whole(ordered.length)} windows.</Empty>;
  return (
    <div className="stack">
      <p className="hint">Each point is a window: the time from one report of the oracle to the next. Service is judged window by window.</p>
      <TimeChart title="Uptime" series={[{ name: "measured", colour: 1, points: uptime }]} show={(value) => share(Math.round(value))} limit={{ name: `promised ${share(newest.agreed_uptime_bps)}`, value: newest.agreed_uptime_bps }} />
      <TimeChart title="Latency" series={[{ name: "measured", colour: 3, points: latency }]} show={(value) => `${Math.round(value)} ms`} from={0} limit={{ name: `promised ${whole(newest.agreed_latency_ms)} ms`, value: newest.agreed_latency_ms }} />
    </div>
  );
}
