// The whole life of a deal: two people in two browser contexts against the real stack.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { api, launch, person } from "./browser.mjs";
import { stack } from "./stack.mjs";
import { chapters } from "./chapters.mjs";
import { advance, contracts, DAY_SECS, importLog, logged, meterOf, probe, until } from "./ledger.mjs";
import { advanced, goTo, listBucket, makeAccount, register, shows, sign, stroopsIn, trustAndMoney } from "./steps.mjs";

const test = chapters();
let running, browser, flash, ada, carol;
const bucketName = `northern-${Date.now() % 1_000_000}`;

before(async () => {
  running = await stack();
  browser = await launch();
  flash = await contracts(running);
  [ada, carol] = [await person(browser, running.url), await person(browser, running.url)];
});
after(async () => {
  await browser?.close();
});

test("a provider registers, lists a bucket and sets its capacity", async () => {
  const { page } = ada;
  await page.goto("/");
  await makeAccount(page, "Provider");
  await register(page, "provider", "Disks of the north");
  await listBucket(page, bucketName, "0.2", "0.01");
  await page.getByRole("button", { name: `Edit ${bucketName}` }).click();
  const edit = page.getByRole("region", { name: `Edit ${bucketName}` });
  await edit.getByLabel(/^Capacity, GiB/).fill("2000");
  await edit.getByLabel(/^Egress of all deals/).fill("1000");
  await edit.getByRole("button", { name: "Set the capacity" }).click();
  await sign(page, `Set the capacity of ${bucketName}`, ["2000 GiB", "1000 GiB"]);
  await page.getByRole("region", { name: "Buckets" }).getByText(/1\.95 TiB, egress 1.000 GiB/).waitFor();
});

test("a consumer finds the bucket, sees the contract's price, and requests a deal", async () => {
  const { page } = carol;
  await page.goto("/");
  await makeAccount(page, "Consumer");
  await trustAndMoney(page);
  await goTo(page, "Market");
  await page.getByLabel("Search").fill(bucketName);
  const offer = page.getByRole("article").filter({ hasText: bucketName });
  // 500 GiB × 6 months × 0.20 and 300 GiB × 0.01, as docs/money.md computes it.
  await offer.getByText("603.00 USDC").waitFor();
  await offer.getByRole("link", { name: "Details" }).click();
  await page.getByLabel(/^Name that/).fill("A studio");
  await page.getByRole("button", { name: "Register as a consumer" }).click();
  await sign(page, "Register as a consumer", ["A studio"]);
  await page.getByLabel("Storage, GiB").fill("100");
  await page.getByLabel("For, months of 30 days").fill("1");
  await page.getByLabel("Egress, GiB per month").fill("10");
  const costs = page.getByRole("region", { name: "Open a deal" }).locator(".costs");
  await costs.getByText("20.10 USDC").waitFor();
  await page.getByRole("button", { name: "Request this deal" }).click();
  await sign(page, `Request a deal on ${bucketName}`, ["20.10 USDC at most", "moves no money yet"]);
  await page.waitForURL(/\/deals\/\d+$/);
  await page.getByRole("main").getByText("Waiting for the provider", { exact: true }).waitFor();
  const deal = await api(running.url, new URL(page.url()).pathname.replace("/deals", "/deals"));
  assert.equal(deal.terms.total_stroops, "201000000", "what the contract would charge");
  carol.deal = deal.deal_id;
});

test("the provider sees the request without reloading, and accepts", async () => {
  const { page } = ada;
  await page.getByRole("button", { name: `Accept deal ${carol.deal}` }).click();
  await sign(page, `Accept deal ${carol.deal}`, ["100 GiB", "moves no money"]);
  await page.getByText("No requests.").waitFor();
});

test("the consumer funds the deal and watches the runway", async () => {
  const { page } = carol;
  await page.getByLabel(/^Deposit/).fill("7.5");
  await page.getByLabel("Repository name").fill("films");
  await page.getByRole("button", { name: "Fund the deal" }).click();
  await sign(page, /^Fund deal/, ["7.50 USDC go from your account into the escrow", "films"]);
  await page.getByRole("main").getByText("Running", { exact: true }).waitFor();
  await page.getByRole("meter", { name: "Egress left" }).waitFor();
  await page.getByRole("region", { name: "Timeline" }).getByRole("listitem").nth(2).waitFor();
});

