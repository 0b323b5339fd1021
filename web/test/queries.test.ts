import { describe, expect, it } from "vitest";
import { queryOf } from "../src/api/client";
import { staleKeys, unheardSecs } from "../src/api/queries";
import { ticks } from "../src/ui/charts";

describe("requests to the index", () => {
  it("contain every parameter, and repeat lists", () => {
    expect(queryOf({ q: "fast disks", feature: ["versioning", "auto_accept"], region: "", limit: 20, after: undefined })).toBe("?q=fast+disks&feature=versioning&feature=auto_accept&limit=20");
    expect(queryOf({})).toBe("");
  });

  it("are sent again when a change makes their answer stale", () => {
    expect(staleKeys({ kind: "deal", id: "7", ledger: 1 })).toContainEqual(["deal", "7"]);
    expect(staleKeys({ kind: "claim", id: "G", ledger: 1 })).toContainEqual(["claim", "G"]);
    for (const kind of ["bucket", "deal", "provider", "consumer", "claim", "ledger"] as const) expect(staleKeys({ kind, id: "1", ledger: 1 }).length).toBeGreaterThan(0);
  });
});

describe("the age of the data", () => {
  it("is what the index says, or the age of the ledger if the index has heard nothing since its start", () => {
    expect(unheardSecs({ heard_secs: 3_600, ledger_ts: 1_000 }, 9_000)).toBe(3_600);
    expect(unheardSecs({ heard_secs: null, ledger_ts: 1_000 }, 9_000)).toBe(8_000);
    // A local network's clock may be ahead.
    expect(unheardSecs({ heard_secs: null, ledger_ts: 10_000 }, 9_000)).toBe(0);
  });
});

describe("axes", () => {
  it("have round marks that include all values", () => {
    expect(ticks(0, 97)).toEqual([0, 25, 50, 75, 100]);
    expect(ticks(9_500, 10_000)).toEqual([9_400, 9_600, 9_800, 10_000]);
    for (const [low, high] of [[0, 0.003], [5, 5.01], [0, 123_456], [-3, 8]] as const) {
      const marks = ticks(low, high);
      expect(marks[0]).toBeLessThanOrEqual(low);
      expect(marks.at(-1)).toBeGreaterThanOrEqual(high);
    }
    expect(ticks(3, 3)).toEqual([3, 4]);
  });
});
