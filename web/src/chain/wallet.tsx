// The connected account. Code for signing is loaded when it is needed.

import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import type { FlashOnStellar } from "@flashonstellar/client";
import type { Status } from "../api/types";
import { Stopped } from "../lib/errors";
import { devKeys } from "./devkeys";

export interface Account {
  kind: "dev" | "kit";
  /** The id of the wallet in the kit, or the name of the development key. */
  id: string;
  name: string;
  address: string;
}

interface Connection {
  account: Account | null;
  connect: (account: Account) => void;
  disconnect: () => void;
  picking: boolean;
  pick: (open: boolean) => void;
}

const STORAGE_KEY = "flash.account";
const Context = createContext<Connection | null>(null);

function storedAccount(): Account | null {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null") as Account | null;
  } catch {
    return null;
  }
}

export function WalletProvider({ children }: { children: ReactNode }) {
  const [account, setAccount] = useState(storedAccount);
  const [picking, pick] = useState(false);
  const connect = useCallback((next: Account) => {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(next));
    setAccount(next);
  }, []);
  const disconnect = useCallback(() => {
    localStorage.removeItem(STORAGE_KEY);
    setAccount(null);
  }, []);
  const value = useMemo(() => ({ account, connect, disconnect, picking, pick }), [account, connect, disconnect, picking]);
  return <Context value={value}>{children}</Context>;
}

export function useWallet(): Connection {
  const connection = useContext(Context);
  if (!connection) throw new Error("useWallet needs a WalletProvider");
  return connection;
}

export const loadChain = () => import("./market");
export const loadKit = () => import("./wallet-kit");

/** The marketplace, with the connected account as signer. */
export async function signedMarket(status: Status, account: Account): Promise<FlashOnStellar> {
  const chain = await loadChain();
  const passphrase = status.network_passphrase;
  if (account.kind === "kit") {
    const { kitWallet } = await loadKit();
    return chain.open(status.deployment, status, kitWallet(account.id, account.address, passphrase));
  }
  const key = devKeys(passphrase).find(({ address }) => address === account.address);
  if (!key) {
    throw new Stopped({
      kind: "other",
      meaning: "The development wallet has no key for this account on this network.",
      todo: "Disconnect and choose another account. A new local network starts with new accounts.",
      details: account.address,
    });
  }
  return chain.open(status.deployment, status, chain.devWallet(key.secret, passphrase));
}

export async function openMarket(status: Status): Promise<FlashOnStellar> {
  return (await loadChain()).open(status.deployment, status);
}
