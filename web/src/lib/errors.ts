// What a refusal of a contract means to a person, and what to do about it. A test holds this against the contracts' own
// interfaces: a code without a text, or a text without a code, fails.

export interface Advice {
  meaning: string;
  todo: string;
}

const OPERATOR = "This concerns the operator of the marketplace; nothing of yours has changed.";
const REPORT = "Nothing was moved. Tell the operator the code and the transaction; this should not happen.";
const RELOAD = "Reload: the page may show an older state than the ledger has.";

const advice = (meaning: string, todo: string): Advice => ({ meaning, todo });

export const ADVICE: Readonly<Record<number, Advice>> = {
  2100: advice("The contract has no owner.", OPERATOR),
  2101: advice("A handing over of the contract is under way.", OPERATOR),
  2102: advice("The contract has its owner already.", OPERATOR),
  2200: advice("No handing over of a contract is under way.", OPERATOR),
  2201: advice("The handing over would be valid until a ledger that is past or too far away.", OPERATOR),
  2202: advice("Another account than the announced one tried to take a contract over.", OPERATOR),
  2203: advice("The announced handing over of a contract has run out.", OPERATOR),

  3000: advice("New registrations and buckets are paused for the moment.", "Wait: a pause ends by itself after at most 14 days. Deals, payments and withdrawals go on."),
  3001: advice("This address is not registered as a provider.", "Register as a provider first, on the provider page."),
  3002: advice("This address is registered as a provider already.", "Nothing is to be done; change the description instead."),
  3003: advice("This address is not registered as a consumer.", "Register as a consumer first, on the consumer page."),
  3004: advice("This address is registered as a consumer already.", "Nothing is to be done; change the description instead."),
  3005: advice("The provider still has buckets.", "Delete all buckets before the provider."),
  3006: advice("There is no bucket of that number.", "Look for it in the market; it may belong to another network."),
  3007: advice("The bucket belongs to another provider.", "Switch to the wallet of the bucket's provider."),
  3008: advice("The bucket was deleted.", "Choose another bucket; running deals on it go on to their end."),
  3009: advice("The bucket is not listed at the moment.", "Choose another bucket, or wait until its provider lists it again."),
  3010: advice("The provider has locked the bucket: it takes no new deals.", "Choose another bucket, or ask the provider."),
  3011: advice("The bucket is not locked.", RELOAD),
  3012: advice("Funded deals still use the bucket.", "Wait until they have ended, or give notice; lock the bucket so that no new ones come."),
  3013: advice("The bucket has less left than this deal needs.", "Ask for less storage or egress, or choose a bucket with more left."),
  3014: advice("The capacity would be below what deals have reserved.", "Give at least what is reserved."),
  3015: advice("One capacity is 0 and the other is not, or one is above 1 073 741 824 GB.", "Give both capacities, or 0 for both: then one deal takes the whole bucket."),
  3016: advice("One deal has the whole bucket.", "Choose another bucket, or wait until that deal has ended."),
  3017: advice("Another deal on this bucket uses the same repository name.", "Choose another name for the repository."),
  3018: advice("More capacity would be given back than is reserved.", REPORT),
  3019: advice("All numbers for new entries are used.", OPERATOR),
  3020: advice("The name is empty or longer than 64 bytes.", "Give a name of 1 to 64 bytes."),
  3021: advice("The region is longer than 32 bytes.", "Shorten the region."),
  3022: advice("The country is longer than 32 bytes.", "Shorten the country."),
  3023: advice("The API is empty or longer than 32 bytes.", "Give an API such as S3."),
  3024: advice("The storage's own name of the bucket is empty or longer than 128 bytes.", "Give the name under which your storage knows the bucket."),
  3025: advice("The description is longer than 256 bytes.", "Shorten the description."),
  3026: advice("A tag is longer than 32 bytes.", "Shorten the tag."),
  3027: advice("There are more than 8 tags.", "Keep at most 8 tags."),
  3028: advice("The access scope is longer than 32 bytes.", "Shorten the access scope."),
  3029: advice("The storage price is above what the market takes.", "Ask for at most 1 000 000.00 per GB and month."),
  3030: advice("The egress price is above what the market takes.", "Ask for at most 1 000 000.00 per GB."),
  3031: advice("The promised latency is not 1 to 60 000 ms.", "Promise a latency of 1 to 60 000 ms."),
  3032: advice("The promised uptime is not 50.00 to 100.00 %.", "Promise an uptime of 50.00 to 100.00 %."),
  3033: advice("A bucket is not deleted by its status.", "Use “Delete bucket”."),
  3034: advice("Nothing would change.", "Change a field first."),
  3035: advice("More than 20 entries were asked for at once.", RELOAD),
  3036: advice("The bucket is locked already.", RELOAD),

  3100: advice("New deals are paused for the moment.", "Wait: a pause ends by itself after at most 14 days. Running deals, payments and withdrawals go on."),
  3101: advice("There is no deal of that number.", RELOAD),
  3102: advice("The deal has other parties than this call names.", "Switch to the wallet that opened or serves the deal."),
  3103: advice("The deal is not waiting for an answer any more.", RELOAD),
  3104: advice("The provider has not accepted the deal, or it has moved on.", "Wait for the provider's answer; then fund it."),
  3105: advice("The deal is not running.", RELOAD),
  3106: advice("The deal is funded or over, so it cannot be taken back.", "Close a running deal instead."),
  3107: advice("The time to accept this deal has passed.", "Let it expire; the consumer may ask again."),
  3108: advice("The time to fund this deal has passed.", "Open a new deal."),
  3109: advice("Consumer and provider are the same address.", "Use another wallet for one of the two."),
  3110: advice("A contract of the marketplace cannot be a party.", "Use the address of a person or of your own contract."),
  3111: advice("The duration is not between 1 hour and 5 years.", "Choose a duration within these bounds."),
  3112: advice("The sizes are both 0, or one is above 1 048 576 TB.", "Ask for some storage or egress within that bound."),
  3113: advice("The deal asks for another API than the bucket has.", "Choose a bucket with the API that you need."),
  3114: advice("The deal could cost more than the contract can hold.", "Ask for less, or for a shorter time."),
  3115: advice("The provider has raised the storage price since you saw it.", "Look at the new price and decide again; nothing was signed at the higher one."),
  3116: advice("The provider has raised the egress price since you saw it.", "Look at the new price and decide again; nothing was signed at the higher one."),
  3117: advice("New rules for deals came into force since you saw them.", "Reload, read the terms, and decide again."),
  3118: advice("The repository's name is empty or longer than 128 bytes.", "Give a name of 1 to 128 bytes."),
  3119: advice("The deposit is below the least that this deal must begin with.", "Deposit at least the amount that is shown as minimum."),
  3120: advice("The amount is zero, or more than the contract takes.", "Give an amount above 0."),
  3121: advice("What would be left does not cover what is owed, the egress and the minimum runway.", "Take less out."),
  3122: advice("Notice was given already.", "Nothing is to be done; the deal ends at the time that is shown."),
  3123: advice("The metering oracle is suspended: nobody may report.", "Wait for the operator. A provider may leave at once after a silence; a consumer may close at any time."),
  3124: advice("No oracle is acting that could be suspended.", OPERATOR),
  3125: advice("This usage was reported already.", "Nothing is to be done."),
  3126: advice("The report does not go beyond what is reported already.", OPERATOR),
  3127: advice("The report reaches into the future, or past the end of the deal.", OPERATOR),
  3128: advice("A total of the report is below the one before.", OPERATOR),
  3129: advice("Latency or uptime of the report cannot have been measured.", OPERATOR),
  3130: advice("The deal is not running on that page of the provider's book.", RELOAD),
  3131: advice("The deal takes no more reports.", "Let the deal advance: what is left is paid out by the figures so far."),
  3132: advice("One batch reports the same deal twice.", OPERATOR),
  3133: advice("More deals were named than one call takes.", "Do it in several calls of at most 100."),
  3134: advice("Nothing is owed, or nothing is left to pay it with.", "Nothing is to be done; it is settled."),
  3135: advice("No consumption is staged that could be paid.", "Wait for the next report."),
  3136: advice("The window that was staged is empty.", "Wait for the next report."),
  3137: advice("An amount is out of the range that the contract computes with.", REPORT),
  3138: advice("A page of the book is written in an unknown form.", REPORT),
  3139: advice("A rule of the new policy is out of its bounds.", OPERATOR),
  3140: advice("There is no policy of that version.", RELOAD),
  3141: advice("The deal has steps left before this.", "Use “Advance deal” first."),
  3142: advice("More than 100 deals were asked for at once.", RELOAD),
  3143: advice("That address is the oracle already.", OPERATOR),
  3144: advice("One batch names the same page twice.", OPERATOR),
  3145: advice("Closing is not due yet.", "Wait until the end of the term or of the grace period; the consumer may close at any time."),
  3146: advice("There is no bucket of that number.", "Look for it in the market."),
  3147: advice("The contract was never set up.", OPERATOR),

  3200: advice("The amount is zero or negative.", "Give an amount above 0."),
  3201: advice("The deal would hold more than the escrow takes.", "Deposit less."),
  3202: advice("The fee is above the hard limit of 10 %.", OPERATOR),
  3203: advice("The deal has its account already.", RELOAD),
  3204: advice("The escrow has no running account for this deal.", RELOAD),
  3205: advice("More would be paid than is locked.", REPORT),
  3206: advice("You asked for more than is waiting for you.", "Withdraw at most what is shown as claimable."),
  3207: advice("Nothing is waiting to be withdrawn.", "Nothing is to be done."),
  3208: advice("The asset refused the transfer: too little money, no trustline, or the issuer has frozen the account.", "See that your account holds the asset and enough of it, and that it has a trustline for it."),
  3209: advice("The asset took something off on the way, which the escrow does not accept.", "Nothing was moved. Use the plain asset of this network."),
  3210: advice("The asset does not have 7 decimals.", OPERATOR),
  3211: advice("The issuer has clawed money back from the escrow: it is short of what it owes.", "Deposits wait until it is made up. A withdrawal pays everybody the same share."),
  3212: advice("More was asked for than there are fees.", OPERATOR),
  3213: advice("The escrow cannot be paid by itself.", "Withdraw to an account of yours."),
  3214: advice("The page of the provider's book is full.", "Try again: the next page is taken."),
  3215: advice("More payments were named than one call takes.", "Do it in several calls of at most 100."),
  3216: advice("A page of the escrow's book is written in an unknown form.", REPORT),
  3217: advice("The escrow cannot hold that much of this asset.", "Deposit less."),
  3218: advice("An amount is out of the range that the escrow computes with.", REPORT),
  3219: advice("The faucet gives at most 100 000.00 a call.", "Ask the faucet for less."),

  3300: advice("More than 50 scores were asked for at once.", RELOAD),
  3301: advice("A value of the points table is out of its bounds.", OPERATOR),
  3302: advice("The least volume is negative or above 10 000 USD.", OPERATOR),
  3303: advice("The volume of an outcome is negative.", REPORT),
  3304: advice("Provider and consumer of an outcome are the same address.", REPORT),

  3400: advice("Upgrades would be announced too shortly before.", OPERATOR),
  3401: advice("Upgrades would be announced more than 90 days before.", OPERATOR),
  3402: advice("An upgrade is announced already.", OPERATOR),
  3403: advice("No upgrade is announced.", OPERATOR),
  3404: advice("The announced upgrade is not due yet.", OPERATOR),
  3405: advice("The announced upgrade was not executed in time and is void.", OPERATOR),
  3406: advice("This is not the code that was announced.", OPERATOR),
  3407: advice("Only the owner of the contract may do this.", OPERATOR),
  3408: advice("What is stored has the newest form already.", OPERATOR),
  3409: advice("Nothing is paused.", OPERATOR),
};

