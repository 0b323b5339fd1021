// Money in the escrow that an address can withdraw.

import { useClaims, useMarket } from "../api/queries";
import { withdraw } from "../chain/requests";
import { useWallet } from "../chain/wallet";
import { Address, Money } from "./elements";
import { useSign } from "./sign";

export function ClaimsCard({ address }: { address: string }) {
  const { account } = useWallet();
  const { status, code } = useMarket();
  const claims = useClaims(address);
  const sign = useSign();
  const items = (claims.data?.items ?? []).filter(({ claimable_stroops }) => BigInt(claimable_stroops) > 0n);
  const own = account?.address === address;
  return (
    <section className="card stack" aria-label="To withdraw">
      <h2>To withdraw</h2>
      {items.length === 0 && <p className="soft">Nothing to withdraw.</p>}
      {items.map(({ asset, claimable_stroops }) => (
        <div key={asset} className="stack tight">
          {asset === status?.asset.id ? <span className="price"><Money of={claimable_stroops} /></span> : <span>{claimable_stroops} units (the smallest) of <Address of={asset} /></span>}
          {own && (
            <div><button type="button" className="primary" onClick={() => sign(withdraw(address, asset, BigInt(claimable_stroops), code, asset === status?.asset.id))}>Withdraw all</button></div>
          )}
        </div>
      ))}
      <p className="hint">Deals credit your balance in the escrow, so nobody's missing trustline can block a payment.</p>
    </section>
  );
}
