// What the page says of a deal's end.

import { expect, it } from "vitest";
import type { Deal } from "../src/api/types";
import { whyEnded } from "../src/lib/labels";

it("tells a notice that ran out from a consumer who left before", () => {
  const ended = (close_ts: number) => whyEnded({ reason: "notice", end_ts: 700, close_ts } as Deal);
  expect(ended(700)).toBe("The provider's notice period ended.");
  expect(ended(500)).toBe("The consumer closed the deal during the provider's notice.");
  expect(whyEnded({ reason: "term", end_ts: 700, close_ts: 700 } as Deal)).toBe("The agreed term ended.");
});
