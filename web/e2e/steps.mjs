// What people do on the page, found by what they see.

import assert from "node:assert/strict";
import { until } from "./ledger.mjs";

/** Creates an account in the development wallet, with XLM from friendbot. */
export async function makeAccount(page, name) {
  await page.getByRole("button", { name: "Connect wallet" }).first().click();
  await page.getByLabel("Name of a new account").fill(name);
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByRole("button", { name: new RegExp(`Wallet: .*${name}`) }).waitFor();
}

export async function openWallet(page) {
  await page.getByRole("button", { name: /^Wallet:/ }).click();
  await page.getByText("For fees").waitFor();
}

/** Signs in the open dialog. The dialog must first explain what is signed and what it may cost. */
export async function sign(page, title, mentions = [], { stays = true } = {}) {
  const dialog = page.getByRole("dialog", { name: title });
  await dialog.waitFor();
  const sentences = await dialog.locator(".explanation li").allTextContents();
  assert.ok(sentences.length > 0, `the dialog ${title} explains nothing`);
  for (const part of mentions) assert.ok(sentences.some((sentence) => sentence.includes(part)), `${title}: nothing about “${part}” in ${JSON.stringify(sentences)}`);
  const button = dialog.getByRole("button", { name: /^Sign/ });
  await button.waitFor();
  assert.match(await dialog.locator(".costs").innerText(), /Network fee, at most\s+[\d.]+ XLM/);
  await button.click();
  // A step inside another dialog returns to it by itself.
  if (!stays) return;
  await dialog.getByText("It is on the ledger.").waitFor();
  const text = await dialog.innerText();
  assert.match(text, /Transaction [0-9a-f]{64}, ledger \d+/);
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "hidden" });
}

export async function trustAndMoney(page, amount = true) {
  await openWallet(page);
  await page.getByRole("button", { name: /^Add a trustline/ }).click();
  await sign(page, /Add a trustline/, ["hold USDC", "0.5 XLM"]);
  if (!amount) return;
  await openWallet(page);
  await page.getByRole("button", { name: "Get test USDC" }).click();
  await sign(page, /of test money/, ["play money"]);
}

export async function goTo(page, name) {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
  await page.locator("main h1").first().waitFor();
}

/** The failure that the open dialog shows. */
export async function failure(page, title) {
  const dialog = page.getByRole("dialog", { name: title });
  const alert = dialog.getByRole("alert");
  await alert.waitFor();
  return { text: await alert.innerText(), dialog, close: () => dialog.getByRole("button", { name: "Close" }).click() };
}

export async function register(page, role, name) {
  await goTo(page, role === "provider" ? "Provider" : "Consumer");
  await page.getByLabel(/^Name that/).fill(name);
  await page.getByRole("button", { name: `Register as a ${role}` }).click();
  await sign(page, `Register as a ${role}`, [name, "moves no money"]);
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

export async function listBucket(page, name, storage, egress) {
  const form = page.locator("details", { hasText: "List a bucket" });
  // The form stays open after the first bucket.
  if (!(await form.evaluate(({ open }) => open))) await form.locator("summary").click();
  await form.getByLabel("Name", { exact: false }).first().fill(name);
  await form.getByLabel("Region").fill("eu-north-1");
  await form.getByLabel("External id").fill(`${name}-nodes`);
  await form.getByLabel(/^Storage price/).fill(storage);
  await form.getByLabel(/^Egress price/).fill(egress);
  await form.getByRole("button", { name: "List this bucket" }).click();
  await sign(page, `List the bucket ${name}`, [storage, egress]);
  await page.getByRole("region", { name: "Buckets" }).getByRole("link", { name }).waitFor();
}

/** Requests a deal on a bucket's page; afterwards the new deal's page is open. */
export async function askFor(page, bucket, { gb, months, egress }) {
  await page.goto(`/buckets/${bucket}`);
  await page.getByLabel("Storage, GiB").fill(String(gb));
  await page.getByLabel("For, months of 30 days").fill(String(months));
  await page.getByLabel("Egress, GiB per month").fill(String(egress));
  await page.getByRole("button", { name: "Request this deal" }).click();
  await sign(page, /^Request a deal/, ["moves no money yet"]);
  await page.waitForURL(/\/deals\/\d+$/);
  return Number(new URL(page.url()).pathname.split("/").at(-1));
}

/** Funds the deal whose page is open. */
export async function fund(page, amount, repo) {
  await page.getByLabel(/^Deposit/).fill(amount);
  await page.getByLabel("Repository name").fill(repo);
  await page.getByRole("button", { name: "Fund the deal" }).click();
  await sign(page, /^Fund deal/, ["go from your account into the escrow", repo]);
  await page.getByRole("main").getByText("Running", { exact: true }).waitFor();
}

/** Advances the deal on the open page, or waits for the oracle to do it, whoever is first. */
export async function advanced(page, what, isOver) {
  const button = page.getByRole("button", { name: "Advance deal" });
  await until(what, async () => {
    if (await isOver()) return true;
    const clicked = (await button.isVisible()) && (await button.click({ timeout: 2_000 }).then(() => true, () => false));
    if (clicked) await sign(page, /^Advance deal/, ["Anyone may sign this"]);
    return isOver();
  });
}

/** The first amount of the market's asset in a text, in stroops. */
export function stroopsIn(text) {
  const match = /([\d\u202f]+)\.(\d{2,7})\s+USDC/.exec(text);
  assert.ok(match, `no amount in ${JSON.stringify(text)}`);
  return BigInt(match[1].replaceAll("\u202f", "")) * 10_000_000n + BigInt(match[2].padEnd(7, "0"));
}

/** Waits until a figure at the top of the page is this amount. */
export async function shows(page, label, stroops) {
  const figure = page.locator(".figures > div", { has: page.locator("dt", { hasText: new RegExp(`^${label}$`) }) }).locator("dd");
  await until(`“${label}” is ${stroops}`, async () => stroopsIn(await figure.innerText()) === BigInt(stroops));
}
