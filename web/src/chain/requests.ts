// Every signature that the page asks for, with an explanation in plain words.

import type { Bucket, Deal, Policy } from "../api/types";
import { money, size, span } from "../lib/format";
import { contractCall, type Request } from "../ui/sign";

type SigningRequest = Omit<Request, "done">;

const parties = (deal: Deal) => ({ provider_id: deal.provider, consumer_id: deal.consumer, deal_id: deal.deal_id });
const name = (deal: Deal) => `deal ${deal.deal_id} on ${deal.bucket_name}`;

export function registerProvider(provider_id: string, description: string): SigningRequest {
  return {
    title: "Register as a provider",
    explanation: [`Your address is listed as the provider “${description}”.`, "This moves no money. Afterwards you can list buckets."],
    ...contractCall("register_provider of the registry", (flash) => flash.registry.register_provider({ provider_id, description })),
  };
}

export function registerConsumer(consumer_id: string, description: string): SigningRequest {
  return {
    title: "Register as a consumer",
    explanation: [`Your address is listed as the consumer “${description}”.`, "This moves no money. Afterwards you can open deals."],
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

export function createBucket(provider_id: string, bucket: NewBucket, code: string): SigningRequest {
  return {
    title: `List the bucket ${bucket.name}`,
    explanation: [
      `Anyone can request a deal at ${money(bucket.price_per_gb_storage, code)} per GiB per month, and ${money(bucket.price_per_gb_egress, code)} per GiB of egress.`,
      "Your promises are measured in windows, from one report to the next. If a window falls short, the consumer gets credit on its storage. Several critical windows in a row end the deal as your breach.",
      "This moves no money. The new bucket is exclusive: one deal takes all of it, until you set a capacity.",
    ],
    ...contractCall("create_bucket of the registry", (flash) => flash.registry.create_bucket({ provider_id, ...bucket })),
  };
}

export function setConditions(bucket: Bucket, price_storage: bigint, price_egress: bigint, latency: number, uptime: number, code: string): SigningRequest {
  return {
    title: `Change the terms of ${bucket.name}`,
    explanation: [`New deals pay ${money(price_storage, code)} per GiB per month, and ${money(price_egress, code)} per GiB of egress.`, "Existing deals keep their prices and promises."],
    ...contractCall("update_bucket_conditions of the registry", (flash) =>
      flash.registry.update_bucket_conditions({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, name: null, region: null, price_per_gb_storage: price_storage, price_per_gb_egress: price_egress, sla_avg_latency_ms: latency, sla_avg_uptime_pct: uptime }),
    ),
  };
}

export function setDetails(bucket: Bucket, changed: { name: string; region: string; country: string }): SigningRequest {
  return {
    title: `Change the details of ${bucket.name}`,
    explanation: [`The bucket is shown as “${changed.name}”${changed.region ? ` in ${[changed.region, changed.country].filter(Boolean).join(", ")}` : ""}.`, "This moves no money."],
    ...contractCall("update_bucket_basic of the registry", (flash) => flash.registry.update_bucket_basic({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, ...changed })),
  };
}

export function setCapacity(bucket: Bucket, storage_gb: bigint, egress_gb: bigint): SigningRequest {
  return {
    title: `Set the capacity of ${bucket.name}`,
    explanation: [storage_gb === 0n ? "One deal takes the whole bucket." : `Deals share ${storage_gb} GiB of storage and ${egress_gb} GiB of egress. A deal reserves its part when it is funded.`, "This moves no money."],
    ...contractCall("set_bucket_capacity of the registry", (flash) => flash.registry.set_bucket_capacity({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, max_storage_gb: storage_gb, max_egress_gb: egress_gb })),
  };
}

export interface NewFeatures {
  versioning_enabled: boolean;
  encryption_at_rest: boolean;
  encryption_in_transit: boolean;
  object_locking: boolean;
  /** The rules and the asset that deals start accepted under; without them all wait. */
  auto_accept: { policy_version: number; asset: string } | null;
  access_scope: string;
  tags: string[];
}

export function setFeatures(bucket: Bucket, { auto_accept, ...rest }: NewFeatures): SigningRequest {
  const features = { ...rest, auto_accept_policy: auto_accept?.policy_version ?? 0, auto_accept_asset: auto_accept?.asset ?? null };
  return {
    title: `Set the features of ${bucket.name}`,
    explanation: ["This is what the market shows about the bucket.", ...(auto_accept ? ["Deals on it start accepted: a consumer can fund one without asking you. This ends when the fee, the SLA tiers or the asset of new deals change."] : []), "This moves no money."],
    ...contractCall("set_bucket_features of the registry", (flash) => flash.registry.set_bucket_features({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, features })),
  };
}

export function setService(bucket: Bucket, endpoint: string, metering: Bucket["metering"]): SigningRequest {
  return {
    title: `Set the endpoint of ${bucket.name}`,
    explanation: [metering === "provider" ? "You count what new deals use, and consumers see that." : "A gateway counts what new deals use.", "This moves no money."],
    ...contractCall("set_bucket_service of the registry", (flash) =>
      flash.registry.set_bucket_service({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, endpoint, metering: { tag: metering === "provider" ? "Provider" : "Gateway", values: undefined } }),
    ),
  };
}

export function setLocked(bucket: Bucket, lock: boolean): SigningRequest {
  const which = { provider_id: bucket.provider, bucket_id: bucket.bucket_id };
  return {
    title: `${lock ? "Lock" : "Unlock"} ${bucket.name}`,
    explanation: [lock ? "It stays in the market but takes no new deals. Running deals continue." : "It takes new deals again.", "This moves no money."],
    ...contractCall(`${lock ? "lock" : "unlock"}_bucket of the registry`, (flash) => (lock ? flash.registry.lock_bucket(which) : flash.registry.unlock_bucket(which))),
  };
}

export function setListed(bucket: Bucket, listed: boolean): SigningRequest {
  return {
    title: `${listed ? "List" : "Hide from the market:"} ${bucket.name}`,
    explanation: [listed ? "It is shown in the market again." : "It is not shown in the market and takes no new deals. Running deals continue.", "This moves no money."],
    ...contractCall("set_bucket_status of the registry", (flash) =>
      flash.registry.set_bucket_status({ provider_id: bucket.provider, bucket_id: bucket.bucket_id, status: { tag: listed ? "Active" : "Inactive", values: undefined } }),
    ),
  };
}

export function deleteBucket(bucket: Bucket): SigningRequest {
  return {
    title: `Delete ${bucket.name}`,
    explanation: ["This is permanent: the bucket cannot be listed again. Its record stays readable.", "The contract refuses while a deal has capacity reserved on it. This moves no money."],
    ...contractCall("delete_bucket of the registry", (flash) => flash.registry.delete_bucket({ provider_id: bucket.provider, bucket_id: bucket.bucket_id })),
  };
}

export interface NewDeal {
  bucket: Bucket;
  duration_secs: bigint;
  storage_mb: bigint;
  egress_mb: bigint;
  /** The running deal whose place it takes when it is funded. */
  replaced?: Deal;
}

export function createDeal(consumer_id: string, { bucket, duration_secs, storage_mb, egress_mb, replaced }: NewDeal, total: bigint, policy: Policy, code: string): SigningRequest {
  return {
    title: replaced ? `Request a deal in place of deal ${replaced.deal_id}` : `Request a deal on ${bucket.name}`,
    explanation: [
      `You request ${size(storage_mb)} for ${span(duration_secs)} with ${size(egress_mb)} of egress. The deal costs ${money(total, code)} at most.`,
      `This moves no money yet. ${bucket.features.auto_accept && bucket.auto_accept_policy === policy.version ? "The bucket accepts automatically" : `The provider has ${span(policy.accept_window_secs)} to answer`}, then you have ${span(policy.fund_window_secs)} to fund the deal.`,
      ...(replaced ? [`Deal ${replaced.deal_id} goes on until you fund the new one.`] : []),
      "Your signature covers the current offer, prices and rules. If they change first, the contract refuses the call.",
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
          offer_revision: bucket.offer_revision,
          succeeds: replaced?.deal_id ?? null,
        },
      }),
    ),
  };
}

