import { Keypair } from "@stellar/stellar-sdk";
import { basicNodeSigner, type ClientOptions } from "@stellar/stellar-sdk/contract";

/** A signer: an address and the two functions of SEP-43, which every Stellar wallet has. */
export interface Wallet {
  publicKey: string;
  signTransaction: NonNullable<ClientOptions["signTransaction"]>;
  signAuthEntry?: ClientOptions["signAuthEntry"];
}

/** A wallet with a key in this process, for servers and tests. */
export function keypairWallet(key: Keypair | string, networkPassphrase: string): Wallet {
  const pair = typeof key === "string" ? Keypair.fromSecret(key) : key;
  return { publicKey: pair.publicKey(), ...basicNodeSigner(pair, networkPassphrase) };
}
