// What else a provider and a consumer have on their desks: a request that is refused or taken back, a third person who pays, a
// deposit that is reduced, a notice, arrears until the end, and what is done to a bucket from its listing to its deletion.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { api, launch, person, settled } from "./browser.mjs";
import { chapters } from "./chapters.mjs";
import { advance, contracts, DAY_SECS, importLog, logged, meterOf, probe, until } from "./ledger.mjs";
import { stack } from "./stack.mjs";
import { advanced, askFor, failure, fund, goTo, listBucket, makeAccount, openWallet, register, shows, sign, stroopsIn, trustAndMoney } from "./steps.mjs";

const test = chapters();
const GB = 1_024n;
let running, browser, flash, ada, carol, bucket, dry, noticed;
const bucketName = `western-${Date.now() % 1_000_000}`;

before(async () => {
  running = await stack();
  browser = await launch();
  flash = await contracts(running);
  [ada, carol] = [await person(browser, running.url), await person(browser, running.url)];
});
after(async () => {
  await browser?.close();
});

const editor = () => ada.page.getByRole("region", { name: `Edit ${bucketName}` });
const rowOf = (page, region, name) => page.getByRole("region", { name: region }).getByRole("row").filter({ hasText: name });

test("a provider says what a bucket has, and the market finds it by that", async () => {
  const { page } = ada;
  await page.goto("/");
  await makeAccount(page, "Provider");
  await register(page, "provider", "Vaults of the west");
  await listBucket(page, bucketName, "0.3", "0.02");
  bucket = (await api(running.url, `/buckets?q=${bucketName}`)).items[0].bucket_id;
  await page.getByRole("button", { name: `Edit ${bucketName}` }).click();
  await editor().getByLabel(/^Capacity, GB/).fill("5000");
  await editor().getByLabel(/^Egress of all deals/).fill("1000");
  await editor().getByRole("button", { name: "Set the capacity" }).click();
  await sign(page, `Set the capacity of ${bucketName}`);
  // Prices with all their decimals: what is computed with them has to be floored as the contract does.
  await editor().getByLabel(/^Storage price/).fill("0.3000007");
  await editor().getByLabel(/^Egress price/).fill("0.0200003");
  await editor().getByRole("button", { name: "Change the conditions" }).click();
  await sign(page, `Change the conditions of ${bucketName}`, ["0.3000007 USDC per GB and month", "Deals that exist keep their prices"]);
  await editor().getByLabel("Versioning").check();
  await editor().getByLabel("Tags").fill("films, cold");
  await editor().getByRole("button", { name: "Set the features" }).click();
  await sign(page, `Set the features of ${bucketName}`, ["This is what the market shows"]);
  await editor().getByLabel("Country").fill("PT");
  await editor().getByRole("button", { name: "Change the details" }).click();
  await sign(page, `Change the details of ${bucketName}`, ["eu-north-1, PT"]);

  const visitor = carol.page;
  await visitor.goto(`/?q=${bucketName}`);
  await visitor.getByLabel("Country").fill("PT");
  await visitor.getByRole("checkbox", { name: "Versioning" }).check();
  const offer = visitor.getByRole("article").filter({ hasText: bucketName });
  for (const feature of ["Versioning", "films", "cold"]) await offer.getByRole("list", { name: "Features" }).getByText(feature, { exact: true }).waitFor();
  await visitor.getByRole("checkbox", { name: "Object locking" }).check();
  await visitor.getByText("No bucket is offered that fits all of this.").waitFor();
  await visitor.getByRole("button", { name: "Clear the filters" }).first().click();
  await offer.waitFor();
});

