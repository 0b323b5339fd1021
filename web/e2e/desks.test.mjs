// Everything else on the pages of a provider and a consumer: rejected and withdrawn requests, a sponsor, a reduced deposit,
// a notice, a grace period until its end, and all changes of a bucket from listing to deletion.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { api, launch, person, settled } from "./browser.mjs";
import { chapters } from "./chapters.mjs";
import { advance, contracts, DAY_SECS, importLog, logged, meterOf, probe, until } from "./ledger.mjs";
import { stack } from "./stack.mjs";
import { advanced, askFor, failure, fund, goTo, listBucket, makeAccount, openWallet, register, shows, sign, stroopsIn, trustAndMoney } from "./steps.mjs";

const test = chapters();
const GiB = 1_024n;
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

test("a provider sets features and details of a bucket, and the market filters by them", async () => {
  const { page } = ada;
  await page.goto("/");
  await makeAccount(page, "Provider");
  await register(page, "provider", "Vaults of the west");
  await listBucket(page, bucketName, "0.3", "0.02");
  bucket = (await api(running.url, `/buckets?q=${bucketName}`)).items[0].bucket_id;
  await page.getByRole("button", { name: `Edit ${bucketName}` }).click();
  await editor().getByLabel(/^Capacity, GiB/).fill("5000");
  await editor().getByLabel(/^Egress of all deals/).fill("1000");
  await editor().getByRole("button", { name: "Set the capacity" }).click();
  await sign(page, `Set the capacity of ${bucketName}`);
  // Prices with all 7 decimals: the page must round down as the contract does.
  await editor().getByLabel(/^Storage price/).fill("0.3000007");
  await editor().getByLabel(/^Egress price/).fill("0.0200003");
  await editor().getByRole("button", { name: "Change the terms" }).click();
  await sign(page, `Change the terms of ${bucketName}`, ["0.3000007 USDC per GiB per month", "Existing deals keep their prices"]);
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
  await visitor.getByText("No bucket matches these filters.").waitFor();
  await visitor.getByRole("button", { name: "Clear filters" }).first().click();
  await offer.waitFor();
});

test("the calculator shows the quote of the contract, to the last digit", async () => {
  const { page } = carol;
  await makeAccount(page, "Consumer");
  await trustAndMoney(page);
  await register(page, "consumer", "An archive");
  for (const [gb, months, egress] of [[500n, 6n, 50n], [7n, 1n, 3n], [1n, 60n, 0n], [0n, 12n, 9n]]) {
    const wish = { bucket_id: bucket, duration_secs: months * 30n * BigInt(DAY_SECS), storage_mb: gb * GiB, egress_mb: egress * months * GiB };
    const quote = await flash.read(flash.deals.get_quote(wish));
    const asked = `${gb} GiB for ${months} months with ${egress} GiB egress per month`;
    await page.goto(`/?q=${bucketName}&gb=${gb}&months=${months}&egress=${egress}`);
    const offer = page.getByRole("article").filter({ hasText: bucketName });
    assert.equal(stroopsIn(await offer.locator(".price").innerText()), quote.price, `the index's quote: ${asked}`);
    await offer.getByRole("button", { name: "Compare" }).click();
    const cost = page.getByRole("region", { name: "Comparison" }).getByRole("row").filter({ hasText: "Maximum cost" });
    assert.equal(stroopsIn(await cost.innerText()), quote.price, `side by side: ${asked}`);
    await offer.getByRole("link", { name: "Details" }).click();
    await page.getByLabel("Storage, GiB").fill(String(gb));
    await page.getByLabel("For, months of 30 days").fill(String(months));
    await page.getByLabel("Egress, GiB per month").fill(String(egress));
    const [most, least] = await page.getByRole("region", { name: "Open a deal" }).locator(".costs strong").allInnerTexts();
    assert.deepEqual([stroopsIn(most), stroopsIn(least)], [quote.price, quote.min_fund], `before signing: ${asked}`);
  }
});

test("what the calculator was asked goes along to the deal's form, and the comparison is there on the way back", async () => {
  const { page } = carol;
  await page.goto(`/?q=${bucketName}`);
  const calculator = page.getByRole("region", { name: "Calculator" });
  await calculator.getByLabel("Storage, GiB").fill("2 TiB");
  await calculator.getByLabel("For, months of 30 days").fill("3");
  await calculator.getByLabel("Egress, GiB per month").fill("1,000");
  await calculator.getByText(/“1,000” may mean/).waitFor();
  await calculator.getByLabel("Egress, GiB per month").fill("10");
  const offer = page.getByRole("article").filter({ hasText: bucketName });
  await offer.getByText(/for 2.048 GiB × 3 months with 10 GiB egress/).waitFor();
  await offer.getByRole("button", { name: /^Compare/ }).click();
  await offer.getByRole("link", { name: /^Details/ }).click();
  const form = page.getByRole("region", { name: "Open a deal" });
  for (const [label, value] of [["Storage, GiB", "2048"], ["For, months of 30 days", "3"], ["Egress, GiB per month", "10"]]) {
    assert.equal(await form.getByLabel(label).inputValue(), value);
  }
  await page.goBack();
  await offer.getByRole("button", { name: /Compared/ }).waitFor();
  await page.getByRole("table").filter({ hasText: bucketName }).waitFor();
});

