// Failures, and what the page says about them.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { Keypair } from "@stellar/stellar-sdk";
import { api, launch, person, settled } from "./browser.mjs";
import { freighter } from "./freighter.mjs";
import { chapters } from "./chapters.mjs";
import { stack } from "./stack.mjs";
import { failure, goTo, listBucket, makeAccount, register, sign, trustAndMoney } from "./steps.mjs";

const test = chapters();
let running, browser, status, provider, consumer, wallet, deal;
const bucketName = `southern-${Date.now() % 1_000_000}`;

before(async () => {
  running = await stack();
  browser = await launch();
  status = await api(running.url, "/status");
});
after(async () => {
  await browser?.close();
});

test("a third-party wallet connects through the kit", async () => {
  wallet = freighter(status.network_passphrase, Keypair.random());
  const answer = await fetch(`${status.friendbot_url}?addr=${wallet.key.publicKey()}`);
  assert.ok(answer.ok);
  consumer = await person(browser, running.url, { init: wallet.install });
  const { page } = consumer;
  await page.goto("/");
  await page.getByRole("button", { name: "Connect wallet" }).click();
  await page.getByRole("button", { name: /^Freighter/ }).click();
  await page.getByRole("button", { name: /Wallet: .*Freighter/ }).waitFor();
});

test("a declined signature is shown, and nothing is sent", async () => {
  const { page } = consumer;
  await goTo(page, "Consumer");
  await page.getByLabel(/^Name that/).fill("Somebody careful");
  wallet.refuses = true;
  await page.getByRole("button", { name: "Register as a consumer" }).click();
  await page.getByRole("button", { name: "Sign in Freighter" }).click();
  const { text, close } = await failure(page, "Register as a consumer");
  assert.match(text, /You declined the signature in the wallet\.\s+Nothing was sent\./);
  await close();
  wallet.refuses = false;
});

test("a wallet on another network gets an explanation and no signature request", async () => {
  const { page } = consumer;
  wallet.passphrase = "Public Global Stellar Network ; September 2015";
  const signedBefore = wallet.asked.filter((type) => type === "SUBMIT_TRANSACTION").length;
  await page.getByRole("button", { name: "Register as a consumer" }).click();
  await page.getByRole("button", { name: "Sign in Freighter" }).click();
  const { text, close } = await failure(page, "Register as a consumer");
  assert.match(text, /Your wallet is on “Public Global/);
  assert.match(text, /Switch the network in the wallet/);
  assert.equal(wallet.asked.filter((type) => type === "SUBMIT_TRANSACTION").length, signedBefore);
  await close();
  wallet.passphrase = status.network_passphrase;
  await page.getByRole("button", { name: "Register as a consumer" }).click();
  await sign(page, "Register as a consumer", ["Somebody careful"]);
});

test("a contract error is shown with its meaning, its code and what to do", async () => {
  provider = await person(browser, running.url);
  const { page } = provider;
  await page.goto("/");
  await makeAccount(page, "Provider");
  await register(page, "provider", "Disks of the south");
  await listBucket(page, bucketName, "0.1", "0.02");
  await page.getByRole("button", { name: `Edit ${bucketName}` }).click();
  const edit = page.getByRole("region", { name: `Edit ${bucketName}` });
  await edit.getByLabel(/^Capacity, GiB/).fill("100");
  await edit.getByRole("button", { name: "Set the capacity" }).click();
  const { text, close } = await failure(page, /^Set the capacity/);
  assert.match(text, /One capacity is 0 and the other is not/);
  assert.match(text, /code 3015 \(CapacityOutOfBounds\)/);
  assert.match(text, /Set both capacities/);
  await close();
});

test("without a trustline, funding stops before the signature and offers to add one", async () => {
  const { page } = consumer;
  const bucket = (await api(running.url, `/buckets?q=${bucketName}`)).items[0];
  await page.goto(`/buckets/${bucket.bucket_id}`);
  await page.getByLabel("Storage, GiB").fill("10");
  await page.getByLabel("For, months of 30 days").fill("1");
  await page.getByLabel("Egress, GiB per month").fill("1");
  await page.getByRole("button", { name: "Request this deal" }).click();
  await sign(page, /^Request a deal/, ["1.02 USDC at most"]);
  await page.waitForURL(/\/deals\/\d+$/);
  deal = Number(new URL(page.url()).pathname.split("/").at(-1));
  await provider.page.getByRole("button", { name: `Accept deal ${deal}` }).click();
  await sign(provider.page, `Accept deal ${deal}`);
  await page.getByRole("button", { name: "Fund the deal" }).click();
  const { text, dialog } = await failure(page, /^Fund deal/);
  assert.match(text, /no trustline for USDC/);
  await dialog.getByRole("button", { name: "Add the trustline" }).click();
  await sign(page, /Add a trustline/, ["hold USDC"], { stays: false });
});

