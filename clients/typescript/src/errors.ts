import type { Client } from "@stellar/stellar-sdk/contract";

/** An error of one of the contracts. Codes are unique, and a caller passes the code of its callee on unchanged. */
export interface ErrorCase {
  code: number;
  name: string;
  /** The documentation of the error in the contract. */
  meaning: string;
}

/** A call that a contract refused. */
export class ContractRefusal extends Error implements ErrorCase {
  override readonly name: string;
  readonly code: number;
  readonly meaning: string;

  constructor(refusal: ErrorCase) {
    super(`${refusal.name} (${refusal.code}): ${refusal.meaning}`);
    this.name = refusal.name;
    this.code = refusal.code;
    this.meaning = refusal.meaning;
  }
}

/** A call that failed for a reason other than a contract error: fees, signatures, resources, the network. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  /** The full message of the network. */
  readonly details: string;

  constructor(message: string, details: string) {
    super(message);
    this.details = details;
  }
}

export type ErrorTable = ReadonlyMap<number, ErrorCase>;

/** All errors of all contracts, from their interfaces. */
export function errorTable(clients: readonly Client[]): ErrorTable {
  const table = new Map<number, ErrorCase>();
  for (const { spec } of clients) {
    for (const item of spec.errorCases()) {
      const [code, name] = [Number(item.value), item.name.toString()];
      table.set(code, { code, name, meaning: item.doc.toString().replaceAll(/\s+/g, " ") || name });
    }
  }
  return table;
}

/** The error in the text of a failed simulation. */
export function refusalIn(text: string, table: ErrorTable): Error {
  const code = /Error\(Contract, #(\d+)\)/.exec(text)?.[1];
  if (code === undefined) return new CallFailed(text.split("\n", 1)[0] ?? text, text);
  const documented = table.get(Number(code));
  return new ContractRefusal(documented ?? { code: Number(code), name: "UnknownError", meaning: "an error of another contract" });
}
