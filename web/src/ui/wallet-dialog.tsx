// Choosing a wallet: third-party wallets, and a development wallet on networks with a friendbot.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMarket } from "../api/queries";
import type { Status } from "../api/types";
import { devKeys, removeDevKey, saveDevKey } from "../chain/devkeys";
import { loadChain, loadKit, openMarket, useWallet, type Account } from "../chain/wallet";
import { explain, type Failure } from "../lib/errors";
import { money, short } from "../lib/format";
import { Field, FailureNotice, Notice } from "./elements";
import { contractCall, Dialog, trustlineRequest, useSign } from "./sign";

export function WalletDialog() {
  const { account, picking, pick } = useWallet();
  const { status } = useMarket();
  if (!picking) return null;
  return (
    <Dialog title={account ? "Your wallet" : "Connect a wallet"} close={() => pick(false)}>
      {!status && <Notice tone="warn" title="Loading the network…" />}
      {status && (account ? <Connected status={status} account={account} /> : <Choose status={status} />)}
    </Dialog>
  );
}

/** The balances of an account, read from the network. */
export function useBalances(address: string | undefined) {
  const { status } = useMarket();
  return useQuery({
    queryKey: ["balances", address],
    enabled: address !== undefined && status !== undefined,
    staleTime: 3_000,
    queryFn: async () => {
      const [chain, flash] = await Promise.all([loadChain(), openMarket(status as Status)]);
      return chain.balances(flash, address as string);
    },
  });
}

const FAUCET_STROOPS = 1_000_0000000n;

function Connected({ status, account }: { status: Status; account: Account }) {
  const { disconnect, pick } = useWallet();
  const { code } = useMarket();
  const sign = useSign();
  const queries = useQueryClient();
  const balances = useBalances(account.address);
  const again = () => void queries.invalidateQueries({ queryKey: ["balances"] });
  const open = (request: Parameters<typeof sign>[0]) => {
    pick(false);
    sign({ ...request, done: again });
  };
  const faucet = () =>
    open({
      title: `Get ${money(FAUCET_STROOPS, code)} of test money`,
      explanation: [`The faucet of this test network gives your account ${money(FAUCET_STROOPS, code)}.`, "This is play money: it only exists on this network."],
      ...contractCall("test_faucet of the escrow", (flash) => flash.escrow.test_faucet({ receiver: account.address, amount: FAUCET_STROOPS })),
    });
  return (
    <>
      <div className="stack tight">
        <p className="strong">
          {account.name} {account.kind === "dev" && <span className="badge info">development wallet</span>}
        </p>
        <code>{account.address}</code>
      </div>
      <div className="costs stack tight" aria-live="polite">
        {balances.isPending && <p>Loading the balances…</p>}
        {balances.isError && <FailureNotice failure={explain(balances.error)} />}
        {balances.data && (
          <>
            <div className="row between">
              <span>For fees</span>
              <strong>{balances.data.xlm_stroops === null ? "no account yet" : money(balances.data.xlm_stroops, "XLM")}</strong>
            </div>
            <div className="row between">
              <span>For deals</span>
              <strong>{balances.data.asset_stroops === null ? `no trustline for ${code}` : money(balances.data.asset_stroops, code)}</strong>
            </div>
          </>
        )}
      </div>
      <div className="row">
        {balances.data?.xlm_stroops === null && status.friendbot_url && <Friendbot url={status.friendbot_url} address={account.address} done={again} />}
        {balances.data && balances.data.xlm_stroops !== null && balances.data.asset_stroops === null && (
          <button type="button" className="primary smaller" onClick={() => open(trustlineRequest(code, status))}>
            Add a trustline for {code}
          </button>
        )}
        {balances.data && balances.data.asset_stroops !== null && status.dev_wallet && (
          <button type="button" className="smaller" onClick={faucet}>
            Get test {code}
          </button>
        )}
        <button type="button" className="smaller" onClick={disconnect}>
          Disconnect
        </button>
      </div>
    </>
  );
}

function Friendbot({ url, address, done }: { url: string; address: string; done: () => void }) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const ask = async () => (await loadChain()).friendbot(url, address).then(done, (error: unknown) => setFailure(explain(error)));
  return (
    <>
      <button type="button" className="primary smaller" onClick={() => void ask()}>
        Get XLM from friendbot
      </button>
      {failure && <FailureNotice failure={failure} />}
    </>
  );
}

