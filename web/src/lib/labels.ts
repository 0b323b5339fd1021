// Labels of states, outcomes and verdicts, and the tone in which each is shown.

import type { Deal, DealStatus, EndReason, HealthLevel, Verdict } from "../api/types";
import type { Tone } from "../ui/elements";

export const STATUS: Record<DealStatus, [string, Tone]> = {
  pending: ["Waiting for the provider", "info"],
  accepted: ["Accepted, not funded yet", "info"],
  funded: ["Running", "ok"],
  completed: ["Completed", ""],
  cancelled: ["Cancelled", ""],
  breached_consumer: ["Ended with money owed", "bad"],
  breached_provider: ["Ended by bad service", "bad"],
};

const REASON: Record<EndReason, string> = {
  open: "The deal has not ended.",
  consumer: "The consumer closed the deal.",
  notice: "The provider's notice period ended.",
  silence: "The provider left because no reports came.",
  term: "The agreed term ended.",
  grace: "The deposit was not topped up within the grace period.",
  strikes: "The service was critical too many times in a row.",
  expired: "The deal was not accepted or funded in time.",
  rejected: "The provider rejected the deal.",
  withdrawn: "The consumer withdrew the request.",
};

/** Why a deal ended. Closed before its notice was over, it ended by its consumer. */
export function whyEnded({ reason, close_ts, end_ts }: Deal): string {
  const isEarly = reason === "notice" && !!close_ts && !!end_ts && close_ts < end_ts;
  return isEarly ? "The consumer closed the deal during the provider's notice." : REASON[reason];
}

export const VERDICT: Record<Verdict, [string, Tone]> = {
  none: ["Not judged", ""],
  met: ["SLA met", "ok"],
  minor: ["Minor shortfall", "warn"],
  major: ["Major shortfall", "warn"],
  critical: ["Critical", "bad"],
};

export const HEALTH: Record<HealthLevel, { label: string; tone: "ok" | "warn" | "bad"; consumer: string; provider: string }> = {
  ok: { label: "Healthy", tone: "ok", consumer: "The deposit covers at least 14 days of the agreed storage.", provider: "The deposit covers at least 14 days of the agreed storage." },
  low: { label: "Low", tone: "warn", consumer: "The deposit covers less than 14 days of the agreed storage. Top up soon.", provider: "The deposit covers less than 14 days of the agreed storage. The consumer has been asked to top up." },
  critical: { label: "Critical", tone: "bad", consumer: "The deposit covers less than seven days of the agreed storage. Top up now, or the grace period begins.", provider: "The deposit covers less than seven days of the agreed storage. The consumer has been asked to top up." },
  grace: { label: "Grace period", tone: "bad", consumer: "The deposit is running out. Top up before the grace period ends. Otherwise anyone may close the deal.", provider: "The deposit is running out. It covers the grace period; after it anyone may close the deal." },
};

/** The label of a reputation outcome, from its name in the contract. */
export function outcome(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The provider gave notice, so the deal ends before the agreed term. */
export function isNoticed(deal: Deal): boolean {
  return isLive(deal) && (deal.end_ts ?? 0) < (deal.start_ts ?? 0) + deal.terms.duration_secs;
}

export function isLive(deal: Deal): boolean {
  return deal.status === "funded" && !deal.close_ts;
}
