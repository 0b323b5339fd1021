// Whose dashboard is shown: the address in the path, or the connected wallet's.

import { Link } from "wouter";
import { useProviders } from "../api/queries";
import { useWallet } from "../chain/wallet";
import { Address, Empty, Notice } from "./bits";

export function NobodyYet({ role }: { role: "provider" | "consumer" }) {
  const { pick } = useWallet();
  const known = useProviders(role);
  return (
    <>
      <Empty action={<button type="button" className="primary" onClick={() => pick(true)}>Connect wallet</button>}>
        {role === "provider" ? "Connect the wallet that your buckets belong to, to list buckets, answer requests and withdraw what you earned." : "Connect the wallet that pays for your storage, to open deals, fund them and watch them."}
      </Empty>
      {known.data && known.data.items.length > 0 && (
        <section className="card stack tight" aria-label={`Registered ${role}s`}>
          <h2>Registered {role}s</h2>
          <p className="soft small">Everything on these pages is public.</p>
          <ul className="tags">
            {known.data.items.map(({ address, name }) => <li key={address}><Link className="button smaller" href={`/${role}/${address}`}>{name || <Address of={address} />}</Link></li>)}
          </ul>
        </section>
      )}
    </>
  );
}

export function SomebodyElse({ own, role }: { own: boolean; role: string }) {
  return own ? null : <Notice tone="info"><p>You look at somebody else's {role} page. To act, connect the wallet of this address.</p></Notice>;
}
