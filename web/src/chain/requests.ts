// Every signature that the page asks for, in words.

import type { Bucket, Deal, Policy } from "../api/types";
import { money, size, span } from "../lib/format";
import { contractCall, type Request } from "../ui/sign";

type Step = Omit<Request, "done">;

const parties = (deal: Deal) => ({ provider_id: deal.provider, consumer_id: deal.consumer, deal_id: deal.deal_id });
const name = (deal: Deal) => `deal ${deal.deal_id} on ${deal.bucket_name}`;

export function registerProvider(provider_id: string, description: string): Step {
  return {
    title: "Register as a provider",
    says: [`Your address is listed as the provider “${description}”.`, "It moves no money. You can list buckets afterwards."],
    ...contractCall("register_provider of the registry", (flash) => flash.registry.register_provider({ provider_id, description })),
  };
}

export function registerConsumer(consumer_id: string, description: string): Step {
  return {
    title: "Register as a consumer",
    says: [`Your address is listed as the consumer “${description}”.`, "It moves no money. You can open deals afterwards."],
    ...contractCall("register_consumer of the registry", (flash) => flash.registry.register_consumer({ consumer_id, description })),
  };
}

export interface NewBucket {
  name: string;
  region: string;
  fb_bucket_id: string;
  api_compatibility: string;
  price_per_gb_storage: bigint;
  price_per_gb_egress: bigint;
  sla_avg_latency_ms: number;
  sla_avg_uptime_pct: number;
}

export function createBucket(provider_id: string, bucket: NewBucket, code: string): Step {
  return {
    title: `List the bucket ${bucket.name}`,
    says: [
      `Anybody may ask for a deal at ${money(bucket.price_per_gb_storage, code)} per GB and month, and ${money(bucket.price_per_gb_egress, code)} per GB of egress.`,
      "What you promise is measured. A window that falls short costs you credit on its storage, and critical windows in a row end the deal as your breach.",
      "It moves no money. The new bucket is exclusive: one deal takes all of it, until you give it a capacity.",
    ],
    ...contractCall("create_bucket of the registry", (flash) => flash.registry.create_bucket({ provider_id, ...bucket })),
  };
}

export function setConditions(bucket: Bucket, price_storage: bigint, price_egress: bigint, latency: number, uptime: number, code: string): Step {
  return {
    title: `Change the conditions of ${bucket.name}`,
    says: [`New deals pay ${money(price_storage, code)} per GB and month, and ${money(price_egress, code)} per GB of egress.`, "Deals that exist keep their prices and promises."],
    ...contractCall("update_bucket_conditions of the registry", (flash) =>
      flash.registry.update_bucket_conditions({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, name: null, region: null, price_per_gb_storage: price_storage, price_per_gb_egress: price_egress, sla_avg_latency_ms: latency, sla_avg_uptime_pct: uptime }),
    ),
  };
}

export function setDetails(bucket: Bucket, changed: { name: string; region: string; country: string }): Step {
  return {
    title: `Change the details of ${bucket.name}`,
    says: [`It is shown as “${changed.name}”${changed.region ? ` in ${[changed.region, changed.country].filter(Boolean).join(", ")}` : ""}.`, "It moves no money."],
    ...contractCall("update_bucket_basic of the registry", (flash) => flash.registry.update_bucket_basic({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, ...changed })),
  };
}

export function setCapacity(bucket: Bucket, storage_gb: bigint, egress_gb: bigint): Step {
  return {
    title: `Set the capacity of ${bucket.name}`,
    says: [storage_gb === 0n ? "One deal takes the whole bucket." : `Deals share ${storage_gb} GB of storage and ${egress_gb} GB of egress; a deal takes its part when it is funded.`, "It moves no money."],
    ...contractCall("set_bucket_capacity of the registry", (flash) => flash.registry.set_bucket_capacity({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, max_storage_gb: storage_gb, max_egress_gb: egress_gb })),
  };
}

export interface NewFeatures {
  versioning_enabled: boolean;
  encryption_at_rest: boolean;
  encryption_in_transit: boolean;
  object_locking: boolean;
  auto_accept: boolean;
  access_scope: string;
  tags: string[];
}

