// Third-party wallets through the wallets kit, loaded when somebody connects one. The page shows its own dialog instead of the
// kit's, so that it works by keyboard and under the page's content security policy.

import { StellarWalletsKit } from "@creit.tech/stellar-wallets-kit/sdk";
import { AlbedoModule } from "@creit.tech/stellar-wallets-kit/modules/albedo";
import { FreighterModule } from "@creit.tech/stellar-wallets-kit/modules/freighter";
import { HanaModule } from "@creit.tech/stellar-wallets-kit/modules/hana";
import { LobstrModule } from "@creit.tech/stellar-wallets-kit/modules/lobstr";
import { RabetModule } from "@creit.tech/stellar-wallets-kit/modules/rabet";
import { xBullModule } from "@creit.tech/stellar-wallets-kit/modules/xbull";
import type { Wallet } from "@flashonstellar/client";
import { Stopped } from "../lib/errors";

export interface Offered {
  id: string;
  name: string;
  url: string;
  available: boolean;
}

let ready = false;
function init(): void {
  if (ready) return;
  StellarWalletsKit.init({
    modules: [new FreighterModule(), new xBullModule(), new AlbedoModule(), new LobstrModule(), new RabetModule(), new HanaModule()],
  });
  ready = true;
}

export async function offered(): Promise<Offered[]> {
  init();
  const wallets = await StellarWalletsKit.refreshSupportedWallets();
  return wallets.map(({ id, name, url, isAvailable }) => ({ id, name, url, available: isAvailable }));
}

/** Asks the wallet for its address. */
export async function connect(id: string): Promise<string> {
  init();
  StellarWalletsKit.setWallet(id);
  return (await StellarWalletsKit.fetchAddress()).address;
}

/** A wallet that checks, before it signs, that it is on this market's network and has this address. */
export function kitWallet(id: string, address: string, passphrase: string): Wallet {
  init();
  StellarWalletsKit.setWallet(id);
  return {
    publicKey: address,
    signTransaction: async (xdr) => {
      await requireNetwork(passphrase);
      const signed = await StellarWalletsKit.signTransaction(xdr, { networkPassphrase: passphrase, address });
      if (signed.signerAddress && signed.signerAddress !== address) {
        throw new Stopped({ kind: "other", meaning: "The wallet signed with a different account.", todo: `Choose ${address} in the wallet, or connect again.`, details: signed.signerAddress });
      }
      return signed;
    },
    signAuthEntry: async (entry) => {
      await requireNetwork(passphrase);
      return StellarWalletsKit.signAuthEntry(entry, { networkPassphrase: passphrase, address });
    },
  };
}

async function requireNetwork(passphrase: string): Promise<void> {
  // Not every wallet reports its network; such a wallet uses the passphrase of the call.
  const network = await StellarWalletsKit.getNetwork().catch(() => null);
  if (network && network.networkPassphrase !== passphrase) {
    throw new Stopped({
      kind: "wrong-network",
      meaning: `Your wallet is on “${network.networkPassphrase}”; this market is on “${passphrase}”.`,
      todo: "Switch the network in the wallet, then try again. Nothing was signed.",
      details: network.network,
    });
  }
}
