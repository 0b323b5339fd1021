// The dialog before every signature. It explains what is signed, what moves and what it may cost, and shows the result.

import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import { useQueryClient } from "@tanstack/react-query";
import type { FlashOnStellar } from "@flashonstellar/client";
import type { Call, Clock, Done, Estimate } from "../chain/market";
import { loadChain, signedMarket, useWallet, type Account } from "../chain/wallet";
import { indexed } from "../api/client";
import { useMarket } from "../api/queries";
import { explain, type Failure } from "../lib/errors";
import { money, short } from "../lib/format";
import { FailureNotice, Money, Notice } from "./elements";

export interface Request {
  title: string;
  /** Sentences that explain what the signature means. */
  explanation: ReactNode[];
  /** Amount that goes from the account into the escrow; the page checks first that the account holds it. */
  pays?: bigint;
  /** The account receives the market's asset, so it needs a trustline. */
  receives?: boolean;
  /** The contract and function that is called, or the classic operation, as shown to the user. */
  calls: string;
  estimate: (flash: FlashOnStellar) => Promise<Estimate>;
  send: (flash: FlashOnStellar) => Promise<Done>;
  /** Called once the transaction is on the ledger. */
  done?: (sent: Done) => void;
}

type Step =
  | { at: "estimating" }
  | { at: "ready"; estimate: Estimate }
  | { at: "signing"; estimate: Estimate }
  | { at: "sent"; done: Done }
  | { at: "failed"; failure: Failure };

const Context = createContext<((request: Request) => void) | null>(null);

/** Opens the dialog. */
export function useSign(): (request: Request) => void {
  const sign = useContext(Context);
  if (!sign) throw new Error("useSign needs a SignProvider");
  return sign;
}

/** A contract call as a request to sign. */
export function contractCall<T>(calls: string, call: Call<T>): Pick<Request, "calls" | "estimate" | "send"> {
  return {
    calls,
    estimate: async (flash) => (await loadChain()).estimate(flash, call),
    send: async (flash) => (await loadChain()).send(flash, call),
  };
}

/** The trustline as a request to sign. */
export function trustlineRequest(code: string, clock: Clock): Request {
  return {
    title: `Add a trustline for ${code}`,
    explanation: [`Your account will be able to hold ${code}.`, "This moves no money. The network reserves 0.5 XLM of your account while the trustline exists."],
    calls: "a plain Stellar operation: changeTrust",
    estimate: async () => ({ fee_stroops: (await loadChain()).TRUSTLINE_FEE_STROOPS, new_entries: 1 }),
    send: async (flash) => (await loadChain()).addTrustline(flash, clock),
  };
}

export function SignProvider({ children }: { children: ReactNode }) {
  const [request, setRequest] = useState<Request | null>(null);
  const { account, pick } = useWallet();
  const sign = useCallback(
    (next: Request) => {
      if (account) setRequest(next);
      else pick(true);
    },
    [account, pick],
  );
  return (
    <Context value={sign}>
      {children}
      {request && account && <SignDialog request={request} account={account} replace={setRequest} close={() => setRequest(null)} />}
    </Context>
  );
}

