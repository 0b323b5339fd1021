// Starts the system's Chromium. Each person gets a browser context of their own; console errors are collected.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? PLACES.find(existsSync);
  if (!executablePath) throw new Error("no Chromium: apt-get install chromium, or name one in CHROMIUM");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb"] });
}

/** A page in its own context; `complaints` collects console errors, warnings and exceptions. */
export async function person(browser, base, { width = 1280, height = 900, scheme = "light", init } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, baseURL: base, reducedMotion: "reduce" });
  context.setDefaultTimeout(60_000);
  if (init) await init(context);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error}`));
  return { context, page, complaints };
}

/** Waits until the page shows everything that it loads from the index. */
export async function settled(page) {
  await page.locator("main h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".bones") && !/Loading|Looking|connecting/.test(document.querySelector("main")?.textContent ?? ""));
}

export async function api(base, path) {
  const answer = await fetch(`${base}/api/v1${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** The path of every page that has something to show, by name. */
export async function everyPage(base) {
  const [providers, consumers, deals, buckets] = await Promise.all(["/providers", "/consumers", "/deals", "/buckets"].map((path) => api(base, path)));
  // For each kind, the one with the most to show.
  const fullest = async (kind, items, weigh) => {
    const pages = await Promise.all(items.map(({ address }) => api(base, `/${kind}s/${address}`)));
    return pages.sort((a, b) => weigh(b) - weigh(a))[0]?.[kind].address;
  };
  const provider = await fullest("provider", providers.items, (page) => page.service.length);
  const consumer = await fullest("consumer", consumers.items, (page) => page.deals.length * 10 + page.deals.filter(({ status }) => status === "funded").length);
  const counted = await Promise.all(deals.items.map(async (deal) => ({ deal, windows: (await api(base, `/deals/${deal.deal_id}/windows?limit=100`)).items.length })));
  const deal = counted.sort((a, b) => b.windows - a.windows)[0]?.deal.deal_id;
  return { market: "/", bucket: `/buckets/${buckets.items.at(-1)?.bucket_id}`, provider: `/provider/${provider}`, consumer: `/consumer/${consumer}`, deal: `/deals/${deal}`, network: "/network" };
}
