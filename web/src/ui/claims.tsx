// Money that waits in the escrow for an address.

import { useClaims, useMarket } from "../api/queries";
import { withdraw } from "../chain/requests";
import { useWallet } from "../chain/wallet";
import { Address, Money } from "./bits";
import { useSign } from "./sign";

export function ClaimsCard({ address }: { address: string }) {
  const { account } = useWallet();
  const { status, code } = useMarket();
  const claims = useClaims(address);
  const sign = useSign();
  const items = (claims.data?.items ?? []).filter(({ claimable_stroops }) => BigInt(claimable_stroops) > 0n);
  const own = account?.address === address;
  return (
    <section className="card stack" aria-label="Claims to withdraw">
      <h2>To withdraw</h2>
      {items.length === 0 && <p className="soft">Nothing is waiting in the escrow for {own ? "you" : "this address"}.</p>}
      {items.map(({ asset, claimable_stroops }) => (
        <div key={asset} className="stack tight">
          {asset === status?.asset.id ? <span className="price"><Money of={claimable_stroops} /></span> : <span>{claimable_stroops} of the smallest unit of <Address of={asset} /></span>}
          {own && (
            <div><button type="button" className="primary" onClick={() => sign(withdraw(address, asset, BigInt(claimable_stroops), code, asset === status?.asset.id))}>Withdraw all of it</button></div>
          )}
        </div>
      ))}
      <p className="hint">Deals pay into the escrow's claims: no missing trustline of anybody can hold a payment up.</p>
    </section>
  );
}
