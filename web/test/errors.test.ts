import { describe, expect, it } from "vitest";
import { deals, escrow, registry, reputation, ContractRefusal } from "@flashonstellar/client";
import { ADVICE, explain, Stopped } from "../src/lib/errors";

/** Every error of the four contracts, from the interfaces that are in their Wasm. */
function chainErrors(): Map<number, string> {
  const found = new Map<number, string>();
  for (const types of [registry, deals, escrow, reputation]) {
    for (const [name, table] of Object.entries(types)) {
      if (!name.endsWith("Error")) continue;
      for (const [code, { message }] of Object.entries(table as Record<string, { message: string }>)) found.set(Number(code), message);
    }
  }
  return found;
}

describe("what a refusal means", () => {
  it("is said for every error of the contracts, and for no others", () => {
    const codes = [...chainErrors().keys()].sort((a, b) => a - b);
    expect(codes.length).toBeGreaterThan(100);
    expect(Object.keys(ADVICE).map(Number).sort((a, b) => a - b)).toEqual(codes);
  });

  it("is a sentence, with one that says what to do", () => {
    for (const [code, { meaning, todo }] of Object.entries(ADVICE)) {
      expect(meaning, code).toMatch(/^[A-Z“].{10,}\.$/);
      expect(todo, code).toMatch(/^[A-Z“].{6,}\.$/);
    }
  });

  it("is found in what the client throws and in what a network says", () => {
    for (const [code, name] of chainErrors()) {
      const thrown = explain(new ContractRefusal({ code, name, meaning: "" }));
      expect(thrown).toMatchObject({ kind: "refused", code, name, meaning: ADVICE[code]?.meaning });
      expect(explain(new Error(`HostError: Error(Contract, #${code})\nEvent log`))).toMatchObject({ kind: "refused", code });
    }
  });
});

describe("what else goes wrong", () => {
  it.each([
    [{ code: -4, message: "The user rejected this request." }, "declined"],
    [new Error("User declined access"), "declined"],
    [new Error("Account not found: GABC"), "no-account"],
    [new Error("HostError: Error(Contract, #13) trustline entry is missing for account"), "no-trustline"],
    [new Error("Error(Contract, #10) balance is not sufficient; resulting balance is not within the allowed range"), "too-little"],
    [new TypeError("Failed to fetch"), "rpc-away"],
    [new TypeError("NetworkError when attempting to fetch resource."), "rpc-away"],
    [new Error("the network did not take the call in 4 attempts"), "busy"],
    [new Error("something nobody knows"), "other"],
  ])("%s is told as %s", (error, kind) => {
    const found = explain(error);
    expect(found.kind).toBe(kind);
    expect(found.meaning.length * found.todo.length).toBeGreaterThan(0);
  });

  it("passes our own checks through", () => {
    const failure = { kind: "wrong-network", meaning: "a", todo: "b", details: "" } as const;
    expect(explain(new Stopped(failure))).toBe(failure);
  });
});