test("with too little money, the page says how much there is and how much is missing", async () => {
  const { page } = consumer;
  // After the trustline the funding dialog comes back by itself.
  const { text, close } = await failure(page, /^Fund deal/);
  assert.match(text, /Your account holds 0\.00 USDC; you need 1\.02 USDC\./);
  assert.match(text, /Add 1\.02 USDC to the account/);
  await close();
});

test("a deposit below the minimum is refused with an explanation", async () => {
  const { page } = consumer;
  await page.getByRole("button", { name: /^Wallet:/ }).click();
  await page.getByRole("button", { name: "Get test USDC" }).click();
  await sign(page, /of test money/);
  await page.getByLabel(/^Deposit/).fill("0.5");
  await page.getByText("At least 1.00", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Fund the deal" }).click();
  const { text, close } = await failure(page, /^Fund deal/);
  assert.match(text, /below the minimum/);
  assert.match(text, /code 3119 \(BelowMinimum\)/);
  await close();
});

test("an account that does not exist gets an explanation and the friendbot", async () => {
  const { page, context } = await person(browser, running.url);
  const key = Keypair.random();
  await page.goto("/");
  await page.getByRole("button", { name: "Connect wallet" }).click();
  await page.locator("summary", { hasText: "Use a secret key" }).click();
  await page.getByLabel("Secret key of a test account").fill("SNONSENSE");
  await page.getByRole("button", { name: "Use this key" }).click();
  await page.getByText("A secret key starts with S and has 56 characters.").waitFor();
  await page.getByLabel("Secret key of a test account").fill(key.secret());
  await page.getByRole("button", { name: "Use this key" }).click();
  await goTo(page, "Provider");
  await page.getByLabel(/^Name that/).fill("A ghost");
  await page.getByRole("button", { name: "Register as a provider" }).click();
  const { text, close } = await failure(page, "Register as a provider");
  assert.match(text, /does not exist on the network yet/);
  await close();
  await page.getByRole("button", { name: /^Wallet:/ }).click();
  await page.getByRole("button", { name: "Get XLM from friendbot" }).click();
  await page.getByText(/10.000\.00 XLM/).waitFor();
  await context.close();
});

test("without the RPC server the page stays readable, and signing explains why it fails", async () => {
  const { page, context } = await person(browser, running.url);
  await page.goto("/provider");
  await makeAccount(page, "Reader");
  await context.route((url) => url.href.startsWith(status.rpc_url), (route) => route.abort("connectionrefused"));
  await page.getByRole("alert").filter({ hasText: "The network's RPC does not answer." }).waitFor({ timeout: 60_000 });
  await page.getByText("Signing has to wait").waitFor();
  await goTo(page, "Market");
  await page.getByRole("article").first().waitFor();
  await goTo(page, "Provider");
  await page.getByLabel(/^Name that/).fill("Cut off");
  await page.getByRole("button", { name: "Register as a provider" }).click();
  const { text, close } = await failure(page, "Register as a provider");
  assert.match(text, /The network's RPC does not answer\./);
  await close();
  await context.unroute(() => true).catch(() => {});
  await context.close();
});

test("without the index the last figures stay, with their age", async () => {
  const { page, context } = await person(browser, running.url);
  await page.goto("/network");
  await settled(page);
  await context.route("**/api/**", (route) => route.abort("connectionrefused"));
  await page.getByRole("alert").filter({ hasText: "The index does not answer." }).waitFor({ timeout: 60_000 });
  await page.getByText(/as of ledger \d+, read .* ago/).waitFor();
  assert.match(await page.getByRole("region", { name: "Solvency" }).innerText(), /Holds/);
  await context.close();
});

test("a page for something that does not exist says so", async () => {
  const { page, context } = await person(browser, running.url);
  for (const path of ["/deals/999999", "/buckets/999999", `/provider/${Keypair.random().publicKey()}`]) {
    await page.goto(path);
    await page.getByRole("alert").filter({ hasText: "This is not on the ledger of this network." }).waitFor();
  }
  await page.goto("/nonsense");
  await page.getByRole("heading", { name: "No such page" }).waitFor();
  await context.close();
});

test("the console shows no errors where nothing was broken on purpose", () => {
  // The wallets kit asks every wallet whether it is installed; messages of those requests are not ours.
  assert.deepEqual([...provider.complaints, ...consumer.complaints], []);
});
