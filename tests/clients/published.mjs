// A tour that makes calls the way the published TypeScript client does: SDK 14, signing address first, nativeToScVal with
// explicit types, null for an absent option; a call is a query if its simulated read-write footprint is empty. It calls
// every function that the client can reach. (Functions that the client calls without a source account never leave it.)
//
//   node published.mjs <folder with the SDK> <url> <deployment file> <secret of the oracle>

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, url, file, oracleSecret] = process.argv.slice(2);
const require = createRequire(pathToFileURL(resolve(folder, "package.json")));
const { Address, Asset, BASE_FEE, Contract, Keypair, Operation, TransactionBuilder } = require("@stellar/stellar-sdk");
const { nativeToScVal, rpc, scValToNative } = require("@stellar/stellar-sdk");

const deployment = JSON.parse(readFileSync(file, "utf8"));
const networkPassphrase = deployment.network_passphrase;
const server = new rpc.Server(url, { allowHttp: true });
const [provider, consumer, both] = [Keypair.random(), Keypair.random(), Keypair.random()];
const oracle = Keypair.fromSecret(oracleSecret);
const [P, C] = [provider.publicKey(), consumer.publicKey()];

const address = (value) => new Address(value).toScVal();
const string = (value) => nativeToScVal(value, { type: "string" });
const u32 = (value) => nativeToScVal(value, { type: "u32" });
const u64 = (value) => nativeToScVal(value, { type: "u64" });
const u128 = (value) => nativeToScVal(value, { type: "u128" });
const i128 = (value) => nativeToScVal(value, { type: "i128" });
const optional = (value, kind) => (value === null ? nativeToScVal(null) : kind(value));

async function submit(signer, transaction) {
  transaction.sign(signer);
  const { hash, status } = await server.sendTransaction(transaction);
  assert.equal(status, "PENDING");
  const done = await server.pollTransaction(hash, { attempts: 60, sleepStrategy: () => 100 });
  assert.equal(done.status, "SUCCESS");
  return done;
}

// No deadline, because the network's clock is ahead of this machine's.
async function build(signer, operation) {
  const account = await server.getAccount(signer.publicKey());
  return new TransactionBuilder(account, { fee: BASE_FEE, networkPassphrase }).addOperation(operation).setTimeout(0).build();
}

const calls = new Map();
async function execute(kind, signer, contract, name, ...args) {
  const operation = new Contract(deployment.contracts[contract].id).call(name, ...args);
  const transaction = await build(signer, operation);
  const simulated = await server.simulateTransaction(transaction);
  if (rpc.Api.isSimulationError(simulated)) throw new Error(`${name}: ${simulated.error.split("\n", 1)[0]}`);
  const isQuery = simulated.transactionData.build().resources().footprint().readWrite().length === 0;
  assert.equal(isQuery, kind === "query", `${name} looks like a ${isQuery ? "query" : "command"}`);
  calls.set(name, (calls.get(name) ?? 0) + 1);
  if (isQuery) return scValToNative(simulated.result.retval);
  const done = await submit(signer, rpc.assembleTransaction(transaction, simulated).build());
  return done.returnValue && scValToNative(done.returnValue);
}
const command = (...call) => execute("command", ...call);
const query = (...call) => execute("query", ...call);

async function advance(secs) {
  const answer = await fetch(`${url}/admin/advance`, { method: "POST", body: JSON.stringify({ secs, ledgers: secs / 5 }) });
  assert.equal(answer.status, 200);
}

async function prepare() {
  const asset = new Asset(deployment.asset.code, deployment.asset.issuer);
  for (const key of [provider, consumer, both]) {
    await server.requestAirdrop(key.publicKey());
    await submit(key, await build(key, Operation.changeTrust({ asset })));
  }
  await command(consumer, "escrow", "test_faucet", address(C), i128(100_0000000n));
  assert.equal(await query(consumer, "escrow", "get_stable_asset_address"), deployment.asset.contract_id);
  assert.match(await query(consumer, "escrow", "get_stable_asset_name"), /USDC/);
}

