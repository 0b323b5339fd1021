// Every page: accessible in light and dark, at 360 px, by keyboard, and without console errors.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { everyPage, launch, person, settled } from "./browser.mjs";
import { stack } from "./stack.mjs";

let running, browser, pages;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

before(async () => {
  running = await stack();
  browser = await launch();
  pages = await everyPage(running.url);
});
after(async () => {
  await browser?.close();
});

/** The violations of WCAG 2.2 AA on the page, found by axe. */
async function violations(page) {
  await page.evaluate(axe);
  const report = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return report.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).slice(0, 3).join(" | ")}`);
}

for (const scheme of ["light", "dark"]) {
  test(`axe finds no violation on any page in ${scheme}`, async () => {
    const { page, context, complaints } = await person(browser, running.url, { scheme });
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await settled(page);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), scheme);
      assert.deepEqual(await violations(page), [], name);
    }
    for (const path of ["/provider", "/consumer", "/nonsense"]) {
      await page.goto(path);
      await settled(page);
      assert.deepEqual(await violations(page), [], path);
    }
    await page.goto("/");
    await page.getByRole("button", { name: "Compare", exact: false }).first().click();
    await page.getByRole("region", { name: "Comparison" }).waitFor();
    assert.deepEqual(await violations(page), [], "comparison");
    await page.getByRole("button", { name: "Connect wallet" }).click();
    await page.getByRole("heading", { name: "Wallets", exact: true }).waitFor();
    assert.deepEqual(await violations(page), [], "the wallet dialog");
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test("the network page says whether everything is all right, as of when", async () => {
  const { page, context, complaints } = await person(browser, running.url);
  await page.goto("/network");
  const answer = page.getByRole("region", { name: "Is everything all right?" });
  await answer.getByRole("heading", { name: "Is everything all right? Yes" }).waitFor();
  await answer.getByText(/Reports reach up to/).waitFor();
  await answer.getByText(/^As of .* UTC, from the ledger alone\.$/).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

for (const width of [360, 768, 1440]) {
  test(`no page scrolls sideways at ${width} px`, async () => {
    const { page, context, complaints } = await person(browser, running.url, { width });
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await settled(page);
      const { scroll, client, wide } = await page.evaluate(() => {
        const client = document.documentElement.clientWidth;
        const wide = [...document.querySelectorAll("main *")].filter((element) => element.getBoundingClientRect().right > client + 1 && !element.closest(".table-wrap, svg")).map((element) => element.outerHTML.slice(0, 120));
        return { scroll: document.documentElement.scrollWidth, client, wide: wide.slice(0, 4) };
      });
      assert.ok(scroll <= client, `${name} scrolls sideways: ${scroll} px of ${client}: ${wide.join("\n")}`);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test("the keyboard works from the market to the form of a deal and back", async () => {
  const { page, context } = await person(browser, running.url);
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.getAttribute("aria-label") || document.activeElement?.tagName);
  await page.goto("/");
  await settled(page);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
  // What has the focus can be seen to have it.
  const link = page.getByRole("link", { name: "Details" }).first();
  for (let pressed = 0; pressed < 60 && !(await focused()).startsWith("Details"); pressed += 1) await page.keyboard.press("Tab");
  assert.match(await focused(), /^Details/);
  assert.notEqual(await link.evaluate((element) => getComputedStyle(element).outlineStyle), "none");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/buckets\/\d+/);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main", "the new page is read from its beginning");
  const connect = page.getByRole("region", { name: "Open a deal" }).getByRole("button", { name: "Connect wallet" });
  await connect.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Connect a wallet" });
  await dialog.waitFor();
  for (let pressed = 0; pressed < 30; pressed += 1) {
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest("dialog") !== null), "the focus stays in the dialog");
  }
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await focused(), "Connect wallet");
  await context.close();
});

test("colours follow the system until the user chooses", async () => {
  const { page, context } = await person(browser, running.url, { scheme: "dark" });
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await page.goto("/");
  assert.equal(await theme(), "dark");
  await page.getByRole("button", { name: "Switch to light colours" }).click();
  await page.reload();
  assert.equal(await theme(), "light");
  await context.close();
});