test("a provider rejects a request, and the consumer sees it at once", async () => {
  const deal = await askFor(carol.page, bucket, { gb: 10, months: 1, egress: 0 });
  await ada.page.getByRole("button", { name: `Reject deal ${deal}` }).click();
  await sign(ada.page, `Reject deal ${deal}`, ["ends unfunded", "reputation does not change"]);
  await ada.page.getByText("No requests.").waitFor();
  await carol.page.getByText("The provider rejected the deal.").waitFor();
  assert.equal(await carol.page.getByRole("button", { name: "Withdraw the request" }).count(), 0);
});

test("a consumer withdraws a request, and it disappears for the provider", async () => {
  const deal = await askFor(carol.page, bucket, { gb: 10, months: 1, egress: 0 });
  await ada.page.getByRole("button", { name: `Accept deal ${deal}` }).waitFor();
  await carol.page.getByRole("button", { name: "Withdraw the request" }).click();
  await sign(carol.page, `Withdraw the request for deal ${deal} on ${bucketName}`, ["moves no money"]);
  await carol.page.getByText("The consumer withdrew the request.").waitFor();
  await ada.page.getByText("No requests.").waitFor();
});

test("a bucket that accepts automatically does not ask its provider", async () => {
  await editor().getByLabel("Accept deals automatically").check();
  await editor().getByRole("button", { name: "Set the features" }).click();
  await sign(ada.page, `Set the features of ${bucketName}`, ["Deals on it start accepted"]);
  // A request is signed for the offer that the page shows.
  await until("the index has the new offer", async () => (await api(running.url, `/buckets/${bucket}`)).bucket.features.auto_accept);
  dry = await askFor(carol.page, bucket, { gb: 1_000, months: 1, egress: 0 });
  await carol.page.getByRole("main").getByText("Accepted, not funded yet", { exact: true }).waitFor();
  await fund(carol.page, "71", `films-${bucketName}`);
  noticed = await askFor(carol.page, bucket, { gb: 10, months: 1, egress: 0 });
  await fund(carol.page, "3", `notes-${bucketName}`);
});

test("a consumer resizes a running deal: a new one takes its place, with the same data", async () => {
  const { page } = carol;
  const repo = `plans-${bucketName}`;
  const old = await askFor(page, bucket, { gb: 20, months: 1, egress: 0 });
  await fund(page, "7", repo);
  await page.getByText("Renew, extend or resize").click();
  const actions = page.getByRole("region", { name: "Actions" });
  assert.equal(await actions.getByLabel("Storage, GiB").inputValue(), "20", "begins with what is agreed");
  await actions.getByLabel("Storage, GiB").fill("40");
  await actions.getByLabel("For, months of 30 days").fill("2");
  await actions.getByRole("button", { name: "Request the new deal" }).click();
  await sign(page, `Request a deal in place of deal ${old}`, [`Deal ${old} goes on until you fund the new one`]);
  await page.waitForURL((url) => /^\/deals\/\d+$/.test(url.pathname) && url.pathname !== `/deals/${old}`);
  const successor = Number(new URL(page.url()).pathname.split("/").at(-1));
  await page.getByText(`Your data stays in the repository ${repo}`).waitFor();
  await page.getByLabel(/^Deposit/).fill("25");
  await page.getByRole("button", { name: "Fund the deal" }).click();
  await sign(page, /^Fund deal/, [`takes the place of deal ${old}`, repo]);
  await page.getByRole("main").getByText("Running", { exact: true }).waitFor();
  await page.goto(`/deals/${old}`);
  await page.getByText("Another deal took its place.").waitFor();
  const [was, is] = await Promise.all([old, successor].map((id) => api(running.url, `/deals/${id}`)));
  assert.deepEqual([was.succeeded_by, is.terms.succeeds, is.repo_id], [successor, old, repo]);
  assert.equal(was.close_ts, is.start_ts);
  await page.getByRole("link", { name: `Deal ${successor}` }).click();
  await page.getByRole("button", { name: "Close the deal" }).click();
  await sign(page, /^Close deal/);
});

