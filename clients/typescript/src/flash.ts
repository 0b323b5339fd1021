import { rpc } from "@stellar/stellar-sdk";
import type { AssembledTransaction, Result } from "@stellar/stellar-sdk/contract";
import { Client as Registry } from "./generated/registry/client.js";
import { Client as Deals } from "./generated/deals/client.js";
import { Client as Escrow } from "./generated/escrow/client.js";
import { Client as Reputation } from "./generated/reputation/client.js";
import { Client as Mandates } from "./generated/mandates/client.js";
import { CONTRACTS, parseDeployment, type ContractName, type Deployment } from "./deployment.js";
import { CallFailed, ContractRefusal, errorTable, refusalIn, type ErrorTable } from "./errors.js";
import { typedEvents, type EventPage, type EventParser } from "./events.js";
import type { Wallet } from "./wallet.js";

/** How often a call is simulated and sent, if others change the ledger in between. */
const ATTEMPTS = 4;

export interface Options {
  /** The deployment file, parsed or as text. */
  deployment: unknown;
  /** Who signs. Without a wallet the client can only read. */
  wallet?: Wallet;
  /** An RPC server other than the one in the file. */
  rpcUrl?: string;
  /** How long a call stays valid, by this machine's clock. Default: 300. */
  timeoutSecs?: number;
}

/** The answer of a contract, without the `Result` around it. */
export type Answer<T> = T extends Result<infer Value, infer _Error> ? Value : T;

/** A call whose transaction is on the ledger. */
export interface Sent<T> {
  value: T;
  hash: string;
  ledger: number;
}

/** The marketplace: a generated client for each contract, and methods to read, to send and to follow events. */
export class FlashOnStellar {
  readonly deployment: Deployment;
  readonly server: rpc.Server;
  readonly registry: Registry;
  readonly deals: Deals;
  readonly escrow: Escrow;
  readonly reputation: Reputation;
  readonly mandates: Mandates;
  readonly wallet: Wallet | undefined;
  readonly errors: ErrorTable;
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    this.deployment = parseDeployment(options.deployment);
    this.wallet = options.wallet;
    const rpcUrl = options.rpcUrl ?? this.deployment.rpc_url;
    const allowHttp = rpcUrl.startsWith("http://");
    this.server = new rpc.Server(rpcUrl, { allowHttp });
    const { contracts, network_passphrase: networkPassphrase } = this.deployment;
    const at = (name: ContractName) => ({
      contractId: contracts[name].id,
      networkPassphrase,
      rpcUrl,
      allowHttp,
      ...(options.timeoutSecs === undefined ? {} : { timeoutInSeconds: options.timeoutSecs }),
      ...options.wallet,
    });
    this.registry = new Registry(at("registry"));
    this.deals = new Deals(at("deals"));
    this.escrow = new Escrow(at("escrow"));
    this.reputation = new Reputation(at("reputation"));
    this.mandates = new Mandates(at("mandates"));
    this.errors = errorTable([this.registry, this.deals, this.escrow, this.reputation, this.mandates]);
  }

  /** The same marketplace with another wallet. */
  as(wallet: Wallet): FlashOnStellar {
    return new FlashOnStellar({ ...this.#options, wallet });
  }

  /** Runs a query: `await flash.read(flash.deals.get_deal_count())`. */
  async read<T>(call: Promise<AssembledTransaction<T>>): Promise<Answer<T>> {
    return this.#answer(await call);
  }

  /**
   * Signs, sends and waits: `await flash.send(() => flash.deals.close_deal({ ... }))`. Takes a function, because the call is
   * simulated again if somebody else was faster: two deals created on the same ledger would otherwise get the same id.
   */
  async send<T>(call: () => Promise<AssembledTransaction<T>>): Promise<Sent<Answer<T>>> {
    if (!this.wallet) throw new CallFailed("no wallet: pass one to FlashOnStellar or use as(wallet)", "");
    let last = "";
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const transaction = await call();
      this.#answer(transaction);
      const sent = await this.#submit(transaction);
      if ("hash" in sent) return sent;
      last = sent.retry;
      await new Promise((done) => setTimeout(done, 200 * 2 ** attempt * (1 + Math.random())));
    }
    throw new CallFailed(`the network did not accept the call in ${ATTEMPTS} attempts`, last);
  }

  /** Events of all contracts, starting at a ledger or after a cursor, oldest first. */
  async events(from: { startLedger: number } | { cursor: string }, limit = 100): Promise<EventPage> {
    const contractIds = CONTRACTS.map((name) => this.deployment.contracts[name].id);
    const page = await this.server.getEvents({ ...from, filters: [{ type: "contract", contractIds }], limit });
    const parsers = new Map(
      CONTRACTS.map((contract) => [
        this.deployment.contracts[contract].id,
        { contract, parser: this[contract] as EventParser },
      ]),
    );
    return { events: typedEvents(page.events, parsers), cursor: page.cursor };
  }

  /** The answer of the simulation. Throws the contract's refusal if there is one. */
  #answer<T>(transaction: AssembledTransaction<T>): Answer<T> {
    const { simulation } = transaction;
    if (simulation && rpc.Api.isSimulationError(simulation)) throw refusalIn(simulation.error, this.errors);
    return unwrap(transaction.result);
  }

  async #submit<T>(transaction: AssembledTransaction<T>): Promise<Sent<Answer<T>> | { retry: string }> {
    let sent;
    try {
      sent = await transaction.signAndSend({ force: true });
    } catch (error) {
      const text = String(error);
      if (/TRY_AGAIN_LATER|txBadSeq|txBAD_SEQ|"?tx_bad_seq/i.test(text)) return { retry: text };
      throw error;
    }
    const done = sent.getTransactionResponse;
    if (done?.status === rpc.Api.GetTransactionStatus.SUCCESS) {
      return { value: unwrap(sent.result), hash: done.txHash, ledger: done.ledger };
    }
    // The next simulation shows whether the call is refused now or was only late.
    return { retry: `${done?.status} ${sent.sendTransactionResponse?.hash}` };
  }
}

function unwrap<T>(result: T): Answer<T> {
  const maybe = result as { unwrap?: () => unknown } | null;
  return (typeof maybe === "object" && typeof maybe?.unwrap === "function" ? maybe.unwrap() : result) as Answer<T>;
}

export { ContractRefusal };
