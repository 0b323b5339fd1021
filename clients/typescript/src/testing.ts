import { Asset, BASE_FEE, Keypair, Operation, rpc, TransactionBuilder } from "@stellar/stellar-sdk";
import { FlashOnStellar } from "./flash.js";
import { keypairWallet, type Wallet } from "./wallet.js";

/** On a test network: creates an account with XLM, a trustline and `amount` of the test asset, and returns its wallet. */
export async function testWallet(flash: FlashOnStellar, amount = 1_000_0000000n): Promise<Wallet> {
  const key = Keypair.random();
  const { network_passphrase: networkPassphrase, asset } = flash.deployment;
  if (!asset.code || !asset.issuer) throw new TypeError("the deployment has no test asset");
  await flash.server.requestAirdrop(key.publicKey());
  const account = await flash.server.getAccount(key.publicKey());
  const trust = new TransactionBuilder(account, { fee: BASE_FEE, networkPassphrase })
    .addOperation(Operation.changeTrust({ asset: new Asset(asset.code, asset.issuer) }))
    // The clock of a test network may be ahead of this machine's.
    .setTimeout(0)
    .build();
  trust.sign(key);
  const { hash, status } = await flash.server.sendTransaction(trust);
  if (status !== "PENDING") throw new Error(`the trustline was not added: ${status}`);
  const done = await flash.server.pollTransaction(hash);
  if (done.status !== rpc.Api.GetTransactionStatus.SUCCESS) throw new Error(`the trustline was not added: ${done.status}`);
  const wallet = keypairWallet(key, networkPassphrase);
  const mine = flash.as(wallet);
  if (amount > 0n) await mine.send(() => mine.escrow.test_faucet({ receiver: wallet.publicKey, amount }));
  return wallet;
}
