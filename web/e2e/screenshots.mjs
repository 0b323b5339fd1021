// Takes a picture of every page at two widths into docs/screenshots, as WebP that the browser encodes.
//
//   node e2e/screenshots.mjs [URL of the page]

import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { api, everyPage, launch, person, settled } from "./browser.mjs";
import { stack } from "./stack.mjs";

const WIDTHS = { wide: 1280, narrow: 390 };
const MAX_HEIGHT = 2_600;
const MAX_TOTAL_BYTES = 3 * 1024 * 1024;
const folder = process.env.SCREENSHOTS ?? join(dirname(fileURLToPath(import.meta.url)), "../../docs/screenshots");

async function webp(converter, png) {
  const url = await converter.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.82);
  }, `data:image/png;base64,${png.toString("base64")}`);
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}

/** Waits until a running deal has been metered for some days. */
async function somethingToSee(base) {
  for (let asked = 0; asked < 600; asked += 1) {
    const { items } = await api(base, "/deals?status=funded");
    const windows = await Promise.all(items.map(({ deal_id }) => api(base, `/deals/${deal_id}/windows`)));
    if (windows.some((page) => page.items.length >= 6)) return;
    await new Promise((done) => setTimeout(done, 1_000));
  }
  throw new Error("no running deal was metered for three days: does the market go on? (flash-demo --up --hour-takes 1)");
}

const running = await stack(process.argv[2]);
const browser = await launch();
try {
  mkdirSync(folder, { recursive: true });
  readdirSync(folder).filter((name) => name.endsWith(".webp")).forEach((name) => rmSync(join(folder, name)));
  const converter = await browser.newPage();
  await somethingToSee(running.url);
  const pages = await everyPage(running.url);
  let total = 0;
  for (const [size, width] of Object.entries(WIDTHS)) {
    for (const [name, path] of Object.entries(pages)) {
      // One page in dark colours.
      const scheme = name === "network" ? "dark" : "light";
      const { context, page } = await person(browser, running.url, { width, height: 900, scheme });
      await page.goto(path);
      await settled(page);
      const height = Math.min(MAX_HEIGHT, await page.evaluate(() => document.documentElement.scrollHeight));
      const png = await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width, height } });
      const file = join(folder, `${name}-${size}.webp`);
      writeFileSync(file, await webp(converter, png));
      total += statSync(file).size;
      console.log(`${String(statSync(file).size).padStart(8)}  docs/screenshots/${name}-${size}.webp  ${width} × ${height}`);
      await context.close();
    }
  }
  console.log(`${total} bytes in all, of at most ${MAX_TOTAL_BYTES}`);
  if (total > MAX_TOTAL_BYTES) throw new Error("the screenshots are too large to keep");
} finally {
  await browser.close();
}
