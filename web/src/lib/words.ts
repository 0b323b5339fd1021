// The words of states, outcomes and verdicts, and how loud they are.

import type { Deal, DealStatus, EndReason, HealthLevel, Verdict } from "../api/types";
import type { Tone } from "../ui/bits";

export const STATUS: Record<DealStatus, [string, Tone]> = {
  pending: ["Waiting for the provider", "info"],
  accepted: ["Accepted, to be funded", "info"],
  funded: ["Running", "ok"],
  completed: ["Completed", ""],
  cancelled: ["Cancelled", ""],
  breached_consumer: ["Ended in arrears", "bad"],
  breached_provider: ["Ended by bad service", "bad"],
};

export const REASON: Record<EndReason, string> = {
  open: "It has not ended.",
  consumer: "The consumer closed it.",
  notice: "The provider's notice ran out.",
  silence: "The provider left while no reports came.",
  term: "The agreed duration was over.",
  grace: "Arrears were older than the grace period.",
  strikes: "Critical windows in a row reached the limit.",
  expired: "The time to accept or to fund it passed.",
  rejected: "The provider said no.",
  withdrawn: "The consumer took it back before it was funded.",
};

export const VERDICT: Record<Verdict, [string, Tone]> = {
  none: ["Not judged", ""],
  met: ["SLA met", "ok"],
  minor: ["Minor shortfall", "warn"],
  major: ["Major shortfall", "warn"],
  critical: ["Critical", "bad"],
};

export const HEALTH: Record<HealthLevel, { word: string; tone: "ok" | "warn" | "bad"; consumer: string; provider: string }> = {
  ok: { word: "Healthy", tone: "ok", consumer: "The deposit covers at least seven days at the present rate.", provider: "The deposit covers at least seven days at the present rate." },
  low: { word: "Low", tone: "warn", consumer: "Less than seven days are covered. Top up soon.", provider: "Less than seven days are covered. The consumer is shown to top up." },
  critical: { word: "Critical", tone: "bad", consumer: "The deposit is about to run dry. Top up now, or the deal goes into arrears.", provider: "The deposit is about to run dry. You are paid for what is covered." },
  grace: { word: "In arrears", tone: "bad", consumer: "More was used than is covered. Top up before the grace period ends, or anyone may close the deal and it counts as your breach.", provider: "More was used than is covered. After the grace period anyone may close the deal." },
};

/** Reputation outcomes, as the contract names them. */
export function outcome(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A notice shortens a running deal: it ends before what was agreed. */
export function isNoticed(deal: Deal): boolean {
  return isLive(deal) && (deal.end_ts ?? 0) < (deal.start_ts ?? 0) + deal.terms.duration_secs;
}

export function isLive(deal: Deal): boolean {
  return deal.status === "funded" && !deal.close_ts;
}