export function setFeatures(bucket: Bucket, features: NewFeatures): Step {
  return {
    title: `Set the features of ${bucket.name}`,
    says: ["This is what the market shows about the bucket.", ...(features.auto_accept ? ["Deals on it start accepted: you are not asked before a consumer funds one."] : []), "It moves no money."],
    ...contractCall("set_bucket_features of the registry", (flash) => flash.registry.set_bucket_features({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, features })),
  };
}

export function setLocked(bucket: Bucket, lock: boolean): Step {
  const which = { provider_id: bucket.provider, bucket_id: bucket.bucket_id };
  return {
    title: `${lock ? "Lock" : "Unlock"} ${bucket.name}`,
    says: [lock ? "It stays in the market and takes no new deals. Running deals go on." : "It takes new deals again.", "It moves no money."],
    ...contractCall(`${lock ? "lock" : "unlock"}_bucket of the registry`, (flash) => (lock ? flash.registry.lock_bucket(which) : flash.registry.unlock_bucket(which))),
  };
}

export function setListed(bucket: Bucket, listed: boolean): Step {
  return {
    title: `${listed ? "List" : "Take off the market:"} ${bucket.name}`,
    says: [listed ? "It is shown in the market again." : "It is not shown in the market and takes no new deals. Running deals go on.", "It moves no money."],
    ...contractCall("set_bucket_status of the registry", (flash) =>
      flash.registry.set_bucket_status({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, status: { tag: listed ? "Active" : "Inactive", values: undefined } }),
    ),
  };
}

export function deleteBucket(bucket: Bucket): Step {
  return {
    title: `Delete ${bucket.name}`,
    says: ["It is gone for good: it cannot be listed again. Its record stays readable.", "It is refused while a deal has something reserved on it. It moves no money."],
    ...contractCall("delete_bucket of the registry", (flash) => flash.registry.delete_bucket({ provider_id: bucket.provider, bucket_id: bucket.bucket_id })),
  };
}

export interface NewDeal {
  bucket: Bucket;
  duration_secs: bigint;
  storage_mb: bigint;
  egress_mb: bigint;
}

export function createDeal(consumer_id: string, { bucket, duration_secs, storage_mb, egress_mb }: NewDeal, total: bigint, policy: Policy, code: string): Step {
  return {
    title: `Ask for a deal on ${bucket.name}`,
    says: [
      `You ask for ${size(storage_mb)} for ${span(duration_secs)} with ${size(egress_mb)} of egress. It can cost ${money(total, code)} at most.`,
      `It moves no money yet: ${bucket.features.auto_accept ? "the bucket accepts by itself" : `the provider has ${span(policy.accept_window_secs)} to answer`}, then you have ${span(policy.fund_window_secs)} to fund it.`,
      "Your signature covers today's prices and rules: should the provider raise them before, the call is refused.",
    ],
    ...contractCall("create_deal_at of deals", (flash) =>
      flash.deals.create_deal_at({
        consumer_id,
        request: {
          provider_id: bucket.provider,
          bucket_id: bucket.bucket_id,
          fb_repo_id: "",
          duration_secs,
          agreed_storage_mb: storage_mb,
          agreed_egress_mb: egress_mb,
          api_compatibility: bucket.api,
          max_price_storage: BigInt(bucket.storage_price_stroops),
          max_price_egress: BigInt(bucket.egress_price_stroops),
          policy_version: policy.version,
        },
      }),
    ),
  };
}

export function acceptDeal(deal: Deal): Step {
  return {
    title: `Accept deal ${deal.deal_id}`,
    says: [
      `You agree to keep ${size(deal.terms.storage_mb)} for ${span(deal.terms.duration_secs)} and to send up to ${size(deal.terms.egress_mb)}.`,
      "Nothing is reserved before the consumer funds the deal. It moves no money.",
    ],
    ...contractCall("set_deal_accepted of deals", (flash) => flash.deals.set_deal_accepted(parties(deal))),
  };
}

export function rejectDeal(deal: Deal): Step {
  return {
    title: `Reject deal ${deal.deal_id}`,
    says: ["The deal ends unfunded. Your reputation does not change. It moves no money."],
    ...contractCall("set_deal_rejected of deals", (flash) => flash.deals.set_deal_rejected(parties(deal))),
  };
}

