// The whole life of a deal, played by two people in two browsers' worth of contexts against the real stack.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { api, launch, person } from "./browser.mjs";
import { stack } from "./stack.mjs";
import { chapters } from "./chapters.mjs";
import { goTo, listBucket, makeAccount, register, sign, trustAndMoney } from "./steps.mjs";

const test = chapters();
let running, browser, ada, carol;
const bucketName = `northern-${Date.now() % 1_000_000}`;

before(async () => {
  running = await stack();
  browser = await launch();
  [ada, carol] = [await person(browser, running.url), await person(browser, running.url)];
});
after(async () => {
  await browser?.close();
});

/** The network's clock of test networks; usage is reported by the running oracle. */
async function advance(secs) {
  const { rpc_url } = await api(running.url, "/status");
  const body = JSON.stringify({ secs, ledgers: Math.floor(secs / 5) + 1 });
  const answer = await fetch(`${rpc_url.replace(/\/$/, "")}/admin/advance`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.ok(answer.ok, await answer.text());
}

/** What the stack's prober tells the oracle: the node of the bucket answers, every half hour. Its token is public. */
async function probe(fromTs, toTs) {
  const lines = [];
  for (let at = fromTs; at < toTs + 1_800; at += 1_800) {
    const lastUpdated = Math.min(at, toTs) * 1_000;
    lines.push(JSON.stringify({ nodeId: `${bucketName}-node`, bucketId: `${bucketName}-nodes`, nodeStatus: "online", lastUpdated, latency_ms: 40 }));
  }
  const answer = await fetch(`${running.oracle}/v1/node-status`, { method: "POST", headers: { authorization: "Bearer demo-prober" }, body: `${lines.join("\n")}\n` });
  const text = await answer.text();
  assert.match(text, /"rejected":0/);
}

test("a provider registers, lists a bucket and shares it", async () => {
  const { page } = ada;
  await page.goto("/");
  await makeAccount(page, "Provider");
  await register(page, "provider", "Disks of the north");
  await listBucket(page, bucketName, "0.2", "0.01");
  await page.getByRole("button", { name: `Edit ${bucketName}` }).click();
  const edit = page.getByRole("region", { name: `Edit ${bucketName}` });
  await edit.getByLabel(/^Capacity, GB/).fill("2000");
  await edit.getByLabel(/^Egress of all deals/).fill("1000");
  await edit.getByRole("button", { name: "Set the capacity" }).click();
  await sign(page, `Set the capacity of ${bucketName}`, ["2000 GB", "1000 GB"]);
  await page.getByRole("region", { name: "Buckets" }).getByText(/1\.95 TB, egress 1.000 GB/).waitFor();
});

test("a consumer finds it, sees the contract's price, and asks for a deal", async () => {
  const { page } = carol;
  await page.goto("/");
  await makeAccount(page, "Consumer");
  await trustAndMoney(page);
  await goTo(page, "Market");
  await page.getByLabel("Search").fill(bucketName);
  const offer = page.getByRole("article").filter({ hasText: bucketName });
  // 500 GB × 6 months × 0.20 and 300 GB × 0.01, as docs/money.md computes it.
  await offer.getByText("603.00 USDC").waitFor();
  await offer.getByRole("link", { name: "Details and deal" }).click();
  await page.getByLabel(/^Name that/).fill("A studio");
  await page.getByRole("button", { name: "Register as a consumer" }).click();
  await sign(page, "Register as a consumer", ["A studio"]);
  await page.getByLabel("Storage, GB").fill("100");
  await page.getByLabel("For, months of 30 days").fill("1");
  await page.getByLabel("Egress, GB a month").fill("10");
  const costs = page.getByRole("region", { name: "Open a deal" }).locator(".costs");
  await costs.getByText("20.10 USDC").waitFor();
  await page.getByRole("button", { name: "Ask for this deal" }).click();
  await sign(page, `Ask for a deal on ${bucketName}`, ["20.10 USDC at most", "moves no money yet"]);
  await page.waitForURL(/\/deals\/\d+$/);
  await page.getByRole("main").getByText("Waiting for the provider", { exact: true }).waitFor();
  const deal = await api(running.url, new URL(page.url()).pathname.replace("/deals", "/deals"));
  assert.equal(deal.terms.total_stroops, "201000000", "what the contract would charge");
  carol.deal = deal.deal_id;
});

test("the provider sees the request without reloading, and accepts", async () => {
  const { page } = ada;
  await page.getByRole("button", { name: `Accept deal ${carol.deal}` }).click();
  await sign(page, `Accept deal ${carol.deal}`, ["100 GB", "moves no money"]);
  await page.getByText("Nobody waits for an answer.").waitFor();
});

test("the consumer funds it and watches the runway", async () => {
  const { page } = carol;
  await page.getByLabel(/^Deposit/).fill("5");
  await page.getByLabel("Repository name").fill("films");
  await page.getByRole("button", { name: "Fund the deal" }).click();
  await sign(page, /^Fund deal/, ["5.00 USDC go from your account into the escrow", "films"]);
  await page.getByRole("main").getByText("Running", { exact: true }).waitFor();
  await page.getByRole("meter", { name: "Egress left" }).waitFor();
  await page.getByRole("region", { name: "Timeline" }).getByRole("listitem").nth(2).waitFor();
});

test("service is measured by the running oracle and shown as windows, by itself", async () => {
  const { page } = carol;
  const { start_ts } = await api(running.url, `/deals/${carol.deal}`);
  await advance(86_400);
  await probe(start_ts, start_ts + 86_400);
  const windows = page.getByRole("region", { name: "Windows" });
  await windows.getByRole("row").nth(1).waitFor({ timeout: 90_000 });
  const { items } = await api(running.url, `/deals/${carol.deal}/windows`);
  assert.ok(items.length > 0);
  assert.equal(await windows.getByRole("row").count(), items.length + 1);
});

test("the consumer tops up, then closes, and gets the rest back", async () => {
  const { page } = carol;
  await page.getByLabel(/^Top up/).fill("2.5");
  await page.getByRole("button", { name: "Top up" }).click();
  await sign(page, /^Top up deal/, ["2.50 USDC go from your account into the escrow"]);
  await page.getByText("7.50 USDC").first().waitFor();
  await page.getByRole("button", { name: "Close the deal" }).click();
  await sign(page, /^Close deal/, ["come back to you at once"]);
  await page.getByRole("main").getByText("Completed", { exact: true }).waitFor();
  const deal = await api(running.url, `/deals/${carol.deal}`);
  const { refunded_stroops, locked_stroops, paid_stroops } = deal.money;
  assert.equal(BigInt(refunded_stroops) + BigInt(locked_stroops) + BigInt(paid_stroops), 75_000_000n, "every unit of the deposits");
});

test("what is due is advanced by anybody, and nothing of the deal is left behind", async () => {
  const { page } = carol;
  // The final window of the policy is three days.
  await advance(4 * 86_400);
  await page.waitForFunction(() => !document.querySelector("main")?.textContent?.includes("the final report is still to come") || [...document.querySelectorAll("button")].some(({ textContent }) => textContent === "Advance deal"), null, { timeout: 60_000 });
  const due = page.getByRole("button", { name: "Advance deal" });
  if (await due.isVisible()) {
    await due.click();
    await sign(page, /^Advance deal/, ["Anybody may sign this"]);
  }
  await page.getByText("the final report is still to come").waitFor({ state: "hidden" });
  const { money } = await api(running.url, `/deals/${carol.deal}`);
  assert.equal(money.locked_stroops, "0");
});

test("money that waits in the escrow is withdrawn", async () => {
  const { page } = carol;
  const { consumer } = await api(running.url, `/deals/${carol.deal}`);
  const { items } = await api(running.url, `/claims/${consumer}`);
  await goTo(page, "Consumer");
  await page.getByRole("region", { name: "Ended deals" }).getByRole("link", { name: `Deal ${carol.deal}` }).waitFor();
  if (items.some(({ claimable_stroops }) => claimable_stroops !== "0")) {
    await page.getByRole("button", { name: "Withdraw all of it" }).click();
    await sign(page, /^Withdraw/, ["from the escrow to your account"]);
  }
  await page.getByText("Nothing is waiting in the escrow for you.").waitFor();
});

test("nobody's console complained", () => {
  assert.deepEqual([...ada.complaints, ...carol.complaints], []);
});
