import type { rpc, xdr } from "@stellar/stellar-sdk";
import type { ContractEvent as RegistryEvent } from "./generated/registry/types.js";
import type { ContractEvent as DealsEvent } from "./generated/deals/types.js";
import type { ContractEvent as EscrowEvent } from "./generated/escrow/types.js";
import type { ContractEvent as ReputationEvent } from "./generated/reputation/types.js";
import type { ContractEvent as MandatesEvent } from "./generated/mandates/types.js";
import type { ContractName } from "./deployment.js";

interface Position {
  /** Unique and increasing, so a reader can remember how far it got. */
  id: string;
  ledger: number;
  closedAt: string;
  txHash: string;
}

/** An event; `contract` and `name` determine the type of its data. */
export type MarketEvent = Position &
  (
    | ({ contract: "registry" } & RegistryEvent)
    | ({ contract: "deals" } & DealsEvent)
    | ({ contract: "escrow" } & EscrowEvent)
    | ({ contract: "reputation" } & ReputationEvent)
    | ({ contract: "mandates" } & MandatesEvent)
  );

export interface EventPage {
  events: MarketEvent[];
  /** Where the next page starts. */
  cursor: string;
}

export type EventParser = { parseEvent(topics: xdr.ScVal[], data: xdr.ScVal): unknown };

/** Parses the events of a page. Events that no interface has (of a newer contract) are left out. */
export function typedEvents(
  responses: rpc.Api.EventResponse[],
  parsers: ReadonlyMap<string, { contract: ContractName; parser: EventParser }>,
): MarketEvent[] {
  const events: MarketEvent[] = [];
  for (const { id, ledger, ledgerClosedAt, txHash, contractId, topic, value } of responses) {
    const source = parsers.get(String(contractId));
    const parsed = source?.parser.parseEvent(topic, value) as object | undefined;
    if (source && parsed) {
      events.push({ id, ledger, closedAt: ledgerClosedAt, txHash, contract: source.contract, ...parsed } as MarketEvent);
    }
  }
  return events;
}
