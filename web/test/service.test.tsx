import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { Window } from "../src/api/types";
import { ServiceCharts } from "../src/ui/service";

const window = (deal_id: number, through_ts: number, uptime_bps: number | null, latency_ms: number | null) =>
  ({ deal_id, through_ts, uptime_bps, latency_ms, agreed_uptime_bps: 9_990, agreed_latency_ms: 100 }) as Window;

/** The uptime chart: how many points each of its lines has, and the texts of its table. */
function uptimeChart(windows: Window[]) {
  const html = renderToStaticMarkup(<ServiceCharts windows={windows} none="No report yet." />);
  const [chart = ""] = html.match(/<figure>.*?<\/figure>/s) ?? [];
  return {
    lines: [...chart.matchAll(/ d="([^"]*)"/g)].map(([, path = ""]) => (path.match(/[ML]/g) ?? []).length),
    lowest: Math.max(...[...chart.matchAll(/ cy="([^"]*)"/g)].map(([, y]) => Number(y))),
    axis: chart.match(/y="(\d+)" text-anchor="end">0\.00/)?.[1],
    rows: [...chart.matchAll(/<tr><th scope="row">.*?<\/tr>/gs)].map(([row]) => [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, text]) => text)),
  };
}

describe("the service chart", () => {
  it("shows an outage as 0 and draws no line over what was not measured", () => {
    const chart = uptimeChart([window(1, 400, null, null), window(1, 300, 0, null), window(1, 200, null, null), window(1, 100, 10_000, 40)]);
    expect(chart.lines).toEqual([1, 1]);
    expect(chart.rows).toEqual([["100.00\u00a0%"], ["—"], ["0.00\u00a0%"], ["—"]]);
    // The label of the axis is 4 px below its line.
    expect(Number(chart.axis)).toBe(chart.lowest + 4);
  });

  it("draws each deal for itself", () => {
    const chart = uptimeChart([window(1, 100, 10_000, 40), window(2, 100, null, null), window(1, 200, 9_980, 40), window(2, 200, 0, null)]);
    expect(chart.lines).toEqual([2, 1]);
    expect(chart.rows).toEqual([["100.00\u00a0%", "—"], ["99.80\u00a0%", "0.00\u00a0%"]]);
  });

  it("says that nothing was measured, and that nothing was reported", () => {
    const text = (windows: Window[]) => renderToStaticMarkup(<ServiceCharts windows={windows} none="No report yet." />);
    expect(text([window(1, 100, null, null)])).toContain("service was not measured in any of the 1 windows");
    expect(text([])).toContain("No report yet.");
  });
});