async function parties() {
  const B = both.publicKey();
  await command(provider, "registry", "register_provider", address(P), string("provider"));
  await command(consumer, "registry", "register_consumer", address(C), string("consumer"));
  await command(both, "registry", "register_full_user", address(B), string("both"));
  await command(provider, "registry", "update_provider", address(P), string("a provider"));
  await command(consumer, "registry", "update_consumer", address(C), string("a consumer"));
  const profile = await query(provider, "registry", "get_provider", address(P));
  assert.equal(profile.description, "a provider");
  assert.equal(profile.reputation, 50);
  assert.deepEqual(profile.deals, {});
  assert.equal((await query(consumer, "registry", "get_consumer", address(C))).description, "a consumer");
  assert.equal((await query(consumer, "registry", "get_consumer", address(P))) ?? null, null);
  await command(both, "registry", "delete_provider", address(B));
  await command(both, "registry", "delete_consumer", address(B));
}

async function list(name) {
  const prices = [u128(10_000_000n), u128(1_000_000n), u32(100), u32(9_990)];
  return command(provider, "registry", "create_bucket", address(P), string(name), string("eu"), string(name), string("S3"), ...prices);
}

async function buckets() {
  const id = await list("one");
  const spare = await list("two");
  const at = [address(P), u32(id)];
  await command(provider, "registry", "update_bucket_basic", ...at, optional("renamed", string), optional(null), optional("SE", string));
  await command(
    provider,
    "registry",
    "update_bucket_conditions",
    ...at,
    optional(null),
    optional(null),
    optional(20_000_000n, u128),
    optional(null),
    optional(null),
    optional(9_900, u32),
  );
  const bucket = await query(provider, "registry", "get_bucket", u32(id));
  assert.deepEqual([bucket.name, bucket.region, bucket.country], ["renamed", "eu", "SE"]);
  assert.deepEqual([bucket.price_per_gb_storage, bucket.sla_avg_uptime_pct], [20_000_000n, 9_900]);
  await command(provider, "registry", "lock_bucket", ...at);
  assert.equal((await query(provider, "registry", "get_bucket", u32(id))).locked, true);
  await command(provider, "registry", "unlock_bucket", ...at);
  await command(provider, "registry", "delete_bucket", address(P), u32(spare));
  assert.equal((await query(provider, "registry", "get_buckets_by_provider", address(P))).length >= 1, true);
  return id;
}

async function create(bucket) {
  const size = [u64(30 * 86_400), u64(10_240), u64(1_024)];
  return command(consumer, "deals", "create_deal", address(C), address(P), u32(bucket), string(""), ...size, string("S3"));
}

async function deals(bucket) {
  const byProvider = (id) => [address(P), address(C), u32(id)];
  const byConsumer = (id) => [address(C), address(P), u32(id)];
  const rejected = await create(bucket);
  await command(provider, "deals", "set_deal_rejected", ...byProvider(rejected));
  const cancelled = await create(bucket);
  await command(provider, "deals", "set_deal_cancelled", ...byProvider(cancelled));

  const id = await create(bucket);
  await command(provider, "deals", "set_deal_accepted", ...byProvider(id));
  await command(consumer, "deals", "set_deal_funded", ...byConsumer(id), u128(25_0000000n), string("repo"));
  await command(consumer, "deals", "deposit_to_deal", ...byConsumer(id), u128(1_0000000n));
  await advance(86_400);
  await command(oracle, "deals", "update_deal_consumption", ...byProvider(id), u64(5_120), u64(100));
  await command(oracle, "deals", "update_deal_sla", ...byProvider(id), u32(80), u32(9_995));
  await command(oracle, "deals", "pay_pending_consumption", ...byProvider(id));
  const deal = await query(consumer, "deals", "get_deal", ...byConsumer(id));
  assert.equal(deal.paid_egress_mb, 100n);
  assert.ok(deal.balance_provider > 0n && deal.balance_consumer < 26_0000000n);
  await command(consumer, "deals", "set_deal_completed", ...byConsumer(id));
  const closed = await query(consumer, "deals", "get_deal", ...byConsumer(id));
  assert.deepEqual(closed.status, ["Completed"]);
  for (const [side, who] of [["consumer", C], ["provider", P]]) {
    const infos = await query(consumer, "deals", `get_deals_by_${side}`, address(who));
    assert.deepEqual(infos.map((info) => info.deal.deal_id), [id, cancelled, rejected]);
    assert.equal(infos[0].provider_name, "a provider");
  }
  await assert.rejects(command(provider, "deals", "set_deal_accepted", ...byProvider(id)), /Error\(Contract, #3103\)/);
}

await prepare();
await parties();
await deals(await buckets());
console.log(`published client's way of calling: ${calls.size} functions, ${[...calls.values()].reduce((a, b) => a + b)} calls`);
