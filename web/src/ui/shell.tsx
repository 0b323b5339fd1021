// What is around every page: where one is, who one is, and how old the ledger is that is shown.

import { Link, useLocation } from "wouter";
import { useFreshness, useStatus } from "../api/queries";
import { useWallet } from "../chain/wallet";
import { short, span, whole } from "../lib/format";
import { Notice } from "./bits";
import { useTheme } from "./theme";

const PLACES = [
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
          {PLACES.map(([place, name]) => (
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
        <i className={`dot ${isError ? "bad" : "warn"}`} aria-hidden /> {isError ? "index away" : "connecting…"}
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

/** Said when something that the page lives on is away; reading goes on. */
export function StaleNotice({ live }: { live: boolean }) {
  const { data: status, isError, dataUpdatedAt } = useStatus();
  const { account } = useWallet();
  const { age_secs, rpc } = useFreshness(account !== null);
  if (isError) {
    const since = dataUpdatedAt ? Math.floor((Date.now() - dataUpdatedAt) / 1000) : 0;
    return (
      <Notice tone="bad" alert title="The index does not answer.">
        <p>{status ? `What you see is as of ledger ${status.ledger}, read ${span(since)} ago. It comes back by itself; nothing of yours is lost.` : "Nothing was read yet. It comes back by itself."}</p>
      </Notice>
    );
  }
  if (rpc === "away") {
    return (
      <Notice tone="warn" alert title="The network's RPC does not answer.">
        <p>Everything can be read; the newest ledger in it is {span(age_secs)} old. Signing has to wait until the RPC is back.</p>
      </Notice>
    );
  }
  if (!live && status) return <p className="small soft" role="status">The stream of changes is interrupted; figures are asked for every few seconds instead.</p>;
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
        <span>Every figure is read from the ledger; times are ledger time in UTC.</span>
        <span>1 GB = 1 024 MB of 2²⁰ bytes. A month is 30 days.</span>
        <a href="/api/v1/openapi.json">API</a>
      </div>
    </footer>
  );
}