/** A modal dialog that closes on Escape and returns the focus. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    place.current?.showModal();
    return () => (before instanceof HTMLElement ? before.focus() : undefined);
  }, []);
  return (
    <dialog ref={place} aria-label={title} onCancel={(event) => { event.preventDefault(); close(); }}>
      <div className="dialog-in">
        <div className="row between">
          <h2>{title}</h2>
          <button type="button" className="quiet smaller" onClick={close} aria-label="Close">
            ✕
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

function SignDialog({ request, account, replace, close }: { request: Request; account: Account; replace: (next: Request) => void; close: () => void }) {
  const { status, code } = useMarket();
  const queries = useQueryClient();
  const [step, setStep] = useState<Step>({ at: "estimating" });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let live = true;
    setStep({ at: "estimating" });
    (async () => {
      if (!status) throw new TypeError("failed to fetch");
      const flash = await signedMarket(status, account);
      if (request.pays !== undefined || request.receives) {
        await (await loadChain()).requireBalance(flash, account.address, request.pays ?? 0n, (stroops) => money(stroops, code));
      }
      const estimate = await request.estimate(flash);
      if (live) setStep({ at: "ready", estimate });
    })().catch((error: unknown) => live && setStep({ at: "failed", failure: explain(error) }));
    return () => {
      live = false;
    };
    // A newer status while the dialog is open does not repeat the simulation.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [request, account, attempt]);

  const send = async (estimate: Estimate) => {
    if (!status) return;
    setStep({ at: "signing", estimate });
    try {
      const done = await request.send(await signedMarket(status, account));
      setStep({ at: "sent", done });
      await indexed(done.ledger);
      await queries.invalidateQueries();
      request.done?.(done);
    } catch (error) {
      setStep({ at: "failed", failure: explain(error) });
    }
  };

  return (
    <Dialog title={request.title} close={close}>
      {step.at !== "sent" && <Explanation request={request} account={account} network={status?.network ?? ""} />}
      {step.at === "estimating" && <p role="status">Asking the network for the fee…</p>}
      {(step.at === "ready" || step.at === "signing") && <Costs estimate={step.estimate} pays={request.pays} />}
      {step.at === "ready" && (
        <div className="row">
          <button type="button" className="primary" autoFocus onClick={() => void send(step.estimate)}>
            {account.kind === "dev" ? "Sign and send" : `Sign in ${account.name}`}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      )}
      {step.at === "signing" && <p role="status">{account.kind === "kit" ? `Confirm in ${account.name}; then` : "Sent;"} waiting for the ledger…</p>}
      {step.at === "failed" && (
        <FailureNotice
          failure={step.failure}
          action={
            <div className="row">
              {step.failure.kind === "no-trustline" && status && (
                <button type="button" className="primary smaller" onClick={() => replace({ ...trustlineRequest(code, status), done: () => setTimeout(() => replace(request), 0) })}>
                  Add the trustline
                </button>
              )}
              <button type="button" className="smaller" onClick={() => setAttempt(attempt + 1)}>
                Try again
              </button>
            </div>
          }
        />
      )}
      {step.at === "sent" && (
        <>
          <Notice tone="ok" title="It is on the ledger.">
            <p className="small">
              Transaction <code>{step.done.hash}</code>, ledger {step.done.ledger}.
            </p>
          </Notice>
          <div>
            <button type="button" className="primary" autoFocus onClick={close}>
              Done
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function Explanation({ request, account, network }: { request: Request; account: Account; network: string }) {
  return (
    <>
      <ul className="explanation">
        {request.explanation.map((sentence, nth) => (
          <li key={nth}>{sentence}</li>
        ))}
      </ul>
      <p className="small soft">
        You sign as <span className="mono" title={account.address}>{short(account.address)}</span> on {network || "this network"}: {request.calls}.
      </p>
    </>
  );
}

function Costs({ estimate, pays }: { estimate: Estimate; pays: bigint | undefined }) {
  return (
    <div className="costs stack tight">
      {pays !== undefined && (
        <div className="row between">
          <span>Leaves your account</span>
          <strong><Money of={pays} /></strong>
        </div>
      )}
      <div className="row between">
        <span>Network fee, at most</span>
        <strong className="nowrap">{money(estimate.fee_stroops, "XLM")}</strong>
      </div>
      <p className="hint">
        {estimate.new_entries > 0
          ? `This includes the rent of ${estimate.new_entries} new ledger ${estimate.new_entries === 1 ? "entry" : "entries"}.`
          : "This creates no ledger entry. Rent that is due for existing entries is included."}{" "}
        The network refunds what is not used.
      </p>
    </div>
  );
}