/** What can go wrong beside a refusal by a contract; told apart by what wallets and networks say. */
export type Failure =
  | { kind: "refused"; code: number; name: string; meaning: string; todo: string }
  | { kind: "declined" | "wrong-network" | "no-account" | "no-trustline" | "too-little" | "no-fee" | "rpc-away" | "busy" | "other"; meaning: string; todo: string; details: string };

/** Thrown by our own checks before anything is signed. */
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
  [/declin|reject(ed)? by|user (rejected|denied|closed)|denied by the user/i, "declined", "The signature was refused in the wallet.", "Nothing was sent. Try again when you are ready to sign."],
  [/account not found|does not exist|op_no_source|txNoAccount|tx_no_source/i, "no-account", "This account does not exist on the network yet.", "Send it some XLM first; on a test network friendbot does that."],
  [/trustline (entry )?is missing|no trust|op_no_trust|#13\)/i, "no-trustline", "The account has no trustline for the asset.", "Add the trustline, then try again."],
  [/insufficient(_| )?balance|txInsufficientBalance|resulting balance is not within|#10\)/i, "too-little", "The account holds too little.", "Put money into the account, then try again."],
  [/insufficient(_| )?fee|txInsufficientFee|txSorobanInvalid/i, "no-fee", "The network asks for a higher fee at the moment.", "Try again; the fee is computed anew."],
  [/failed to fetch|networkerror|load failed|econnrefused|network error|timeout|50[234]/i, "rpc-away", "The network's RPC does not answer.", "Nothing was sent, or it is not known yet: look at the ledger's age at the top, wait, and look at the deal before trying again."],
  [/did not take the call/i, "busy", "The network did not take the transaction in several attempts, or not in time.", "Look at the deal or at your account before you try again: it may still have come through."],
];

/** Meaning and advice for whatever was thrown. */
export function explain(error: unknown): Failure {
  if (error instanceof Stopped) return error.failure;
  const details = textOf(error);
  const code = Number(has(error, "code"));
  const known = ADVICE[code];
  if (known) return { kind: "refused", code, name: String(has(error, "name")), ...known };
  const inText = ADVICE[Number(/Error\(Contract, #(\d+)\)/.exec(details)?.[1])];
  if (inText) return { kind: "refused", code: Number(/#(\d+)/.exec(details)?.[1]), name: "", ...inText };
  for (const [pattern, kind, meaning, todo] of PLAIN) {
    if (pattern.test(details)) return { kind, meaning, todo, details };
  }
  return { kind: "other", meaning: "The call failed for a reason that this page does not know.", todo: "Nothing was moved if there is no transaction in the timeline. What was said is below.", details };
}
