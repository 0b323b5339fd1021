import { describe, expect, it } from "vitest";
import { stretches } from "../src/ui/charts";

describe("a line over time", () => {
  it("ends where nothing was measured and begins anew after it", () => {
    const points = [null, 9_990, 0, null, null, 10_000, null].map((value, ts) => ({ ts, value }));
    const values = stretches(points).map((stretch) => stretch.map(({ value }) => value));
    expect(values).toEqual([[9_990, 0], [10_000]]);
  });

  it("is none where nothing was measured at all", () => {
    expect(stretches([{ ts: 1, value: null }])).toEqual([]);
  });
});
