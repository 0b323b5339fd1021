// A tour of localnet with an unmodified @stellar/stellar-sdk: what developers do with it, and how it
// fails. Run by ./run.sh, once for each version of the SDK, each against a network of its own.
//
//   node tour.mjs <folder with the SDK> <url> <Wasm of the test contract>

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const [folder, url, wasmFile] = process.argv.slice(2);
const require = createRequire(pathToFileURL(resolve(folder, "package.json")));
const sdk = require("@stellar/stellar-sdk");
const { Asset, BASE_FEE, Contract, Keypair, Operation, SorobanDataBuilder, TransactionBuilder } = sdk;
const { Address, nativeToScVal, scValToNative, rpc, contract } = sdk;

const passphrase = "Standalone Network ; February 2017";
const server = new rpc.Server(url, { allowHttp: true });
const wasm = readFileSync(wasmFile);
const alice = Keypair.random();
const bob = Keypair.random();
let contractId;

const steps = [];
const step = (name, run) => steps.push([name, run]);

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function build(source, operation, change = (builder) => builder.setTimeout(60)) {
  const account = await server.getAccount(source.publicKey());
  const builder = new TransactionBuilder(account, { fee: BASE_FEE, networkPassphrase: passphrase });
  return change(builder.addOperation(operation)).build();
}

async function poll(hash) {
  for (let round = 0; round < 100; round += 1) {
    const found = await server.getTransaction(hash);
    if (found.status !== "NOT_FOUND") return found;
    await sleep(50);
  }
  throw new Error(`${hash} is in no ledger`);
}

async function submit(tx) {
  const sent = await server.sendTransaction(tx);
  assert.equal(sent.status, "PENDING", JSON.stringify(sent));
  return poll(sent.hash);
}

async function invoke(source, operation) {
  const tx = await server.prepareTransaction(await build(source, operation));
  tx.sign(source);
  const done = await submit(tx);
  assert.equal(done.status, "SUCCESS");
  return done;
}

const call = (name, ...args) => new Contract(contractId).call(name, ...args);
const sym = (text) => nativeToScVal(text, { type: "symbol" });
const u32 = (value) => nativeToScVal(value, { type: "u32" });

async function refusal(tx) {
  const sent = await server.sendTransaction(tx);
  assert.equal(sent.status, "ERROR");
  const code = sent.errorResult.result;
  const name = typeof code === "function" ? sent.errorResult.result().switch().name : undefined;
  return name ?? String(code?.switch?.().name ?? code?.type ?? JSON.stringify(code));
}

// The result of a transaction that failed, in the words that all versions of the SDK share.
async function failure(tx) {
  const params = { hash: Buffer.from(tx.hash()).toString("hex"), xdrFormat: "json" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "getTransaction", params });
  const headers = { "content-type": "application/json" };
  const answer = await (await fetch(url, { method: "POST", headers, body })).json();
  return JSON.stringify(answer.result.resultJson);
}

async function advance(body) {
  const answer = await fetch(`${url}/admin/advance`, { method: "POST", body: JSON.stringify(body) });
  assert.equal(answer.status, 200);
}

step("the network describes itself", async () => {
  assert.equal((await server.getHealth()).status, "healthy");
  const network = await server.getNetwork();
  assert.equal(network.passphrase, passphrase);
  assert.equal(Number(network.protocolVersion), 28);
  assert.ok((await server.getLatestLedger()).sequence >= 1);
  assert.equal(typeof (await server.getVersionInfo()).version, "string");
  assert.ok((await server.getFeeStats()).sorobanInclusionFee.p50);
});

step("airdrop, twice, and the account", async () => {
  await server.requestAirdrop(alice.publicKey());
  await server.requestAirdrop(bob.publicKey());
  // Newer SDKs take the refusal for what it is; older ones hand it on.
  await server.requestAirdrop(bob.publicKey()).catch((error) => {
    assert.equal(error.response.status, 400);
    assert.match(error.response.data.detail, /createAccountAlreadyExist/);
  });
  const account = await server.getAccount(alice.publicKey());
  assert.equal(account.accountId(), alice.publicKey());
});