test("the calculator shows what the contract itself asks for, to the last digit", async () => {
  const { page } = carol;
  await makeAccount(page, "Consumer");
  await trustAndMoney(page);
  await register(page, "consumer", "An archive");
  for (const [gb, months, egress] of [[500n, 6n, 50n], [7n, 1n, 3n], [1n, 60n, 0n], [0n, 12n, 9n]]) {
    const wish = { bucket_id: bucket, duration_secs: months * 30n * BigInt(DAY_SECS), storage_mb: gb * GB, egress_mb: egress * months * GB };
    const quote = await flash.read(flash.deals.get_quote(wish));
    const asked = `${gb} GB for ${months} months with ${egress} GB egress a month`;
    await page.goto(`/?q=${bucketName}&gb=${gb}&months=${months}&egress=${egress}`);
    const offer = page.getByRole("article").filter({ hasText: bucketName });
    assert.equal(stroopsIn(await offer.locator(".price").innerText()), quote.price, `the index's quote: ${asked}`);
    await offer.getByRole("button", { name: "Compare" }).click();
    const cost = page.getByRole("region", { name: "Comparison" }).getByRole("row").filter({ hasText: "Cost at most" });
    assert.equal(stroopsIn(await cost.innerText()), quote.price, `side by side: ${asked}`);
    await offer.getByRole("link", { name: "Details and deal" }).click();
    await page.getByLabel("Storage, GB").fill(String(gb));
    await page.getByLabel("For, months of 30 days").fill(String(months));
    await page.getByLabel("Egress, GB a month").fill(String(egress));
    const [most, least] = await page.getByRole("region", { name: "Open a deal" }).locator(".costs strong").allInnerTexts();
    assert.deepEqual([stroopsIn(most), stroopsIn(least)], [quote.price, quote.min_fund], `before signing: ${asked}`);
  }
});

test("a provider refuses a request, and the consumer sees it at once", async () => {
  const deal = await askFor(carol.page, bucket, { gb: 10, months: 1, egress: 0 });
  await ada.page.getByRole("button", { name: `Reject deal ${deal}` }).click();
  await sign(ada.page, `Reject deal ${deal}`, ["ends unfunded", "reputation does not change"]);
  await ada.page.getByText("Nobody waits for an answer.").waitFor();
  await carol.page.getByText("The provider said no.").waitFor();
  assert.equal(await carol.page.getByRole("button", { name: "Take the request back" }).count(), 0);
});

test("a consumer takes a request back, and the provider has nothing to answer", async () => {
  const deal = await askFor(carol.page, bucket, { gb: 10, months: 1, egress: 0 });
  await ada.page.getByRole("button", { name: `Accept deal ${deal}` }).waitFor();
  await carol.page.getByRole("button", { name: "Take the request back" }).click();
  await sign(carol.page, `Take back deal ${deal} on ${bucketName}`, ["moves no money"]);
  await carol.page.getByText("The consumer took it back before it was funded.").waitFor();
  await ada.page.getByText("Nobody waits for an answer.").waitFor();
});

test("a bucket that accepts by itself asks its provider for nothing", async () => {
  await editor().getByLabel("Accept deals by itself").check();
  await editor().getByRole("button", { name: "Set the features" }).click();
  await sign(ada.page, `Set the features of ${bucketName}`, ["Deals on it start accepted"]);
  dry = await askFor(carol.page, bucket, { gb: 1_000, months: 1, egress: 0 });
  await carol.page.getByRole("main").getByText("Accepted, to be funded", { exact: true }).waitFor();
  await fund(carol.page, "12", `films-${bucketName}`);
  noticed = await askFor(carol.page, bucket, { gb: 10, months: 1, egress: 0 });
  await fund(carol.page, "3", `notes-${bucketName}`);
});

test("a third person pays for somebody else's deal", async () => {
  const { page, context, complaints } = await person(browser, running.url);
  await page.goto(`/deals/${dry}`);
  await page.getByRole("button", { name: "Connect the wallet of a party" }).waitFor();
  await makeAccount(page, "Patron");
  await trustAndMoney(page);
  await page.getByLabel(/^Sponsor this deal/).fill("5");
  await page.getByRole("button", { name: "Sponsor" }).click();
  await sign(page, /^Top up deal/, ["5.00 USDC go from your account", "goes to the consumer of the deal, not back to you"]);
  await shows(page, "In escrow", 170_000_000n);
  assert.equal(await page.getByRole("button", { name: "Close the deal" }).count(), 0, "it is not theirs to close");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a consumer takes some of the deposit out: not what the runway needs, and then withdraws it", async () => {
  const { page } = carol;
  await page.goto(`/deals/${dry}`);
  await page.locator("summary", { hasText: "Take some of the deposit out" }).click();
  await page.getByLabel(/^Amount/).fill("16");
  await page.getByRole("button", { name: "Take out" }).click();
  const refused = await failure(page, /^Take money out/);
  assert.match(refused.text, /does not cover what is owed, the egress and the minimum runway[\s\S]*code 3121/);
  await refused.close();
  await page.getByLabel(/^Amount/).fill("2");
  await page.getByRole("button", { name: "Take out" }).click();
  await sign(page, /^Take money out/, ["2.00 USDC of the deposit become claimable for you"]);
  await shows(page, "In escrow", 150_000_000n);
  await goTo(page, "Consumer");
  await page.getByRole("button", { name: "Withdraw all of it" }).click();
  await sign(page, "Withdraw 2.00 USDC", ["from the escrow to your account"]);
  await page.getByText("Nothing is waiting in the escrow for you.").waitFor();
});

