// The filters of the market. They are part of the page's address, so a search can be bookmarked and shared.

import { useMemo } from "react";
import { useSearchParams } from "wouter";
import type { Query } from "../api/client";
import { parseMoney, parseWhole } from "../lib/typed";
import { Check, Choice, Field } from "./elements";
import { MAX_GB } from "./calculator";
import { FEATURES } from "./offer";

export function useFilters() {
  const [params, setParams] = useSearchParams();
  const get = (name: string, otherwise = "") => params.get(name) ?? otherwise;
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const features = params.getAll("feature");
  const toggle = (feature: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        const selected = next.getAll("feature").filter((other) => other !== feature);
        if (selected.length === next.getAll("feature").length) selected.push(feature);
        next.delete("feature");
        selected.forEach((name) => next.append("feature", name));
        return next;
      },
      { replace: true },
    );
  const clear = () => setParams({}, { replace: true });
  return { get, set, features, toggle, clear, any: [...params.keys()].some((name) => !["gb", "months", "egress", "sort", "compare"].includes(name)) };
}

type Filters = ReturnType<typeof useFilters>;

/** The query for the index, and what is wrong with the typed values. */
export function readFilters(filters: Filters): { query: Query; problems: Record<string, string> } {
  const problems: Record<string, string> = {};
  const query: Record<string, string | readonly string[] | undefined> = { feature: filters.features };
  for (const name of ["q", "region", "country", "api"]) query[name] = filters.get(name);
  for (const [name, label] of [["max_storage", "Storage price"], ["max_egress", "Egress price"]] as const) {
    const text = filters.get(name);
    if (!text) continue;
    const read = parseMoney(text, label);
    if ("problem" in read) problems[name] = read.problem;
    else query[`${name}_price_stroops`] = read.value.toString();
  }
  const bounds = [
    ["max_latency", "max_latency_ms", "Latency", 1n, 60_000n],
    ["min_capacity", "min_capacity_gb", "Capacity", 1n, MAX_GB],
    ["min_reputation", "min_reputation", "Reputation", 0n, 100n],
  ] as const;
  for (const [name, field, label, min, max] of bounds) {
    const text = filters.get(name);
    if (!text) continue;
    const read = parseWhole(text, label, min, max);
    if ("problem" in read) problems[name] = read.problem;
    else query[field] = read.value.toString();
  }
  if (filters.get("min_uptime")) query.min_uptime_bps = filters.get("min_uptime");
  return { query, problems };
}

export function FilterPanel({ filters, problems }: { filters: Filters; problems: Record<string, string> }) {
  const isWide = useMemo(() => window.matchMedia("(min-width: 960px)").matches, []);
  const field = (name: string, label: string, hint?: string, inputMode?: "decimal" | "numeric") => (
    <Field label={label} value={filters.get(name)} onChange={(text) => filters.set(name, text)} problem={problems[name]} {...(hint ? { hint } : {})} {...(inputMode ? { inputMode } : {})} />
  );
  return (
    <details className="card" open={isWide || filters.any}>
      <summary className="strong">Filters</summary>
      <form className="stack" style={{ marginTop: 14 }} role="search" onSubmit={(event) => event.preventDefault()}>
        <Field label="Search" type="search" value={filters.get("q")} onChange={(text) => filters.set("q", text)} hint="Name, provider, region, tag" />
        {field("region", "Region")}
        {field("country", "Country")}
        {field("api", "API", "For example S3")}
        {field("max_storage", "Storage price up to", "Per GiB per month", "decimal")}
        {field("max_egress", "Egress price up to", "Per GiB", "decimal")}
        <Choice label="Promised uptime" value={filters.get("min_uptime")} onChange={(value) => filters.set("min_uptime", value)} options={[["", "Any"], ["9900", "at least 99.00 %"], ["9950", "at least 99.50 %"], ["9990", "at least 99.90 %"], ["9999", "at least 99.99 %"]]} />
        {field("max_latency", "Latency up to, ms", undefined, "numeric")}
        {field("min_capacity", "Free storage at least, GiB", undefined, "numeric")}
        {field("min_reputation", "Reputation at least", "0 to 100; everybody starts at 50", "numeric")}
        <fieldset>
          <legend>Features</legend>
          {FEATURES.map(([name, label]) => <Check key={name} label={label} checked={filters.features.includes(name)} onChange={() => filters.toggle(name)} />)}
        </fieldset>
        {filters.any && <button type="button" onClick={filters.clear}>Clear filters</button>}
      </form>
    </details>
  );
}