test("the running oracle measures storage and egress, and the page shows the figures of the contract", async () => {
  const { page } = carol;
  const start = Number((await meterOf(flash, carol.deal)).start_ts);
  const { provider } = await api(running.url, `/deals/${carol.deal}`);
  await importLog(running, provider, [
    logged(bucketName, { at: start + 60, put: "films/reel.bin", bytes: 100 * 2 ** 30 }),
    logged(bucketName, { at: start + 7_200, get: "films/reel.bin", bytes: 3 * 2 ** 30 }),
  ]);
  await advance(running, DAY_SECS);
  await probe(running, bucketName, start, start + DAY_SECS);
  const meter = await until("a day is reported and paid", async () => {
    const current = await meterOf(flash, carol.deal);
    return Number(current.through_ts) >= start + DAY_SECS - 1_800 && current.paid_total > 0n && current.owed === 0n && current;
  });
  // 100 GiB from the first minute on, and 3 GiB sent; docs/money.md says what that costs.
  const secs = Number(meter.through_ts) - start;
  assert.equal(meter.storage_mb_secs, 100n * 1_024n * BigInt(secs - 60));
  assert.equal(meter.egress_mb, 3n * 1_024n);
  assert.equal(meter.paid_total, (meter.storage_mb_secs * 2_000_000n) / (1_024n * 2_592_000n) + (meter.egress_mb * 100_000n) / 1_024n);
  await shows(page, "Paid", meter.paid_total);
  await shows(page, "In escrow", meter.locked);
  const windows = page.getByRole("region", { name: "Windows" });
  const { items } = await api(running.url, `/deals/${carol.deal}/windows`);
  assert.ok(items.length > 0);
  await until("every window has its row", async () => (await windows.getByRole("row").count()) === items.length + 1);
  assert.equal(items.reduce((sum, { paid_stroops }) => sum + BigInt(paid_stroops), 0n), meter.paid_total, "the payments of the windows add up to the total");
  const text = await windows.innerText();
  assert.match(text, /99\.\d+ GiB|100 GiB/);
  assert.match(text, /3 GiB/);
  assert.match(text, /SLA met/);
  assert.equal(stroopsIn(await windows.getByRole("row").nth(1).locator("td[data-label=Paid]").innerText()), BigInt(items[0].paid_stroops));
  await page.getByRole("region", { name: "Runway" }).getByText("7 GiB of 10 GiB").waitFor();
  await page.getByRole("region", { name: "Usage and payment" }).getByText("Stored, GiB").first().waitFor();
});

test("a deposit for less than 14 days is shown as low to both parties; a top-up ends the warning", async () => {
  const { page } = carol;
  const low = page.getByRole("status").filter({ hasText: `Deal ${carol.deal}: low` });
  await low.getByText("The deposit covers less than 14 days of the agreed storage. Top up soon.").waitFor();
  assert.equal((await flash.read(flash.deals.get_deal_health({ deal_id: carol.deal }))).level.tag, "Low", "by the contract");
  const desk = ada.page.getByRole("region", { name: "Deals" }).getByRole("row").filter({ hasText: `Deal ${carol.deal}` });
  await desk.getByText("Low", { exact: true }).waitFor();
  const { locked } = await meterOf(flash, carol.deal);
  await page.getByLabel(/^Top up/).fill("5");
  await page.getByRole("button", { name: "Top up" }).click();
  await sign(page, /^Top up deal/, ["5.00 USDC go from your account into the escrow"]);
  await shows(page, "In escrow", locked + 50_000_000n);
  await low.waitFor({ state: "hidden" });
  await desk.getByText("Healthy", { exact: true }).waitFor();
});

test("the consumer closes the deal and gets the rest back", async () => {
  const { page } = carol;
  await page.getByRole("button", { name: "Close the deal" }).click();
  await sign(page, /^Close deal/, ["come back to you at once"]);
  await page.getByRole("main").getByText("Completed", { exact: true }).waitFor();
  const deal = await api(running.url, `/deals/${carol.deal}`);
  const { refunded_stroops, locked_stroops, paid_stroops } = deal.money;
  assert.equal(BigInt(refunded_stroops) + BigInt(locked_stroops) + BigInt(paid_stroops), 125_000_000n, "every unit of the deposits");
});

test("anyone can advance a deal that is due, and no money stays behind", async () => {
  const { page } = carol;
  // The final window of the policy is three days.
  await advance(running, 4 * DAY_SECS);
  await advanced(page, "nothing of it is left", async () => (await api(running.url, `/deals/${carol.deal}`)).released);
  await page.getByText("The final report is still due").waitFor({ state: "hidden" });
  const { money } = await api(running.url, `/deals/${carol.deal}`);
  assert.equal(money.locked_stroops, "0");
});

test("claimable money is withdrawn", async () => {
  const { page } = carol;
  const { consumer } = await api(running.url, `/deals/${carol.deal}`);
  const { items } = await api(running.url, `/claims/${consumer}`);
  await goTo(page, "Consumer");
  await page.getByRole("region", { name: "Ended deals" }).getByRole("link", { name: `Deal ${carol.deal}` }).waitFor();
  if (items.some(({ claimable_stroops }) => claimable_stroops !== "0")) {
    await page.getByRole("button", { name: "Withdraw all" }).click();
    await sign(page, /^Withdraw/, ["from the escrow to your account"]);
  }
  await page.getByText("Nothing to withdraw.").waitFor();
});

test("the console shows no errors", () => {
  assert.deepEqual([...ada.complaints, ...carol.complaints], []);
});
