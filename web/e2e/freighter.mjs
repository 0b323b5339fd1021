// A stand-in for the Freighter extension. It speaks Freighter's message protocol and signs with a test key; the page talks to it
// through the wallets kit, as it does to the extension. It can decline signatures and pretend to be on another network.

import { Keypair, TransactionBuilder } from "@stellar/stellar-sdk";

export function freighter(passphrase, key = Keypair.random()) {
  const wallet = { key, passphrase, refuses: false, asked: [] };
  const answer = (request) => {
    wallet.asked.push(request.type);
    switch (request.type) {
      case "REQUEST_CONNECTION_STATUS":
        return { isConnected: true };
      case "REQUEST_ALLOWED_STATUS":
      case "SET_ALLOWED_STATUS":
        return { isAllowed: true };
      case "REQUEST_ACCESS":
      case "REQUEST_PUBLIC_KEY":
        return { publicKey: key.publicKey() };
      case "REQUEST_NETWORK":
      case "REQUEST_NETWORK_DETAILS":
        return { networkDetails: { network: "TEST", networkName: "Test", networkUrl: "", networkPassphrase: wallet.passphrase } };
      case "SUBMIT_TRANSACTION": {
        if (wallet.refuses) return { signedTransaction: "", signerAddress: "", apiError: { code: -4, message: "The user rejected this request." } };
        const transaction = TransactionBuilder.fromXDR(request.transactionXdr, request.networkPassphrase);
        transaction.sign(key);
        return { signedTransaction: transaction.toXDR(), signerAddress: key.publicKey() };
      }
      default:
        return { apiError: { code: -1, message: `not known here: ${request.type}` } };
    }
  };
  wallet.install = async (context) => {
    await context.exposeBinding("freighterOfTheTest", (_source, request) => answer(request));
    await context.addInitScript(() => {
      window.addEventListener("message", async ({ source, data }) => {
        if (source !== window || data?.source !== "FREIGHTER_EXTERNAL_MSG_REQUEST") return;
        const reply = await window.freighterOfTheTest({ ...data });
        // “messagedId” is how Freighter's protocol spells it.
        window.postMessage({ source: "FREIGHTER_EXTERNAL_MSG_RESPONSE", messagedId: data.messageId, ...reply }, window.location.origin);
      });
    });
  };
  return wallet;
}
