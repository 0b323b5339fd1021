// Names for the index's answers; the shapes are generated from its OpenAPI document.

import type { components } from "./schema";

type Schemas = components["schemas"];
export type Bucket = Schemas["Bucket"];
export type BucketPage = Schemas["BucketPage"];
export type Change = Schemas["Change"];
export type Claims = Schemas["Claims"];
export type Consumer = Schemas["Consumer"];
export type ConsumerPage = Schemas["ConsumerPage"];
export type ContractState = Schemas["ContractState"];
export type Deal = Schemas["Deal"];
export type DealStatus = Schemas["DealStatus"];
export type EndReason = Schemas["EndReason"];
export type HealthLevel = Schemas["HealthLevel"];
export type Network = Schemas["Network"];
export type Policy = Schemas["Policy"];
export type Provider = Schemas["Provider"];
export type ProviderPage = Schemas["ProviderPage"];
export type Quote = Schemas["Quote"];
export type Quotes = Schemas["Quotes"];
export type Solvency = Schemas["Solvency"];
export type Status = Schemas["Status"];
export type TimelineItem = Schemas["TimelineItem"];
export type Totals = Schemas["Totals"];
export type Verdict = Schemas["Verdict"];
export type Window = Schemas["Window"];

export interface Page<Item> {
  items: Item[];
  next?: string | null;
}
