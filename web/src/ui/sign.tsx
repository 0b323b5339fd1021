// The dialog before every signature: in words what is signed, what moves and what it may cost; then how it went.

import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import { useQueryClient } from "@tanstack/react-query";
import type { FlashOnStellar } from "@flashonstellar/client";
import type { Call, Clock, Done, Estimate } from "../chain/market";
import { loadChain, signedMarket, useWallet, type Account } from "../chain/wallet";
import { indexed } from "../api/client";
import { useMarket } from "../api/queries";
import { explain, type Failure } from "../lib/errors";
import { money, short } from "../lib/format";
import { FailureNotice, Money, Notice } from "./bits";

export interface Request {
  title: string;
  /** Sentences: what the signature means. */
  says: ReactNode[];
  /** Leaves the account into the escrow; looked for in the account before. */
  pays?: bigint;
  /** The market's asset comes into the account: it has to be able to hold it. */
  receives?: boolean;
  /** The contract and function that is called, or the classic operation. */
  calls: string;
  estimate: (flash: FlashOnStellar) => Promise<Estimate>;
  send: (flash: FlashOnStellar) => Promise<Done>;
  /** When it is on the ledger. */
  done?: (sent: Done) => void;
}

type Step =
  | { at: "looking" }
  | { at: "ready"; estimate: Estimate }
  | { at: "signing"; estimate: Estimate }
  | { at: "sent"; done: Done }
  | { at: "failed"; failure: Failure };

const Context = createContext<((request: Request) => void) | null>(null);

/** Opens the dialog. */
export function useSign(): (request: Request) => void {
  const found = useContext(Context);
  if (!found) throw new Error("no SignProvider");
  return found;
}

/** A call of a contract as a request to sign. */
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
    says: [`Your account will be able to hold ${code}.`, "It moves no money. The network keeps 0.5 XLM of your account in reserve while the trustline exists."],
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

/** A modal that closes by Escape and gives the focus back. */
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
  const [step, setStep] = useState<Step>({ at: "looking" });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let live = true;
    setStep({ at: "looking" });
    (async () => {
      if (!status) throw new TypeError("failed to fetch");
      const flash = await signedMarket(status, account);
      if (request.pays !== undefined || request.receives) {
        await (await loadChain()).mustHave(flash, account.address, request.pays ?? 0n, (stroops) => money(stroops, code));
      }
      const estimate = await request.estimate(flash);
      if (live) setStep({ at: "ready", estimate });
    })().catch((error: unknown) => live && setStep({ at: "failed", failure: explain(error) }));
    return () => {
      live = false;
    };
    // The status ages while the dialog is open; the simulation is not repeated for that.
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
      {step.at !== "sent" && <Words request={request} account={account} network={status?.network ?? ""} />}
      {step.at === "looking" && <p role="status">Asking the network what it would cost…</p>}
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

function Words({ request, account, network }: { request: Request; account: Account; network: string }) {
  return (
    <>
      <ul className="says">
        {request.says.map((sentence, nth) => (
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
          ? `The rent of ${estimate.new_entries} new ledger ${estimate.new_entries === 1 ? "entry is" : "entries is"} in it.`
          : "No new ledger entry is made; rent that is due for older ones is in it."}{" "}
        What is not used of it is given back.
      </p>
    </div>
  );
}
