// What each contract error means to a person, and what to do about it. A test compares this list with the contracts'
// interfaces: it fails for a code without a text and for a text without a code.

export interface Advice {
  meaning: string;
  todo: string;
}

const OPERATOR = "Only the operator of the marketplace can fix this. Nothing of yours has changed.";
const REPORT = "No money was moved. This should not happen: tell the operator the code and the transaction.";
const RELOAD = "Reload the page: it may show an older state than the ledger.";

const advice = (meaning: string, todo: string): Advice => ({ meaning, todo });

export const ADVICE: Readonly<Record<number, Advice>> = {
  2100: advice("The contract has no owner.", OPERATOR),
  2101: advice("A transfer of the contract's ownership is already pending.", OPERATOR),
  2102: advice("The contract already has an owner.", OPERATOR),
  2200: advice("No transfer of ownership is pending.", OPERATOR),
  2201: advice("The transfer of ownership would expire at a ledger that is in the past or too far ahead.", OPERATOR),
  2202: advice("An account other than the offered one tried to accept the ownership.", OPERATOR),
  2203: advice("The offered transfer of ownership has expired.", OPERATOR),

  3000: advice("New registrations and buckets are paused.", "Wait: a pause ends by itself after at most 14 days. Deals, payments and withdrawals continue."),
  3001: advice("This address is not registered as a provider.", "Register as a provider first, on the provider page."),
  3002: advice("This address is already registered as a provider.", "There is nothing to do. You can change the description instead."),
  3003: advice("This address is not registered as a consumer.", "Register as a consumer first, on the consumer page."),
  3004: advice("This address is already registered as a consumer.", "There is nothing to do. You can change the description instead."),
  3005: advice("The provider still has buckets.", "Delete all buckets first, then the provider."),
  3006: advice("There is no bucket with this number.", "Search for it in the market; it may be on another network."),
  3007: advice("The bucket belongs to another provider.", "Switch to the wallet of the bucket's provider."),
  3008: advice("The bucket was deleted.", "Choose another bucket. Running deals on it continue to their end."),
  3009: advice("The bucket is not listed right now.", "Choose another bucket, or wait until its provider lists it again."),
  3010: advice("The provider has locked the bucket, so it takes no new deals.", "Choose another bucket, or ask the provider."),
  3011: advice("The bucket is not locked.", RELOAD),
  3012: advice("Funded deals still use the bucket.", "Wait until they have ended, or give notice. Lock the bucket so that it takes no new ones."),
  3013: advice("The bucket has less free capacity than this deal needs.", "Ask for less storage or egress, or choose a bucket with more free capacity."),
  3014: advice("The capacity would be lower than what deals have reserved.", "Set at least the reserved capacity."),
  3015: advice("One capacity is 0 and the other is not, or one is above 1 073 741 824 GiB.", "Set both capacities, or 0 for both: then one deal takes the whole bucket."),
  3016: advice("One deal uses the whole bucket.", "Choose another bucket, or wait until that deal has ended."),
  3017: advice("Another deal on this bucket uses the same repository name.", "Choose another name for the repository."),
  3018: advice("More capacity would be released than is reserved.", REPORT),
  3019: advice("There are no numbers left for new entries.", OPERATOR),
  3020: advice("The name is empty or longer than 64 bytes.", "Enter a name of 1 to 64 bytes."),
  3021: advice("The region is longer than 32 bytes.", "Shorten the region."),
  3022: advice("The country is longer than 32 bytes.", "Shorten the country."),
  3023: advice("The API is empty or longer than 32 bytes.", "Enter an API such as S3."),
  3024: advice("The external id is empty or longer than 128 bytes.", "Enter the id that your storage uses for this bucket in its logs."),
  3025: advice("The description is longer than 256 bytes.", "Shorten the description."),
  3026: advice("A tag is longer than 32 bytes.", "Shorten the tag."),
  3027: advice("There are more than 8 tags.", "Keep at most 8 tags."),
  3028: advice("The access scope is longer than 32 bytes.", "Shorten the access scope."),
  3029: advice("The storage price is above the limit of the market.", "Ask for at most 1 000 000.00 per GiB per month."),
  3030: advice("The egress price is above the limit of the market.", "Ask for at most 1 000 000.00 per GiB."),
  3031: advice("The promised latency is not within 1 to 60 000 ms.", "Promise a latency of 1 to 60 000 ms."),
  3032: advice("The promised uptime is not within 50.00 to 100.00 %.", "Promise an uptime of 50.00 to 100.00 %."),
  3033: advice("A bucket cannot be deleted by changing its status.", "Use “Delete bucket”."),
  3034: advice("This would change nothing.", "Change a field first."),
  3035: advice("The page requested more than 20 entries at once.", RELOAD),
  3036: advice("The bucket is already locked.", RELOAD),
  3037: advice(
    "A text has a character that cannot be shown, or begins or ends with a blank. Regions, countries, ids, APIs and tags are ASCII.",
    "Type the text again instead of pasting it.",
  ),
  3038: advice("You have listed a bucket with this external id already.", "Change that bucket, or delete it first."),
  3039: advice("The endpoint is not a URL of at most 128 characters.", "Begin it with https:// or leave it empty."),
  3040: advice("The bucket had accepted this deal automatically, and its offer has changed since.", "Withdraw the deal and request a new one."),
  3041: advice("Another consumer used this repository name on this bucket within the last 30 days.", "Choose another name."),
  3042: advice("The operator removed this address from the marketplace.", "Ask the operator to readmit it."),
  3043: advice("The operator has not removed this address.", RELOAD),

  3100: advice("New deals are paused.", "Wait: a pause ends by itself after at most 14 days. Running deals, payments and withdrawals continue."),
  3101: advice("There is no deal with this number.", RELOAD),
  3102: advice("This deal belongs to other parties.", "Switch to the wallet of the deal's consumer or provider."),
  3103: advice("The deal is no longer waiting for an answer.", RELOAD),
  3104: advice("The provider has not accepted the deal yet, or the deal has moved on.", "Wait for the provider's answer, then fund the deal."),
  3105: advice("The deal is not running.", RELOAD),
  3106: advice("The deal is funded or has ended, so the request cannot be withdrawn.", "If the deal is running, close it instead."),
  3107: advice("The time to accept this deal has passed.", "Let it expire. The consumer can ask again."),
  3108: advice("The time to fund this deal has passed.", "Open a new deal."),
  3109: advice("Consumer and provider are the same address.", "Use another wallet for one of the two."),
  3110: advice("A contract of the marketplace cannot be a party.", "Use the address of a person or of your own contract."),
  3111: advice("The duration is not between 1 hour and 5 years.", "Choose a duration within these limits."),
  3112: advice("Both sizes are 0, or one is above 1 048 576 TiB.", "Ask for some storage or egress within this limit."),
  3113: advice("The deal asks for an API that the bucket does not have.", "Choose a bucket with the API that you need."),
  3114: advice("The deal could cost more than the contract can hold.", "Ask for less storage or for a shorter time."),
  3115: advice("The provider has raised the storage price since you saw it.", "Look at the new price and decide again. Nothing was signed at the higher price."),
  3116: advice("The provider has raised the egress price since you saw it.", "Look at the new price and decide again. Nothing was signed at the higher price."),
  3117: advice("The rules for new deals have changed since you saw them.", "Reload, read the terms, and decide again."),
  3118: advice("The repository name is empty or longer than 128 bytes.", "Enter a name of 1 to 128 bytes."),
  3119: advice("The deposit is below the minimum of this deal.", "Deposit at least the amount shown as the minimum."),
  3120: advice("The amount is zero, or more than the contract accepts.", "Enter an amount above 0."),
  3121: advice("The rest would not cover what is owed, the egress and the minimum runway.", "Take out less."),
  3122: advice("Notice was already given.", "There is nothing to do. The deal ends at the time shown."),
  3123: advice("The metering oracle is suspended, so nobody may report.", "Wait for the operator. A consumer may close at any time; a provider may leave at once when no report has come for long enough."),
  3124: advice("There is no acting oracle to suspend.", OPERATOR),
  3125: advice("This usage was already reported.", "There is nothing to do."),
  3126: advice("The report ends before or at the time already reported.", OPERATOR),
  3127: advice("The report ends in the future, or after the end of the deal.", OPERATOR),
  3128: advice("A total in the report is lower than in the previous report.", OPERATOR),
  3129: advice("The latency or uptime in the report is impossible.", OPERATOR),
  3130: advice("The deal is not on this page of the provider's book.", RELOAD),
  3131: advice("The deal takes no more reports.", "Advance the deal: the rest is paid out by the figures so far."),
  3132: advice("One batch reports the same deal twice.", OPERATOR),
  3133: advice("One call cannot take that many deals.", "Use several calls of at most 100 deals each."),
  3134: advice("Nothing is owed, or no money is left to pay it.", "There is nothing to do: the deal is settled."),
  3135: advice("No staged consumption is waiting to be paid.", "Wait for the next report."),
  3136: advice("The staged window is empty.", "Wait for the next report."),
  3137: advice("An amount is outside the range of the contract.", REPORT),
  3138: advice("A page of the book has an unknown format.", REPORT),
  3139: advice("A value of the new policy is outside its limits.", OPERATOR),
  3140: advice("There is no policy with this version.", RELOAD),
  3141: advice("Another step of the deal comes first.", "Use “Advance deal” first."),
  3142: advice("The page requested more than 100 deals at once.", RELOAD),
  3143: advice("This address is already the oracle.", OPERATOR),
  3144: advice("One batch names the same page twice.", OPERATOR),
  3145: advice("The deal cannot be closed yet.", "Wait until the end of the term or of the grace period. The consumer may close at any time."),
  3146: advice("There is no bucket with this number.", "Search for it in the market."),
  3147: advice("The contract was never set up.", OPERATOR),
  3148: advice("The repository name has a character that is not printable ASCII, or begins or ends with a blank.", "Use letters, digits and signs of ASCII."),
  3149: advice("The bucket's offer changed since you looked.", RELOAD),
  3150: advice("The deal to be replaced is of other parties, or on another bucket.", "Open the deal that you want to replace and start from there."),
  3151: advice("The deal to be replaced has ended, or its provider has given notice.", "Withdraw this request and ask for a deal of its own."),
  3152: advice("A deal that takes the place of another keeps its repository.", RELOAD),

  3200: advice("The amount is zero or negative.", "Enter an amount above 0."),
  3201: advice("The deal would hold more than the escrow accepts.", "Deposit less."),
  3202: advice("The fee is above the hard limit of 10 %.", OPERATOR),
  3203: advice("The deal already has an account in the escrow.", RELOAD),
  3204: advice("The escrow has no open account for this deal.", RELOAD),
  3205: advice("The payment is larger than the locked amount.", REPORT),
  3206: advice("The escrow holds less for you than that. A part, or all of it, may have been sent to you a moment ago.", "Look at your balance, then withdraw at most the amount shown."),
  3207: advice("There is nothing to withdraw.", "There is nothing to do."),
  3208: advice("The asset refused the transfer: too little money, no trustline, or the issuer has frozen the account.", "Check that your account has a trustline for the asset and holds enough of it."),
  3209: advice("The asset deducted a fee from the transfer, which the escrow does not accept.", "No money was moved. Use the plain asset of this network."),
  3210: advice("The asset does not have 7 decimals.", OPERATOR),
  3211: advice("The issuer clawed money back, so the escrow holds less than it owes.", "The escrow takes no deposits until the money is replaced. A withdrawal pays everybody the same share."),
  3212: advice("The amount is larger than the collected fees.", OPERATOR),
  3213: advice("The escrow cannot pay itself.", "Withdraw to an account of your own."),
  3214: advice("The page of the provider's book is full.", "Try again: the call then uses the next page."),
  3215: advice("One call cannot take that many payments.", "Use several calls of at most 100 payments each."),
  3216: advice("A page of the escrow's book has an unknown format.", REPORT),
  3217: advice("The escrow cannot hold that much of this asset.", "Deposit less."),
  3218: advice("An amount is outside the range of the escrow.", REPORT),
  3219: advice("The faucet gives at most 100 000.00 per call.", "Ask the faucet for less."),
  3220: advice("The issuer clawed money back, so the escrow can pay only a part of this.", "Nothing was moved. Your claim stays whole; wait until the money is replaced."),

  3300: advice("The page requested more than 50 scores at once.", RELOAD),
  3301: advice("A value of the points table is outside its limits.", OPERATOR),
  3302: advice("The minimum volume is negative or above 10 000 USD.", OPERATOR),
  3303: advice("The volume of an outcome is negative.", REPORT),
  3304: advice("Provider and consumer of an outcome are the same address.", REPORT),

  3400: advice("The delay of upgrades would be too short.", OPERATOR),
  3401: advice("The delay of upgrades would be longer than 90 days.", OPERATOR),
  3402: advice("An upgrade is already announced.", OPERATOR),
  3403: advice("No upgrade is announced.", OPERATOR),
  3404: advice("The announced upgrade is not due yet.", OPERATOR),
  3405: advice("The announced upgrade was not executed in time and is void.", OPERATOR),
  3406: advice("This is not the code that was announced.", OPERATOR),
  3407: advice("Only the owner of the contract may do this.", OPERATOR),
  3408: advice("The stored data already has the newest format.", OPERATOR),
  3409: advice("Nothing is paused.", OPERATOR),

  3500: advice("The deal has no standing top-up.", "Set one first, or top the deal up yourself."),
  3501: advice("There is no deal with this number.", RELOAD),
  3502: advice("Only the consumer of a deal can set or end its standing top-up.", "Connect the wallet that pays for the deal."),
  3503: advice("The deal is not running.", "A standing top-up needs a deal that is funded and not closed."),
  3504: advice("The top-up is outside its limits.", "Enter an amount above 0."),
  3505: advice("The limit for 30 days is below one top-up, or too large.", "Enter at least the amount of one top-up."),
  3506: advice("The last time of the standing top-up is in the past, or more than five years away.", "Choose a time within the next five years."),
  3507: advice("The standing top-up has expired.", "The consumer can set it again."),
  3508: advice("The deal has enough money for now.", "There is nothing to do."),
  3509: advice("The limit for 30 days is used up.", "The consumer can raise it, or top the deal up directly."),
  3510: advice("The deal is in another asset than its standing top-up.", REPORT),
  3511: advice("The asset refused the top-up: the approval is missing, used up or expired, or the wallet holds too little.", "The consumer can approve a new amount, or top the deal up directly."),
  3512: advice("The asset deducted a fee from the transfer, which the marketplace does not accept.", "No money was moved. Use the plain asset of this network."),
};