test("a third person sponsors somebody else's deal", async () => {
  const { page, context, complaints } = await person(browser, running.url);
  await page.goto(`/deals/${dry}`);
  await page.getByRole("button", { name: "Connect your wallet" }).waitFor();
  await makeAccount(page, "Patron");
  await trustAndMoney(page);
  await page.getByLabel(/^Sponsor this deal/).fill("5");
  await page.getByRole("button", { name: "Sponsor" }).click();
  await sign(page, /^Top up deal/, ["5.00 USDC go from your account", "goes to the consumer of the deal, not back to you"]);
  await shows(page, "In escrow", 760_000_000n);
  assert.equal(await page.getByRole("button", { name: "Close the deal" }).count(), 0, "a sponsor cannot close the deal");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a consumer can take out part of the deposit, but not what the runway needs, and withdraws it", async () => {
  const { page } = carol;
  await page.goto(`/deals/${dry}`);
  await page.locator("summary", { hasText: "Reduce the deposit" }).click();
  await page.getByLabel(/^Amount/).fill("16");
  await page.getByRole("button", { name: "Take out" }).click();
  const refused = await failure(page, /^Take money out/);
  assert.match(refused.text, /would not cover what is owed, the egress and the minimum runway[\s\S]*code 3121/);
  await refused.close();
  await page.getByLabel(/^Amount/).fill("2");
  await page.getByRole("button", { name: "Take out" }).click();
  await sign(page, /^Take money out/, ["You can then withdraw 2.00 USDC of the deposit"]);
  await shows(page, "In escrow", 740_000_000n);
  await goTo(page, "Consumer");
  await page.getByRole("button", { name: "Withdraw all" }).click();
  await sign(page, "Withdraw 2.00 USDC", ["from the escrow to your account"]);
  await page.getByText("Nothing to withdraw.").waitFor();
});

test("a provider gives notice once, and the consumer sees until when to download the data", async () => {
  const { page } = ada;
  await page.getByRole("button", { name: `Give notice for deal ${noticed}` }).click();
  await sign(page, `Give notice for deal ${noticed} on ${bucketName}`, ["The deal ends 7 days from now", "costs reputation"]);
  await rowOf(page, "Deals", `Deal ${noticed}`).getByText("Notice given").waitFor();
  assert.equal(await page.getByRole("button", { name: `Give notice for deal ${noticed}` }).count(), 0);
  const { end_ts } = await api(running.url, `/deals/${noticed}`);
  await goTo(carol.page, "Consumer");
  const notice = carol.page.getByRole("status").filter({ hasText: `Deal ${noticed}: the provider has given notice` });
  await notice.getByText("Download your data").waitFor();
  assert.equal(await notice.locator("time").getAttribute("datetime"), new Date(end_ts * 1_000).toISOString());
});

test("a bucket with running deals cannot be deleted, and the page says why", async () => {
  await editor().getByRole("button", { name: "Delete bucket" }).click();
  const { text, close } = await failure(ada.page, `Delete ${bucketName}`);
  assert.match(text, /Refused by the contract with code 30\d\d/);
  await close();
});

/** Waits until the stack's oracle has metered the deal up to this many days after its start. */
async function measured(days) {
  const { start_ts } = await meterOf(flash, dry);
  const to = Number(start_ts) + days * DAY_SECS;
  await probe(running, bucketName, Number(start_ts), to);
  await until(`deal ${dry} is reported to day ${days}`, async () => Number((await meterOf(flash, dry)).through_ts) >= to - 1_800);
}

test("a deal whose money runs out is critical, then in its grace period, on both pages and in the contract", async () => {
  const { start_ts, provider } = await meterOf(flash, dry);
  await importLog(running, provider, [logged(bucketName, { at: Number(start_ts) + 60, put: `films-${bucketName}/all.bin`, bytes: 1_000 * 2 ** 30 })]);
  await advance(running, DAY_SECS);
  await measured(1);
  const warning = (level) => carol.page.getByRole("status").filter({ hasText: `Deal ${dry}: ${level}` });
  await warning("critical").getByText("The deposit covers less than seven days of the agreed storage. Top up now").waitFor();
  await rowOf(ada.page, "Deals", `Deal ${dry}`).getByText("Critical", { exact: true }).waitFor();

  await advance(running, DAY_SECS);
  await measured(2);
  await warning("grace period").getByText("Top up before the grace period ends").waitFor();
  await rowOf(ada.page, "Deals", `Deal ${dry}`).getByText("Grace period", { exact: true }).waitFor();
  const health = await flash.read(flash.deals.get_deal_health({ deal_id: dry }));
  assert.equal(health.level.tag, "Grace");
  assert.equal(health.arrears, 0n, "it begins while there is money for all of it");
  assert.equal(await warning("grace period").locator("time").getAttribute("datetime"), new Date(Number(health.grace_until_ts) * 1_000).toISOString());
});