export function acceptDeal(deal: Deal): SigningRequest {
  return {
    title: `Accept deal ${deal.deal_id}`,
    explanation: [
      `You agree to keep ${size(deal.terms.storage_mb)} for ${span(deal.terms.duration_secs)} and to send up to ${size(deal.terms.egress_mb)}.`,
      "No capacity is reserved until the consumer funds the deal. This moves no money.",
    ],
    ...contractCall("set_deal_accepted of deals", (flash) => flash.deals.set_deal_accepted(parties(deal))),
  };
}

export function rejectDeal(deal: Deal): SigningRequest {
  return {
    title: `Reject deal ${deal.deal_id}`,
    explanation: ["The deal ends unfunded. Your reputation does not change. This moves no money."],
    ...contractCall("set_deal_rejected of deals", (flash) => flash.deals.set_deal_rejected(parties(deal))),
  };
}

export function withdrawDeal(deal: Deal): SigningRequest {
  return {
    title: `Withdraw the request for ${name(deal)}`,
    explanation: ["The deal ends unfunded. This moves no money."],
    ...contractCall("withdraw_deal of deals", (flash) => flash.deals.withdraw_deal({ consumer_id: deal.consumer, deal_id: deal.deal_id })),
  };
}

export function fundDeal(deal: Deal, amount: bigint, fb_repo_id: string, code: string): SigningRequest {
  return {
    title: `Fund ${name(deal)}`,
    explanation: [
      `${money(amount, code)} go from your account into the escrow, for this deal only.`,
      "The provider is paid from it for metered usage; the platform's fee is taken from the provider's part. You get back what is not used, and you may close the deal at any time.",
      deal.terms.succeeds ? `It takes the place of deal ${deal.terms.succeeds}, which closes now: what that deal owes is paid, the rest of its deposit is yours to withdraw. Your data stays “${fb_repo_id}”.` : `Your data is stored as “${fb_repo_id}”. Metering starts now.`,
    ],
    pays: amount,
    ...contractCall("set_deal_funded of deals, with a transfer of the asset in it", (flash) => flash.deals.set_deal_funded({ ...parties(deal), amount_usd: amount, fb_repo_id })),
  };
}

