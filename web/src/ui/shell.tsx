// The frame of every page: navigation, wallet, and the age of the ledger shown.

import { Link, useLocation } from "wouter";
import { useFreshness, useStatus } from "../api/queries";
import { useWallet } from "../chain/wallet";
import { short, span, whole } from "../lib/format";
import { Notice } from "./elements";
import { useTheme } from "./theme";

const NAVIGATION = [
  ["/", "Market"],
  ["/provider", "Provider"],
  ["/consumer", "Consumer"],
  ["/network", "Network"],
] as const;

export function Header() {
  const [path] = useLocation();
  const here = (place: string) => (place === "/" ? path === "/" || path.startsWith("/buckets") : path.startsWith(place));
  return (
    <header className="top">
      <div className="top-in">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="" width="26" height="26" />
          FlashOnStellar
        </Link>
        <nav className="nav" aria-label="Pages">
          {NAVIGATION.map(([place, name]) => (
            <Link key={place} href={place} aria-current={here(place) ? "page" : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        <div className="top-right">
          <LedgerAge />
          <ThemeButton />
          <WalletButton />
        </div>
      </div>
    </header>
  );
}

function LedgerAge() {
  const { data: status, isError } = useStatus();
  const { account } = useWallet();
  const { age_secs, rpc } = useFreshness(account !== null);
  if (!status) {
    return (
      <span className="ledger" role="status">
        <i className={`dot ${isError ? "bad" : "warn"}`} aria-hidden /> {isError ? "index not reachable" : "connecting…"}
      </span>
    );
  }
  const tone = isError || rpc === "away" ? "bad" : age_secs > 60 ? "warn" : "";
  return (
    <span className="ledger" title={`${status.network_passphrase}: ledger ${status.ledger}`}>
      <i className={`dot ${tone}`} aria-hidden />
      {status.network} · ledger {whole(status.ledger)}
      {age_secs > 10 && ` · ${span(age_secs)} old`}
    </span>
  );
}

/** Shown when the index or the RPC server does not answer. Reading continues. */
export function StaleNotice({ live }: { live: boolean }) {
  const { data: status, isError, dataUpdatedAt } = useStatus();
  const { account } = useWallet();
  const { age_secs, rpc } = useFreshness(account !== null);
  if (isError) {
    const since = dataUpdatedAt ? Math.floor((Date.now() - dataUpdatedAt) / 1000) : 0;
    return (
      <Notice tone="bad" alert title="The index does not answer.">
        <p>{status ? `You see the state as of ledger ${status.ledger}, read ${span(since)} ago. The page reconnects by itself; nothing of yours is lost.` : "Nothing was read yet. The page reconnects by itself."}</p>
      </Notice>
    );
  }
  if (rpc === "away") {
    return (
      <Notice tone="warn" alert title="The network's RPC does not answer.">
        <p>You can still read everything; the newest ledger shown is {span(age_secs)} old. Signing has to wait until the RPC server is back.</p>
      </Notice>
    );
  }
  if (!live && status) return <p className="small soft" role="status">Live updates are interrupted; the page refreshes every few seconds instead.</p>;
  return null;
}

function ThemeButton() {
  const [theme, toggle] = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button type="button" className="quiet smaller" onClick={toggle} aria-label={`Switch to ${other} colours`} title={`Switch to ${other} colours`}>
      <span aria-hidden>{theme === "dark" ? "☀" : "☾"}</span>
    </button>
  );
}

function WalletButton() {
  const { account, pick } = useWallet();
  return (
    <button type="button" className={account ? "smaller" : "primary smaller"} onClick={() => pick(true)}>
      {account ? (
        <>
          <span className="visually-hidden">Wallet: </span>
          {account.name} <span className="mono small">{short(account.address)}</span>
        </>
      ) : (
        "Connect wallet"
      )}
    </button>
  );
}

export function Footer() {
  return (
    <footer className="foot">
      <div>
        <span>All figures come from the ledger. Times are ledger times in UTC.</span>
        <span>1 GiB = 1 024 MiB of 2²⁰ bytes. A month has 30 days.</span>
        <a href="/api/v1/openapi.json">API</a>
      </div>
    </footer>
  );
}