export function withdrawDeal(deal: Deal): Step {
  return {
    title: `Take back ${name(deal)}`,
    says: ["The deal ends unfunded. It moves no money."],
    ...contractCall("withdraw_deal of deals", (flash) => flash.deals.withdraw_deal({ consumer_id: deal.consumer, deal_id: deal.deal_id })),
  };
}

export function fundDeal(deal: Deal, amount: bigint, fb_repo_id: string, code: string): Step {
  return {
    title: `Fund ${name(deal)}`,
    says: [
      `${money(amount, code)} go from your account into the escrow, for this deal only.`,
      "The provider is paid from it for metered use, less the platform's fee out of the provider's part. What is not used comes back to you, and you may close the deal at any time.",
      `Your data is kept as “${fb_repo_id}”. Metering starts now.`,
    ],
    pays: amount,
    ...contractCall("set_deal_funded of deals, with a transfer of the asset in it", (flash) => flash.deals.set_deal_funded({ ...parties(deal), amount_usd: amount, fb_repo_id })),
  };
}

export function topUp(deal: Deal, from: string, amount: bigint, code: string): Step {
  const own = from === deal.consumer;
  return {
    title: `Top up ${name(deal)}`,
    says: [`${money(amount, code)} go from your account into the escrow, for this deal only.`, own ? "What is not used of it comes back to you." : "What is not used of it goes to the consumer of the deal, not back to you."],
    pays: amount,
    ...contractCall(own ? "deposit_to_deal of deals" : "sponsor_deal of deals", (flash) =>
      own ? flash.deals.deposit_to_deal({ ...parties(deal), amount_usd: amount }) : flash.deals.sponsor_deal({ from, deal_id: deal.deal_id, amount }),
    ),
  };
}

export function takeOut(deal: Deal, amount: bigint, code: string): Step {
  return {
    title: `Take money out of ${name(deal)}`,
    says: [`${money(amount, code)} of the deposit become claimable for you.`, "What is owed, the whole egress and the least runway stay in; the contract refuses more."],
    ...contractCall("reduce_deposit of deals", (flash) => flash.deals.reduce_deposit({ consumer_id: deal.consumer, deal_id: deal.deal_id, amount })),
  };
}

export function completeDeal(deal: Deal, code: string): Step {
  const health = deal.health;
  return {
    title: `Close ${name(deal)}`,
    says: [
      "The deal ends now. The provider is paid for what was metered.",
      health
        ? `About ${money(health.refund_if_closed_now_stroops, code)} come back to you at once, and up to ${money(health.refund_at_release_stroops, code)} more after the final report.`
        : "What is left comes back to you after the final report.",
      "Fetch your data first: the provider need not keep it afterwards.",
    ],
    ...contractCall("set_deal_completed of deals", (flash) => flash.deals.set_deal_completed(parties(deal))),
  };
}

export function giveNotice(deal: Deal, policy: Policy | undefined): Step {
  return {
    title: `Give notice for ${name(deal)}`,
    says: [
      `The deal ends ${policy ? `${span(policy.notice_secs)} from now` : "after the notice period"}, or at its end where that is earlier; until then you serve and are paid.`,
      "A notice costs reputation, unless nothing was reported for a while: then it takes effect at once.",
    ],
    ...contractCall("set_deal_cancelled of deals", (flash) => flash.deals.set_deal_cancelled(parties(deal))),
  };
}

export function advanceDeal(deal: Deal): Step {
  return {
    title: `Advance ${name(deal)}`,
    says: ["Does whatever is due: expire, close, release what is left, free the capacity. Anybody may sign this; it costs you the network's fee and nothing else."],
    ...contractCall("advance_deal of deals", (flash) => flash.deals.advance_deal({ deal_id: deal.deal_id })),
  };
}

/** `receives`: it is the market's asset, and not one of an earlier deployment. */
export function withdraw(who: string, token: string, amount: bigint, code: string, receives: boolean): Step {
  return {
    title: `Withdraw ${money(amount, code)}`,
    says: [`${money(amount, code)} go from the escrow to your account.`, "This is money that deals have paid or given back to you."],
    receives,
    ...contractCall("withdraw of the escrow", (flash) => flash.escrow.withdraw({ who, token, to: who, amount })),
  };
}