/** What can go wrong: a contract error, or something that is recognised by the message of the wallet or the network. */
export type Failure =
  | { kind: "refused"; code: number; name: string; meaning: string; todo: string }
  | { kind: "declined" | "wrong-network" | "no-account" | "no-trustline" | "too-little" | "no-fee" | "rpc-away" | "busy" | "other"; meaning: string; todo: string; details: string };

/** Thrown by the checks of the page before anything is signed. */
export class Stopped extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.meaning);
    this.failure = failure;
  }
}

function has(error: unknown, field: string): unknown {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>)[field] : undefined;
}

function textOf(error: unknown): string {
  if (typeof error === "string") return error;
  const parts = [has(error, "message"), has(error, "details"), has(error, "ext")].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join("; ") : String(error);
}

const PLAIN: [RegExp, Exclude<Failure["kind"], "refused">, string, string][] = [
  [/declin|reject(ed)? by|user (rejected|denied|closed)|denied by the user/i, "declined", "You declined the signature in the wallet.", "Nothing was sent. Try again when you are ready to sign."],
  [/account not found|does not exist|op_no_source|txNoAccount|tx_no_source/i, "no-account", "This account does not exist on the network yet.", "Send it some XLM first. On a test network, friendbot does that."],
  [/trustline (entry )?is missing|no trust|op_no_trust|#13\)/i, "no-trustline", "The account has no trustline for the asset.", "Add the trustline, then try again."],
  [/insufficient(_| )?balance|txInsufficientBalance|resulting balance is not within|#10\)/i, "too-little", "The account does not hold enough money.", "Add money to the account, then try again."],
  [/insufficient(_| )?fee|txInsufficientFee|txSorobanInvalid/i, "no-fee", "The network asks for a higher fee right now.", "Try again; the page computes the fee again."],
  [/failed to fetch|networkerror|load failed|econnrefused|network error|timeout|50[234]/i, "rpc-away", "The network's RPC does not answer.", "It is not known whether the transaction was sent. Wait until the ledger at the top is current, then check the deal before you try again."],
  [/did not accept the call/i, "busy", "The network did not accept the transaction in time.", "Check the deal or your account before you try again: the transaction may still have succeeded."],
];

/** Meaning and advice for any error. */
export function explain(error: unknown): Failure {
  if (error instanceof Stopped) return error.failure;
  const details = textOf(error);
  const code = Number(has(error, "code"));
  const byCode = ADVICE[code];
  if (byCode) return { kind: "refused", code, name: String(has(error, "name")), ...byCode };
  const inText = ADVICE[Number(/Error\(Contract, #(\d+)\)/.exec(details)?.[1])];
  if (inText) return { kind: "refused", code: Number(/#(\d+)/.exec(details)?.[1]), name: "", ...inText };
  for (const [pattern, kind, meaning, todo] of PLAIN) {
    if (pattern.test(details)) return { kind, meaning, todo, details };
  }
  return { kind: "other", meaning: "The call failed for an unknown reason.", todo: "If the timeline shows no transaction, nothing was moved. The message is below.", details };
}
