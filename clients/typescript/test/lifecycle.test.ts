// The whole life of a deal with two wallets and the oracle's key, on a localnet with the contracts.
// LOCALNET is its URL, DEPLOYMENT the deployment file, ORACLE_SECRET the key of the acting oracle.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ContractRefusal, FlashOnStellar, keypairWallet, type Wallet } from "@flashonstellar/client";
import { testWallet } from "@flashonstellar/client/testing";

const rpcUrl = process.env.LOCALNET ?? "";
// The tests move the network's clock ahead of this machine's, which determines the deadline of a call.
const timeoutSecs = 365 * 86_400;
const flash = new FlashOnStellar({ deployment: readFileSync(process.env.DEPLOYMENT ?? "", "utf8"), rpcUrl, timeoutSecs });
const GB = 1024n;
const DAY = 86_400n;
const USD = 10_000_000n;

async function advance(secs: bigint): Promise<void> {
  // Few ledgers, so that the events stay within the retention window.
  const body = JSON.stringify({ secs: Number(secs), ledgers: 10 });
  const answer = await fetch(`${rpcUrl}/admin/advance`, { method: "POST", body });
  assert.equal(answer.status, 200);
}

const refusedAs = (name: string) => (error: unknown) => {
  assert.ok(error instanceof ContractRefusal, String(error));
  assert.equal(error.name, name);
  assert.ok(error.meaning.length > 10, `${name} has a meaning: ${error.meaning}`);
  assert.match(error.message, new RegExp(`^${name} \\(\\d{4}\\): `));
  return true;
};

async function marketplace() {
  const oracleKey = process.env.ORACLE_SECRET ?? "";
  const [provider, consumer] = [await testWallet(flash), await testWallet(flash)];
  const oracle = keypairWallet(oracleKey, flash.deployment.network_passphrase);
  return { provider, consumer, oracle, p: flash.as(provider), c: flash.as(consumer), o: flash.as(oracle) };
}

async function listBucket(p: FlashOnStellar, provider: Wallet): Promise<number> {
  const provider_id = provider.publicKey;
  await p.send(() => p.registry.register_provider({ provider_id, description: "Disks in the north" }));
  const bucket = {
    provider_id,
    name: "backups",
    region: "eu-north-1",
    fb_bucket_id: `bucket-of-${provider_id.slice(-8)}`,
    api_compatibility: "S3",
    price_per_gb_storage: 2n * USD,
    price_per_gb_egress: USD / 10n,
    sla_avg_latency_ms: 100,
    sla_avg_uptime_pct: 9_990,
  };
  const { value } = await p.send(() => p.registry.create_bucket(bucket));
  return value;
}

test("a deal runs from listing to withdrawal", async () => {
  const { provider, consumer, p, c, o } = await marketplace();
  const [provider_id, consumer_id] = [provider.publicKey, consumer.publicKey];
  const started = (await flash.server.getLatestLedger()).sequence;
  const bucket_id = await listBucket(p, provider);
  await c.send(() => c.registry.register_consumer({ consumer_id, description: "A studio" }));

  const wish = { bucket_id, duration_secs: 30n * DAY, storage_mb: 100n * GB, egress_mb: 10n * GB };
  const quote = await flash.read(flash.deals.get_quote(wish));
  assert.equal(quote.price, 100n * 2n * USD + USD);
  const terms = {
    consumer_id,
    provider_id,
    bucket_id,
    fb_repo_id: `repo-${consumer_id.slice(-8)}`,
    duration_secs: wish.duration_secs,
    agreed_storage_mb: wish.storage_mb,
    agreed_egress_mb: wish.egress_mb,
    api_compatibility: "S3",
  };
  const { value: deal_id } = await c.send(() => c.deals.create_deal(terms));
  const parties = { provider_id, consumer_id, deal_id };

  await assert.rejects(
    c.send(() => c.deals.set_deal_funded({ ...parties, amount_usd: quote.price, fb_repo_id: terms.fb_repo_id })),
    refusedAs("NotAccepted"),
  );
  await p.send(() => p.deals.set_deal_accepted(parties));
  await assert.rejects(
    c.send(() => c.deals.set_deal_funded({ ...parties, amount_usd: 1n, fb_repo_id: terms.fb_repo_id })),
    refusedAs("BelowMinimum"),
  );
  await c.send(() => c.deals.set_deal_funded({ ...parties, amount_usd: quote.price, fb_repo_id: terms.fb_repo_id }));

  await advance(DAY);
  await o.send(() => o.deals.update_deal_consumption({ ...parties, storage_mb: 50n * GB, egress_mb: GB }));
  await o.send(() => o.deals.update_deal_sla({ ...parties, latency_ms: 80, uptime: 9_995 }));
  await o.send(() => o.deals.pay_pending_consumption(parties));
  const deal = await flash.read(flash.deals.get_deal(parties));
  assert.ok(deal && deal.balance_provider > 0n && deal.paid_egress_mb === GB);

  await c.send(() => c.deals.set_deal_completed(parties));
  await advance(4n * DAY);
  await c.send(() => c.deals.advance_deal({ deal_id }));
  const closed = await flash.read(flash.deals.get_deal(parties));
  assert.equal(closed?.status.tag, "Completed");

  const token = flash.deployment.asset.contract_id;
  const claimable = await flash.read(flash.escrow.get_claimable({ who: consumer_id, token }));
  if (claimable > 0n) {
    await c.send(() => c.escrow.withdraw({ who: consumer_id, token, to: consumer_id, amount: claimable, min_paid: claimable }));
  }
  const solvency = await flash.read(flash.escrow.get_solvency({ token }));
  assert.ok(solvency.balance >= solvency.locked + solvency.claimable + solvency.fees);

  const events = await everyEvent(started);
  const names = events.flatMap((event) =>
    event.contract === "deals" && "deal_id" in event.data && event.data.deal_id === deal_id ? [event.name] : [],
  );
  for (const name of ["DealCreated", "DealAccepted", "DealFunded", "WindowStaged", "DealClosed", "DealReleased"] as const) {
    assert.ok(names.includes(name), `${name} is among ${names.join(", ")}`);
  }
  const funded = events.find((event) => event.contract === "deals" && event.name === "DealFunded");
  assert.ok(funded && funded.name === "DealFunded");
  assert.equal(funded.data.amount, quote.price);
});

