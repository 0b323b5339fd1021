import { lazy, Suspense, useEffect, useRef } from "react";
import { Route, Switch, useLocation } from "wouter";
import { useLive } from "./api/queries";
import { Empty, Loading } from "./ui/elements";
import { Footer, Header, StaleNotice } from "./ui/shell";
import { SignProvider } from "./ui/sign";
import { Market } from "./pages/market";

// The market is the first page; the others are loaded when they are visited.
const Bucket = lazy(() => import("./pages/bucket").then(({ BucketPage }) => ({ default: BucketPage })));
const Provider = lazy(() => import("./pages/provider").then(({ ProviderPage }) => ({ default: ProviderPage })));
const Consumer = lazy(() => import("./pages/consumer").then(({ ConsumerPage }) => ({ default: ConsumerPage })));
const Deal = lazy(() => import("./pages/deal").then(({ DealPage }) => ({ default: DealPage })));
const Network = lazy(() => import("./pages/network").then(({ NetworkPage }) => ({ default: NetworkPage })));
const WalletDialog = lazy(() => import("./ui/wallet-dialog").then((module) => ({ default: module.WalletDialog })));

const TITLES: [RegExp, string][] = [
  [/^\/$/, "Market"],
  [/^\/buckets\/(.+)/, "Bucket"],
  [/^\/provider/, "Provider"],
  [/^\/consumer/, "Consumer"],
  [/^\/deals\/(.+)/, "Deal"],
  [/^\/network/, "Network"],
];

export function App() {
  const live = useLive();
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    const entry = TITLES.find(([pattern]) => pattern.test(path));
    const number = entry?.[0].exec(path)?.[1];
    document.title = `${entry ? `${entry[1]}${number ? ` ${number}` : ""} · ` : ""}FlashOnStellar`;
    // A new page is read from its beginning; the first load leaves the focus alone.
    if (!first.current) {
      main.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    first.current = false;
  }, [path]);
  return (
    <SignProvider>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        <StaleNotice live={live} />
        <Suspense fallback={<Loading what="the page" />}>
          <Switch>
            <Route path="/" component={Market} />
            <Route path="/buckets/:id">{({ id }) => <Bucket key={id} id={id} />}</Route>
            <Route path="/provider/:address?">{({ address }) => <Provider key={address} address={address} />}</Route>
            <Route path="/consumer/:address?">{({ address }) => <Consumer key={address} address={address} />}</Route>
            <Route path="/deals/:id">{({ id }) => <Deal key={id} id={id} />}</Route>
            <Route path="/network" component={Network} />
            <Route>
              <h1>No such page</h1>
              <Empty action={<a className="button primary" href="/">Go to the market</a>}>There is no page at this address.</Empty>
            </Route>
          </Switch>
        </Suspense>
      </main>
      <Footer />
      <Suspense>
        <WalletDialog />
      </Suspense>
    </SignProvider>
  );
}
