// Whether an address is registered, read from the contract. The index only knows registered parties and answers 404 for others.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { indexed } from "../api/client";
import { useMarket } from "../api/queries";
import { openMarket } from "./wallet";

export type Registered = "yes" | "no" | "loading";

/** Also `yes` without an address, or if the network cannot be asked: then the index decides. */
export function useRegistered(role: "provider" | "consumer", address: string | undefined): Registered {
  const { status } = useMarket();
  const queries = useQueryClient();
  const answer = useQuery({
    queryKey: ["registered", role, address],
    enabled: address !== undefined && status !== undefined,
    retry: false,
    // It only changes by a signature, after which everything is reloaded once the index has the ledger.
    staleTime: Infinity,
    queryFn: async () => {
      if (!status || !address) return false;
      const flash = await openMarket(status);
      const { registry } = flash;
      const party = await (role === "provider" ? flash.read(registry.get_provider({ id: address })) : flash.read(registry.get_consumer({ id: address })));
      const isRegistered = party !== null && party !== undefined && !party.deleted;
      // Registered a moment ago: wait for the index, which is asked next, to have that ledger.
      if (isRegistered && queries.getQueryData(["registered", role, address]) === false) await indexed((await flash.server.getLatestLedger()).sequence);
      return isRegistered;
    },
  });
  if (address === undefined || answer.isError) return "yes";
  return answer.data === undefined ? "loading" : answer.data ? "yes" : "no";
}