async function everyEvent(startLedger: number) {
  let page = await flash.events({ startLedger });
  const all = [...page.events];
  while (page.events.length === 100) {
    page = await flash.events({ cursor: page.cursor });
    all.push(...page.events);
  }
  return all;
}

test("an error of a callee keeps its name", async () => {
  const { consumer, c } = await marketplace();
  const request = {
    consumer_id: consumer.publicKey,
    provider_id: consumer.publicKey,
    bucket_id: 4_000_000,
    fb_repo_id: "",
    duration_secs: DAY,
    agreed_storage_mb: 1n,
    agreed_egress_mb: 0n,
    api_compatibility: "S3",
  };
  await assert.rejects(c.send(() => c.deals.create_deal(request)), (error: unknown) => {
    assert.ok(error instanceof ContractRefusal && error.name !== "UnknownError", String(error));
    return true;
  });
});

test("a wrong role is refused before anything is sent", async () => {
  const { provider, consumer, c } = await marketplace();
  await assert.rejects(
    c.send(() => c.registry.register_provider({ provider_id: provider.publicKey, description: "not mine" })),
    /requires signatures from G/,
  );
  await assert.rejects(
    c.send(() => c.deals.add_policy({ policy: POLICY })),
    (error: unknown) => error instanceof Error && !(error instanceof ContractRefusal),
  );
  void consumer;
});

const POLICY = {
  accept_window_secs: 3n * DAY,
  fund_window_secs: 3n * DAY,
  notice_secs: 7n * DAY,
  grace_secs: 3n * DAY,
  final_window_secs: 3n * DAY,
  silence_secs: 3n * DAY,
  min_runway_secs: 7n * DAY,
  min_fund: USD,
  min_window_secs: 43_200n,
  critical_limit: 3,
  fee_bps: 0,
  sla: {
    minor_uptime_bps: 90,
    minor_latency_bps: 12_000,
    major_uptime_bps: 490,
    minor_credit_bps: 1_000,
    major_credit_bps: 2_500,
    critical_credit_bps: 10_000,
  },
};

test("six deals created at once get six ids", async () => {
  const { provider, p } = await marketplace();
  const bucket_id = await listBucket(p, provider);
  const consumers = await Promise.all(Array.from({ length: 6 }, () => testWallet(flash, 0n)));
  const ids = await Promise.all(
    consumers.map(async (consumer) => {
      const c = flash.as(consumer);
      const consumer_id = consumer.publicKey;
      await c.send(() => c.registry.register_consumer({ consumer_id, description: "one of many" }));
      const { value } = await c.send(() =>
        c.deals.create_deal({
          consumer_id,
          provider_id: provider.publicKey,
          bucket_id,
          fb_repo_id: "",
          duration_secs: DAY,
          agreed_storage_mb: GB,
          agreed_egress_mb: 0n,
          api_compatibility: "S3",
        }),
      );
      return value;
    }),
  );
  assert.equal(new Set(ids).size, consumers.length);
});

test("without a wallet nothing is signed, and an invalid deployment file is refused", async () => {
  await assert.rejects(flash.send(() => flash.deals.pause()), /no wallet/);
  assert.throws(() => new FlashOnStellar({ deployment: { schema: 2 } }), /schema 1, got 2/);
  assert.throws(
    () => new FlashOnStellar({ deployment: { ...flash.deployment, contracts: {} } }),
    /no valid id of registry/,
  );
});
