// Tests that build on each other: after the first failure the others are skipped.

import { test } from "node:test";

export function chapters() {
  let broken = "";
  return (name, run) =>
    test(name, async (context) => {
      if (broken) return context.skip(`after “${broken}” failed`);
      try {
        await run(context);
      } catch (error) {
        broken = name;
        throw error;
      }
    });
}