export function topUp(deal: Deal, from: string, amount: bigint, code: string): SigningRequest {
  const own = from === deal.consumer;
  return {
    title: `Top up ${name(deal)}`,
    explanation: [`${money(amount, code)} go from your account into the escrow, for this deal only.`, own ? "You get back what is not used." : "What is not used goes to the consumer of the deal, not back to you."],
    pays: amount,
    ...contractCall(own ? "deposit_to_deal of deals" : "sponsor_deal of deals", (flash) =>
      own ? flash.deals.deposit_to_deal({ ...parties(deal), amount_usd: amount }) : flash.deals.sponsor_deal({ from, deal_id: deal.deal_id, amount }),
    ),
  };
}

export function takeOut(deal: Deal, amount: bigint, code: string): SigningRequest {
  return {
    title: `Take money out of ${name(deal)}`,
    explanation: [`You can then withdraw ${money(amount, code)} of the deposit.`, "What is owed, the whole egress and the minimum runway must stay in the deal; the contract refuses to take out more."],
    ...contractCall("reduce_deposit of deals", (flash) => flash.deals.reduce_deposit({ consumer_id: deal.consumer, deal_id: deal.deal_id, amount })),
  };
}

export function completeDeal(deal: Deal, code: string): SigningRequest {
  const health = deal.health;
  return {
    title: `Close ${name(deal)}`,
    explanation: [
      "The deal ends now. The provider is paid for the metered usage.",
      health
        ? `About ${money(health.refund_if_closed_now_stroops, code)} come back to you at once, and up to ${money(health.refund_at_release_stroops, code)} more after the final report.`
        : "The rest comes back to you after the final report.",
      "Download your data first: the provider does not have to keep it afterwards.",
    ],
    ...contractCall("set_deal_completed of deals", (flash) => flash.deals.set_deal_completed(parties(deal))),
  };
}

export function giveNotice(deal: Deal, policy: Policy | undefined): SigningRequest {
  return {
    title: `Give notice for ${name(deal)}`,
    explanation: [
      `The deal ends ${policy ? `${span(policy.notice_secs)} from now` : "after the notice period"}, or at the end of its term if that is earlier. Until then you serve it and get paid.`,
      "Giving notice costs reputation. If nothing was reported for a while, it costs none and takes effect at once.",
    ],
    ...contractCall("set_deal_cancelled of deals", (flash) => flash.deals.set_deal_cancelled(parties(deal))),
  };
}

export function advanceDeal(deal: Deal): SigningRequest {
  return {
    title: `Advance ${name(deal)}`,
    explanation: ["Takes the next step that is due: expire, close, release the rest, or free the capacity. Anyone may sign this; it only costs you the network fee."],
    ...contractCall("advance_deal of deals", (flash) => flash.deals.advance_deal({ deal_id: deal.deal_id })),
  };
}

/** `receives`: the token is the market's current asset, not one of an earlier deployment. */
export function withdraw(who: string, token: string, amount: bigint, code: string, receives: boolean): SigningRequest {
  return {
    title: `Withdraw ${money(amount, code)}`,
    explanation: [`${money(amount, code)} go from the escrow to your account: all of it, or nothing is moved.`, "This is money that deals have paid or refunded to you."],
    receives,
    ...contractCall("withdraw of the escrow", (flash) => flash.escrow.withdraw({ who, token, to: who, amount, min_paid: amount })),
  };
}