function Choose({ status }: { status: Status }) {
  return (
    <>
      {status.dev_wallet && <Development status={status} />}
      <ThirdPartyWallets />
      <p className="small soft">This page never sees the key of your wallet. It explains what a signature means and what it may cost, then asks the wallet to sign.</p>
    </>
  );
}

function ThirdPartyWallets() {
  const { connect, pick } = useWallet();
  const [failure, setFailure] = useState<Failure | null>(null);
  const wallets = useQuery({ queryKey: ["wallets"], queryFn: async () => (await loadKit()).offered(), staleTime: 0, retry: false });
  const choose = async (id: string, name: string) => {
    setFailure(null);
    try {
      connect({ kind: "kit", id, name, address: await (await loadKit()).connect(id) });
      pick(false);
    } catch (error) {
      setFailure(explain(error));
    }
  };
  return (
    <section className="stack tight" aria-label="Third-party wallets">
      <h3>Wallets</h3>
      {wallets.isPending && <p role="status">Looking for wallets in this browser…</p>}
      {wallets.isError && <FailureNotice failure={explain(wallets.error)} />}
      <ul className="wallet-list">
        {[...(wallets.data ?? [])].sort((a, b) => Number(b.available) - Number(a.available)).map(({ id, name, url, available }) => (
          <li key={id}>
            {available ? (
              <button type="button" onClick={() => void choose(id, name)}>
                {name} <span className="badge ok">installed</span>
              </button>
            ) : (
              <span className="row between">
                {name}
                <a className="small" href={url} rel="noreferrer" target="_blank">
                  Get {name}
                </a>
              </span>
            )}
          </li>
        ))}
      </ul>
      {failure && <FailureNotice failure={failure} />}
    </section>
  );
}

function Development({ status }: { status: Status }) {
  const { connect, pick } = useWallet();
  const passphrase = status.network_passphrase;
  const [keys, setKeys] = useState(() => devKeys(passphrase));
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState<string>();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);

  const use = (key: { name: string; address: string }) => {
    connect({ kind: "dev", id: key.name, ...{ name: key.name, address: key.address } });
    pick(false);
  };
  const createAccount = async () => {
    setBusy(true);
    setFailure(null);
    try {
      const chain = await loadChain();
      const key = { name: name.trim() || `Account ${keys.length + 1}`, ...chain.newKey() };
      if (status.friendbot_url) await chain.friendbot(status.friendbot_url, key.address);
      saveDevKey(passphrase, key);
      use(key);
    } catch (error) {
      setFailure(explain(error));
    } finally {
      setBusy(false);
    }
  };
  const importKey = async () => {
    const address = (await loadChain()).addressOf(secret);
    if (!address) return setProblem("A secret key starts with S and has 56 characters.");
    const key = { name: name.trim() || short(address), address, secret: secret.trim() };
    saveDevKey(passphrase, key);
    use(key);
  };
  return (
    <section className="stack" aria-label="Development wallet">
      <div className="stack tight">
        <h3>Development wallet</h3>
        <p className="small soft">Keys are stored in this browser without protection. Use them on {status.network} only, where all money is play money.</p>
      </div>
      {keys.length > 0 && (
        <ul className="wallet-list">
          {keys.map((key) => (
            <li key={key.address} className="row">
              <button type="button" style={{ flex: 1 }} onClick={() => use(key)}>
                {key.name} <span className="mono small">{short(key.address)}</span>
              </button>
              <button type="button" className="quiet smaller" aria-label={`Forget ${key.name}`} style={{ width: "auto" }} onClick={() => { removeDevKey(passphrase, key.address); setKeys(devKeys(passphrase)); }}>
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      <Field label="Name of a new account" value={name} onChange={setName} hint="Only you see it; for example Provider." />
      <div>
        <button type="button" className="primary" disabled={busy} onClick={() => void createAccount()}>
          {busy ? "Asking friendbot for XLM…" : "Create an account"}
        </button>
      </div>
      <details>
        <summary>Use a secret key</summary>
        <form className="stack tight" onSubmit={(event) => { event.preventDefault(); void importKey(); }}>
          <Field label="Secret key of a test account" value={secret} onChange={(text) => { setSecret(text); setProblem(undefined); }} problem={problem} type="password" hint="Never enter the key of an account with real money." />
          <div><button type="submit" className="smaller">Use this key</button></div>
        </form>
      </details>
      {failure && <FailureNotice failure={failure} />}
    </section>
  );
}