step("upload and deploy with a constructor", async () => {
  const uploaded = await invoke(alice, Operation.uploadContractWasm({ wasm }));
  const wasmHash = scValToNative(uploaded.returnValue);
  const deployed = await invoke(
    alice,
    Operation.createCustomContract({
      address: new Address(alice.publicKey()),
      wasmHash,
      salt: Buffer.alloc(32, 7),
      constructorArgs: [new Address(alice.publicKey()).toScVal()],
    }),
  );
  contractId = scValToNative(deployed.returnValue);
  assert.match(contractId, /^C[A-Z2-7]{55}$/);
});

step("prepare, send, poll", async () => {
  await invoke(alice, call("put", sym("a"), u32(42)));
  const done = await invoke(alice, call("get", sym("a")));
  assert.equal(scValToNative(done.returnValue), 42);
  assert.equal(done.feeBump, false);
  assert.ok(done.ledger > 1 && Number(done.createdAt) > 0);
});

step("simulate: the result, the fee, the state changes", async () => {
  const simulated = await server.simulateTransaction(await build(alice, call("put", sym("b"), u32(1))));
  assert.ok(rpc.Api.isSimulationSuccess(simulated));
  assert.ok(Number(simulated.minResourceFee) > 0);
  assert.equal(simulated.stateChanges.length, 1);
});

step("a contract client made from what is on the ledger", async () => {
  const client = await contract.Client.from({
    contractId,
    networkPassphrase: passphrase,
    rpcUrl: url,
    allowHttp: true,
    publicKey: alice.publicKey(),
    ...contract.basicNodeSigner(alice, passphrase),
  });
  const put = await client.put({ key: "c", value: 7 });
  await put.signAndSend();
  const get = await client.get({ key: "c" });
  assert.equal(get.result, 7);
});

step("somebody else signs an authorisation entry", async () => {
  const client = await contract.Client.from({
    contractId,
    networkPassphrase: passphrase,
    rpcUrl: url,
    allowHttp: true,
    publicKey: alice.publicKey(),
    ...contract.basicNodeSigner(alice, passphrase),
  });
  const tx = await client.put_by({ who: bob.publicKey(), key: "d", value: 9 });
  assert.deepEqual(tx.needsNonInvokerSigningBy(), [bob.publicKey()]);
  await tx.signAuthEntries({ address: bob.publicKey(), ...contract.basicNodeSigner(bob, passphrase) });
  await tx.signAndSend();
  assert.equal((await client.get({ key: "d" })).result, 9);
});

step("events, with filters and a cursor", async () => {
  const topics = nativeToScVal(["tour", "one"], { type: ["symbol", "symbol"] });
  const done = await invoke(alice, call("emit", topics, u32(1)));
  const filters = [
    { type: "contract", contractIds: [contractId], topics: [[sym("tour").toXDR("base64"), "*"]] },
  ];
  const found = await server.getEvents({ startLedger: done.ledger, filters });
  assert.equal(found.events.length, 1);
  assert.equal(scValToNative(found.events[0].value), 1);
  const more = await server.getEvents({ cursor: found.cursor, filters, limit: 10 });
  assert.equal(more.events.length, 0);
});

step("transactions and ledgers in lists", async () => {
  const { transactions } = await server.getTransactions({ startLedger: 1, pagination: { limit: 50 } });
  assert.ok(transactions.length > 5);
  if (server.getLedgers) {
    const { ledgers } = await server.getLedgers({ startLedger: 1, pagination: { limit: 3 } });
    assert.equal(ledgers.length, 3);
  }
});

step("a fee bump", async () => {
  const inner = await server.prepareTransaction(await build(alice, call("put", sym("e"), u32(1))));
  inner.sign(alice);
  const bump = TransactionBuilder.buildFeeBumpTransaction(bob, String(Number(BASE_FEE) * 10), inner, passphrase);
  bump.sign(bob);
  const done = await submit(bump);
  assert.equal(done.status, "SUCCESS");
  assert.equal(done.feeBump, true);
});

step("a classic payment, and the balance through the asset's contract", async () => {
  const payment = Operation.payment({ destination: bob.publicKey(), asset: Asset.native(), amount: "5" });
  const tx = await build(alice, payment);
  tx.sign(alice);
  assert.equal((await submit(tx)).status, "SUCCESS");
  const native = new Contract(Asset.native().contractId(passphrase));
  const simulated = await server.simulateTransaction(
    await build(alice, native.call("balance", new Address(bob.publicKey()).toScVal())),
  );
  assert.ok(scValToNative(simulated.result.retval) > 100_000_000_000n);
});

