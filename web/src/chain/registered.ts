// Whether an address is registered, asked of the contract: the index knows only who is, and a question about nobody would be an error.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { indexed } from "../api/client";
import { useMarket } from "../api/queries";
import { openMarket } from "./wallet";

export type Registered = "yes" | "no" | "looking";

/** `yes` too where the network cannot be asked: then the index is. Without an address nobody is asked. */
export function useRegistered(role: "provider" | "consumer", address: string | undefined): Registered {
  const { status } = useMarket();
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["registered", role, address],
    enabled: address !== undefined && status !== undefined,
    retry: false,
    // It changes by a signature, after which everything is asked anew, the index having the ledger.
    staleTime: Infinity,
    queryFn: async () => {
      if (!status || !address) return false;
      const flash = await openMarket(status);
      const { registry } = flash;
      const party = await (role === "provider" ? flash.read(registry.get_provider({ id: address })) : flash.read(registry.get_consumer({ id: address })));
      const is = party !== null && party !== undefined && !party.deleted;
      // Registered a moment ago: the index is asked next, and may not have that ledger yet.
      if (is && queries.getQueryData(["registered", role, address]) === false) await indexed((await flash.server.getLatestLedger()).sequence);
      return is;
    },
  });
  if (address === undefined || found.isError) return "yes";
  return found.data === undefined ? "looking" : found.data ? "yes" : "no";
}
