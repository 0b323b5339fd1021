// What a dashboard shows when no wallet is connected, or when it belongs to somebody else.

import { Link } from "wouter";
import { useProviders } from "../api/queries";
import { useWallet } from "../chain/wallet";
import { Address, Empty, Notice } from "./elements";

export function ConnectPrompt({ role }: { role: "provider" | "consumer" }) {
  const { pick } = useWallet();
  const registered = useProviders(role);
  return (
    <>
      <Empty action={<button type="button" className="primary" onClick={() => pick(true)}>Connect wallet</button>}>
        {role === "provider" ? "Connect the wallet that owns your buckets to list buckets, answer requests and withdraw your earnings." : "Connect the wallet that pays for your storage to open, fund and watch deals."}
      </Empty>
      {registered.data && registered.data.items.length > 0 && (
        <section className="card stack tight" aria-label={`Registered ${role}s`}>
          <h2>Registered {role}s</h2>
          <p className="soft small">Everything on these pages is public.</p>
          <ul className="tags">
            {registered.data.items.map(({ address, name }) => <li key={address}><Link className="button smaller" href={`/${role}/${address}`}>{name || <Address of={address} />}</Link></li>)}
          </ul>
        </section>
      )}
    </>
  );
}

export function VisitorNotice({ own, role }: { own: boolean; role: string }) {
  return own ? null : <Notice tone="info"><p>This is somebody else's {role} page. To act, connect the wallet of this address.</p></Notice>;
}