test("a provider gives notice once, and the consumer is told until when the data has to be fetched", async () => {
  const { page } = ada;
  await page.getByRole("button", { name: `Give notice for deal ${noticed}` }).click();
  await sign(page, `Give notice for deal ${noticed} on ${bucketName}`, ["The deal ends 7 days from now", "costs reputation"]);
  await rowOf(page, "Deals", `Deal ${noticed}`).getByText("Notice given").waitFor();
  assert.equal(await page.getByRole("button", { name: `Give notice for deal ${noticed}` }).count(), 0);
  const { end_ts } = await api(running.url, `/deals/${noticed}`);
  await goTo(carol.page, "Consumer");
  const notice = carol.page.getByRole("status").filter({ hasText: `Deal ${noticed}: the provider has given notice` });
  await notice.getByText("Fetch your data").waitFor();
  assert.equal(await notice.locator("time").getAttribute("datetime"), new Date(end_ts * 1_000).toISOString());
});

test("a bucket with running deals is not deleted, and says why", async () => {
  await editor().getByRole("button", { name: "Delete bucket" }).click();
  const { text, close } = await failure(ada.page, `Delete ${bucketName}`);
  assert.match(text, /Refused by the contract with code 30\d\d/);
  await close();
});

/** The stack's oracle measures the deal to so many days after its start. */
async function measured(days) {
  const { start_ts } = await meterOf(flash, dry);
  const to = Number(start_ts) + days * DAY_SECS;
  await probe(running, bucketName, Number(start_ts), to);
  await until(`deal ${dry} is reported to day ${days}`, async () => Number((await meterOf(flash, dry)).through_ts) >= to - 1_800);
}

test("a deal that runs dry is critical, then in arrears, on both desks and by the contract's figures", async () => {
  const { start_ts, provider } = await meterOf(flash, dry);
  await importLog(running, provider, [logged(bucketName, { at: Number(start_ts) + 60, put: `films-${bucketName}/all.bin`, bytes: 1_000 * 2 ** 30 })]);
  await advance(running, DAY_SECS);
  await measured(1);
  const warning = (level) => carol.page.getByRole("status").filter({ hasText: `Deal ${dry}: ${level}` });
  await warning("critical").getByText("The deposit is about to run dry. Top up now").waitFor();
  await rowOf(ada.page, "Deals", `Deal ${dry}`).getByText("Critical", { exact: true }).waitFor();

  await advance(running, DAY_SECS);
  await measured(2);
  await warning("in arrears").getByText("Top up before the grace period ends").waitFor();
  await rowOf(ada.page, "Deals", `Deal ${dry}`).getByText("In arrears", { exact: true }).waitFor();
  const health = await flash.read(flash.deals.get_deal_health({ deal_id: dry }));
  assert.ok(health.arrears > 0n);
  await until("the arrears are the contract's", async () => stroopsIn(await warning("in arrears").innerText()) === health.arrears);
  assert.equal(await warning("in arrears").locator("time").getAttribute("datetime"), new Date(Number(health.grace_until_ts) * 1_000).toISOString());
});

test("after the grace period the deal ends in arrears; after the notice the other ends as cancelled", async () => {
  const policy = (await api(running.url, "/network")).policy;
  const { page } = carol;
  await page.goto(`/deals/${dry}`);
  await advance(running, policy.grace_secs);
  const ended = (status) => () => page.getByRole("main").getByText(status, { exact: true }).first().isVisible();
  await advanced(page, "the arrears end the deal", ended("Ended in arrears"));
  await page.getByText("Arrears were older than the grace period.").waitFor();
  await page.goto(`/deals/${noticed}`);
  await advance(running, policy.notice_secs);
  await advanced(page, "the notice ends the deal", ended("Cancelled"));
  await page.getByText("The provider's notice ran out.").waitFor();
});

