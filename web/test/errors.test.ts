import { describe, expect, it } from "vitest";
import { deals, escrow, mandates, registry, reputation, ContractRefusal } from "@flashonstellar/client";
import { ADVICE, explain, Stopped } from "../src/lib/errors";

/** Every error of the contracts, from the interfaces in their Wasm. */
function chainErrors(): Map<number, string> {
  const errors = new Map<number, string>();
  for (const types of [registry, deals, escrow, reputation, mandates]) {
    for (const [name, table] of Object.entries(types)) {
      if (!name.endsWith("Error")) continue;
      for (const [code, { message }] of Object.entries(table as Record<string, { message: string }>)) errors.set(Number(code), message);
    }
  }
  return errors;
}

describe("contract errors", () => {
  it("have a text for every code of the contracts, and for no others", () => {
    const codes = [...chainErrors().keys()].sort((a, b) => a - b);
    expect(codes.length).toBeGreaterThan(100);
    expect(Object.keys(ADVICE).map(Number).sort((a, b) => a - b)).toEqual(codes);
  });

  it("have a sentence of meaning and one of advice", () => {
    for (const [code, { meaning, todo }] of Object.entries(ADVICE)) {
      expect(meaning, code).toMatch(/^[A-Z“].{10,}\.$/);
      expect(todo, code).toMatch(/^[A-Z“].{6,}\.$/);
    }
  });

  it("are recognised in errors of the client and in messages of the network", () => {
    for (const [code, name] of chainErrors()) {
      const thrown = explain(new ContractRefusal({ code, name, meaning: "" }));
      expect(thrown).toMatchObject({ kind: "refused", code, name, meaning: ADVICE[code]?.meaning });
      expect(explain(new Error(`HostError: Error(Contract, #${code})\nEvent log`))).toMatchObject({ kind: "refused", code });
    }
  });
});

describe("other failures", () => {
  it.each([
    [{ code: -4, message: "The user rejected this request." }, "declined"],
    [new Error("User declined access"), "declined"],
    [new Error("Account not found: GABC"), "no-account"],
    [new Error("HostError: Error(Contract, #13) trustline entry is missing for account"), "no-trustline"],
    [new Error("Error(Contract, #10) balance is not sufficient; resulting balance is not within the allowed range"), "too-little"],
    [new TypeError("Failed to fetch"), "rpc-away"],
    [new TypeError("NetworkError when attempting to fetch resource."), "rpc-away"],
    [new Error("the network did not accept the call in 4 attempts"), "busy"],
    [new Error("something nobody knows"), "other"],
  ])("%s is explained as %s", (error, kind) => {
    const failure = explain(error);
    expect(failure.kind).toBe(kind);
    expect(failure.meaning.length * failure.todo.length).toBeGreaterThan(0);
  });

  it("of the page's own checks pass through", () => {
    const failure = { kind: "wrong-network", meaning: "a", todo: "b", details: "" } as const;
    expect(explain(new Stopped(failure))).toBe(failure);
  });
});