step("contract data and its time to live", async () => {
  const data = await server.getContractData(contractId, sym("a"), rpc.Durability.Persistent);
  assert.ok(data.liveUntilLedgerSeq > 1);
});

step("extend and, after archival, restore", async () => {
  const simulated = await server.simulateTransaction(await build(alice, call("put", sym("a"), u32(42))));
  const [ledgerKey] = simulated.transactionData.getReadWrite();
  const withData = (data) => (builder) => builder.setSorobanData(data.build()).setTimeout(60);
  const extension = new SorobanDataBuilder().setReadOnly([ledgerKey]);
  const extend = await build(alice, Operation.extendFootprintTtl({ extendTo: 500 }), withData(extension));
  const prepared = await server.prepareTransaction(extend);
  prepared.sign(alice);
  assert.equal((await submit(prepared)).status, "SUCCESS");

  await advance({ ledgers: 600 });
  const restoration = new SorobanDataBuilder().setReadWrite([ledgerKey]);
  const restore = await build(alice, Operation.restoreFootprint({}), withData(restoration));
  const ready = await server.prepareTransaction(restore);
  ready.sign(alice);
  assert.equal((await submit(ready)).status, "SUCCESS");
  // Instance and code are still archived: the call brings them back itself.
  const done = await invoke(alice, call("get", sym("a")));
  assert.equal(scValToNative(done.returnValue), 42);
});

step("a contract error", async () => {
  const simulated = await server.simulateTransaction(await build(alice, call("refuse")));
  assert.ok(rpc.Api.isSimulationError(simulated));
  assert.match(simulated.error, /Error\(Contract, #7\)/);
});

step("refused: signature, sequence number, fee, time bounds", async () => {
  const operation = Operation.bumpSequence({ bumpTo: "0" });
  const forged = await build(alice, operation);
  forged.sign(bob);
  assert.match(await refusal(forged), /bad_?auth/i);

  const account = await server.getAccount(alice.publicKey());
  account.incrementSequenceNumber();
  const late = new TransactionBuilder(account, { fee: BASE_FEE, networkPassphrase: passphrase })
    .addOperation(operation)
    .setTimeout(60)
    .build();
  late.sign(alice);
  assert.match(await refusal(late), /bad_?seq/i);

  const poor = new TransactionBuilder(await server.getAccount(alice.publicKey()), {
    fee: "99",
    networkPassphrase: passphrase,
  })
    .addOperation(operation)
    .setTimeout(60)
    .build();
  poor.sign(alice);
  assert.match(await refusal(poor), /insufficient_?fee/i);

  const old = await build(alice, operation, (builder) => builder.setTimebounds(0, 1_000_000));
  old.sign(alice);
  assert.match(await refusal(old), /too_?late/i);
});

step("a footprint that is too small fails in the ledger", async () => {
  const tx = await build(alice, call("put", sym("f"), u32(1)));
  const simulated = await server.simulateTransaction(tx);
  simulated.transactionData.setReadWrite([]);
  const small = rpc.assembleTransaction(tx, simulated).build();
  small.sign(alice);
  const done = await submit(small);
  assert.equal(done.status, "FAILED");
  assert.match(await failure(small), /"invoke_host_function":"trapped"/);
});

step("what was archived since it was simulated fails in the ledger", async () => {
  await invoke(alice, call("put", sym("old"), u32(7)));
  const tx = await server.prepareTransaction(await build(alice, call("get", sym("old"))));
  tx.sign(alice);
  await advance({ ledgers: 600 });
  const done = await submit(tx);
  assert.equal(done.status, "FAILED");
  assert.match(await failure(tx), /"invoke_host_function":"entry_archived"/);
  const again = await invoke(alice, call("get", sym("old")));
  assert.equal(scValToNative(again.returnValue), 7);
});

let failed = 0;
for (const [name, run] of steps) {
  try {
    await run();
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n${error.stack ?? error}`);
  }
}
console.log(`${steps.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
