import type { rpc, xdr } from "@stellar/stellar-sdk";
import type { ContractEvent as RegistryEvent } from "./generated/registry/types.js";
import type { ContractEvent as DealsEvent } from "./generated/deals/types.js";
import type { ContractEvent as EscrowEvent } from "./generated/escrow/types.js";
import type { ContractEvent as ReputationEvent } from "./generated/reputation/types.js";
import type { ContractName } from "./deployment.js";

interface Position {
  /** Unique, and growing with time: to remember how far one has read. */
  id: string;
  ledger: number;
  closedAt: string;
  txHash: string;
}

/** An event, told apart by `contract` and `name`. */
export type MarketEvent = Position &
  (
    | ({ contract: "registry" } & RegistryEvent)
    | ({ contract: "deals" } & DealsEvent)
    | ({ contract: "escrow" } & EscrowEvent)
    | ({ contract: "reputation" } & ReputationEvent)
  );

export interface EventPage {
  events: MarketEvent[];
  /** Where the next page begins. */
  cursor: string;
}

export type EventParser = { parseEvent(topics: xdr.ScVal[], data: xdr.ScVal): unknown };

/** Types the events of a page; those that no interface knows (of a newer contract) are left out. */
export function typedEvents(
  found: rpc.Api.EventResponse[],
  parsers: ReadonlyMap<string, { contract: ContractName; parser: EventParser }>,
): MarketEvent[] {
  const events: MarketEvent[] = [];
  for (const { id, ledger, ledgerClosedAt, txHash, contractId, topic, value } of found) {
    const at = parsers.get(String(contractId));
    const parsed = at?.parser.parseEvent(topic, value) as object | undefined;
    if (at && parsed) {
      events.push({ id, ledger, closedAt: ledgerClosedAt, txHash, contract: at.contract, ...parsed } as MarketEvent);
    }
  }
  return events;
}
