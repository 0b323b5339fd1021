// Tests that tell one story: after the first that fails the others are not played.

import { test } from "node:test";

export function chapters() {
  let broken = "";
  return (name, play) =>
    test(name, async (context) => {
      if (broken) return context.skip(`after “${broken}” failed`);
      try {
        await play(context);
      } catch (error) {
        broken = name;
        throw error;
      }
    });
}
