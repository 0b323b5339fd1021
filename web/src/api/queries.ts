// What the pages read, by name; kept fresh by the index's live stream.

import { keepPreviousData, useInfiniteQuery, useQueries, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ask, type Query } from "./client";
import type { Bucket, BucketPage, Change, Claims, ConsumerPage, Deal, Network, Page, ProviderPage, Quotes, Status, TimelineItem, Totals, Window } from "./types";

const LEDGER_EVERY_MS = 5_000;

export function useStatus() {
  return useQuery({ queryKey: ["status"], queryFn: () => ask<Status>("/status"), refetchInterval: LEDGER_EVERY_MS });
}

/** The status, the code of the asset that everything is paid in, and the ledger time. */
export function useMarket(): { status: Status | undefined; code: string; now: number } {
  const { data } = useStatus();
  return { status: data, code: data?.asset.code ?? "USDC", now: data?.ledger_ts ?? 0 };
}

export function useBuckets(query: Query) {
  return useInfiniteQuery({
    queryKey: ["buckets", query],
    queryFn: ({ pageParam }) => ask<Page<Bucket>>("/buckets", { ...query, after: pageParam }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useQuotes(query: Query | null) {
  return useQuery({ queryKey: ["buckets", "quotes", query], queryFn: () => ask<Quotes>("/quotes", query ?? {}), enabled: query !== null, placeholderData: keepPreviousData });
}

export function useBucket(id: string) {
  return useQuery({ queryKey: ["bucket", id], queryFn: () => ask<BucketPage>(`/buckets/${id}`) });
}

/** Those that are there, in the order of the ids. */
export function useBucketsById(ids: readonly string[]): Bucket[] {
  const answers = useQueries({ queries: ids.map((id) => ({ queryKey: ["bucket", id], queryFn: () => ask<BucketPage>(`/buckets/${id}`) })) });
  return answers.flatMap(({ data }) => (data ? [data.bucket] : []));
}

export function useProvider(address: string | undefined) {
  return useQuery({ queryKey: ["provider", address], queryFn: () => ask<ProviderPage>(`/providers/${address}`), enabled: address !== undefined });
}

export function useConsumer(address: string | undefined) {
  return useQuery({ queryKey: ["consumer", address], queryFn: () => ask<ConsumerPage>(`/consumers/${address}`), enabled: address !== undefined });
}

export function useClaims(address: string | undefined) {
  return useQuery({ queryKey: ["claim", address], queryFn: () => ask<Claims>(`/claims/${address}`), enabled: address !== undefined });
}

export function useDeal(id: string) {
  return useQuery({ queryKey: ["deal", id], queryFn: () => ask<Deal>(`/deals/${id}`) });
}

function usePages<Item>(key: unknown[], path: string) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask<Page<Item>>(path, { limit: 100, after: pageParam }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

export const useTimeline = (id: string) => usePages<TimelineItem>(["deal", id, "timeline"], `/deals/${id}/timeline`);
export const useWindows = (id: string) => usePages<Window>(["deal", id, "windows"], `/deals/${id}/windows`);
export const useDeals = (query: Query) => useQuery({ queryKey: ["deal", "list", query], queryFn: () => ask<Page<Deal>>("/deals", query) });
export const useTotals = () => useQuery({ queryKey: ["totals"], queryFn: () => ask<Totals>("/totals") });
export const useNetwork = () => useQuery({ queryKey: ["network"], queryFn: () => ask<Network>("/network") });

/** Which answers a change makes stale. */
export function staleKeys({ kind, id }: Change): unknown[][] {
  switch (kind) {
    case "ledger":
      return [["status"]];
    case "bucket":
      return [["buckets"], ["bucket", id], ["provider"], ["totals"]];
    case "deal":
      return [["deal", id], ["deal", "list"], ["provider"], ["consumer"], ["bucket"], ["totals"]];
    case "claim":
      return [["claim", id], ["provider", id], ["consumer", id], ["totals"]];
    case "provider":
    case "consumer":
      return [[kind, id], ["totals"]];
  }
}

/** One ledger brings many changes; stale answers are reloaded once for all of them. */
const GATHER_MS = 400;

function follow(queries: QueryClient, onConnection: (up: boolean) => void): () => void {
  const stream = new EventSource("/api/v1/live");
  const waiting = new Map<string, unknown[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    for (const queryKey of waiting.values()) void queries.invalidateQueries({ queryKey });
    waiting.clear();
  };
  stream.addEventListener("change", (event) => {
    for (const key of staleKeys(JSON.parse(String(event.data)) as Change)) waiting.set(JSON.stringify(key), key);
    timer ??= setTimeout(flush, GATHER_MS);
  });
  stream.addEventListener("reset", () => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "registered" }));
  stream.addEventListener("open", () => onConnection(true));
  stream.addEventListener("error", () => onConnection(false));
  return () => {
    stream.close();
    clearTimeout(timer);
  };
}

/** Follows the index while the page is open. */
export function useLive(): boolean {
  const queries = useQueryClient();
  const [up, setUp] = useState(true);
  useEffect(() => follow(queries, setUp), [queries]);
  return up;
}

/** The age of the data shown, and whether the RPC server answers this browser. */
export interface Freshness {
  age_secs: number;
  rpc: "ok" | "away";
}

/** A ledger closes about every 5 s; a quiet local network may take longer. */
const OLD_SECS = 30;
const CHECK_EVERY_MS = 15_000;
/** While the RPC server does not answer, it is checked more often. */
const RECHECK_MS = 5_000;

/** Seconds since the index last heard of the network, so that a page opened during an outage shows the age of its data. */
export function unheardSecs({ heard_secs, ledger_ts }: Pick<Status, "heard_secs" | "ledger_ts">, now_secs: number): number {
  // An index that has heard nothing since its start only knows the time of its newest ledger.
  return heard_secs ?? Math.max(0, now_secs - ledger_ts);
}

/** `signing`: a wallet is connected, so the RPC server matters even while the index is fresh. */
export function useFreshness(signing: boolean): Freshness {
  const { data: status } = useStatus();
  const [seen, setSeen] = useState({ ledger: 0, at: performance.now() });
  const [fresh, setFresh] = useState<Freshness>({ age_secs: 0, rpc: "ok" });
  if (status && status.ledger !== seen.ledger) setSeen({ ledger: status.ledger, at: performance.now() - unheardSecs(status, Date.now() / 1000) * 1000 });
  useEffect(() => {
    let live = true;
    const check = async () => {
      if (!status) return;
      const age_secs = Math.floor((performance.now() - seen.at) / 1000) + status.lag_secs;
      const rpc = signing || age_secs > OLD_SECS ? await ping(status.rpc_url) : "ok";
      if (live) setFresh({ age_secs, rpc });
    };
    const timer = setInterval(() => void check(), fresh.rpc === "away" ? RECHECK_MS : CHECK_EVERY_MS);
    void check();
    return () => {
      live = false;
      clearInterval(timer);
    };
    // The lag and URL may be those of a slightly older status: close enough.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [seen.ledger, status === undefined, signing, fresh.rpc]);
  return fresh;
}

async function ping(url: string): Promise<"ok" | "away"> {
  try {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "getHealth" });
    const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body, signal: AbortSignal.timeout(4_000) });
    return answer.ok ? "ok" : "away";
  } catch {
    return "away";
  }
}

/** The most recently registered parties. */
export const useProviders = (role: "provider" | "consumer") => useQuery({ queryKey: [role, "list"], queryFn: () => ask<Page<{ address: string; name: string }>>(`/${role}s`, { limit: 24 }) });
