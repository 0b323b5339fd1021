// Everything that needs the Stellar SDK. Loaded the first time something is signed or read from the network.

import { FlashOnStellar, keypairWallet, type Wallet } from "@flashonstellar/client";
import { Asset, BASE_FEE, Keypair, Operation, rpc, TransactionBuilder } from "@stellar/stellar-sdk";
import type { AssembledTransaction } from "@stellar/stellar-sdk/contract";
import { Stopped } from "../lib/errors";

export type Call<T> = (flash: FlashOnStellar) => Promise<AssembledTransaction<T>>;

/** What a call may cost, by simulation. */
export interface Estimate {
  /** The maximum fee in stroops of XLM, including rent. */
  fee_stroops: bigint;
  /** How many ledger entries the call creates; their rent is part of the fee. */
  new_entries: number;
}

export interface Done {
  hash: string;
  ledger: number;
  value: unknown;
}

export interface Balances {
  /** null: the account does not exist. */
  xlm_stroops: bigint | null;
  /** null: no trustline. */
  asset_stroops: bigint | null;
}

/** What the index says about the ledger, as far as a signature needs it. */
export interface Clock {
  ledger_ts: number;
  /** A network for development, whose clock may be moved ahead by days at a time. */
  dev_wallet: boolean;
}

/** How long a signed call stays valid, in ledger time. */
const validitySecs = ({ dev_wallet }: Clock) => (dev_wallet ? 7 * 86_400 : 300);

/** Opens the marketplace. Ledger time, not the clock of this machine, decides how long a call is valid. */
export function open(deployment: unknown, clock: Clock, wallet?: Wallet): FlashOnStellar {
  const ahead = Math.max(0, clock.ledger_ts - Math.floor(Date.now() / 1000));
  return new FlashOnStellar({ deployment, timeoutSecs: validitySecs(clock) + ahead, ...(wallet ? { wallet } : {}) });
}

/** How long the page waits before it says that there is no answer yet. */
const ANSWER_MS = 120_000;

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the network did not accept the call in time")), ANSWER_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

export function devWallet(secret: string, passphrase: string): Wallet {
  return keypairWallet(secret, passphrase);
}

export function newKey(): { address: string; secret: string } {
  const key = Keypair.random();
  return { address: key.publicKey(), secret: key.secret() };
}

/** The address of a secret key, or null if the text is not one. */
export function addressOf(secret: string): string | null {
  try {
    return Keypair.fromSecret(secret.trim()).publicKey();
  } catch {
    return null;
  }
}

/** The SDK also says “not found” when the RPC server does not answer. A health request, which then throws, tells the difference. */
async function isNotFound(flash: FlashOnStellar, error: unknown): Promise<boolean> {
  if (!/not found|missing/i.test(String(error))) return false;
  await flash.server.getHealth();
  return true;
}

export async function estimate<T>(flash: FlashOnStellar, call: Call<T>): Promise<Estimate> {
  const transaction = await call(flash).catch(async (error: unknown) => {
    await isNotFound(flash, error);
    throw error;
  });
  await flash.read(Promise.resolve(transaction));
  const { simulation } = transaction;
  const changes = simulation && rpc.Api.isSimulationSuccess(simulation) ? (simulation.stateChanges ?? []) : [];
  return {
    fee_stroops: BigInt(transaction.built?.fee ?? 0),
    new_entries: changes.filter((change) => change.before === null && change.after !== null).length,
  };
}

export async function send<T>(flash: FlashOnStellar, call: Call<T>): Promise<Done> {
  return inTime(flash.send(() => call(flash)));
}

function stableAsset(flash: FlashOnStellar): Asset {
  const { code, issuer } = flash.deployment.asset;
  return code && issuer ? new Asset(code, issuer) : Asset.native();
}

/** The balances of an account. */
export async function balances(flash: FlashOnStellar, address: string): Promise<Balances> {
  const account = await flash.server.getAccountEntry(address).catch(async (error: unknown) => {
    if (await isNotFound(flash, error)) return null;
    throw error;
  });
  if (!account) return { xlm_stroops: null, asset_stroops: null };
  const asset = stableAsset(flash);
  const xlm_stroops = BigInt(String(account.balance));
  if (asset.isNative()) return { xlm_stroops, asset_stroops: xlm_stroops };
  const line = await flash.server.getTrustline(address, asset).catch(async (error: unknown) => {
    if (await isNotFound(flash, error)) return null;
    throw error;
  });
  return { xlm_stroops, asset_stroops: line ? BigInt(String(line.balance)) : null };
}

/** Throws before anything is signed if the account cannot pay. */
export async function requireBalance(flash: FlashOnStellar, address: string, amount: bigint, shown: (stroops: bigint) => string): Promise<void> {
  const { xlm_stroops, asset_stroops } = await balances(flash, address);
  const code = flash.deployment.asset.code ?? "XLM";
  if (xlm_stroops === null) {
    throw new Stopped({ kind: "no-account", meaning: "This account does not exist on the network yet.", todo: "Send it some XLM first. On a test network, friendbot does that.", details: address });
  }
  if (asset_stroops === null) {
    throw new Stopped({ kind: "no-trustline", meaning: `Your account has no trustline for ${code}, so it cannot hold ${code}.`, todo: amount > 0n ? "Add the trustline here, add money to the account, then try again." : "Add the trustline here, then continue.", details: address });
  }
  if (asset_stroops < amount) {
    throw new Stopped({
      kind: "too-little",
      meaning: `Your account holds ${shown(asset_stroops)}; you need ${shown(amount)}.`,
      todo: `Add ${shown(amount - asset_stroops)} to the account, or choose a smaller amount.`,
      details: address,
    });
  }
}

/** Adds a trustline for the market's asset with a classic operation; no contract is called. */
export async function addTrustline(flash: FlashOnStellar, clock: Clock): Promise<Done> {
  const { wallet, server, deployment } = flash;
  const sign = wallet?.signTransaction;
  if (!wallet || typeof sign !== "function") throw new Error("no wallet is connected that can sign");
  const account = await server.getAccount(wallet.publicKey);
  const transaction = new TransactionBuilder(account, {
    fee: BASE_FEE,
    networkPassphrase: deployment.network_passphrase,
    timebounds: { minTime: 0, maxTime: Math.max(clock.ledger_ts, Math.floor(Date.now() / 1000)) + validitySecs(clock) },
  })
    .addOperation(Operation.changeTrust({ asset: stableAsset(flash) }))
    .build();
  const signed = await sign(transaction.toXDR(), { networkPassphrase: deployment.network_passphrase, address: wallet.publicKey });
  if (signed.error) throw Object.assign(new Error(signed.error.message), signed.error);
  const sent = await server.sendTransaction(TransactionBuilder.fromXDR(signed.signedTxXdr, deployment.network_passphrase));
  if (sent.status === "ERROR") throw new Error(`the network refused the trustline: ${JSON.stringify(sent.errorResult ?? sent.status)}`);
  const done = await server.pollTransaction(sent.hash);
  if (done.status !== rpc.Api.GetTransactionStatus.SUCCESS) throw new Error(`the trustline was not added: ${done.status}`);
  return { hash: sent.hash, ledger: done.ledger, value: null };
}

export const TRUSTLINE_FEE_STROOPS = BigInt(BASE_FEE);

/** XLM from the network's friendbot. */
export async function friendbot(url: string, address: string): Promise<void> {
  const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}addr=${address}`);
  if (!answer.ok && !/exist/i.test(await answer.clone().text())) throw new Error(`friendbot answered ${answer.status}: ${await answer.text()}`);
}