test("after the grace period one deal is closed and paid; after the notice period the other ends as cancelled", async () => {
  const policy = (await api(running.url, "/network")).policy;
  const { page } = carol;
  await page.goto(`/deals/${dry}`);
  await advance(running, policy.grace_secs);
  const ended = (status) => () => page.getByRole("main").getByText(status, { exact: true }).first().isVisible();
  await advanced(page, "the grace period ends the deal", ended("Completed"));
  await page.getByText("The deposit was not topped up within the grace period.").waitFor();
  await page.goto(`/deals/${noticed}`);
  await advance(running, policy.notice_secs);
  await advanced(page, "the notice ends the deal", ended("Cancelled"));
  await page.getByText("The provider's notice period ended.").waitFor();
});

test("a provider withdraws earnings; without a trustline the page offers to add one first", async () => {
  const { page } = ada;
  const { provider } = await api(running.url, `/deals/${noticed}`);
  const { items } = await api(running.url, `/claims/${provider}`);
  const earned = items.reduce((sum, { claimable_stroops }) => sum + BigInt(claimable_stroops), 0n);
  assert.ok(earned > 0n, "the deals have paid something");
  await page.getByRole("button", { name: "Withdraw all" }).click();
  const { text, dialog } = await failure(page, /^Withdraw/);
  assert.match(text, /no trustline for USDC/);
  await dialog.getByRole("button", { name: "Add the trustline" }).click();
  await sign(page, /Add a trustline/, ["hold USDC"], { stays: false });
  // With the trustline in place, the oracle may push the money before the provider signs.
  const [button, done, refusal] = [dialog.getByRole("button", { name: /^Sign/ }), dialog.getByText("It is on the ledger."), dialog.getByRole("alert")];
  await button.or(refusal).first().waitFor();
  if (await button.isVisible()) {
    assert.match(await dialog.locator(".explanation").innerText(), /from the escrow to your account/);
    await button.click();
    await done.or(refusal).first().waitFor();
  }
  if (await refusal.isVisible()) assert.match(await refusal.innerText(), /may have been sent to you a moment ago/);
  await dialog.getByRole("button", { name: /^(Done|Close)$/ }).last().click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("Nothing to withdraw.").waitFor();
  // Whoever sent the money, the account has it now.
  await openWallet(page);
  const balance = page.getByRole("dialog").locator(".row", { hasText: "For deals" }).locator("strong");
  await until(`the account holds ${earned}`, async () => stroopsIn(await balance.innerText()) >= earned);
  await page.keyboard.press("Escape");
});

test("a bucket can be locked, hidden from the market, and deleted once nothing is reserved on it", async () => {
  const { page } = ada;
  const visitor = carol.page;
  await editor().getByRole("button", { name: "Lock: take no new deals" }).click();
  await sign(page, `Lock ${bucketName}`, ["takes no new deals"]);
  await rowOf(page, "Buckets", bucketName).getByText("Takes no deals").waitFor();
  await visitor.goto(`/buckets/${bucket}`);
  await visitor.getByText("This bucket takes no new deals right now.").waitFor();
  await editor().getByRole("button", { name: "Unlock" }).click();
  await sign(page, `Unlock ${bucketName}`, ["takes new deals again"]);
  await visitor.getByRole("button", { name: "Request this deal" }).waitFor();

  await editor().getByRole("button", { name: "Hide from the market" }).click();
  await sign(page, `Hide from the market: ${bucketName}`, ["not shown in the market"]);
  await visitor.goto(`/?q=${bucketName}`);
  await visitor.getByText("No bucket matches these filters.").waitFor();
  await editor().getByRole("button", { name: "List again" }).click();
  await sign(page, `List ${bucketName}`, ["shown in the market again"]);
  await visitor.getByRole("article").filter({ hasText: bucketName }).waitFor();

  // The reserved capacity is released with the final report, or after the final window.
  await advance(running, (await api(running.url, "/network")).policy.final_window_secs + 3_600);
  for (const deal of [dry, noticed]) {
    await visitor.goto(`/deals/${deal}`);
    await settled(visitor);
    await advanced(visitor, `deal ${deal} is released`, async () => (await api(running.url, `/deals/${deal}`)).released);
  }
  await until("nothing is reserved", async () => (await api(running.url, `/buckets/${bucket}`)).bucket.reserved_storage_mb === 0);
  await editor().getByRole("button", { name: "Delete bucket" }).click();
  await sign(page, `Delete ${bucketName}`, ["permanent"]);
  await rowOf(page, "Buckets", bucketName).waitFor({ state: "hidden" });
  await editor().waitFor({ state: "hidden" });
  await visitor.goto(`/buckets/${bucket}`);
  await visitor.getByText("Deleted", { exact: true }).waitFor();
  await visitor.getByText("This bucket takes no new deals right now.").waitFor();
});

test("the console shows no errors", () => {
  assert.deepEqual([...ada.complaints, ...carol.complaints], []);
});