test("a provider withdraws what was earned: without a trustline one is offered first", async () => {
  const { page } = ada;
  const { provider } = await api(running.url, `/deals/${noticed}`);
  const { items } = await api(running.url, `/claims/${provider}`);
  const earned = items.reduce((sum, { claimable_stroops }) => sum + BigInt(claimable_stroops), 0n);
  assert.ok(earned > 0n, "the deals have paid something");
  await page.getByRole("button", { name: "Withdraw all of it" }).click();
  const { text, dialog } = await failure(page, /^Withdraw/);
  assert.match(text, /no trustline for USDC/);
  await dialog.getByRole("button", { name: "Add the trustline" }).click();
  await sign(page, /Add a trustline/, ["hold USDC"], { stays: false });
  // Now that there is a trustline, the oracle may send the money before the provider has signed for it.
  const [button, done, refusal] = [dialog.getByRole("button", { name: /^Sign/ }), dialog.getByText("It is on the ledger."), dialog.getByRole("alert")];
  await button.or(refusal).first().waitFor();
  if (await button.isVisible()) {
    assert.match(await dialog.locator(".says").innerText(), /from the escrow to your account/);
    await button.click();
    await done.or(refusal).first().waitFor();
  }
  if (await refusal.isVisible()) assert.match(await refusal.innerText(), /Nothing is waiting to be withdrawn/);
  await dialog.getByRole("button", { name: /^(Done|Close)$/ }).last().click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("Nothing is waiting in the escrow for you.").waitFor();
  // Whoever sent it: the account has it.
  await openWallet(page);
  const held = page.getByRole("dialog").locator(".row", { hasText: "For deals" }).locator("strong");
  await until(`the account holds ${earned}`, async () => stroopsIn(await held.innerText()) >= earned);
  await page.keyboard.press("Escape");
});

test("a bucket is locked, taken off the market, and deleted for good once nothing is reserved on it", async () => {
  const { page } = ada;
  const visitor = carol.page;
  await editor().getByRole("button", { name: "Lock: take no new deals" }).click();
  await sign(page, `Lock ${bucketName}`, ["takes no new deals"]);
  await rowOf(page, "Buckets", bucketName).getByText("Takes no deals").waitFor();
  await visitor.goto(`/buckets/${bucket}`);
  await visitor.getByText("This bucket takes no new deals at the moment.").waitFor();
  await editor().getByRole("button", { name: "Unlock" }).click();
  await sign(page, `Unlock ${bucketName}`, ["takes new deals again"]);
  await visitor.getByRole("button", { name: "Ask for this deal" }).waitFor();

  await editor().getByRole("button", { name: "Take off the market" }).click();
  await sign(page, `Take off the market: ${bucketName}`, ["not shown in the market"]);
  await visitor.goto(`/?q=${bucketName}`);
  await visitor.getByText("No bucket is offered that fits all of this.").waitFor();
  await editor().getByRole("button", { name: "List again" }).click();
  await sign(page, `List ${bucketName}`, ["shown in the market again"]);
  await visitor.getByRole("article").filter({ hasText: bucketName }).waitFor();

  // What was reserved is given back with the last report, or when the time for it is over.
  await advance(running, (await api(running.url, "/network")).policy.final_window_secs + 3_600);
  for (const deal of [dry, noticed]) {
    await visitor.goto(`/deals/${deal}`);
    await settled(visitor);
    await advanced(visitor, `deal ${deal} is released`, async () => (await api(running.url, `/deals/${deal}`)).released);
  }
  await until("nothing is reserved", async () => (await api(running.url, `/buckets/${bucket}`)).bucket.reserved_storage_mb === 0);
  await editor().getByRole("button", { name: "Delete bucket" }).click();
  await sign(page, `Delete ${bucketName}`, ["gone for good"]);
  await rowOf(page, "Buckets", bucketName).waitFor({ state: "hidden" });
  await editor().waitFor({ state: "hidden" });
  await visitor.goto(`/buckets/${bucket}`);
  await visitor.getByText("Deleted", { exact: true }).waitFor();
  await visitor.getByText("This bucket takes no new deals at the moment.").waitFor();
});

test("nobody's console complained", () => {
  assert.deepEqual([...ada.complaints, ...carol.complaints], []);
});
